#include "stats/ridge.h"

#include <array>
#include <cmath>
#include <limits>

#include "stats/matrix.h"

namespace stats {
namespace {

constexpr std::size_t kFolds = 5;

/// Lower triangle of Σ w z zᵀ for z = (1, x, y).
struct Products {
  std::size_t width = 0;
  std::vector<double> at;
  double operator()(std::size_t i, std::size_t j) const { return i >= j ? at[i * (i + 1) / 2 + j] : at[j * (j + 1) / 2 + i]; }
};

/// β from the products; empty when they cannot be solved.
std::vector<double> solve_for(const Products& p, double ridge) {
  const std::size_t size = p.width - 1;
  Matrix m{size};
  std::vector<double> right(size);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) m(i, j) = p(i, j);
    if (i > 0) m(i, i) += ridge;
    right[i] = p(size, i);
  }
  const Matrix lower = cholesky(m);
  return lower.size == 0 ? std::vector<double>{} : solve(lower, right);
}

/// Σ w (y − βx)² from products.
double squared_error(const Products& p, const std::vector<double>& beta) {
  const std::size_t size = p.width - 1;
  double sum = p(size, size);
  for (std::size_t i = 0; i < size; ++i) {
    sum -= 2 * beta[i] * p(size, i);
    for (std::size_t j = 0; j < size; ++j) sum += beta[i] * beta[j] * p(i, j);
  }
  return sum;
}

}  // namespace

double RidgeModel::predict(std::span<const double> features) const {
  double sum = beta[0];
  for (std::size_t j = 0; j < features.size(); ++j) sum += beta[j + 1] * features[j];
  return sum;
}

base::Result<RidgeModel> fit_ridge(const LogisticRows& rows, std::span<const double> ridges, Threads threads) {
  const std::size_t n = rows.outcome.size();
  if (!rows.weight.empty() && rows.weight.size() != n) {
    return base::fail(base::Code::invalid_input, "a regression of {} outcomes got {} weights", n, rows.weight.size());
  }
  if (ridges.empty()) return base::fail(base::Code::invalid_input, "a ridge regression was given no ridge");
  const std::size_t width = rows.columns + 2, cells = width * (width + 1) / 2;
  // Chunks of rows wide apart share one table of sums, so that memory does not grow with the rows; the order is fixed.
  const std::size_t chunks = chunk_count(n), tables = std::min<std::size_t>(chunks, 8);
  std::vector<double> sums(tables * kFolds * cells);
  const std::size_t stride = tables == 0 ? 1 : (chunks + tables - 1) / tables;
  for_chunks(tables * kChunkRows, threads, [&](std::size_t table, std::size_t, std::size_t) {
    std::vector<double> features, z(width);
    for (std::size_t chunk = table * stride; chunk < std::min(chunks, (table + 1) * stride); ++chunk) {
      const std::size_t begin = chunk * kChunkRows, end = std::min(n, begin + kChunkRows);
      features.resize((end - begin) * rows.columns);
      if (rows.columns > 0) rows.fill(begin, end, features.data());
      for (std::size_t i = begin; i < end; ++i) {
        const double w = rows.weight.empty() ? 1 : rows.weight[i];
        z[0] = 1;
        std::copy_n(&features[(i - begin) * rows.columns], rows.columns, &z[1]);
        z[width - 1] = rows.outcome[i];
        double* to = &sums[(table * kFolds + i % kFolds) * cells];
        for (std::size_t r = 0; r < width; ++r) {
          const double scaled = w * z[r];
          for (std::size_t c = 0; c <= r; ++c) *to++ += scaled * z[c];
        }
      }
    }
  });
  std::array<Products, kFolds> fold;
  Products all{width, std::vector<double>(cells)};
  for (std::size_t f = 0; f < kFolds; ++f) {
    fold[f] = {width, std::vector<double>(cells)};
    for (std::size_t t = 0; t < tables; ++t) {
      for (std::size_t c = 0; c < cells; ++c) fold[f].at[c] += sums[(t * kFolds + f) * cells + c];
    }
    for (std::size_t c = 0; c < cells; ++c) all.at[c] += fold[f].at[c];
  }
  for (const double value : all.at) {
    if (!std::isfinite(value)) return base::fail(base::Code::invalid_input, "a number of the regression is not finite");
  }
  if (!(all.at[0] > 0)) return base::fail(base::Code::invalid_input, "a regression of {} rows has no weight", n);
  double best = std::numeric_limits<double>::infinity();
  RidgeModel model;
  for (const double ridge : ridges) {
    double error = 0;
    for (std::size_t f = 0; f < kFolds && ridges.size() > 1; ++f) {
      Products rest = all;
      for (std::size_t c = 0; c < cells; ++c) rest.at[c] -= fold[f].at[c];
      const auto beta = solve_for(rest, ridge);
      error += beta.empty() ? std::numeric_limits<double>::infinity() : squared_error(fold[f], beta);
    }
    if (!model.beta.empty() && !(error < best)) continue;
    auto beta = solve_for(all, ridge);
    if (beta.empty()) continue;
    best = error;
    model = {std::move(beta), ridge};
  }
  if (model.beta.empty()) {
    return base::fail(base::Code::invalid_input, "the columns of the regression cannot be told apart; use a larger ridge");
  }
  return model;
}

}  // namespace stats
