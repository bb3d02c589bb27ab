#pragma once

#include <cstddef>
#include <vector>

#include "stats/chunks.h"
#include "stats/maximise.h"

namespace stats {

/// Value, gradient and lower triangle of the Hessian of a sum over rows, for models of at most four parameters.
template <std::size_t kParameters>
struct Derivatives {
  double value = 0;
  double gradient[kParameters] = {};
  double hessian[kParameters][kParameters] = {};  ///< i ≥ j only

  void add(const Derivatives& other, double weight) {
    value += weight * other.value;
    for (std::size_t i = 0; i < kParameters; ++i) {
      gradient[i] += weight * other.gradient[i];
      for (std::size_t j = 0; j <= i; ++j) hessian[i][j] += weight * other.hessian[i][j];
    }
  }
};

/// Σ over rows in fixed chunks and a fixed order. row(begin, end, sum) adds the rows of one chunk.
template <std::size_t kParameters, class Rows>
Evaluation sum_likelihood(std::size_t rows, Threads threads, const Rows& row) {
  constexpr std::size_t kColumns = 1 + kParameters + kParameters * (kParameters + 1) / 2;
  std::vector<double> parts(chunk_count(rows) * kColumns);
  for_chunks(rows, threads, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
    Derivatives<kParameters> sum;
    row(begin, end, sum);
    double* out = &parts[chunk * kColumns];
    *out++ = sum.value;
    for (std::size_t i = 0; i < kParameters; ++i) *out++ = sum.gradient[i];
    for (std::size_t i = 0; i < kParameters; ++i) {
      for (std::size_t j = 0; j <= i; ++j) *out++ = sum.hessian[i][j];
    }
  });
  std::vector<double> total(kColumns);
  pairwise_sum_columns(parts, total);
  Evaluation out{total[0], {}, Matrix{kParameters}};
  const double* in = &total[1];
  for (std::size_t i = 0; i < kParameters; ++i) out.gradient.push_back(*in++);
  for (std::size_t i = 0; i < kParameters; ++i) {
    for (std::size_t j = 0; j <= i; ++j) out.hessian(i, j) = out.hessian(j, i) = *in++;
  }
  return out;
}

}  // namespace stats
