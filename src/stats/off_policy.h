#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "stats/uplift_metrics.h"

namespace stats {

/// What was done, at random with known chances, and what came of it. Spans of equal length, borrowed.
struct ActionLog {
  std::size_t actions = 0;
  std::span<const std::uint8_t> action;    ///< 0 … actions − 1
  std::span<const double> propensity;      ///< of the logged action, in (0, 1]
  std::span<const double> reward;          ///< net of what the action cost
};

/// A policy to be judged: the action it chooses for each row, or the chance of each action (rows × actions, row by row).
/// It must not have been learned from the rewards of the same rows.
struct Policy {
  std::vector<std::uint8_t> chosen;
  std::vector<double> chance;  ///< used when `chosen` is empty

  /// P(action | row).
  double of(std::size_t row, std::size_t action, std::size_t actions) const {
    return chosen.empty() ? chance[row * actions + action] : (chosen[row] == action ? 1.0 : 0.0);
  }
};
Policy everyone_gets(std::uint8_t action, std::size_t rows);

/// How a policy is valued.
enum class ValueMethod : std::uint8_t {
  ips,            ///< Σ w r / n, w = π(a|x) / propensity (Horvitz & Thompson 1952)
  snips,          ///< Σ w r / Σ w (Swaminathan & Joachims 2015)
  doubly_robust,  ///< Σ_a π(a|x) q(x,a) + w (r − q(x,a_logged)) (Dudík, Langford & Li 2011)
};

/// The mean reward a row the policy would have had.
struct PolicyValue {
  Estimated value;
  double effective_rows = 0;  ///< (Σw)² / Σw² (Kish)
  double largest_weight = 0;
  double clipped_share = 0;   ///< of rows whose weight was cut
  std::vector<double> influence;  ///< one a row, mean 0: what makes differences paired

  /// Whether the weights leave so little that the interval itself is doubtful: under 50 effective rows, or one row
  /// carrying over 5 % of all weight, or weights cut.
  bool doubtful = false;
};

struct ValueOptions {
  double confidence = 0.95;
  double clip = 0;  ///< weights are cut at this, which biases the value; 0 = never
};

/// The value by one method. `model` holds predicted rewards, rows × actions, needed by doubly_robust, from models that
/// have not seen the row. Fails on lengths that differ, actions out of range, propensities not in (0, 1], chances that do
/// not sum to 1, numbers not finite, and when no row has an action the policy would take.
base::Result<PolicyValue> value_of(const ActionLog& log, const Policy& policy, ValueMethod method, std::span<const double> model = {},
                                   const ValueOptions& options = {});

/// First minus second on the same log: the rows' influences are subtracted, so what both share cancels.
Estimated paired_difference(const PolicyValue& first, const PolicyValue& second, double confidence = 0.95);

}  // namespace stats
