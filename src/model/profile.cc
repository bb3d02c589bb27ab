#include "model/profile.h"

#include <array>

namespace model {

std::string_view name_of(Segment segment) {
  constexpr std::array<std::string_view, kSegments> names = {
      "champions",      "loyal",   "potential_loyalist", "new_customers", "promising", "need_attention",
      "about_to_sleep", "at_risk", "cannot_lose",        "hibernating",   "lost"};
  return names[static_cast<std::size_t>(segment)];
}

std::string_view name_of(Stage stage) {
  constexpr std::array<std::string_view, kStages> names = {"new",          "growing",      "mature", "declining",
                                                           "lapsed_light", "lapsed_heavy", "lost",   "natural_end"};
  return names[static_cast<std::size_t>(stage)];
}

std::string_view name_of(Situation situation) {
  constexpr std::array<std::string_view, kSituations> names = {"usual",    "subscribed",  "payment_failed", "paused", "newcomer",
                                                               "big_spender", "stuck", "gift_buyer",     "owner"};
  return names[static_cast<std::size_t>(situation)];
}

std::optional<base::Condition> named_condition(std::string_view word) {
  using base::Condition;
  if (word == "lapsed") {
    std::vector<Condition> lapsed;
    for (std::size_t s = 0; s < kStages; ++s) {
      const auto stage = static_cast<Stage>(s);
      if (is_lapsed(stage)) lapsed.push_back(Condition::equals("stage", name_of(stage)));
    }
    return Condition::any_of(std::move(lapsed));
  }
  for (std::size_t s = 0; s < kSegments; ++s) {  // "lost" is the segment's; stage = lost says the stage
    if (name_of(static_cast<Segment>(s)) == word) return Condition::equals("segment", word);
  }
  for (std::size_t s = 0; s < kStages; ++s) {
    if (name_of(static_cast<Stage>(s)) == word) return Condition::equals("stage", word);
  }
  return std::nullopt;
}

}  // namespace model
