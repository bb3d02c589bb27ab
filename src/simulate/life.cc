#include "simulate/life.h"

#include <algorithm>
#include <cmath>

namespace simulate {
namespace {

Reason pick(const std::array<double, kReasons>& shares, base::Rng& rng) {
  double at = rng.uniform();
  std::size_t last = 1;
  for (std::size_t r = 1; r < kReasons; ++r) {
    if (shares[r] <= 0) continue;
    last = r;
    if (at < shares[r]) break;
    at -= shares[r];
  }
  return static_cast<Reason>(last);
}

/// The unaided order that ends an absence.
double comes_back(const Person& person, const Season& season, double from, Reason reason, base::Rng& rng) {
  const double rate = person.back[static_cast<std::size_t>(reason)];
  return rate > 0 ? season.after(from, rng.exponential(rate)) : kNever;
}

Next leave(const Person& person, const Season& season, double from, Reason reason, base::Rng& rng) {
  return {comes_back(person, season, from, reason, rng), Absence{from, kNever, reason}};
}

/// The chance after a change of its log-odds; what is impossible or certain stays so.
double moved(double chance, double effect) {
  if (!(chance > 1e-9 && chance < 1 - 1e-9)) return chance;
  return 1 / (1 + (1 - chance) / chance * std::exp(-effect));
}

}  // namespace

Next draw_next(const Person& person, const Season& season, double at, double leaving, base::Rng& rng) {
  if (rng.chance(leaving)) return leave(person, season, at, pick(person.after_order, rng), rng);
  if (person.gift_buyer) return {next_occasion(person, at), std::nullopt};
  const double next = season.after(at, rng.gamma(person.stages, person.stages * person.rate));
  const double left = person.leave_rate > 0 ? at + rng.exponential(person.leave_rate) : kNever;
  if (left < next) {
    if (left >= season.days()) return {kNever, Absence{left, kNever, pick(person.over_time, rng)}};
    return leave(person, season, left, pick(person.over_time, rng), rng);
  }
  return {next, std::nullopt};
}

Next draw_payment(const World& world, const Person& person, double at, base::Rng& rng) {
  const auto& law = world.subscription;
  if (rng.chance(person.leave_after)) {
    const double from = at + law.period * rng.uniform();
    const Reason reason = pick(person.after_order, rng);
    const double rate = person.back[static_cast<std::size_t>(reason)];
    return {rate > 0 ? from + rng.exponential(rate) : kNever, Absence{from, kNever, reason}};
  }
  Next next{at + law.period, std::nullopt};
  next.due = next.at;
  const double lot = rng.uniform();
  if (lot < law.fails) {
    next.delay = Delay::failed;
    next.at += rng.exponential(1 / law.recovers);
  } else if (lot < law.fails + law.pauses) {
    next.delay = Delay::paused;
    next.at += law.pause_from + (law.pause_to - law.pause_from) * rng.uniform();
  }
  return next;
}

Life live(const World& world, const People& people, const Person& person, std::uint64_t seed, double opted_out,
          bool reachable, double until) {
  base::Rng rng = rng_of(seed, person.number, Stream::life);
  base::Rng lots = rng_of(seed, person.number, Stream::answers);
  const Season& season = people.season(person);
  const double end = std::min<double>(world.days, until);
  const double window = world.gift_buyers.window;
  std::uint32_t units = 0;  // done
  const auto next_after = [&](double at, double leaving) {
    if (world.trade == Trade::subscription) return draw_payment(world, person, at, rng);
    if (world.trade == Trade::course && leaving > 0) {
      const auto& hard = world.course.stuck_at;
      if (std::find(hard.begin(), hard.end(), units + 1) != hard.end()) leaving = world.course.stuck;
      Next next = draw_next(person, season, at, leaving, rng);
      if (next.absence && next.absence->from <= at) return next;
      if (++units == world.course.units) return Next{kNever, Absence{at + 0.01, kNever, Reason::need_ended}};
      return next;
    }
    Next next = draw_next(person, season, at, leaving, rng);
    if (person.gift_buyer && !next.absence) next.at += window * (2 * rng.uniform() - 1);
    return next;
  };
  Life life;
  life.purchases.push_back({person.joined, false, -1});
  double renewed = person.joined;
  double last_order = person.joined;
  std::size_t campaign = 0;
  Next next = next_after(renewed, person.leave_first);
  for (;;) {
    std::int32_t brought_by = -1;
    bool skipped = false;
    double resume = 0;
    for (; campaign < world.messages.campaigns.size(); ++campaign) {
      const Campaign& c = world.messages.campaigns[campaign];
      const double at = static_cast<double>((c.day - world.start).count()) + 0.4;
      if (at <= renewed) continue;
      if (at >= next.at || at >= end || brought_by >= 0 || skipped) break;
      const double silent = at - last_order;
      if (!reachable || at >= opted_out) continue;
      const bool decided = !c.assigned.empty();
      if (decided ? c.assigned[person.number] == kNotAssigned : silent < c.silent_from || silent > c.silent_to) continue;
      base::Rng own{base::mix(seed ^ base::mix(person.number ^ base::mix(campaign)))};
      base::Rng& luck_of = decided ? own : lots;
      Touch touch{.campaign = campaign, .at = at, .treated = decided || lots.chance(c.treated)};
      const model::OfferKind offer = decided ? static_cast<model::OfferKind>(c.assigned[person.number]) : c.offer;
      const double luck = luck_of.uniform(), when = luck_of.uniform();
      const bool refuses = luck_of.chance(person.opt_out);
      const bool away = next.absence && next.absence->from <= at;
      State state{away, away ? next.absence->reason : Reason::none, away ? next.absence->from : renewed};
      if (!away && next.delay != Delay::none && next.due <= at) {
        state.delay = next.delay;
        state.due = next.due;
      }
      const std::int32_t horizon[] = {c.response_days};
      // Chances of any order: whether it is cancelled afterwards is not the letter's doing.
      const double before = world.trade == Trade::subscription ? subscription_outlook(world, person, state, at, horizon)[0].chance
                                                               : outlook(person, season, state, at, 0, window, horizon)[0].chance;
      const double after = moved(before, people.effect_of(person, offer, state.reason));
      touch.chance_without = before;
      touch.chance_with = after;
      if (touch.treated) {
        // Coupled with the life without the letter, so that exactly the difference is its doing.
        const bool natural = next.at <= at + c.response_days;
        if (after > before && !natural && luck < (after - before) / (1 - before)) {
          touch.brought = true;
          next.at = at + c.response_days * (0.01 + 0.99 * when * when);
          if (next.absence && next.absence->from >= next.at) next.absence.reset();
          brought_by = static_cast<std::int32_t>(campaign);
        }
        if (after < before && natural && luck < (before - after) / before) {
          touch.put_off = true;
          skipped = true;
          resume = at + c.response_days;
        }
        if (refuses) {
          touch.opted_out = true;
          opted_out = std::min(opted_out, at);
        }
      }
      life.touches.push_back(touch);
    }
    if (skipped) {
      // The order does not come; life goes on where the letter's time ends.
      if (next.absence && next.absence->from <= resume) {
        next.at = comes_back(person, season, resume, next.absence->reason, rng);
      } else {
        renewed = resume;
        next = next_after(renewed, 0);
      }
      continue;
    }
    if (next.at >= end) break;
    if (next.absence) {
      next.absence->until = next.at;
      life.absences.push_back(*next.absence);
    }
    life.purchases.push_back({next.at, rng.chance(world.basket.cancelled), brought_by, next.delay, next.due});
    if (!life.purchases.back().cancelled) last_order = next.at;
    renewed = next.at;
    next = next_after(renewed, person.leave_after);
  }
  if (next.absence && next.absence->from < end) {
    life.absences.push_back(*next.absence);
    life.absences.back().until = kNever;
    life.end = {true, next.absence->reason, next.absence->from};
  } else {
    life.end = {false, Reason::none, renewed};
    if (next.delay != Delay::none && next.due < end) {
      life.end.delay = next.delay;
      life.end.due = next.due;
    }
  }
  return life;
}

}  // namespace simulate
