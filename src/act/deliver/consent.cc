#include "act/deliver/consent.h"

#include <algorithm>
#include <array>
#include <optional>

namespace act::deliver {

using base::Instant;
using model::ConsentState;

ConsentState in_force(std::span<const model::ConsentRecord> statements, std::string_view channel, std::string_view topic,
                      Instant at, Instant known_at) {
  // Scopes as two bits: 1 = every channel, 2 = every topic. A scope is as narrow as another when it has no further bit.
  struct Latest {
    std::optional<Instant> granted;
    std::optional<Instant> withdrawn;
  };
  std::array<Latest, 4> scopes;
  for (const model::ConsentRecord& said : statements) {
    const bool every_channel = said.channel == "*";
    const bool every_topic = said.topic == "*";
    if (said.state == ConsentState::unknown || said.valid_from > at || said.recorded_at > known_at) continue;
    if ((!every_channel && said.channel != channel) || (!every_topic && said.topic != topic)) continue;
    Latest& scope = scopes[(every_channel ? 1U : 0U) + (every_topic ? 2U : 0U)];
    std::optional<Instant>& moment = said.state == ConsentState::granted ? scope.granted : scope.withdrawn;
    if (!moment || *moment < said.valid_from) moment = said.valid_from;
  }
  bool granted = false;
  for (std::size_t wide = 0; wide < scopes.size(); ++wide) {
    granted = granted || scopes[wide].granted.has_value();
    if (!scopes[wide].withdrawn) continue;
    bool taken_back = false;
    for (std::size_t narrow = 0; narrow < scopes.size(); ++narrow) {
      if ((narrow & ~wide) != 0) continue;
      taken_back = taken_back || (scopes[narrow].granted && *scopes[narrow].granted > *scopes[wide].withdrawn);
    }
    if (!taken_back) return ConsentState::withdrawn;
  }
  return granted ? ConsentState::granted : ConsentState::unknown;
}

}  // namespace act::deliver
