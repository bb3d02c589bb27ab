#include "model/person.h"

#include <algorithm>
#include <array>

namespace model {
namespace {

constexpr std::array<std::string_view, 3> kStates = {"unknown", "granted", "withdrawn"};

}  // namespace

std::string_view name_of(ConsentState state) { return kStates[static_cast<std::size_t>(state)]; }

std::optional<ConsentState> parse_consent_state(std::string_view name) {
  const auto* found = std::ranges::find(kStates, name);
  if (found == kStates.end()) return std::nullopt;
  return static_cast<ConsentState>(found - kStates.begin());
}

}  // namespace model
