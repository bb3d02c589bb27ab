#pragma once

#include <vector>

#include "model/business.h"
#include "model/profile.h"
#include "model/shop.h"
#include "understand/business/events.h"
#include "understand/history.h"

namespace understand {

/// Histories made of events, for businesses without orders: the days a customer was there (games, courses) or paid
/// (subscriptions), with the money paid on each. `row` is each customer's place among the events.
struct EventHistories {
  Histories histories;
  std::vector<std::uint32_t> row;
};
EventHistories histories_of(const business::Events& events, model::BusinessModel model);

/// Whether these events can carry an analysis of this kind of business.
bool carries(const business::Events& events, model::BusinessModel model);

/// Adds what was paid in orders to events that know of no payment.
void add_payments(const Histories& orders, business::Events& events);

/// Yearly buyers, in any business with orders: moves the chances, stages and lapse days of those concerned. To be called
/// before values are made of the chances.
void fill_gift_buyers(const model::Business& business, const Histories& histories, model::Profiles& profiles, model::Shop& shop);

/// Durables: chances, stages, lapse days and values from the time to replace. False, with a warning and nothing changed,
/// where too few replacements are known.
bool fill_owners(const model::Business& business, const Histories& histories, model::Profiles& profiles, model::Shop& shop);

/// How the replacement law did on the last horizon, learned without it.
model::OutOfTime check_owners(const Histories& histories, std::int32_t cut, std::int32_t horizon);

/// Stages, chances and values of a business understood from events; for games and courses `profiles.return_chance` must hold
/// the chance of activity within the horizon.
void fill_by_events(const model::Business& business, const business::Events& events, const EventHistories& made,
                    model::Profiles& profiles, model::Shop& shop);

/// How the return chance of those who left a subscription did on the last horizon, learned without it.
model::OutOfTime check_subscriptions(const business::Events& events, std::int32_t cut, std::int32_t horizon);

}  // namespace understand
