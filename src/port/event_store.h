#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace port {

/// Why two ids became one person, or did not.
struct IdentityNote {
  std::int64_t id = 0;
  std::string customer_id;
  std::string other_id;
  std::string person_id;  ///< they are now; empty: they were kept apart
  std::string why;
  base::Instant at;
};

/// What events that come in by HTTP leave behind beside everything else: what they set off, and which ids are one person. Every
/// method is a transaction of its own unless it is called within ActStore::transact. Any thread may call.
class EventStore {
 public:
  virtual ~EventStore() = default;

  /// Notes that this event concerns this campaign's entry. False when it was noted before.
  virtual base::Result<bool> trigger(std::string_view campaign, std::string_view event_id, base::Instant at) = 0;
  virtual base::Result<void> forget_triggers(base::Instant before) = 0;

  /// The id the person goes by; the id itself where nothing is joined.
  virtual base::Result<std::string> person_of(std::string_view customer) = 0;

  /// All ids of the person; the id alone where nothing is joined.
  virtual base::Result<std::vector<std::string>> ids_of(std::string_view person) = 0;

  /// `other` and everyone joined with it are `person` from now on; noted with its reason.
  virtual base::Result<void> join(std::string_view person, std::string_view other, std::string_view why, base::Instant at) = 0;

  /// Notes that two ids met and stay apart.
  virtual base::Result<void> keep_apart(std::string_view customer, std::string_view other, std::string_view why, base::Instant at) = 0;

  virtual base::Result<std::vector<IdentityNote>> notes_of(std::string_view customer) = 0;

  /// A number that grows with every join.
  virtual base::Result<std::int64_t> identity_changes() = 0;

  /// Every joined id with its person whose join is later than that number.
  virtual base::Result<void> each_identity(std::int64_t after, const std::function<base::Result<void>(std::string_view customer, std::string_view person)>& sink) = 0;
};

}  // namespace port
