#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "base/error.h"
#include "stats/chunks.h"

namespace stats {

/// For each customer a handful of options, of which at most one is chosen. Flat arrays: the options of customer i are
/// [first[i], first[i+1]); first has one entry more than there are customers. Borrowed for the time of the call.
struct Choices {
  std::span<const std::uint32_t> first;
  std::span<const double> cost;   ///< money, ≥ 0
  std::span<const double> value;  ///< any real; what is not worth more than nothing is never chosen
  std::vector<std::span<const double>> use;  ///< for each limited resource the units an option takes, ≥ 0; may be empty

  std::size_t customers() const { return first.empty() ? 0 : first.size() - 1; }
};

/// What there is; +∞ means no limit.
struct Limits {
  double budget = std::numeric_limits<double>::infinity();
  std::vector<double> resource;  ///< one for each column of Choices::use
};

inline constexpr std::int32_t kNoOption = -1;

/// A feasible choice with a proof of how good it is.
struct Selection {
  std::vector<std::int32_t> option;  ///< for each customer the index into the flat arrays, or kNoOption
  double value = 0;
  double cost = 0;
  std::vector<double> used;     ///< of each resource
  double bound = 0;             ///< no feasible choice is worth more (linear relaxation or Lagrangian dual)
  double budget_price = 0;      ///< value of the next unit of money; 0 when the budget does not bind
  std::vector<double> resource_price;  ///< the same for each resource
  /// (bound − value) / bound; 0 when there is nothing to gain.
  double gap() const { return bound > 0 ? (bound - value) / bound : 0; }
};

/// Multiple-choice knapsack. With one limit: upper convex hull of each customer's options, increments taken by
/// efficiency (Sinha & Zoltners 1979; Zemel 1980), the rest filled greedily, the gap measured against the linear
/// relaxation. With several: one Lagrange multiplier each (Fisher 1981) by coordinate bisection on a sample and then on
/// all, repair and filling, the gap against the dual. Deterministic: ties go to the lower customer and the lower option,
/// and threads change nothing. Fails, naming the place, on lengths that differ, and on numbers that are not finite or
/// negative where they must not be.
base::Result<Selection> choose(const Choices& choices, const Limits& limits, Threads threads = {});

}  // namespace stats
