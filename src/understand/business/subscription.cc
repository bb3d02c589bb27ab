#include "understand/business/subscription.h"

#include <algorithm>
#include <cmath>

namespace understand::business {
namespace {

constexpr double kYear = 365;
constexpr double kMonth = 30;

/// Walks a customer's events in time and tells of each life and each absence as it ends.
struct Walk {
  double period;
  std::int32_t grace;
  Subscriber now;
  std::int32_t life_began = 0;

  /// `day` may lie past the last event: what stayed unpaid too long has left on the day it was due.
  template <class Ended>
  void pass(std::int32_t day, const Ended& ended) {
    if (now.standing == Standing::payment_failed && day - now.since > grace) leave(now.since, ended);
    const std::int32_t due = now.paid_on + static_cast<std::int32_t>(std::lround(period));
    if (now.standing == Standing::subscribed && day - due > grace) leave(due, ended);
  }
  template <class Ended>
  void leave(std::int32_t on, const Ended& ended) {
    ended(Standing::subscribed, on - life_began);
    now.standing = Standing::left;
    now.since = on;
  }
  template <class Ended>
  void take(std::int32_t day, Happening what, double amount, const Ended& ended) {
    if (what > Happening::resumed) return;
    pass(day, ended);
    if (is_payment(what)) {
      if (now.standing == Standing::none || now.standing == Standing::left) {
        if (now.standing == Standing::left) ended(Standing::left, day - now.since);
        if (now.standing == Standing::none) now.first_day = day;
        ++now.lives;
        life_began = now.since = day;
      } else if (now.standing != Standing::subscribed) {
        ended(now.standing, day - now.since);
        now.since = life_began;
      }
      now.standing = Standing::subscribed;
      if (now.paid_on != day || now.payments == 0) {
        ++now.payments;
        now.paid += amount;
      }
      now.paid_on = day;
      if (amount > 0) now.price = amount;
      return;
    }
    if (now.standing == Standing::none || now.standing == Standing::left) return;
    if (what == Happening::cancelled) return leave(day, ended);
    if (what == Happening::payment_failed && now.standing != Standing::payment_failed) {
      now.standing = Standing::payment_failed;
      now.since = day;
    }
    if (what == Happening::paused) {
      now.standing = Standing::paused;
      now.since = day;
    }
  }
};

double share_within(const std::vector<Duration>& spells, double horizon) {
  double ended = 1, known = 2;  // a flat prior worth two
  for (const Duration& spell : spells) {
    const bool within = spell.ended && spell.days <= horizon;
    if (!within && !spell.ended && spell.days < horizon) continue;  // not known yet
    known += 1;
    ended += within ? 1 : 0;
  }
  return ended / known;
}

}  // namespace

bool is_payment(Happening what) {
  return what == Happening::subscribed || what == Happening::renewed || what == Happening::payment_recovered || what == Happening::resumed;
}

double billing_period(const Events& events) {
  std::vector<double> gaps;
  for (std::size_t i = 0; i < events.size(); ++i) {
    std::int32_t last = -1;
    for (std::size_t k = events.begin(i); k < events.end(i); ++k) {
      if (events.what[k] != Happening::subscribed && events.what[k] != Happening::renewed) continue;
      if (last >= 0 && events.what[k] == Happening::renewed && events.day[k] > last) gaps.push_back(events.day[k] - last);
      last = events.day[k];
    }
  }
  if (gaps.size() < 5) return kMonth;
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::nth_element(gaps.begin(), middle, gaps.end());
  return std::max(1.0, *middle);
}

Subscriber subscriber_at(const Events& events, std::size_t i, std::int32_t day, double period_days, std::int32_t grace_days) {
  Walk walk{period_days, grace_days, {}};
  const auto nothing = [](Standing, std::int32_t) {};
  for (std::size_t k = events.begin(i); k < events.end(i) && events.day[k] <= day; ++k) {
    walk.take(events.day[k], events.what[k], events.amount[k], nothing);
  }
  walk.pass(day, nothing);
  return walk.now;
}

Subscriptions learn_subscriptions(const Events& events, std::int32_t day, std::int32_t horizon) {
  Subscriptions learned;
  learned.period_days = billing_period(events);
  // Without a single renewal on record only a cancellation tells that somebody left.
  const bool renewals = events.count(Happening::renewed) > 0;
  learned.grace_days = renewals ? static_cast<std::int32_t>(std::max(45.0, learned.period_days / 2)) : 36500;
  std::vector<Duration> staying, second, away, failed, paused;
  for (std::size_t i = 0; i < events.size(); ++i) {
    Walk walk{learned.period_days, learned.grace_days, {}};
    const auto note = [&](Standing what, std::int32_t days, bool ended) {
      const Duration duration{static_cast<double>(std::max(0, days)), ended};
      if (what == Standing::subscribed) {
        staying.push_back(duration);
        if (walk.now.lives > 1) second.push_back(duration);
      }
      if (what == Standing::left) away.push_back(duration);
      if (what == Standing::payment_failed) failed.push_back(duration);
      if (what == Standing::paused) paused.push_back(duration);
    };
    const auto ended = [&](Standing what, std::int32_t days) { note(what, days, true); };
    for (std::size_t k = events.begin(i); k < events.end(i) && events.day[k] <= day; ++k) {
      walk.take(events.day[k], events.what[k], events.amount[k], ended);
    }
    walk.pass(day, ended);
    if (walk.now.standing == Standing::none) continue;
    if (walk.now.standing == Standing::left) {
      note(Standing::left, day - walk.now.since, false);
      continue;
    }
    note(Standing::subscribed, day - walk.life_began, false);
    if (walk.now.standing != Standing::subscribed) note(walk.now.standing, day - walk.now.since, false);
  }
  learned.staying = Hazard::learn(staying, learned.period_days);
  learned.coming_back = Hazard::learn(away, kMonth / 2);
  // Second lives are few: they count as they are from 30 ends on, before that all lives speak for them.
  const auto ends = std::count_if(second.begin(), second.end(), [](const Duration& d) { return d.ended; });
  learned.second_life = ends >= 30 ? Hazard::learn(second, learned.period_days) : learned.staying;
  const Hazard::Mean mean = learned.second_life.mean_within(kYear);
  learned.second_life_days = mean.days;
  learned.second_life_error = mean.error;
  learned.recovered = share_within(failed, horizon);
  learned.resumed = share_within(paused, horizon);
  return learned;
}

double pays_within(const Subscriptions& learned, const Subscriber& s, std::int32_t day, std::int32_t horizon) {
  switch (s.standing) {
    case Standing::none: return 0;
    case Standing::payment_failed: return learned.recovered;
    case Standing::paused: return learned.resumed;
    case Standing::left: return learned.coming_back.chance(day - s.since, horizon);
    case Standing::subscribed: break;
  }
  // The next payment is due within the horizon or it is not; until then the subscription must last.
  const double until_due = std::max(0.0, s.paid_on + learned.period_days - day);
  if (until_due > horizon) return 0;
  return 1 - learned.staying.chance(day - s.since, until_due + 1);
}

}  // namespace understand::business
