#include "understand/reasons/remedies.h"

#include <algorithm>

namespace understand::reasons {

std::vector<Surge> find_surges(std::span<const Complained> complained, double active_now, double active_before, const RemedyRules& rules) {
  std::vector<Surge> found;
  const double looks = std::max<double>(static_cast<double>(complained.size()), 1);
  const double confidence = 1 - (1 - rules.confidence) / looks;
  for (const Complained& one : complained) {
    // Who complained was there, whatever else was counted.
    const double here = std::max(active_now, one.now), there = std::max(active_before, one.before);
    Surge surge{.reason = one.reason, .customers = one.now, .compared = active_before > 0};
    surge.share = here > 0 ? one.now / here : 0;
    surge.usual = there > 0 ? one.before / there : 0;
    if (here > 0 && there > 0) surge.more = stats::newcombe_difference(one.now, here, one.before, there, confidence);
    surge.proposed = surge.compared && one.now >= rules.least && surge.more.low > 0 && surge.share >= rules.times * surge.usual;
    found.push_back(surge);
  }
  std::ranges::stable_sort(found, std::greater{}, &Surge::customers);
  return found;
}

}  // namespace understand::reasons
