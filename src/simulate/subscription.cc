#include <algorithm>
#include <cmath>

#include "simulate/outlook.h"

namespace simulate {
namespace {

/// Chance that a payment due in `due` days (below 0: that long ago, and still open) is made by day `end`.
double paid_by(const World& world, const State& state, double due, double end) {
  const auto& law = world.subscription;
  if (state.delay == Delay::failed) return 1 - std::exp(-end / law.recovers);
  if (state.delay == Delay::paused) {
    const double passed = -due, low = std::max(law.pause_from, passed);
    return std::clamp((end + passed - low) / std::max(law.pause_to - low, 1e-9), 0.0, 1.0);
  }
  const double late = end - due;
  if (late < 0) return 0;
  return 1 - law.fails - law.pauses + law.fails * (1 - std::exp(-late / law.recovers)) +
         law.pauses * std::clamp((late - law.pause_from) / std::max(law.pause_to - law.pause_from, 1e-9), 0.0, 1.0);
}

}  // namespace

std::vector<Outlook> subscription_outlook(const World& world, const Person& p, const State& state, double from,
                                          std::span<const std::int32_t> horizons) {
  const double period = world.subscription.period, stays = 1 - p.leave_after;
  // Payments from one made on day `at` to the end of a horizon, that one among them.
  const auto payments = [&](double at, double end) {
    double sum = 0, weight = 1;
    for (double t = at; t <= end; t += period, weight *= stays) sum += weight;
    return sum;
  };
  std::vector<Outlook> out(horizons.size());
  for (std::size_t h = 0; h < horizons.size(); ++h) {
    const double end = horizons[h];
    Outlook& o = out[h];
    if (state.away) {
      const double rate = p.back[static_cast<std::size_t>(state.reason)];
      o.chance = 1 - std::exp(-rate * end);
      for (double t = 0; t < end; t += 1) {
        o.orders += (std::exp(-rate * t) - std::exp(-rate * std::min(end, t + 1))) * payments(t + 0.5, end);
      }
    } else {
      const double due = (state.delay == Delay::none ? state.since + period : state.due) - from;
      // Somebody who will not pay again leaves at an even chance within the period: not having left speaks for staying.
      const double passed = state.delay == Delay::none ? std::clamp((from - state.since) / period, 0.0, 1.0) : 1;
      const double pays = stays / (stays + (1 - stays) * (1 - passed));
      o.chance = pays * paid_by(world, state, due, end);
      const double first = std::max(0.0, due);
      o.orders = o.chance * std::max(1.0, payments(first, end));
    }
    o.money = o.orders;
  }
  return out;
}

}  // namespace simulate
