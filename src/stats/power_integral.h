#pragma once

#include <array>

namespace stats {

/// The one integral behind Pareto/NBD:
///   J = ∫_0^H (1 + y/A)^−M (1 + y/B)^−N dy,   A, B > 0, H ≥ 0, M > −1, N > −1 (M + N ≥ 0).
/// With M = r+x, N = s+1, A = α+t_x, B = β+t_x, H = T−t_x it is, up to elementary factors, the difference of the two
/// Gauss 2F1 of Fader & Hardie, "A Note on Deriving the Pareto/NBD Model" (2005), eq. 19–20. That difference cancels
/// catastrophically; the integral has one sign, so Gauss–Legendre on v = ln(1 + y/min(A, B)) keeps about 13 digits for
/// any A/B, and A = B is no special case.
struct PowerIntegral {
  double M, N, A, B, H;
};

/// ln J; −∞ when H = 0.
double log_power_integral(const PowerIntegral& p);

/// Means under the density proportional to the integrand of the four functions
///   g = (ln(1 + y/A), ln(1 + y/B), 1/(A+y), 1/(B+y))
/// and of their products; what analytic gradients and Hessians need.
struct PowerMoments {
  double log_integral = 0;
  std::array<double, 4> mean{};
  std::array<std::array<double, 4>, 4> product{};  ///< E[g_i g_j], symmetric
};

/// Pre: H > 0.
PowerMoments power_moments(const PowerIntegral& p);

}  // namespace stats
