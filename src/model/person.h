#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/message.h"

namespace model {

/// What sending must know of a customer beside the address; in the Store, one row a customer.
struct Person {
  std::string customer_id;
  std::string zone;      ///< IANA; empty = the shop's
  std::string country;
  std::int32_t birth_year = 0;  ///< 0 = unknown
  std::optional<base::Instant> last_order;
  std::optional<base::Instant> last_click;  ///< by a human, or a visit, or app use
  std::optional<base::Instant> paused_until;  ///< asked us to pause
  bool less_often = false;          ///< asked for fewer messages
  bool do_not_disturb = false;      ///< approaches harm here (a plan's class)
  bool not_personalised = false;    ///< asked for messages that use no profile (PIPL 24)
  std::uint32_t unanswered = 0;     ///< marketing messages since the last click or order
};

/// What a customer said about being written to on a channel, for a topic; the latest statement in force wins.
enum class ConsentState : std::uint8_t { unknown, granted, withdrawn };
std::string_view name_of(ConsentState state);
std::optional<ConsentState> parse_consent_state(std::string_view name);

/// One statement, kept for ever with its proof: what was true from when, and when we learned it (two times).
struct ConsentRecord {
  std::string customer_id;
  std::string channel;  ///< "email", …; "*" = every channel
  std::string topic;    ///< "win_back", …; "*" = every topic
  ConsentState state = ConsentState::unknown;
  base::Instant valid_from;   ///< since when it holds
  base::Instant recorded_at;  ///< when we learned it
  std::string source;         ///< "checkout", "preference centre", "one-click", "import 12", …
  std::string proof;          ///< where the evidence is: text version, form, message id
};

/// A message that counted, for caps and fatigue.
struct Contact {
  base::Instant at;
  std::string channel;
  Purpose purpose = Purpose::marketing;
  bool sent = true;  ///< false: a place held for a message that has not gone yet
};

/// At most so many marketing messages in any window of so many days.
struct Cap {
  std::string channel;  ///< empty = all channels together
  std::int32_t days = 7;
  std::uint32_t most = 2;
};

/// How customers may be written to: law, custom and kindness. From presets/manners.yaml by jurisdiction, then the
/// workspace's own settings.
struct Manners {
  std::string name = "EU";
  bool opt_in = true;                 ///< marketing needs a granted consent; false: none withdrawn is enough
  std::vector<std::string> opt_in_channels;  ///< … and on these channels always
  bool existing_customers = true;     ///< … but a customer who bought may be written to by e-mail about similar goods
  std::int32_t quiet_from = 21 * 60;  ///< minute of the customer's day; equal ends = no quiet hours
  std::int32_t quiet_to = 9 * 60;
  bool quiet_weekends = false;
  std::vector<Cap> caps = {{"", 7, 2}, {"", 30, 6}};
  std::uint32_t fatigue_after = 5;    ///< unanswered messages after which the caps halve …
  std::uint32_t sunset_after = 8;     ///< … and after which marketing stops until the customer shows a sign of life
  std::int32_t sunset_days = 270;     ///< and no click, order or visit for so long
  std::int32_t end_months = 36;       ///< after the last order or click marketing ends
  std::uint32_t soft_bounces = 5;     ///< so many letters in a row that did not arrive …
  std::int32_t soft_bounce_days = 30; ///< … within so many days: the address is taken for dead
  std::int32_t adult_age = 18;
  bool unknown_age_is_minor = false;  ///< games and courses
  bool depth_may_be_personal = false; ///< the depth of a discount may depend on the person when the letter says so
  bool offers_non_personalised = false;  ///< the preference centre offers messages without profiling (PIPL)
};

}  // namespace model
