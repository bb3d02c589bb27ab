#pragma once

namespace stats {

struct Interval {
  double low = 0;
  double high = 0;
};

/// Wilson's score interval for a proportion (Wilson 1927): `successes` of `trials`, both may be weighted sums.
/// [0, 1] when there are no trials.
Interval wilson(double successes, double trials, double confidence);

/// Newcombe's hybrid score interval for p1 − p2 (Newcombe 1998, method 10).
Interval newcombe_difference(double successes1, double trials1, double successes2, double trials2, double confidence);

/// Mean and variance of one sample; variance with n − 1.
struct Sample {
  double n = 0;
  double mean = 0;
  double variance = 0;
};

/// Difference of two means without assuming equal variances (Welch 1947), Satterthwaite's degrees of freedom.
struct WelchDifference {
  double difference = 0;  ///< first minus second
  double standard_error = 0;
  double degrees = 0;
  Interval interval;
  double p_value = 1;  ///< two-sided, of no difference
};

/// With fewer than two in either sample, nothing is known: an infinite error and interval, p = 1.
WelchDifference welch_difference(const Sample& first, const Sample& second, double confidence);

/// Smallest difference of two rates a comparison of these sizes finds with 80 % power at 5 % two-sided.
double detectable_difference(double base_rate, double treated, double controls);

}  // namespace stats
