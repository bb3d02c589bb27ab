#include "stats/quadrature.h"

#include <cmath>
#include <numbers>

#include "base/error.h"

namespace stats {
namespace {

GaussLegendre make_legendre(std::size_t count) {
  GaussLegendre rule;
  rule.count = count;
  const auto n = static_cast<double>(count);
  for (std::size_t i = 0; i < count; ++i) {
    long double z = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (n + 0.5));
    long double slope = 1;
    for (int step = 0; step < 20; ++step) {
      long double before = 0;
      long double value = 1;
      for (std::size_t j = 0; j < count; ++j) {
        const auto k = static_cast<long double>(j);
        const long double next = ((2 * k + 1) * z * value - k * before) / (k + 1);
        before = value;
        value = next;
      }
      slope = static_cast<long double>(n) * (z * value - before) / (z * z - 1);
      const long double move = value / slope;
      z -= move;
      if (std::abs(move) < 1e-19L) break;
    }
    rule.node[count - 1 - i] = static_cast<double>((1 + z) / 2);
    rule.weight[count - 1 - i] = static_cast<double>(1 / ((1 - z * z) * slope * slope));
  }
  return rule;
}

}  // namespace

const GaussLegendre& gauss_legendre(std::size_t count) {
  static const std::array<GaussLegendre, 5> rules = {make_legendre(8), make_legendre(12), make_legendre(16),
                                                     make_legendre(24), make_legendre(32)};
  for (const GaussLegendre& rule : rules) {
    if (rule.count == count) return rule;
  }
  WB_CHECK(!"a Gauss-Legendre rule that is not kept");
  return rules[0];
}

GaussHermite gauss_hermite(std::size_t count) {
  WB_CHECK(count >= 1 && count <= 64);
  // Eigenvalues of the Jacobi matrix of the probabilists' Hermite polynomials are the zeros of He_n; they interlace,
  // so each is found by bisection on a Sturm count and polished by Newton on the normalised recurrence.
  const std::size_t n = count;
  const auto below = [n](double x) {  // zeros of He_n smaller than x
    std::size_t negatives = 0;
    double pivot = 1;
    // pivots of (x I − J) are positive once for each eigenvalue below x
    for (std::size_t k = 0; k < n; ++k) {
      pivot = x - static_cast<double>(k) / pivot;
      if (pivot == 0) pivot = 1e-300;
      if (pivot > 0) ++negatives;
    }
    return negatives;
  };
  GaussHermite rule;
  const double far = 2 * std::sqrt(static_cast<double>(n)) + 1;
  for (std::size_t i = 0; i < n; ++i) {
    double low = -far;
    double high = far;
    for (int step = 0; step < 60; ++step) {
      const double middle = (low + high) / 2;
      (below(middle) > i ? high : low) = middle;
    }
    const double z = (low + high) / 2;
    // orthonormal He_k: h_{k+1} = (z h_k − √k h_{k−1}) / √(k+1); weight = 1 / Σ h_k²
    double before = 0;
    double value = 1;
    double norm = 0;
    for (std::size_t k = 0; k < n; ++k) {
      norm += value * value;
      const auto kk = static_cast<double>(k);
      const double next = (z * value - std::sqrt(kk) * before) / std::sqrt(kk + 1);
      before = value;
      value = next;
    }
    rule.node.push_back(z);
    rule.weight.push_back(1 / norm);
  }
  return rule;
}

}  // namespace stats
