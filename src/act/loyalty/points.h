#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/loyalty.h"

// The arithmetic of points and tiers: what the lines of the ledger come to on a day. No clock, no store.

namespace act::loyalty {

/// Whole points for what was paid (minor units), rounded towards 0: what is sent back takes back what it had earned.
std::int64_t points_for(std::int64_t amount, const model::LoyaltyRules& rules);

/// The last day on which points of that day can be spent; none where points never expire. The 31st of January and one month
/// are the last day of February.
std::optional<base::Day> end_of(base::Day earned, const model::LoyaltyRules& rules);

/// Points that came at one time and end on one day.
struct Lot {
  std::int64_t left = 0;
  std::optional<base::Day> expires_on;
};

/// What a customer has.
struct Account {
  std::int64_t balance = 0;  ///< can be spent; below 0 after returns of what was spent already
  std::int64_t debt = 0;     ///< the next points pay it first
  std::int64_t expired = 0;  ///< ended unspent, so far
  std::vector<Lot> lots;     ///< with points left, first to end first
};

/// The account at the end of `day`, from all entries of one customer ordered by day. Points are spent in the order in which
/// they end; what an order's return takes back comes out of that order's own points first, and what of them had expired is
/// not taken from others. What then lacks is owed.
Account account_on(std::span<const model::PointsEntry> entries, base::Day day);

/// Points that end on one day.
struct Ending {
  std::int64_t points = 0;
  base::Day day;
};

/// Those that end from `day` to so many days later as the rules say, each day by itself; fewer than `notice_least` are left out.
std::vector<Ending> endings(const Account& account, base::Day day, const model::LoyaltyRules& rules);

/// Money (in units of the currency) or points of orders within the window that ends with `day`; adjustments and points spent do not count.
double tier_measure(std::span<const model::PointsEntry> entries, base::Day day, const model::LoyaltyRules& rules);

/// The membership of the day after yesterday's: up at once, down only when the measure was too little for `grace_days`.
model::Membership next_membership(const model::Membership& was, double measure, base::Day day, const model::LoyaltyRules& rules);

/// The place of a tier from 0 upwards; below 0 = no tier, or one the rules no longer know.
int rank_of(std::string_view tier, const model::LoyaltyRules& rules);

}  // namespace act::loyalty
