#include "stats/sequential.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "base/random.h"

namespace stats {
namespace {

TEST(Sequential, TheBoundaryGrowsAndNarrowsRelatively) {
  double before = 0;
  double relative = 1e9;
  for (double v = 1; v < 1e5; v *= 1.7) {
    const double bound = normal_mixture_bound(v, 0.05, 100, 0.05, false);
    EXPECT_GT(bound, before);
    EXPECT_LT(bound / v, relative);
    before = bound;
    relative = bound / v;
  }
}

TEST(Sequential, OneLookAtTheEndCostsLittle) {
  // Against 1.96 standard errors of a single planned look.
  EXPECT_NEAR(always_valid_half_width(1, 1, 0.05), 3.035, 0.01);
  EXPECT_GT(always_valid_half_width(1, 0.05, 0.05), always_valid_half_width(1, 0.5, 0.05));
}

/// 2,000 experiments without any effect, looked at on each of sixty days: at most 5 % may ever exclude nothing.
TEST(Sequential, DailyLooksAtNothingFindSomethingAtMostAsOftenAsPromised) {
  constexpr int kRuns = 2000, kDays = 60, kArm = 150;
  int wrong = 0;
  for (int run = 0; run < kRuns; ++run) {
    base::Rng rng{base::mix(static_cast<std::uint64_t>(run) + 77)};
    std::array<std::array<double, kArm>, 2> spent{};
    bool crossed = false;
    for (int day = 1; day <= kDays && !crossed; ++day) {
      double mean[2] = {}, variance[2] = {};
      for (int arm = 0; arm < 2; ++arm) {
        double sum = 0, squares = 0;
        for (double& x : spent[static_cast<std::size_t>(arm)]) {
          if (rng.chance(0.02)) x += rng.gamma(2, 0.05);  // now and then a basket
          sum += x;
          squares += x * x;
        }
        mean[arm] = sum / kArm;
        variance[arm] = (squares - sum * sum / kArm) / (kArm - 1);
      }
      const double error = std::sqrt(variance[0] / kArm + variance[1] / kArm);
      if (error > 0)
        crossed = std::abs(mean[0] - mean[1]) > always_valid_half_width(error, static_cast<double>(day) / kDays, 0.05);
    }
    wrong += crossed ? 1 : 0;
  }
  std::printf("A/A with daily looks: %d of %d excluded zero\n", wrong, kRuns);
  EXPECT_LE(wrong, kRuns * 5 / 100);
}

TEST(SampleRatio, AlarmsRarelyWithoutAndSurelyWithAFault) {
  const std::array<double, 2> shares = {0.8, 0.2};
  int alarms = 0;
  for (int run = 0; run < 20000; ++run) {
    base::Rng rng{base::mix(static_cast<std::uint64_t>(run) + 1)};
    std::array<std::uint64_t, 2> counts{};
    for (int i = 0; i < 400; ++i) ++counts[rng.chance(0.2) ? 1 : 0];
    alarms += sample_ratio_p(counts, shares) < 0.001 ? 1 : 0;
  }
  EXPECT_NEAR(alarms / 20000.0, 0.001, 0.0009);
  EXPECT_LT(sample_ratio_p(std::array<std::uint64_t, 2>{8000, 1700}, shares), 0.001);
  EXPECT_EQ(sample_ratio_p(std::array<std::uint64_t, 2>{0, 0}, shares), 1);
}

}  // namespace
}  // namespace stats
