#include "stats/interval.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <utility>

#include <boost/math/special_functions/beta.hpp>

#include "stats/special.h"

namespace stats {

Interval wilson(double successes, double trials, double confidence) {
  if (!(trials > 0)) return {0, 1};
  const double z = normal_quantile(0.5 + confidence / 2);
  const double p = std::clamp(successes / trials, 0.0, 1.0);
  const double z2 = z * z / trials;
  const double centre = (p + z2 / 2) / (1 + z2);
  const double half = z / (1 + z2) * std::sqrt(p * (1 - p) / trials + z2 / (4 * trials));
  return {p == 0 ? 0 : std::max(0.0, centre - half), p == 1 ? 1 : std::min(1.0, centre + half)};
}

Interval newcombe_difference(double successes1, double trials1, double successes2, double trials2, double confidence) {
  if (!(trials1 > 0) || !(trials2 > 0)) return {-1, 1};
  const double p1 = successes1 / trials1;
  const double p2 = successes2 / trials2;
  const Interval a = wilson(successes1, trials1, confidence);
  const Interval b = wilson(successes2, trials2, confidence);
  return {p1 - p2 - std::hypot(p1 - a.low, b.high - p2), p1 - p2 + std::hypot(a.high - p1, p2 - b.low)};
}

WelchDifference welch_difference(const Sample& first, const Sample& second, double confidence) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  WelchDifference out;
  out.difference = first.mean - second.mean;
  if (first.n < 2 || second.n < 2) {
    out.standard_error = kInfinity;
    out.interval = {-kInfinity, kInfinity};
    return out;
  }
  const double a = first.variance / first.n;
  const double b = second.variance / second.n;
  out.standard_error = std::sqrt(a + b);
  if (!(out.standard_error > 0)) {
    out.degrees = first.n + second.n - 2;
    out.interval = {out.difference, out.difference};
    out.p_value = out.difference == 0 ? 1 : 0;
    return out;
  }
  out.degrees = (a + b) * (a + b) / (a * a / (first.n - 1) + b * b / (second.n - 1));
  const double half = student_quantile(0.5 + confidence / 2, out.degrees) * out.standard_error;
  out.interval = {out.difference - half, out.difference + half};
  const double t2 = out.difference * out.difference / (a + b);
  out.p_value = boost::math::ibeta(out.degrees / 2, 0.5, out.degrees / (out.degrees + t2));
  return out;
}

double detectable_difference(double base_rate, double treated, double controls) {
  if (treated <= 0 || controls <= 0) return 1;
  constexpr double z = 1.959963985 + 0.841621234;  // 5 % two-sided and 80 % power
  return z * std::sqrt(base_rate * (1 - base_rate) * (1 / treated + 1 / controls));
}

}  // namespace stats
