#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "decide/uplift/experiment.h"
#include "port/learner.h"

namespace decide::uplift {

/// A column whose mean differs between an arm and the control.
struct Imbalance {
  std::string column, arm;
  double difference = 0;  ///< standardised: in pooled standard deviations
  double p = 1;           ///< two-sided, times the number of columns and arms looked at (Bonferroni)
};

/// A column that says what came of it nearly by itself: it was written down afterwards, or is the outcome.
struct Leak {
  std::string column;
  double area = 0;  ///< under the ROC curve of the outcome above its median by this column alone
};

/// Whether lots were really drawn, and nothing from afterwards is among the columns.
struct Checks {
  std::vector<std::size_t> count;       ///< customers of each arm
  bool shares_known = false;            ///< planned shares or logged propensities were given
  double ratio_p = 1;                   ///< of the counts under the planned (else equal) shares
  bool ratio_failed = false;            ///< p < 0.001 with known shares
  double guess_area = 0.5;              ///< ROC area of a model that guesses the arm from the columns, out of fold; the worst arm's
  double guess_p = 1;                   ///< one-sided, of no better than chance
  std::string guess_arm;
  bool balance_failed = false;          ///< p < 0.001, or a column's imbalance p < 0.001 with a difference over 0.02
  std::vector<Imbalance> imbalances;    ///< the largest, at most five, and all that fail
  std::vector<Leak> leaks;              ///< area over 0.95, or being 0 or not settles the outcome of one side

  bool passed() const { return !ratio_failed && !balance_failed && leaks.empty(); }
};

/// Fails where cross_fit would.
base::Result<Checks> check_experiment(port::Learner& learner, const Experiment& experiment, const Options& options);

}  // namespace decide::uplift
