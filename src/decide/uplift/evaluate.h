#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "decide/uplift/checks.h"
#include "decide/uplift/cross_fit.h"
#include "stats/off_policy.h"

namespace decide::uplift {

/// What is known of one treatment against the control, out of fold.
struct ArmFindings {
  std::string arm;
  stats::Estimated average;          ///< doubly robust
  stats::Estimated plain;            ///< weighted difference of means
  bool differs = false;              ///< customers are proven to react differently to it
  stats::Estimated slope;            ///< best linear predictor's, of the chosen learner's raw effects; 1 = calibrated
  stats::Estimated ranking_area;     ///< what ordering adds, on doubly robust signals centred in their fold
  Learner chosen = Learner::t_linear;
  std::array<double, kLearners> gain{};
  stats::RankingWorth worth;         ///< our Qini and AUUC on inverse-propensity signals
  stats::Estimated at_10, at_30;     ///< effect among the best tenth and three tenths
  std::vector<stats::EffectGroup> calibration;
};

/// A policy and what it is worth a customer, outcome minus cost.
struct PolicyFindings {
  enum class Kind : std::uint8_t { targeted, everyone, nobody };
  Kind kind = Kind::nobody;
  std::string arm;                       ///< of everyone
  double approached = 0;                 ///< share
  stats::PolicyValue ips, snips, robust;
  std::optional<stats::Estimated> targeted_minus_this;  ///< doubly robust, paired; intervals joint over all comparisons
};

enum class Advice : std::uint8_t {
  none_checks_failed,    ///< the data cannot be trusted
  target,                ///< targeting beats every simple rule
  everyone,              ///< one arm for all beats nothing; targeting adds nothing proven
  nobody,                ///< every arm is proven to lose against nothing
  not_proven,            ///< neither is proven
};
std::string_view id_of(Advice advice);

struct Evaluation {
  Checks checks;
  CrossFit fit;
  std::vector<ArmFindings> arms;         ///< without the control
  std::vector<PolicyFindings> policies;  ///< targeted, everyone to each arm, nobody
  std::vector<std::uint8_t> chosen;      ///< the arm targeting picks for each row: the most effect less cost
  Advice advice = Advice::not_proven;
  std::string advised_arm;               ///< of everyone

  /// The arm the advice gives that row: targeting's, one for everyone, or 0 where nothing is shown to beat the control.
  std::uint8_t advised_for(std::size_t row) const;
};

/// Checks, cross-fits, tests and values. Nothing in it was learned from the rows it is measured on.
base::Result<Evaluation> evaluate(port::Learner& learner, const Experiment& experiment, const Options& options);

}  // namespace decide::uplift
