#pragma once

#include <cstdint>
#include <vector>

#include "stats/bg_bb.h"
#include "stats/bg_cnbd_k.h"
#include "stats/bg_nbd.h"
#include "stats/pareto_nbd.h"
#include "stats/summary.h"

namespace stats {

/// What to simulate. Times are in the model's unit.
struct SimulationPlan {
  std::size_t customers = 1000;
  std::uint64_t seed = 1;
  double shortest_T = 100;  ///< T is uniform between the two
  double longest_T = 400;
  bool whole_times = false;  ///< T and t_x rounded up to whole units, as data by the day come; then rows repeat
  double future = 0;         ///< length of the time after T that is simulated too
};

/// Customers drawn from a model, and what they did and were after T.
struct SimulatedHistories {
  Histories histories;
  std::vector<double> future_purchases;  ///< in (T, T + future]
  std::vector<std::uint8_t> alive;       ///< at T
};

/// Draws from the models themselves, customer after customer: the same seed gives the same customers.
SimulatedHistories simulate(const BgNbd& m, const SimulationPlan& plan);
SimulatedHistories simulate(const ParetoNbd& m, const SimulationPlan& plan);
SimulatedHistories simulate(const BgCnbdK& m, const SimulationPlan& plan);
/// T and the future are numbers of occasions, whole.
SimulatedHistories simulate(const BgBb& m, const SimulationPlan& plan);

}  // namespace stats
