#include "decide/holdout.h"

#include "stats/interval.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

namespace decide {
namespace {

TEST(Holdout, SharesBySize) {
  EXPECT_EQ(campaign_holdout_share(999), 0.5);
  EXPECT_EQ(campaign_holdout_share(1000), 0.2);
  EXPECT_EQ(campaign_holdout_share(10000), 0.1);
  EXPECT_EQ(campaign_holdout_share(100000), 0.05);
  EXPECT_EQ(global_holdout_share(49999), 0);
  EXPECT_EQ(global_holdout_share(50000), 0.05);
}

TEST(Holdout, ShareIsKeptAndSaltsAreIndependent) {
  int first = 0, second = 0, both = 0;
  const int n = 200000;
  for (int i = 0; i < n; ++i) {
    const std::string id = std::to_string(i);
    const bool a = is_held_out(id, 1, 0.2);
    const bool b = is_held_out(id, 2, 0.2);
    first += a;
    second += b;
    both += a && b;
    EXPECT_EQ(a, is_held_out(id, 1, 0.2));
  }
  EXPECT_NEAR(first, 0.2 * n, 4 * std::sqrt(0.16 * n));
  EXPECT_NEAR(second, 0.2 * n, 4 * std::sqrt(0.16 * n));
  EXPECT_NEAR(both, 0.04 * n, 4 * std::sqrt(0.04 * n));
}

TEST(DetectableLift, TextbookCase) {
  // 10 % base rate, 1,000 a side: 2.8016 · sqrt(2 · 0.09 / 1000)
  EXPECT_NEAR(stats::detectable_difference(0.1, 1000, 1000), 0.03759, 1e-4);
}

}  // namespace
}  // namespace decide
