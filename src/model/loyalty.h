#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace model {

enum class PointsKind : std::uint8_t { earned, taken_back, burned, adjusted };
inline constexpr std::size_t kPointsKinds = 4;
constexpr std::string_view name_of(PointsKind kind) {
  constexpr std::array<std::string_view, kPointsKinds> kNames = {"earned", "taken_back", "burned", "adjusted"};
  return kNames[static_cast<std::size_t>(kind)];
}

/// One line of the ledger of points. Lines are never changed.
struct PointsEntry {
  std::int64_t id = 0;
  std::string customer_id;
  PointsKind kind = PointsKind::earned;
  std::string source;               ///< what booked it; the same source is booked once
  std::string order_key;            ///< of the order it belongs to; empty: none
  std::int64_t points = 0;          ///< signed
  std::int64_t amount = 0;          ///< of the order, minor units, signed; 0 where there is none
  base::Day day;                    ///< in the shop's zone
  std::optional<base::Day> expires_on;  ///< the last day they can be spent; none: never expire, or points taken
  std::string reason;               ///< of adjusted ones
  base::Instant booked_at;
};

/// A customer's tier and points as they stood when they were last reckoned.
struct Membership {
  std::string tier;                     ///< empty: none yet
  base::Day since;
  std::optional<base::Day> below_since; ///< what they do has been too little for it since then
  std::int64_t balance = 0;             ///< points that can be spent; below 0 = owed
};

struct Tier {
  std::string id;
  std::array<std::string, 3> name;  ///< en, zh-CN, zh-TW
  double from = 0;                  ///< money (or points) within the window that reach it
};

/// How points are earned and end, and what makes a tier: presets/loyalty.yaml, then DATA/loyalty.yaml.
struct LoyaltyRules {
  bool active = false;
  std::optional<base::Day> since;   ///< orders before it earn nothing
  double points_per_unit = 1;       ///< points for each unit of money paid
  std::int32_t expires_months = 12; ///< 0 = never
  std::int32_t notice_days = 21;    ///< how long before their end a member is told
  std::int64_t notice_least = 1;    ///< fewer points are not worth a word
  bool by_points = false;           ///< tiers count points earned, else money spent
  std::int32_t window_days = 365;
  std::int32_t grace_days = 90;     ///< how long a tier is kept when the window no longer reaches it
  std::vector<Tier> tiers;          ///< ascending
};

enum class ReferralState : std::uint8_t {
  waiting,   ///< until the return window is over
  held,      ///< a person looks at it
  rewarded,
  refused,   ///< by a person, with a ground
  lapsed,    ///< the order was taken back
};
inline constexpr std::size_t kReferralStates = 5;
constexpr std::string_view name_of(ReferralState state) {
  constexpr std::array<std::string_view, kReferralStates> kNames = {"waiting", "held", "rewarded", "refused", "lapsed"};
  return kNames[static_cast<std::size_t>(state)];
}

/// A newcomer's first order with somebody's code.
struct Referral {
  std::int64_t id = 0;
  std::string referrer_id, newcomer_id;
  std::string order_key;
  base::Day day;
  ReferralState state = ReferralState::waiting;
  base::Day due_on;                          ///< decided from this day on
  std::string referrer_code, newcomer_code;  ///< of the rewards
};

struct ReferralDecision {
  ReferralState state = ReferralState::waiting;
  std::string ground;
  std::string by;      ///< "program", or a person's name
  base::Instant at;
};

/// presets/referral.yaml, then DATA/referral.yaml.
struct ReferralRules {
  bool active = false;
  std::string referrer_offer = "referral_thanks";
  std::string newcomer_offer = "referral_welcome";
  std::int32_t return_days = 21;   ///< after the order; only then is it rewarded
  double min_order = 0;            ///< what is left of the order after returns
  std::uint32_t most = 10;         ///< referrals of one customer within the window; more are looked at
  std::int32_t window_days = 30;
};

}  // namespace model
