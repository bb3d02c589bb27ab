#include "stats/simulate_histories.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.h"

namespace stats {
namespace {

/// Runs one customer: `rate` of buying, death after a time (Pareto) or with a chance after each purchase (BG).
void run(base::Rng& rng, const SimulationPlan& plan, double rate, double lifetime, double leave_chance, SimulatedHistories& out) {
  History h;
  h.T = plan.shortest_T + (plan.longest_T - plan.shortest_T) * rng.uniform();
  if (plan.whole_times) h.T = std::ceil(h.T);
  double future = 0;
  double now = 0;
  double gone = lifetime;
  while (true) {
    now += rng.exponential(rate);
    if (!(now <= gone) || now > h.T + plan.future) break;
    if (now <= h.T) {
      ++h.x;
      h.t_x = plan.whole_times ? std::min(h.T, std::ceil(now)) : now;
    } else {
      ++future;
    }
    if (rng.chance(leave_chance)) gone = std::min(gone, now);
  }
  out.histories.add(h);
  out.future_purchases.push_back(future);
  out.alive.push_back(gone > h.T ? 1 : 0);
}

}  // namespace

SimulatedHistories simulate(const BgNbd& m, const SimulationPlan& plan) {
  base::Rng rng{plan.seed};
  SimulatedHistories out;
  for (std::size_t i = 0; i < plan.customers; ++i) {
    const double rate = rng.gamma(m.r, m.alpha);
    run(rng, plan, rate, std::numeric_limits<double>::infinity(), rng.beta(m.a, m.b), out);
  }
  return out;
}

SimulatedHistories simulate(const ParetoNbd& m, const SimulationPlan& plan) {
  base::Rng rng{plan.seed};
  SimulatedHistories out;
  for (std::size_t i = 0; i < plan.customers; ++i) {
    const double rate = rng.gamma(m.r, m.alpha);
    run(rng, plan, rate, rng.exponential(rng.gamma(m.s, m.beta)), 0, out);
  }
  return out;
}

}  // namespace stats
