#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "stats/interval.h"

namespace stats {

// How well scores order customers by what a treatment does to them. docs/methods-uplift.md has the formulas.

/// An estimate with its standard error and interval.
struct Estimated {
  double value = 0;
  double error = 0;  ///< standard error
  Interval interval;
};

/// value ± z·error at the confidence.
Estimated normal_estimate(double value, double error, double confidence);

// ---- Signals: one number a row whose mean is the effect, whatever rows are picked by their features ----

/// A comparison of one treatment with the control. Spans of equal length, borrowed.
struct Comparison {
  std::span<const double> outcome;
  std::span<const std::int8_t> group;        ///< 1 treated, 0 control, −1 in another arm
  std::span<const double> propensity;        ///< of the group the row is in (whatever is in rows of −1)
};

/// Inverse-propensity signals, centred: [1(treated) − 1(control)] (Y − m) / propensity (Horvitz & Thompson 1952), where m
/// is the mean of the two arms' weighted means, so that adding a constant to all outcomes changes nothing. Fails when an
/// arm is empty, a number not finite, or a propensity not in (0, 1].
base::Result<std::vector<double>> weighted_signals(const Comparison& rows);

/// Doubly robust signals (Robins, Rotnitzky & Zhao 1994): μ1 − μ0 + 1(treated)(Y − μ1)/p − 1(control)(Y − μ0)/p.
base::Result<std::vector<double>> robust_signals(const Comparison& rows, std::span<const double> treated_mean,
                                                 std::span<const double> control_mean);

// ---- Our one normalisation ----

/// One point of a gain curve.
struct GainPoint {
  double share = 0;  ///< of the rows approached, best scores first
  double gain = 0;   ///< Σ signals of those, a row of all: the effect per customer of approaching that share
};

/// The gain curve: one point after each block of equal scores (between them the expectation over orders of the ties is a
/// straight line), from (0, 0) to (1, mean signal).
std::vector<GainPoint> gain_curve(std::span<const double> signal, std::span<const double> score);

/// What ordering by a score is worth.
struct RankingWorth {
  Estimated area;   ///< ∫ (gain − share · total) d share: what ordering adds over a random order, in outcome units a row
  Estimated auuc;   ///< ∫ gain d share = area + half the average effect
  Estimated qini;   ///< area / perfect_area, −1 … 1
  double perfect_area = 0;  ///< the same of the order by the signals themselves: no order has more
};

/// Areas with intervals from influence functions. A constant score has area 0, and so has a constant signal (qini 0).
/// Neither the order of rows nor the scores' scale matters. Empty input gives zeros with infinite errors.
RankingWorth ranking_worth(std::span<const double> signal, std::span<const double> score, double confidence = 0.95);

/// Mean outcome of treated minus control among the share of rows with the best scores, weighted by 1/propensity; a block
/// of ties across the border counts by its part. The threshold is taken as fixed. An arm that is missing up there gives
/// an infinite error.
Estimated effect_at(const Comparison& rows, std::span<const double> score, double share, double confidence = 0.95);

/// One group of equal size by predicted effect.
struct EffectGroup {
  double rows = 0;
  double predicted = 0;
  Estimated observed;
};

/// Predicted against observed effect in `groups` groups by prediction (equal predictions share one), lowest first.
std::vector<EffectGroup> effect_calibration(std::span<const double> signal, std::span<const double> predicted, unsigned groups = 10,
                                            double confidence = 0.95);

/// Best linear predictor of the effect from a score (Chernozhukov, Demirer, Duflo & Fernández-Val 2018, eq. 3.1 on
/// signals): signal = average + slope (score − mean score) + error, heteroskedasticity-robust errors. A slope of 1 is a
/// calibrated score, 0 one that knows nothing of differences. A constant score has slope 0 and an infinite error.
struct BestLinear {
  Estimated average, slope;
};
BestLinear best_linear(std::span<const double> signal, std::span<const double> score, double confidence = 0.95);

// ---- The conventions of scikit-uplift 0.5, for comparison with published numbers ----

namespace sklift {

/// Outcomes of 0 and 1, 1 = treated in `treatment`. Spans of equal length. Curves: tied scores are one step.
/// Areas are 0 when the perfect curve has none.
double qini_auc(std::span<const double> outcome, std::span<const double> score, std::span<const std::int8_t> treatment);
double uplift_auc(std::span<const double> outcome, std::span<const double> score, std::span<const std::int8_t> treatment);

enum class Strategy : std::uint8_t { overall, by_group };

/// Among tied scores later rows come first, as there.
double uplift_at(std::span<const double> outcome, std::span<const double> score, std::span<const std::int8_t> treatment, double share,
                 Strategy strategy);
double weighted_average_uplift(std::span<const double> outcome, std::span<const double> score, std::span<const std::int8_t> treatment,
                               std::size_t bins = 10);

}  // namespace sklift
}  // namespace stats
