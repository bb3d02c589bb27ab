#pragma once

#include <vector>

#include "stats/knapsack.h"

namespace stats::knapsack {

/// One limited quantity, money or resource, as the solvers see it: only limits that are finite.
struct Limit {
  std::span<const double> use;
  double most = 0;
};

/// Options chosen so far and what they take; feasible by construction once `repair` is through.
struct State {
  std::vector<std::int32_t> option;
  std::vector<double> used;  ///< of each limit
};

double value_of(const Choices& c, std::int32_t option);
double use_of(const Limit& limit, std::int32_t option);

/// Recomputes `used` from the options, in a fixed order.
void count_use(const Choices& c, const std::vector<Limit>& limits, Threads threads, State& state);

/// Changes single customers to options worth more as long as one fits into what is left, cheapest at `prices` first.
void fill(const Choices& c, const std::vector<Limit>& limits, const std::vector<double>& prices, Threads threads, State& state);

/// Takes back, least loss at `prices` for each unit of relief first, until every limit holds.
void repair(const Choices& c, const std::vector<Limit>& limits, const std::vector<double>& prices, Threads threads, State& state);

/// If a single option is worth more than the whole state, it becomes the state.
void prefer_best_single(const Choices& c, const std::vector<Limit>& limits, State& state);

struct Solved {
  State state;
  std::vector<double> prices;  ///< one for each limit
  double bound = 0;
};
Solved by_hull(const Choices& c, const std::vector<Limit>& limits, Threads threads);      ///< exactly one limit
Solved by_prices(const Choices& c, const std::vector<Limit>& limits, Threads threads);    ///< none, or several

}  // namespace stats::knapsack
