#pragma once

#include <array>
#include <cstddef>
#include <vector>

namespace stats {

/// Nodes and weights on [0, 1].
struct GaussLegendre {
  std::size_t count = 0;
  alignas(32) std::array<double, 32> node{};
  alignas(32) std::array<double, 32> weight{};
};

/// The rule of `count` nodes; count is one of 8, 12, 16, 24, 32. Computed once.
const GaussLegendre& gauss_legendre(std::size_t count);

/// Nodes z and weights w with Σ w f(z) ≈ E f(Z), Z standard normal: exact for polynomials up to degree 2·count − 1
/// (the zeros are eigenvalues of the Jacobi matrix, Golub & Welsch 1969). 1 ≤ count ≤ 64.
struct GaussHermite {
  std::vector<double> node, weight;
};
GaussHermite gauss_hermite(std::size_t count);

}  // namespace stats
