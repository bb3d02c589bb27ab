#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "decide/filters.h"
#include "decide/response.h"
#include "model/business.h"
#include "model/decision.h"
#include "model/offer.h"
#include "model/profile.h"

namespace decide {

/// What is asked of a plan.
struct PlanRequest {
  model::Business business;
  model::Assumptions assumptions;
  std::vector<model::Offer> offers;  ///< at most 200, cheapest first
  Preset preset;
  std::string where;
  std::optional<double> budget;  ///< money for contacts and incentives; none = everything that is worth it
  std::vector<model::Blackout> blackouts;
  std::string currency;
  std::string workspace_id;  ///< with as_of, preset and where it makes the plan's id and salt
  /// How many approaches a channel can carry ("email", 5000); channels not named carry any number.
  std::vector<std::pair<std::string, std::uint64_t>> channel_capacity;
  bool season_known = true;
  std::optional<Response> response;  ///< what past approaches taught; without it the assumptions alone
  std::uint32_t threads = 2;
};

struct Plan {
  model::Decisions decisions;
  model::PlanSummary summary;
  std::uint64_t salt = 0;
};

/// The decision, whole: filters, then random assignment, then the worth of each approach, class, budget, and the
/// uncertainty of the totals by joint draws. The same inputs give the same plan.
/// Fails when there is no offer or the segment cannot be read.
base::Result<Plan> make_plan(const PlanRequest& request, const model::Profiles& profiles, const Contacts& contacts);

}  // namespace decide
