#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "port/learner.h"

namespace decide::uplift {

/// What means are learned with.
enum class Base : std::uint8_t { linear, trees };
inline constexpr std::size_t kBases = 2;

/// Row numbers of a matrix.
using Rows = std::span<const std::uint32_t>;

/// A mean learned from rows: E[target | features]. Linear: logistic for chances, ridge for amounts, on columns put on one
/// scale, cut at four standard deviations, unknown = the mean with a column that says so. Trees: the port's learner.
class Regressor {
 public:
  struct Wanted {
    Base base = Base::linear;
    port::Objective objective = port::Objective::chance;
    bool effect = false;  ///< the target is a noisy effect: slower, flatter trees, and ridges up to a constant
    std::uint32_t threads = 2;
    std::uint64_t seed = 1;
  };

  /// `target` has one number for each of `rows`. A constant target, or too few rows to tell columns apart, gives a constant.
  static base::Result<Regressor> fit(port::Learner& learner, const port::FeatureRows& x, Rows rows, std::span<const float> target,
                                     const Wanted& wanted);

  /// Predictions for `rows` of the matrix, in their order.
  base::Result<void> predict(const port::FeatureRows& x, Rows rows, std::span<float> out) const;

  base::Result<std::string> bytes() const;
  static base::Result<Regressor> restore(port::Learner& learner, std::string_view bytes);

 private:
  struct Scale {
    double mean = 0, deviation = 1;
    bool says_unknown = false;  ///< another column is 1 where this one is not known
  };
  base::Result<void> fit_linear(const port::FeatureRows& x, Rows rows, std::span<const float> target, const Wanted& wanted);
  void learn_scale(const port::FeatureRows& x, Rows rows);
  void scaled(std::span<const float> row, double* out) const;

  bool logistic_ = false;
  std::vector<Scale> scale_;
  std::vector<double> beta_;  ///< with the intercept first; size 1: a constant
  std::unique_ptr<port::Learned> trees_;
};

}  // namespace decide::uplift
