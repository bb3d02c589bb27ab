#pragma once

#include <string>
#include <vector>

#include "stats/purchase_model.h"

namespace stats {

/// How one model's forecasts of a holdout came out; it was fitted on what was known before.
struct Judgement {
  PurchaseFit fit;
  double mae = 0;         ///< mean |expected − bought|, the measure of the literature (Platzer & Reutterer 2016)
  double median_mae = 0;  ///< mean |median of the customer's law − bought|: the forecast that minimises this error
  double rmse = 0;        ///< of the expected purchases, the forecast that minimises it
  double total_error = 0; ///< Σ expected / Σ bought − 1
  double log_score = 0;   ///< mean −ln P(bought as they did): judges the whole law, lower is better
  double customers = 0;
};

/// Customers as known at a cut and what each bought within `t` after it.
struct Holdout {
  Histories known;
  std::vector<double> bought;
  double t = 0;
};

/// Fits every family on what was known and judges it on what came; best (least mae) first. Families that cannot be
/// fitted to these data (no gaps known, occasions) are left out; with none left, fails with the last one's reason.
base::Result<std::vector<Judgement>> judge_models(const Holdout& holdout, const std::vector<PurchaseFamily>& families,
                                                  Threads threads = {});

/// The same of one model that is already fitted.
Judgement judge(const PurchaseFit& fit, const Holdout& holdout, Threads threads = {});

/// Means over several holdouts of the families that all of them could judge, least mae first; `fit` is the first one's.
std::vector<Judgement> together(const std::vector<std::vector<Judgement>>& rounds);

/// The models in continuous time.
std::vector<PurchaseFamily> continuous_families();

}  // namespace stats
