#pragma once

#include <span>

#include "base/condition.h"

namespace act::journey {

/// Every field a branch or an entry's condition may name.
///
/// Of the profile (texts): segment, stage, country, category, item, reason (the likeliest they left for); (numbers) spend, spend_12m, purchases, silent, basket,
/// gap, return_chance, value_percentile, returned_share, r, f, m,
/// unseen (days since a visit or use that was seen).
/// Of the customer now: orders (so far), came_back (flag: the last order ended a lapse), language (text), uses_app,
/// not_personalised, less_often (flags), unanswered (marketing messages since the last sign of life), by_email, by_sms,
/// by_push, by_wechat (flags: there is an address there that may be written to), points (that can be spent), tier.
/// Of the event that let them in: event_value (its value, price, amount or count), event_kind (its kind, type or category).
/// Since the journey was entered: clicked, opened, answered, visited (flags), orders_since.
/// Known to the machine itself: has_code and code_lives (flags), code_days (until the code ends), days_in (since entry), came (the event that ended the wait just before this branch),
/// has_offer (flag: the plan chose money, or a step gave some).
std::span<const base::FactName> fact_names();

}  // namespace act::journey
