#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "model/experience.h"
#include "model/offer.h"
#include "model/plan.h"
#include "port/warehouse.h"

namespace measure {

/// The last day an order is known of; nothing in an empty warehouse.
base::Result<std::optional<base::Day>> orders_seen_until(port::Warehouse& warehouse);

/// Adds what a plan taught that was carried out from the day after `from` on: two trials, the would-be approached and the
/// unknown, each with those a lot left alone. Purchases within the plan's horizon after `from` count; the contribution is
/// margin × net sales less contact and the offer's published incentive. Adds nothing, and says false, while the orders
/// do not yet reach the end of the horizon.
base::Result<bool> add_plan_experience(const model::Plan& plan, std::span<const model::Offer> offers, double margin,
                                       base::Day from, port::Warehouse& warehouse, model::Experience& experience);

}  // namespace measure
