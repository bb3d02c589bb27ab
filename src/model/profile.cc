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

}  // namespace model
