#include "stats/special.h"

#include <utility>

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>

namespace stats {
namespace {

constexpr double kShift = 20;  // from here on the Stirling series below is exact to rounding
constexpr double kHalfLogTwoPi = 0.91893853320467274178;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// ln Γ(z) − [(z−½) ln z − z + ½ ln 2π] for z ≥ kShift.
double stirling_rest(double z) {
  const double i = 1 / z;
  const double i2 = i * i;
  return i * (1.0 / 12 + i2 * (-1.0 / 360 + i2 * (1.0 / 1260 + i2 * (-1.0 / 1680 + i2 * (1.0 / 1188)))));
}

/// log1p(u) − u without cancellation.
double log1p_minus(double u) {
  if (std::abs(u) > 0.05) return std::log1p(u) - u;
  double power = u * u;
  double sum = 0;
  for (int k = 2; k < 30; ++k) {
    const double term = (k % 2 == 0 ? -1.0 : 1.0) * power / k;
    sum += term;
    if (std::abs(term) < 1e-18 * std::abs(sum)) break;
    power *= u;
  }
  return sum;
}

/// Policy without exceptions: callers get infinities, never a throw.
using Quiet = boost::math::policies::policy<
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

}  // namespace

double log_gamma(double z) {
  double product = 1;
  double logs = 0;
  while (z < kShift) {
    product *= z;
    if (product < 1e-250) {
      logs += std::log(product);
      product = 1;
    }
    z += 1;
  }
  return (z - 0.5) * std::log(z) - z + kHalfLogTwoPi + stirling_rest(z) - (logs + std::log(product));
}

double digamma(double z) {
  double shift = 0;
  while (z < kShift) {
    shift += 1 / z;
    z += 1;
  }
  const double i2 = 1 / (z * z);
  return std::log(z) - 0.5 / z -
         i2 * (1.0 / 12 - i2 * (1.0 / 120 - i2 * (1.0 / 252 - i2 * (1.0 / 240 - i2 / 132)))) - shift;
}

double trigamma(double z) {
  double shift = 0;
  while (z < kShift) {
    shift += 1 / (z * z);
    z += 1;
  }
  const double i = 1 / z;
  const double i2 = i * i;
  return i * (1 + i * (0.5 + i * (1.0 / 6 - i2 * (1.0 / 30 - i2 * (1.0 / 42 - i2 * (1.0 / 30 - i2 * 5.0 / 66)))))) + shift;
}

double log_rising(double z, double n) {
  if (n <= 0) return 0;
  // (z)_n = Π_{k<K} (z+k)/(z+n+k) · (z+K)_n
  double ratio = 1;
  double logs = 0;
  while (z < kShift) {
    ratio *= z / (z + n);
    if (ratio < 1e-200) {
      logs += std::log(ratio);
      ratio = 1;
    }
    z += 1;
  }
  const double u = n / z;
  // (z+n−½) ln(1+n/z) + n ln z − n, arranged so that n ≪ z does not cancel
  const double main = u < 0.05 ? (z - 0.5) * log1p_minus(u) + n * std::log1p(u) - 0.5 * u + n * std::log(z)
                               : (z + n - 0.5) * std::log1p(u) - n + n * std::log(z);
  return main + stirling_rest(z + n) - stirling_rest(z) + logs + std::log(ratio);
}

double log_beta(double a, double b) {
  const double small = std::min(a, b);
  const double large = std::max(a, b);
  return log_gamma(small) - log_rising(large, small);
}

double log_sum_exp(double a, double b) {
  const double high = std::max(a, b);
  const double low = std::min(a, b);
  if (low == -kInfinity) return high;
  return high + std::log1p(std::exp(low - high));
}

double log_diff_exp(double a, double b) {
  if (!(a > b)) return -kInfinity;
  if (b == -kInfinity) return a;
  const double d = b - a;
  return a + (d > -0.6931 ? std::log(-std::expm1(d)) : std::log1p(-std::exp(d)));
}

double softplus(double x) { return x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x)); }

double logistic(double x) {
  if (x >= 0) return 1 / (1 + std::exp(-x));
  const double e = std::exp(x);
  return e / (1 + e);
}

double power_mean_gap(double k, double z) {
  const double l = std::log1p(z);
  if (std::abs(k * l) < 1e-8) return l * (1 - 0.5 * k * l);
  return -std::expm1(-k * l) / k;
}

double negative_binomial_tail(double m, double w, double n) {
  if (n <= 0) return 1;
  if (w <= 0) return 0;
  if (w >= 1) return 1;
  return std::clamp(boost::math::ibeta(n, m, w, Quiet{}), 0.0, 1.0);
}

double log_negative_binomial(double m, double odds, double n) {
  const double base = -m * std::log1p(odds);
  if (n <= 0) return base;
  if (odds <= 0) return -kInfinity;
  return base + log_rising(m, n) - log_gamma(n + 1) - n * std::log1p(1 / odds);
}

double normal_cdf(double z) { return 0.5 * std::erfc(-z * 0.70710678118654752440); }

double normal_quantile(double p) {
  if (p <= 0) return -kInfinity;
  if (p >= 1) return kInfinity;
  return boost::math::quantile(boost::math::normal_distribution<double, Quiet>{}, p);
}

double student_quantile(double p, double degrees) {
  if (p <= 0) return -kInfinity;
  if (p >= 1) return kInfinity;
  if (degrees > 1e7) return normal_quantile(p);
  return boost::math::quantile(boost::math::students_t_distribution<double, Quiet>{degrees}, p);
}

}  // namespace stats
