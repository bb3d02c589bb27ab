#pragma once

#include <span>
#include <vector>

namespace stats {

// Predictions are probabilities in [0, 1], outcomes 0 or 1 (or shares between), weights ≥ 0 or an empty span for all 1.
// Spans of one call have equal lengths. Without any weight the means are 0 and the AUC ½.

/// Mean of (prediction − outcome)² (Brier 1950).
double brier_score(std::span<const double> prediction, std::span<const double> outcome, std::span<const double> weight = {});

/// Mean of −ln of the probability given to what happened; predictions are kept 1e-15 away from 0 and 1.
double log_loss(std::span<const double> prediction, std::span<const double> outcome, std::span<const double> weight = {});

/// Chance that a random positive is ranked above a random negative, ties counting half.
double area_under_curve(std::span<const double> prediction, std::span<const double> outcome, std::span<const double> weight = {});

/// Mean precision over the positives, from the highest prediction down; equal predictions are one step:
/// Σ (R_k − R_{k−1}) P_k, as scikit-learn counts it. 0 without positives.
double average_precision(std::span<const double> prediction, std::span<const double> outcome, std::span<const double> weight = {});

/// One group of a reliability table.
struct ReliabilityGroup {
  double weight = 0;
  double predicted = 0;  ///< mean prediction
  double observed = 0;   ///< share that happened
  /// Standard deviation of `observed` if every prediction were right: √Σ w² p(1−p) / Σ w.
  double sampling_error = 0;

  /// Whether observed and predicted differ by at most `tolerance` or z sampling errors.
  bool agrees(double tolerance, double z = 1.96) const;
};

/// Groups of equal weight by prediction (deciles for 10); equal predictions share a group, empty groups are left out.
std::vector<ReliabilityGroup> reliability(std::span<const double> prediction, std::span<const double> outcome,
                                          std::span<const double> weight = {}, unsigned groups = 10);

}  // namespace stats
