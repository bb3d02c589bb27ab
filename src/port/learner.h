#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace port {

/// Rows of numbers, borrowed: `features` holds `columns` numbers for each row, row by row; NaN = not known.
struct FeatureRows {
  std::span<const float> features;
  std::size_t columns = 0;

  std::size_t rows() const { return columns == 0 ? 0 : features.size() / columns; }
  std::span<const float> row(std::size_t i) const { return features.subspan(i * columns, columns); }
};

/// Rows with what is to be learned of each.
struct LearningRows {
  FeatureRows x;
  std::span<const float> target;  ///< one a row
  std::span<const float> weight;  ///< ≥ 0, or empty for all 1
  std::span<const std::uint32_t> pick = {};  ///< which rows of x, one a target; empty: all, in their order
};

/// What is learned.
enum class Objective : std::uint8_t {
  chance,  ///< target 0 … 1; predicts a probability (logistic loss)
  amount,  ///< any finite target; predicts its mean (squared loss)
};

/// How trees are grown. The defaults learn slowly and carefully from some thousands of rows.
struct LearnerOptions {
  Objective objective = Objective::chance;
  std::uint32_t rounds = 200;        ///< trees at most
  std::uint32_t depth = 4;
  double rate = 0.05;                ///< shrinkage of each tree, in (0, 1]
  double child_weight = 10;          ///< least sum of Hessians in a leaf
  double row_share = 0.8;            ///< of the rows for each tree, in (0, 1]
  double column_share = 0.8;         ///< of the columns for each tree, in (0, 1]
  double ridge = 1;                  ///< on leaf values
  std::uint32_t bins = 128;          ///< of each column's histogram
  std::uint32_t patience = 0;        ///< stop when that many rounds did not help the validation rows; 0 = never
  std::uint64_t seed = 1;            ///< the same rows, options and seed give the same model
  std::uint32_t threads = 2;
};

/// A model that was learned. Immutable; any thread may use it.
class Learned {
 public:
  virtual ~Learned() = default;

  /// Fills `out` with one prediction a row: a probability or an amount.
  virtual base::Result<void> predict(const FeatureRows& rows, std::span<float> out) const = 0;

  /// Fills `out` with columns + 1 numbers a row: what each column adds to the row's margin (log-odds, or the amount),
  /// then the common part; they sum to the margin (Lundberg & Lee 2017, exact for trees).
  virtual base::Result<void> contributions(const FeatureRows& rows, std::span<float> out) const = 0;

  virtual std::size_t columns() const = 0;
  virtual std::uint32_t rounds() const = 0;  ///< trees it keeps

  /// Bytes that `Learner::restore` takes.
  virtual base::Result<std::string> bytes() const = 0;
};

/// Learns from rows: gradient-boosted trees. Thread-safe. Fails with `invalid_input`, naming what is wrong, on rows of
/// unequal lengths, no rows, targets or weights that are not finite, and on options out of range; a constant target is
/// learned as that constant.
class Learner {
 public:
  virtual ~Learner() = default;

  /// `validation` may be empty; with `patience` it ends the learning.
  virtual base::Result<std::unique_ptr<Learned>> learn(const LearningRows& rows, const LearnerOptions& options,
                                                       const LearningRows& validation) = 0;
  virtual base::Result<std::unique_ptr<Learned>> restore(std::string_view bytes) = 0;
};

}  // namespace port
