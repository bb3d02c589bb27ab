#include "stats/matrix.h"

#include <cmath>

namespace stats {

Matrix cholesky(const Matrix& m) {
  const std::size_t n = m.size;
  Matrix l{n};
  for (std::size_t j = 0; j < n; ++j) {
    double d = m(j, j);
    for (std::size_t k = 0; k < j; ++k) d -= l(j, k) * l(j, k);
    if (!(d > 1e-14 * std::abs(m(j, j))) || !std::isfinite(d)) return {};
    l(j, j) = std::sqrt(d);
    for (std::size_t i = j + 1; i < n; ++i) {
      double sum = m(i, j);
      for (std::size_t k = 0; k < j; ++k) sum -= l(i, k) * l(j, k);
      l(i, j) = sum / l(j, j);
    }
  }
  return l;
}

std::vector<double> solve(const Matrix& lower, std::span<const double> b) {
  const std::size_t n = lower.size;
  std::vector<double> x(b.begin(), b.end());
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) x[i] -= lower(i, k) * x[k];
    x[i] /= lower(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) x[i] -= lower(k, i) * x[k];
    x[i] /= lower(i, i);
  }
  return x;
}

Matrix inverse(const Matrix& lower) {
  const std::size_t n = lower.size;
  Matrix out{n};
  std::vector<double> unit(n);
  for (std::size_t j = 0; j < n; ++j) {
    unit.assign(n, 0);
    unit[j] = 1;
    const std::vector<double> column = solve(lower, unit);
    for (std::size_t i = 0; i < n; ++i) out(i, j) = column[i];
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) out(i, j) = out(j, i) = 0.5 * (out(i, j) + out(j, i));
  }
  return out;
}

double quadratic_form(const Matrix& m, std::span<const double> v) {
  double sum = 0;
  for (std::size_t i = 0; i < m.size; ++i) {
    for (std::size_t j = 0; j < m.size; ++j) sum += v[i] * m(i, j) * v[j];
  }
  return sum;
}

}  // namespace stats
