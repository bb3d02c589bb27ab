#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stats/judge_models.h"
#include "understand/history.h"

namespace understand {

/// Which purchase model the shop's own past speaks for.
struct ModelChoice {
  stats::PurchaseFamily family = stats::PurchaseFamily::pareto_nbd;
  bool judged = false;  ///< false: the history is too short to judge, the family is the default
  std::vector<stats::Judgement> table;  ///< means over the cuts, best first; empty when not judged
  std::vector<std::int32_t> cuts;       ///< last days of what the models were fitted on
};

/// Judges every model in continuous time on purchases up to and including `day`, and only those: at one half, five
/// eighths and three quarters of the time it is fitted on what was known and judged on all that followed. The least mean
/// absolute error of expected purchases over the three wins (the measure of Platzer & Reutterer 2016). On an even sample of
/// about `most` customers. Not judged with under 100 repeat purchases or 50 holdout purchases at some cut.
ModelChoice choose_model(const Histories& histories, std::int32_t day, std::size_t most = 5000);

/// Customers known at `cut` and their purchases in (cut, until]; times in days.
stats::Holdout holdout_at(const Histories& histories, std::int32_t cut, std::int32_t until, std::size_t most = 0);

}  // namespace understand
