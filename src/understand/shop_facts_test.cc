#include "understand/shop_facts.h"

#include <gtest/gtest.h>

namespace understand {
namespace {

Histories make(base::Day as_of, const std::vector<std::vector<std::string>>& customers) {
  Histories histories;
  histories.as_of = as_of;
  for (std::size_t i = 0; i < customers.size(); ++i) {
    histories.customer_id.push_back(std::to_string(i));
    for (const auto& day : customers[i]) histories.day.push_back(base::day_number(*base::parse_day(day)));
    histories.ends.push_back(histories.day.size());
    histories.favourite_category.push_back(0);
  }
  histories.amount.assign(histories.day.size(), 1);
  return histories;
}

TEST(ShareOf, WilsonIntervalByHand) {
  const auto share = share_of(8, 40);
  EXPECT_DOUBLE_EQ(share.value, 0.2);
  EXPECT_NEAR(share.low, 0.1050, 5e-4);
  EXPECT_NEAR(share.high, 0.3476, 5e-4);
  EXPECT_EQ(share_of(0, 0).high, 1);
}

TEST(Retention, CountsOnlyCustomersSeenLongEnough) {
  const auto histories = make(*base::parse_day("2024-04-01"), {{"2024-01-01", "2024-01-02"}, {"2024-01-01"}, {"2024-03-31"}});
  const auto retention = first_retention(histories);
  EXPECT_EQ(retention[0].again.of, 3u);
  EXPECT_NEAR(retention[0].again.value, 1.0 / 3, 1e-12);
  EXPECT_EQ(retention[3].again.of, 2u);
  EXPECT_DOUBLE_EQ(retention[3].again.value, 0.5);
}

TEST(Cohorts, WholeMonthsOnly) {
  const auto histories = make(*base::parse_day("2024-03-20"), {{"2024-01-05", "2024-02-07", "2024-03-01"}, {"2024-01-09"}});
  const auto cohorts = monthly_cohorts(histories);
  ASSERT_EQ(cohorts.size(), 1u);
  EXPECT_EQ(cohorts[0].customers, 2u);
  EXPECT_EQ(cohorts[0].active, (std::vector<double>{1, 0.5}));
}

TEST(Flows, TheBucketBalances) {
  const auto histories = make(*base::parse_day("2024-06-30"), {{"2024-01-05", "2024-05-20"}, {"2024-02-01"}, {"2024-06-01"}});
  const auto flows = monthly_flows(histories, {60, 60, 60});
  ASSERT_EQ(flows.size(), 6u);
  for (std::size_t m = 0; m + 1 < flows.size(); ++m) {
    EXPECT_EQ(flows[m].active_at_start + flows[m].gained + flows[m].returned - flows[m].lost, flows[m + 1].active_at_start);
  }
  EXPECT_EQ(flows[2].lost, 1u);  // 2024-03-05
  EXPECT_EQ(flows[3].lost, 1u);  // 2024-04-01
  EXPECT_EQ(flows[4].returned, 1u);
}

TEST(BySilence, FallsForCustomersWhoFade) {
  std::vector<std::vector<std::string>> customers;
  for (int i = 0; i < 200; ++i) {
    // Half buy monthly all year, half stop after February.
    std::vector<std::string> days;
    for (int month = 1; month <= (i % 2 == 0 ? 12 : 2); ++month) days.push_back(fmt::format("2024-{:02}-{:02}", month, 1 + i % 28));
    customers.push_back(days);
  }
  const auto bins = returns_by_silence(make(*base::parse_day("2024-12-31"), customers), 60);
  ASSERT_GE(bins.size(), 3u);
  EXPECT_GT(bins.front().chance.value, 0.7);
  EXPECT_EQ(bins.back().chance.value, 0);
}

}  // namespace
}  // namespace understand
