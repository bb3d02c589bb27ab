#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace stats {

/// A small dense square matrix, row by row.
struct Matrix {
  Matrix() = default;
  explicit Matrix(std::size_t n) : size(n), at(n * n) {}
  double& operator()(std::size_t i, std::size_t j) { return at[i * size + j]; }
  double operator()(std::size_t i, std::size_t j) const { return at[i * size + j]; }
  std::size_t size = 0;
  std::vector<double> at;
};

/// Lower triangle L with L Lᵀ = m; empty (size 0) when m is not safely positive definite.
Matrix cholesky(const Matrix& m);

/// x with L Lᵀ x = b.
std::vector<double> solve(const Matrix& lower, std::span<const double> b);

/// (L Lᵀ)⁻¹.
Matrix inverse(const Matrix& lower);

/// vᵀ m v.
double quadratic_form(const Matrix& m, std::span<const double> v);

}  // namespace stats
