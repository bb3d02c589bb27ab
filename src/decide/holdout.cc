#include "decide/holdout.h"

#include <cmath>

#include "base/random.h"

namespace decide {

double campaign_holdout_share(std::uint64_t eligible) {
  if (eligible < 1000) return 0.5;
  if (eligible < 10000) return 0.2;
  if (eligible < 100000) return 0.1;
  return 0.05;
}

double global_holdout_share(std::uint64_t contactable) { return contactable >= 50000 ? 0.05 : 0; }

bool is_held_out(std::string_view unit, std::uint64_t salt, double share) {
  return static_cast<double>(base::stable_hash(unit, salt) >> 11) * 0x1.0p-53 < share;
}

}  // namespace decide
