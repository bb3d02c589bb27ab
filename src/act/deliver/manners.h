#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/time.h"
#include "model/person.h"

namespace act::deliver {

/// Why a message may not go, in the order they are asked. The names are stable: they stand in the outbox and in exports.
enum class Refusal : std::uint8_t {
  none,
  opted_out,        ///< consent withdrawn for the channel or topic
  suppressed,       ///< the address bounced, complained or was erased
  no_consent,       ///< never granted where it must be
  do_not_disturb,
  ended,            ///< end_months after the last order or click
  sunset,
  minor,            ///< spending offers, scarcity to minors or, in games and courses, to people of unknown age
  expired,          ///< the message or its offer would come too late
  paused_too_long,  ///< the customer's pause outlasts the message
};
std::string_view name_of(Refusal refusal);

/// Everything that decides whether one message may go now.
struct Question {
  model::Purpose purpose = model::Purpose::marketing;
  std::string_view channel;
  std::string_view topic;
  bool gives_money = false;          ///< carries a spending offer
  const model::Person* person = nullptr;
  const base::Zone* zone = nullptr;  ///< the customer's, or the shop's
  model::ConsentState consent = model::ConsentState::unknown;  ///< in force now, for this channel and topic
  bool suppressed = false;
  std::span<const model::Contact> contacts;  ///< what counts for caps, of the longest cap's window at least, oldest first
  std::optional<base::Instant> last_by;      ///< the latest moment the message makes sense
};

struct Ruling {
  Refusal refusal = Refusal::none;
  base::Instant at;  ///< when it may go: now, or later (quiet hours, caps, pause)
  bool goes_now(base::Instant now) const { return refusal == Refusal::none && at <= now; }
};

/// Judges by law, custom and kindness. Pure. Transactional messages pass caps, quiet hours and consent, but never a
/// suppressed address; service messages pass consent and caps but wait for quiet hours. Nobody is asked to be at hand:
/// a missing person or zone counts as nothing known, and UTC.
Ruling judge(const Question& question, const model::Manners& manners, base::Instant now);

/// Whether the customer may be under age, as far as the year of birth says: minors get no spending offers and no scarcity.
bool is_minor(const model::Person& person, const base::Zone& zone, const model::Manners& manners, base::Instant now);

/// The earliest whole minute at or after `due` whose wall clock in the zone lies outside [from, to) (minutes of the day;
/// equal ends = none). At a repeated hour both passes count; in a skipped hour the first minute that exists counts.
base::Instant outside_quiet_hours(base::Instant due, const base::Zone& zone, std::int32_t from, std::int32_t to);

/// The earliest moment at or after `now` at which one more contact breaks no cap: no window of `days` days, wherever it
/// begins, holds more than `most` marketing contacts (two contacts exactly so many days apart share no window). Contacts
/// may lie ahead. Instant::max() where a cap allows none at all.
base::Instant under_caps(std::span<const model::Contact> contacts, std::string_view channel,
                         std::span<const model::Cap> caps, base::Instant now);

}  // namespace act::deliver
