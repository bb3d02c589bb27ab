#include "stats/special.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "stats/power_integral.h"
#include "stats/quadrature.h"
#include "base/random.h"

namespace stats {
namespace {

TEST(Special, GammaFunctionsAtKnownPoints) {
  EXPECT_NEAR(log_gamma(1), 0, 1e-14);
  EXPECT_NEAR(log_gamma(0.5), 0.57236494292470008707, 1e-14);
  EXPECT_NEAR(log_gamma(100), 359.13420536957539878, 1e-11);
  EXPECT_NEAR(log_gamma(1e-300), 690.77552789821368, 1e-11);
  EXPECT_NEAR(digamma(1), -0.57721566490153286061, 1e-14);
  EXPECT_NEAR(digamma(0.25), -4.2274535333762654081, 1e-13);
  EXPECT_NEAR(trigamma(1), 1.6449340668482264365, 1e-14);
  double rest = 1.6449340668482264365;  // π²/6 − Σ_{k<30} 1/k²
  for (int k = 1; k < 30; ++k) rest -= 1.0 / (k * k);
  EXPECT_NEAR(trigamma(30), rest, 1e-15);
}

TEST(Special, RisingFactorialDoesNotCancel) {
  EXPECT_NEAR(log_rising(3, 4), std::log(3.0 * 4 * 5 * 6), 1e-14);
  EXPECT_NEAR(log_rising(1e9, 1), std::log(1e9), 1e-14);
  EXPECT_NEAR(log_rising(1e15, 3), 3 * std::log(1e15), 1e-13);
  EXPECT_NEAR(log_rising(1e-9, 1), std::log(1e-9), 1e-13);
  EXPECT_NEAR(log_rising(0.3, 5000), log_gamma(5000.3) - log_gamma(0.3), 1e-9);
  EXPECT_EQ(log_rising(2, 0), 0);
}

TEST(Special, SumsAndDifferencesOfExponentials) {
  const double none = -std::numeric_limits<double>::infinity();
  EXPECT_EQ(log_sum_exp(none, 3), 3);
  EXPECT_NEAR(log_sum_exp(1000, 1000), 1000 + std::log(2.0), 1e-12);
  EXPECT_EQ(log_diff_exp(2, 2), none);
  EXPECT_NEAR(log_diff_exp(std::log(5.0), std::log(3.0)), std::log(2.0), 1e-15);
  EXPECT_EQ(logistic(-1e6), 0);
  EXPECT_EQ(softplus(1e6), 1e6);
  EXPECT_NEAR(power_mean_gap(0, 2), std::log(3.0), 1e-15);
  EXPECT_NEAR(power_mean_gap(1e-7, 2), std::log(3.0), 1e-6);
  EXPECT_NEAR(power_mean_gap(1, 2), 1 - 1 / 3.0, 1e-15);
}

TEST(Special, NormalAndStudent) {
  EXPECT_NEAR(normal_cdf(1.959963984540054), 0.975, 1e-15);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-12);
  EXPECT_NEAR(student_quantile(0.975, 10), 2.2281388519649385, 1e-10);
  EXPECT_NEAR(student_quantile(0.975, 1e9), 1.959963984540054, 1e-8);
}

TEST(Quadrature, HermiteIntegratesMoments) {
  for (const std::size_t n : {1U, 2U, 7U, 20U, 64U}) {
    const GaussHermite rule = gauss_hermite(n);
    double mass = 0, variance = 0, sixth = 0;
    for (std::size_t i = 0; i < n; ++i) {
      mass += rule.weight[i];
      variance += rule.weight[i] * rule.node[i] * rule.node[i];
      sixth += rule.weight[i] * std::pow(rule.node[i], 6);
    }
    EXPECT_NEAR(mass, 1, 1e-12) << n;
    if (n >= 2) {
      EXPECT_NEAR(variance, 1, 1e-12) << n;
    }
    if (n >= 4) {
      EXPECT_NEAR(sixth, 15, 1e-10) << n;
    }
  }
}

/// The integral by long-double midpoint sums with Richardson extrapolation on small steps: slow, and independent.
long double slow_integral(const PowerIntegral& p) {
  const long double small = std::min(p.A, p.B);
  const long double end = std::log1p(static_cast<long double>(p.H) / small);
  const auto f = [&](long double v) {
    const long double y = small * std::expm1(v);
    return std::exp(v - p.M * std::log1p(y / p.A) - p.N * std::log1p(y / p.B));
  };
  long double before = 0;
  long double extrapolated = 0;
  for (int n = 4096; n <= 16384; n *= 2) {  // Simpson
    const long double h = end / n;
    long double sum = f(0) + f(end);
    for (int k = 1; k < n; ++k) sum += (k % 2 == 1 ? 4 : 2) * f(h * k);
    const long double value = sum * h / 3;
    extrapolated = value + (value - before) / 15;
    before = value;
  }
  return small * extrapolated;
}

TEST(PowerIntegral, AgreesWithASlowOracle) {
  base::Rng rng{11};
  for (int i = 0; i < 60; ++i) {
    PowerIntegral p{};
    p.M = std::exp(1.5 * rng.normal());
    p.N = 0.2 + std::exp(1.2 * rng.normal());
    p.A = std::exp(3 * rng.normal());
    p.B = i % 5 == 0 ? p.A : std::exp(3 * rng.normal());
    p.H = std::exp(2 * rng.normal());
    const auto slow = static_cast<double>(std::log(slow_integral(p)));
    EXPECT_NEAR(log_power_integral(p), slow, 1e-10) << p.M << ' ' << p.N << ' ' << p.A << ' ' << p.B << ' ' << p.H;
    EXPECT_NEAR(power_moments(p).log_integral, log_power_integral(p), 1e-13);
  }
}

TEST(PowerIntegral, ClosedFormWithEqualScales) {
  // A = B: ∫ (1+y/A)^−(M+N) dy = A (1 − (1+H/A)^−(M+N−1)) / (M+N−1)
  for (const double M : {0.3, 5.0, 800.0, 5000.0}) {
    for (const double H : {1e-9, 1.0, 1e4}) {
      const double A = 7;
      EXPECT_NEAR(log_power_integral({M, 1.5, A, A, H}), std::log(A * power_mean_gap(M + 0.5, H / A)), 1e-11) << M << ' ' << H;
    }
  }
  EXPECT_EQ(log_power_integral({1, 1, 1, 1, 0}), -std::numeric_limits<double>::infinity());
}

TEST(PowerIntegral, MomentsAreDerivatives) {
  // ∂ ln J/∂M = −E ln(1+y/A), and the second derivative is the variance
  const PowerIntegral p{3.4, 1.6, 12, 0.8, 25};
  const auto at = [&](double dM, double dN) { return log_power_integral({p.M + dM, p.N + dN, p.A, p.B, p.H}); };
  const PowerMoments m = power_moments(p);
  const double h = 1e-3;
  EXPECT_NEAR((at(h, 0) - at(-h, 0)) / (2 * h), -m.mean[0], 1e-7);
  EXPECT_NEAR((at(0, h) - at(0, -h)) / (2 * h), -m.mean[1], 1e-7);
  EXPECT_NEAR((at(h, 0) - 2 * at(0, 0) + at(-h, 0)) / (h * h), m.product[0][0] - m.mean[0] * m.mean[0], 1e-6);
  EXPECT_NEAR((at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h * h), m.product[0][1] - m.mean[0] * m.mean[1], 1e-6);
}

}  // namespace
}  // namespace stats
