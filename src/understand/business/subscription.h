#pragma once

#include <vector>

#include "understand/business/events.h"
#include "understand/business/hazard.h"

namespace understand::business {

/// Where a subscriber stands.
enum class Standing : std::uint8_t { none, subscribed, payment_failed, paused, left };

/// One subscriber on a day, from what was known then.
struct Subscriber {
  Standing standing = Standing::none;
  std::int32_t first_day = 0;
  std::int32_t since = 0;      ///< day the standing began: of leaving, of the failure, of the pause, of this life
  std::int32_t paid_on = 0;    ///< last payment
  std::uint32_t payments = 0;  ///< in all lives
  std::uint32_t lives = 0;     ///< times subscribed
  double price = 0;            ///< of one period, as last paid
  double paid = 0;             ///< in all lives
};

/// What subscriptions of this business do, learned from events up to a day.
struct Subscriptions {
  double period_days = 30;     ///< median days between payments
  std::int32_t grace_days = 45;  ///< a failed payment this old, or nothing paid this long after it was due: left
  Hazard staying;              ///< time from subscribing to leaving, pauses and failed payments being part of staying
  Hazard second_life;          ///< … of those who had left before, drawn to `staying`
  Hazard coming_back;          ///< time from leaving to subscribing again
  double recovered = 0.5;      ///< share of failed payments paid within the horizon
  double resumed = 0.5;        ///< share of pauses ended within the horizon
  double second_life_days = 0; ///< expected, of the first year after coming back
  double second_life_error = 0;
};

/// Whether this happening is a period paid for.
bool is_payment(Happening what);

/// The period between payments, 30 where none can be seen.
double billing_period(const Events& events);

/// The standing of customer i on `day`. A failed payment and a pause are not leaving: only what stays unpaid for more
/// than the grace days, or is cancelled, has left.
Subscriber subscriber_at(const Events& events, std::size_t i, std::int32_t day, double period_days, std::int32_t grace_days);

/// Learns from events up to and including `day`.
Subscriptions learn_subscriptions(const Events& events, std::int32_t day, std::int32_t horizon);

/// Chance that a subscriber pays (again) within the horizon, nothing done; for those who left, of coming back.
double pays_within(const Subscriptions& learned, const Subscriber& subscriber, std::int32_t day, std::int32_t horizon);

}  // namespace understand::business
