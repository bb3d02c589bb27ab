#include "stats/simulate_histories.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/random.h"

namespace stats {
namespace {

/// Runs one customer: `rate` of phases, `k` of which make a purchase, death after a time (Pareto) or with a chance after
/// each purchase (BG).
void run(base::Rng& rng, const SimulationPlan& plan, double rate, double lifetime, double leave_chance, SimulatedHistories& out, int k = 1) {
  History h;
  h.T = plan.shortest_T + (plan.longest_T - plan.shortest_T) * rng.uniform();
  if (plan.whole_times) h.T = std::ceil(h.T);
  double future = 0;
  double now = 0;
  double gone = lifetime;
  while (true) {
    const double before = now;
    for (int phase = 0; phase < k; ++phase) now += rng.exponential(rate);
    if (!(now <= gone) || now > h.T + plan.future) break;
    if (now <= h.T) {
      ++h.x;
      h.log_gaps += std::log(now - before);
      h.t_x = plan.whole_times ? std::min(h.T, std::ceil(now)) : now;
    } else {
      ++future;
    }
    if (rng.chance(leave_chance)) gone = std::min(gone, now);
  }
  out.histories.add_with_gaps(h);
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

SimulatedHistories simulate(const BgCnbdK& m, const SimulationPlan& plan) {
  base::Rng rng{plan.seed};
  SimulatedHistories out;
  for (std::size_t i = 0; i < plan.customers; ++i) {
    const double rate = rng.gamma(m.r, m.alpha);
    const double leaves = rng.beta(m.a, m.b);
    const bool at_once = m.modified && rng.chance(leaves);
    run(rng, plan, rate, at_once ? 0 : std::numeric_limits<double>::infinity(), leaves, out, m.k);
  }
  return out;
}

SimulatedHistories simulate(const BgBb& m, const SimulationPlan& plan) {
  base::Rng rng{plan.seed};
  SimulatedHistories out;
  for (std::size_t i = 0; i < plan.customers; ++i) {
    const double buys = rng.beta(m.alpha, m.beta), leaves = rng.beta(m.gamma, m.delta);
    History h;
    h.T = std::floor(plan.shortest_T + (plan.longest_T - plan.shortest_T + 1) * rng.uniform());
    double future = 0;
    bool there = true;  // at the last occasion that was asked
    bool alive = true;  // at occasion T + 1
    for (double at = 1; at <= h.T + std::max(1.0, plan.future); ++at) {
      there = there && !rng.chance(leaves);
      if (at == h.T + 1) alive = there;
      if (!there || !rng.chance(buys)) continue;
      if (at <= h.T) {
        ++h.x;
        h.t_x = at;
      } else if (at <= h.T + plan.future) {
        ++future;
      }
    }
    out.histories.add(h);
    out.future_purchases.push_back(future);
    out.alive.push_back(alive ? 1 : 0);
  }
  return out;
}

}  // namespace stats
