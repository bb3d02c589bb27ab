#pragma once

#include <cstdint>
#include <string>

#include "base/time.h"

namespace model {

/// A plan as the Store remembers it; its decisions stand in the warehouse under the same id.
struct Plan {
  std::string id;
  base::Instant made_at;
  base::Day as_of;
  std::string currency;
  std::string preset;
  std::uint64_t salt = 0;        ///< of its holdout
  double holdout_share = 0;      ///< propensity of being held out
  std::uint32_t horizon_days = 0;
  std::string summary_json;      ///< plan.json
};

}  // namespace model
