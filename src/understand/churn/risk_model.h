#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "port/learner.h"
#include "stats/logistic.h"

namespace understand::churn {

/// What a chance is learned with.
enum class Kind : std::uint8_t {
  trees,     ///< gradient boosting
  logistic,  ///< ridge logistic regression of the same columns, on a logarithmic scale
  blend,     ///< the mean of both in log-odds
};
std::string_view name_of(Kind kind);

struct RiskOptions {
  Kind kind = Kind::blend;
  std::uint64_t seed = 1;
  port::LearnerOptions trees = {.rounds = 220, .depth = 3, .rate = 0.04, .child_weight = 8, .row_share = 0.7,
                                .column_share = 0.5, .ridge = 5, .bins = 128};
  double ridge = 8;
  std::uint32_t bags = 1;  ///< tree models with different seeds, averaged in log-odds
};

/// A ridge logistic regression of sign(x) ln(1 + |x|), each column on a common scale; what is not known counts as the
/// column's mean, and columns with gaps bring a second column that says so.
class SmoothModel {
 public:
  static base::Result<SmoothModel> fit(const port::LearningRows& rows, double ridge);
  double log_odds(std::span<const float> row) const;
  /// What each column adds to the log-odds, then the common part.
  void contributions(std::span<const float> row, std::span<float> out) const;

 private:
  void standardise(std::span<const float> row, std::span<double> out) const;
  std::vector<double> mean_, scale_;  ///< of each column
  std::vector<std::size_t> gappy_;    ///< columns with an indicator, in order
  stats::LogisticModel model_;
};

/// A learned chance. Immutable; any thread may use it.
class RiskModel {
 public:
  /// Targets are 0 or 1. Fails with `invalid_input` when only one of them occurs.
  static base::Result<RiskModel> fit(port::Learner& learner, const port::LearningRows& rows, const RiskOptions& options);

  /// Log-odds, one a row.
  base::Result<std::vector<double>> log_odds(const port::FeatureRows& rows) const;

  /// Columns + 1 numbers a row, what each column adds to the log-odds and then the common part (Lundberg & Lee 2017 for
  /// the trees; β_j (z_j − mean) for the regression); they sum to the log-odds.
  base::Result<std::vector<float>> contributions(const port::FeatureRows& rows) const;

 private:
  Kind kind_ = Kind::blend;
  std::vector<std::unique_ptr<port::Learned>> trees_;
  SmoothModel smooth_;
};

/// 1 / (1 + e^−x), kept inside (0, 1).
double chance_of(double log_odds);
double log_odds_of(double chance);

}  // namespace understand::churn
