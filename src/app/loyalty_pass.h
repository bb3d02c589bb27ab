#pragma once

#include <vector>

#include "app/own_events.h"
#include "base/error.h"
#include "base/time.h"
#include "model/loyalty.h"
#include "port/act_store.h"
#include "port/warehouse.h"

namespace app {

/// Books what orders earned and returns took back, since `rules.since`. An order that is looked at again changes nothing unless
/// something of it came or went. A return without its purchase takes no more than orders had earned. Nothing is booked for
/// those who were erased. Gives the number of new entries.
base::Result<std::size_t> book_orders(const model::LoyaltyRules& rules, port::ActStore& store, port::Warehouse& warehouse, base::Instant now);

/// What a reckoning found for journeys.
struct Reckoned {
  std::size_t members = 0;
  std::vector<OwnEvent> events;  ///< points_expiring {points, day, count}, tier_reached {tier, name, before}
};

/// Brings balances and tiers of all members to this day. Points that end soon are told once for each day they end on, where
/// `tell_endings`; the first reckoning ever tells of no tiers: they were not reached just now.
base::Result<Reckoned> reckon_members(const model::LoyaltyRules& rules, port::ActStore& store, base::Day today, bool tell_endings);

/// One member anew, after points were spent or adjusted. Gives the balance.
base::Result<std::int64_t> reckon_member(std::string_view customer, const model::LoyaltyRules& rules, port::ActStore& store, base::Day today);

/// Spends points: `conflict` when there are too few; the same id again changes nothing. Gives what is left.
struct Burn {
  std::string customer_id;
  std::string id;  ///< of the spending; repeated calls are one
  std::int64_t points = 0;
};
base::Result<std::int64_t> burn_points(const Burn& burn, const model::LoyaltyRules& rules, port::ActStore& store, base::Day today, base::Instant now);

}  // namespace app
