#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "decide/where.h"
#include "model/decision.h"
#include "model/profile.h"

namespace decide {

/// Which lapsed customers a plan looks at (presets/plans.yaml).
struct Preset {
  std::string name = "shop";
  std::optional<std::int32_t> silent_from;  ///< days; without it the lapse rule decides
  std::optional<std::int32_t> silent_to;
  double top_spend = 1;  ///< share of all customers with the highest spend
  bool quality_leavers = false;
};

/// What contact data says of each customer, in the order of the profiles. Empty vectors: no contact data at all.
struct Contacts {
  std::vector<std::uint8_t> reachable;
  std::vector<std::uint8_t> opted_out;
  std::vector<std::uint32_t> household;  ///< row of the first customer sharing an address; own row otherwise
};

/// Fills `filter` for every customer with the first reason that keeps them out, and `wait_until` for those still in
/// rhythm. Counted in the order of model::Filter.
void apply_filters(const model::Profiles& profiles, const Preset& preset, const Contacts& contacts,
                   const Condition& where, model::Decisions& decisions);

}  // namespace decide
