#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "stats/interval.h"

namespace understand::reasons {

/// Whether unusually many complain of one thing (presets/remedies.yaml).
struct RemedyRules {
  std::uint32_t least = 10;     ///< customers in the last window; fewer are cases, no group
  double times = 1.5;           ///< so many times the usual share
  double confidence = 0.9;      ///< that it is more than usual, over all reasons looked at together
};

/// How many of those who were there said a reason, in the last window and in the ones before together.
struct Complained {
  std::string reason;
  double now = 0, before = 0;
};

struct Surge {
  std::string reason;
  double customers = 0;
  double share = 0, usual = 0;  ///< of active customers in a window
  stats::Interval more;         ///< share − usual, at the rules' confidence divided over the reasons (Bonferroni)
  bool proposed = false;
  bool compared = false;        ///< there was something to compare with
};

/// Each reason's share of active customers against its share in earlier windows of the same length; Newcombe's interval (1998,
/// method 10) of the difference. `active_now` and `active_before` count customers and windows. Largest first. Without earlier windows
/// nothing is proposed: what is usual is not known.
std::vector<Surge> find_surges(std::span<const Complained> complained, double active_now, double active_before, const RemedyRules& rules);

}  // namespace understand::reasons
