#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/error.h"
#include "stats/chunks.h"
#include "stats/matrix.h"

namespace stats {

/// Rows to learn from. `fill(begin, end, out)` writes the features of rows [begin, end), row by row, `columns` numbers
/// each; it is called concurrently, once for each chunk and iteration, so millions of rows need not lie in memory.
struct LogisticRows {
  std::size_t columns = 0;
  std::function<void(std::size_t begin, std::size_t end, double* out)> fill;
  std::span<const double> outcome;  ///< 0 or 1 (or a share between), one a row
  std::span<const double> weight;   ///< ≥ 0, or empty for all 1
};

/// Rows that do lie in memory, row by row.
LogisticRows dense_rows(std::span<const double> features, std::size_t columns, std::span<const double> outcome,
                        std::span<const double> weight = {});

/// P(outcome = 1 | features) = 1 / (1 + exp(−(β_0 + Σ β_j x_j))).
struct LogisticModel {
  std::vector<double> beta;  ///< the intercept first
  Matrix covariance;         ///< inverse of the penalised information (the Laplace posterior's)
  double log_likelihood = 0;  ///< without the penalty
  bool converged = false;
  int iterations = 0;
  double gradient_norm = 0;

  double log_odds(std::span<const double> features) const;
  double probability(std::span<const double> features) const;
  /// Standard error of the log-odds, from the covariance.
  double log_odds_error(std::span<const double> features) const;
};

/// Weighted ridge logistic regression: maximises log-likelihood − ½ ridge Σ_{j≥1} β_j² (the intercept is free) by
/// Newton's method with step halving (le Cessie & van Houwelingen 1992). Put columns on a common scale first, for the
/// penalty treats them alike. The result does not depend on the thread count. Fails when a feature, outcome or weight is
/// not finite, when only one outcome occurs, or when columns are collinear without a ridge.
base::Result<LogisticModel> fit_logistic(const LogisticRows& rows, double ridge, Threads threads = {});

}  // namespace stats
