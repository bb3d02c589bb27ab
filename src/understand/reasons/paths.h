#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "stats/interval.h"

namespace understand::reasons {

/// A step of customers' paths: a unit of a course, a level, a screen; counted over customers.
struct StepCount {
  std::string step;
  std::uint64_t reached = 0;   ///< customers
  std::uint64_t stopped = 0;   ///< … who left and went no further
};

/// A step after which more people leave than after the others.
struct BreakingStep {
  std::string step;
  std::uint64_t reached = 0;
  std::uint64_t stopped = 0;
  double rate = 0;             ///< stopped / reached
  double elsewhere = 0;        ///< the same over all other steps
  stats::Interval more;        ///< of the difference, at 95 % over all steps together
};

/// The steps where leaving is significantly higher than at the others: the lower end of Newcombe's interval for the
/// difference is above 0 at 1 − 0.05/steps (Bonferroni), with at least 30 customers. Worst first.
std::vector<BreakingStep> breaking_steps(std::span<const StepCount> steps);

/// How many of those who stayed and of those who left used something early on.
struct FeatureCount {
  std::string feature;
  std::uint64_t stayed_with = 0;
  std::uint64_t left_with = 0;
};

/// A feature that those who stay use early far more often.
struct UnusedFeature {
  std::string feature;
  double among_stayed = 0;
  double among_left = 0;
  stats::Interval gap;
};

/// Features used early by at least 30 % of those who stayed and by significantly fewer of those who left (as above, by at
/// least 10 points). Widest gap first.
std::vector<UnusedFeature> unused_features(std::span<const FeatureCount> features, std::uint64_t stayed, std::uint64_t left);

}  // namespace understand::reasons
