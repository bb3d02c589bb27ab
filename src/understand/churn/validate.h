#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/churn.h"
#include "port/learner.h"
#include "understand/churn/features.h"
#include "understand/churn/risk_model.h"

namespace understand::churn {

/// A moved and stretched log-odds (Platt 1999), drawn towards no change: maximises the log-likelihood less
/// ½ λ (intercept² + (slope − 1)²).
struct Calibration {
  double intercept = 0, slope = 1;
  double operator()(double log_odds) const { return chance_of(intercept + slope * log_odds); }
  static Calibration fit(std::span<const double> log_odds, std::span<const double> outcome);
};

/// One of the simple models every other has to beat: a ridge logistic regression of one thing alone.
class SimpleModel {
 public:
  enum class Of : std::uint8_t { silence, btyd };
  /// Silence as a spline with knots at 14, 60 and 180 days; the BTYD chance as its log-odds.
  static base::Result<SimpleModel> fit(Of of, std::span<const Snapshot* const> past);
  double log_odds(const Snapshot& snapshot, std::size_t row) const;

 private:
  Of of_ = Of::silence;
  std::vector<double> mean_, scale_;
  stats::LogisticModel model_;
};

/// Rows of several snapshots under each other, later ones heavier (a half-year halves the weight).
struct Stack {
  std::vector<float> x, target, weight;
  std::size_t columns = 0;
  port::LearningRows rows() const { return {{x, columns}, target, weight}; }
};
Stack stack(std::span<const Snapshot* const> snapshots, const std::vector<bool>& keep);

/// One snapshot's columns without the refused ones.
std::vector<float> kept_columns(const Snapshot& snapshot, const std::vector<bool>& keep);

struct Validation {
  bool done = false;        ///< there was at least one window to be judged by
  std::string chosen, why;  ///< as in model::Churn
  std::string against;
  double gain = 0, gain_error = 0;
  std::vector<model::ChurnScore> scores;
  std::vector<model::ChurnFold> folds;
  std::vector<model::ChurnDecile> deciles;  ///< of the chosen model
  Calibration calibration;                  ///< of the chosen model, from all folds
  double drift = 0;                         ///< standard deviation of a window's share of leavers about the predicted one
};

/// Judges every model on windows it could not have seen: `past` ascending by cut, all labelled; at each validation cut
/// (every horizon, from the last backwards, at most `most_folds`) models learn from the snapshots whose label windows had
/// ended, and are calibrated on the folds before. The learned model (trees or blend) is chosen when its Brier score beats
/// the best simpler one's (recency, BTYD, logistic) by more than a standard error over customers, clustered; else the
/// simpler one.
base::Result<Validation> validate(port::Learner& learner, std::span<const Snapshot> past, std::int32_t horizon, const std::vector<bool>& keep,
                                  const RiskOptions& options, std::size_t most_folds = 6);

}  // namespace understand::churn
