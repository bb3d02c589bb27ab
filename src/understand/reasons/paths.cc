#include "understand/reasons/paths.h"

#include <algorithm>

namespace understand::reasons {

namespace {

constexpr std::uint64_t kFewest = 30;
constexpr double kUsedByMany = 0.3;
constexpr double kWideGap = 0.1;

double count(std::uint64_t n) { return static_cast<double>(n); }

}  // namespace

std::vector<BreakingStep> breaking_steps(std::span<const StepCount> steps) {
  std::uint64_t reached = 0, stopped = 0;
  for (const StepCount& one : steps) {
    reached += one.reached;
    stopped += one.stopped;
  }
  std::vector<BreakingStep> found;
  if (steps.size() < 2) return found;
  const double confidence = 1 - 0.05 / count(steps.size());
  for (const StepCount& one : steps) {
    const std::uint64_t others = reached - one.reached, others_stopped = stopped - one.stopped;
    if (one.reached < kFewest || others < kFewest || one.stopped > one.reached || others_stopped > others) continue;
    const stats::Interval more = stats::newcombe_difference(count(one.stopped), count(one.reached), count(others_stopped), count(others), confidence);
    if (more.low <= 0) continue;
    found.push_back({one.step, one.reached, one.stopped, count(one.stopped) / count(one.reached), count(others_stopped) / count(others), more});
  }
  std::ranges::sort(found, [](const BreakingStep& a, const BreakingStep& b) { return std::pair{b.more.low, a.step} < std::pair{a.more.low, b.step}; });
  return found;
}

std::vector<UnusedFeature> unused_features(std::span<const FeatureCount> features, std::uint64_t stayed, std::uint64_t left) {
  std::vector<UnusedFeature> found;
  if (stayed < kFewest || left < kFewest || features.empty()) return found;
  const double confidence = 1 - 0.05 / count(features.size());
  for (const FeatureCount& one : features) {
    const double with = count(one.stayed_with) / count(stayed), without = count(one.left_with) / count(left);
    if (with < kUsedByMany || with - without < kWideGap) continue;
    const stats::Interval gap = stats::newcombe_difference(count(one.stayed_with), count(stayed), count(one.left_with), count(left), confidence);
    if (gap.low > 0) found.push_back({one.feature, with, without, gap});
  }
  std::ranges::sort(found, [](const UnusedFeature& a, const UnusedFeature& b) { return std::pair{b.gap.low, a.feature} < std::pair{a.gap.low, b.feature}; });
  return found;
}

}  // namespace understand::reasons
