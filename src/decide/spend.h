#pragma once

#include <cstdint>
#include <vector>

#include "decide/options.h"

namespace decide {

/// How the budget is spent on the candidates that are not held out.
struct SpendResult {
  std::vector<std::uint8_t> choice;  ///< per customer of the options: an offer, or kNoOffer
  double cost = 0;
  double worth = 0;
  double next_unit = 0;  ///< profit of the next unit of budget
  std::vector<model::PlanSummary::Limit> limits;
  double bound = 0;      ///< no choice within the limits is worth more than this
  double gap = 0;        ///< (bound − worth) / bound
};

/// Chooses at most one approach each under the budget, the offers' stock and the staff's minutes. Explorers (one flag a
/// customer of the options) are left to decide/explore.h.
base::Result<SpendResult> spend(const PlanRequest& request, const Options& options, const std::vector<std::uint8_t>& explorers,
                                double budget);

}  // namespace decide
