#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "decide/uplift/evaluate.h"
#include "decide/uplift/regressor.h"
#include "port/learner.h"

namespace decide::uplift {

/// The effect of one arm on one customer and how sure it is.
struct Effect {
  float value = 0;
  float error = 0;  ///< standard error, of the average and of how far customers differ
};

/// What a campaign taught, ready for other customers with the same columns. Where differences between customers were not
/// proven, everybody has the average effect. Immutable; any thread may use it.
class EffectModel {
 public:
  /// Learns on all rows with the learner each arm's evaluation chose.
  static base::Result<EffectModel> fit(port::Learner& learner, const Experiment& experiment, const Evaluation& evaluation,
                                       const Options& options);

  const std::vector<std::string>& columns() const { return columns_; }
  std::size_t arms() const { return arms_.size(); }  ///< without the control
  const std::string& arm(std::size_t index) const { return arms_[index].name; }
  bool differs(std::size_t index) const { return arms_[index].differs; }

  /// Fills `out` with one effect a row for the arm. Fails when the columns are not as many as learned from.
  base::Result<void> effects(const port::FeatureRows& x, std::size_t arm, std::span<Effect> out) const;

  base::Result<std::string> bytes() const;
  static base::Result<EffectModel> restore(port::Learner& learner, std::string_view bytes);

 private:
  struct Arm {
    std::string name;
    bool differs = false;
    double average = 0, average_error = 0;
    double slope = 0, slope_error = 0, centre = 0;
    std::vector<std::pair<double, Regressor>> parts;  ///< the raw effect is Σ share · mean; empty where nothing differs
  };
  std::vector<std::string> columns_;
  std::vector<Arm> arms_;
};

}  // namespace decide::uplift
