#include "understand/rhythm.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace understand {
namespace {

Histories with_gaps(const std::vector<std::vector<int>>& customers) {
  Histories histories;
  histories.categories = {"", "tea"};
  for (std::size_t i = 0; i < customers.size(); ++i) {
    int day = 1000;
    histories.customer_id.push_back(std::to_string(i));
    histories.day.push_back(day);
    for (const int gap : customers[i]) histories.day.push_back(day += gap);
    histories.ends.push_back(histories.day.size());
    histories.favourite_category.push_back(0);
  }
  histories.amount.assign(histories.day.size(), 10);
  return histories;
}

TEST(Rhythm, OneOrderCustomersUseTheFirstToSecondGap) {
  const Rhythm rhythm = learn_rhythm(with_gaps({{40}, {60, 10}, {}, {}}), 1 << 20);
  EXPECT_DOUBLE_EQ(rhythm.first_to_second, 50);
  EXPECT_DOUBLE_EQ(rhythm.expected_gap(1, 0, 0), 50);
}

TEST(Rhythm, RecoversAPersonalRhythmBetweenOwnAndShop) {
  base::Rng rng{5};
  std::vector<std::vector<int>> customers;
  for (int i = 0; i < 4000; ++i) {
    const double mean = 1 / rng.gamma(4, 90);  // inverse gamma: mean 30
    std::vector<int> gaps;
    for (int k = 0; k < 4; ++k) gaps.push_back(1 + static_cast<int>(rng.exponential(1 / mean)));
    customers.push_back(gaps);
  }
  const Rhythm rhythm = learn_rhythm(with_gaps(customers), 1 << 20);
  EXPECT_NEAR(rhythm.mean_gap, 30.5, 1.5);
  EXPECT_NEAR(rhythm.shape, 4, 1.0);
  const double frequent = rhythm.expected_gap(11, 100, 0);
  EXPECT_GT(frequent, 10);
  EXPECT_LT(frequent, rhythm.mean_gap);
}

TEST(Rhythm, WithoutRepeatsSaysUnknown) {
  const Rhythm rhythm = learn_rhythm(with_gaps({{}, {}}), 1 << 20);
  EXPECT_FALSE(rhythm.known);
  EXPECT_GT(rhythm.expected_gap(1, 0, 0), 0);
}

TEST(Lapse, IsNeverBeforeTheBusinessMinimum) {
  model::Business shop;
  EXPECT_DOUBLE_EQ(lapse_days(shop, 10).light, 60);
  EXPECT_DOUBLE_EQ(lapse_days(shop, 100).light, 200);
  EXPECT_DOUBLE_EQ(lapse_days(shop, 100).heavy, 400);
}

}  // namespace
}  // namespace understand
