#pragma once

#include <functional>
#include <span>
#include <vector>

#include "base/error.h"
#include "stats/chunks.h"
#include "stats/logistic.h"

namespace stats {

/// E[y | x] = β_0 + Σ β_j x_j.
struct RidgeModel {
  std::vector<double> beta;  ///< the intercept first
  double ridge = 0;          ///< the penalty that was used

  double predict(std::span<const double> features) const;
};

/// Weighted ridge regression (Hoerl & Kennard 1970): minimises Σ w (y − β_0 − βx)² + ridge Σ_{j≥1} β_j². Several ridges:
/// the one with the least squared error over five folds of alternating chunks of rows (row i is in fold i mod 5), all from
/// one pass over the rows. Put columns on a common scale first. The result does not depend on the thread count. Fails when
/// a number is not finite, on no weight, and when no ridge makes the columns separable.
base::Result<RidgeModel> fit_ridge(const LogisticRows& rows, std::span<const double> ridges, Threads threads = {});

}  // namespace stats
