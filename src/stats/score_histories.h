#pragma once

#include <vector>

#include "stats/bg_nbd.h"
#include "stats/chunks.h"
#include "stats/pareto_nbd.h"
#include "stats/summary.h"

namespace stats {

/// What a model says of each row over the next `t`.
struct HistoryScores {
  std::vector<double> alive;         ///< P(alive at T)
  std::vector<double> expected;      ///< E[purchases in (T, T+t]]
  std::vector<double> any_purchase;  ///< P(at least one purchase in (T, T+t])
};

/// Scores every row (weights are ignored); t ≥ 0 in the model's unit. Score the unique rows and spread them with row_of.
HistoryScores score(const BgNbd& m, const Histories& rows, double t, Threads threads = {});
HistoryScores score(const ParetoNbd& m, const Histories& rows, double t, Threads threads = {});

/// Σ weight · E[purchases in (T, T+t]] with the interval for the error of the parameters (delta method). The chance in
/// what each customer then does is not in it; over many customers it is the smaller part.
/// Of one customer: a Histories of one row. Model is BgNbd or ParetoNbd, whichever was fitted.
template <class Model>
Estimate expected_total(const FitReport& fit, const Histories& rows, double t, double confidence, Threads threads = {});

}  // namespace stats
