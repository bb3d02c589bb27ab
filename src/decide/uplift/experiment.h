#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "port/learner.h"

namespace decide::uplift {

/// A finished campaign, one row a customer: what was known before, which arm chance gave, what came of it. Borrowed.
struct Experiment {
  port::FeatureRows x;                  ///< known before the arm was drawn; NaN = not known
  std::span<const std::string> columns;  ///< names of x's columns
  std::span<const std::string> arms;     ///< names; the first is the control
  std::span<const std::uint8_t> arm;     ///< of each row
  std::span<const float> outcome;        ///< finite
  std::span<const float> propensity;     ///< of the row's own arm, or empty: the arms' shares, or estimated

  std::size_t rows() const { return arm.size(); }
};

struct Options {
  std::size_t folds = 5;
  std::uint32_t threads = 2;
  std::uint64_t seed = 1;
  double confidence = 0.95;
  std::vector<double> cost;           ///< of one approach in each arm, in the outcome's unit; empty = nothing
  std::vector<double> planned_shares;  ///< of the arms, where known
  bool observational = false;         ///< nobody drew lots: propensities are estimated from the columns
};

}  // namespace decide::uplift
