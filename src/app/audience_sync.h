#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "model/person.h"
#include "port/act_store.h"
#include "port/audience.h"

namespace app {

/// Consent to be in audiences is a channel of its own; its topic is the audience's name.
inline constexpr std::string_view kAudienceChannel = "ad_audience";

/// What decides who may be in.
struct AudienceRules {
  std::string name;
  const model::Manners* manners = nullptr;
  const base::Zone* shop_zone = nullptr;
  std::unordered_set<std::string> held_out;  ///< of any campaign or of the latest plan: ads would spoil the comparison

  /// Whether the segment holds the customer. Empty: those who are beyond the reach of messages, by sunset or by a dead push token.
  std::function<bool(const std::string& customer)> segment;
};

/// Who is to be in, and why others are not: no_consent, held_out, minor, do_not_disturb, not_personalised, suppressed, no_key.
struct AudienceChoice {
  std::vector<port::AudienceStore::Member> members;  ///< ordered by customer; added_at is not set
  std::map<std::string, std::uint64_t> left_out;     ///< of the segment
};
base::Result<AudienceChoice> choose_audience(const AudienceRules& rules, port::ActStore& store, base::Instant now);

struct AudienceSync {
  std::uint64_t added = 0, removed = 0, invalid = 0;
  std::uint64_t kept = 0;  ///< in it before and after
};

/// Makes the provider's list what it should be: first out, then in, each batch noted once the provider has taken it. A
/// customer is noted as pending before the call that may put them in, so that whatever breaks, they are put in again or
/// taken out by the next run. `dry` only counts. An error keeps what was done until then.
base::Result<AudienceSync> sync_audience(std::string_view name, const AudienceChoice& choice, port::Audience& provider, port::ActStore& store, base::Instant now, bool dry);

/// The stored form of keys, and back.
std::string text_of(const port::AudienceKeys& keys);
port::AudienceKeys keys_of(std::string_view text);

}  // namespace app
