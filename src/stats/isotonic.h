#pragma once

#include <span>
#include <vector>

#include "base/error.h"

namespace stats {

/// Monotone calibration: pool-adjacent-violators (Ayer et al. 1955; Zadrozny & Elkan 2002), read with linear
/// interpolation between the blocks' weighted mean scores, so that close scores keep their order; flat beyond the ends.
class Isotonic {
 public:
  /// The weighted least-squares non-decreasing fit of outcome on score. Equal scores are one point. Fails when there is
  /// no weight, or a number is not finite. `weight` may be empty (all 1).
  static base::Result<Isotonic> fit(std::span<const double> score, std::span<const double> outcome,
                                    std::span<const double> weight = {});

  /// A calibration from its points, as stored; scores strictly ascending, values non-decreasing, at least one.
  static base::Result<Isotonic> from_points(std::vector<double> scores, std::vector<double> values);

  double operator()(double score) const;

  const std::vector<double>& scores() const { return scores_; }
  const std::vector<double>& values() const { return values_; }

 private:
  std::vector<double> scores_, values_;
};

}  // namespace stats
