#include "measure/balance.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>

#include "base/random.h"

namespace measure {
namespace {

/// Customers who buy `first` at once and `more` spread evenly over their year, spread over the lots, `lived` as given.
std::vector<NewcomerGroup> newcomers(base::Rng& rng, std::size_t customers, double first, double more, bool all_ages = true) {
  std::vector<NewcomerGroup> groups;
  for (std::size_t i = 0; i < customers; ++i) {
    NewcomerGroup g{.lot = rng.below(kLots), .lived = all_ages ? 1 + rng.below(kTwelfths) : kTwelfths, .customers = 1};
    for (std::size_t k = 0; k < kTwelfths; ++k) g.net[k] = (k == 0 ? first : 0) + rng.exponential(1 / (more / kTwelfths));
    for (std::size_t k = g.lived; k < kTwelfths; ++k) g.net[k] = 1e9;  // not over: must not be looked at
    groups.push_back(g);
  }
  return groups;
}

/// Weeks whose newcomers follow money^elasticity.
std::vector<SpendWeek> weeks(base::Rng& rng, std::size_t count, double elasticity, double newcomers_at_100) {
  std::vector<SpendWeek> out;
  for (std::size_t i = 0; i < count; ++i) {
    const double money = 100 * std::exp(0.6 * rng.normal());
    const double mean = newcomers_at_100 * std::pow(money / 100, elasticity);
    out.push_back({money, std::max(0.0, std::round(mean + std::sqrt(mean) * rng.normal()))});
  }
  return out;
}

TEST(Balance, ExtendsAFirstYearThatIsNotOver) {
  base::Rng rng{1};
  BalanceRequest request{.margin = 0.5};
  request.channels.push_back({"search", weeks(rng, 50, 0.5, 20), newcomers(rng, 4000, 40, 60)});
  const Balance b = weigh(request);
  ASSERT_EQ(b.channels.size(), 1U);
  ASSERT_TRUE(b.channels[0].value_each);
  const Ranged& value = *b.channels[0].value_each;
  EXPECT_NEAR(value.value, 50, 1.5);
  EXPECT_LT(value.interval.low, 50);
  EXPECT_GT(value.interval.high, 50);
  EXPECT_LT(value.interval.high - value.interval.low, 5);
  EXPECT_NEAR(b.share_by_twelfth[0], 0.45, 0.02);
  EXPECT_EQ(b.known_twelfths, kTwelfths);
}

TEST(Balance, IntervalsOfTheValueCover) {
  int covered = 0;
  constexpr int kDraws = 300;
  for (int draw = 0; draw < kDraws; ++draw) {
    base::Rng rng{static_cast<std::uint64_t>(draw) + 10};
    BalanceRequest request{.margin = 1};
    request.channels.push_back({"search", {}, newcomers(rng, 300, 10, 60)});
    request.others = newcomers(rng, 600, 10, 60);
    const Balance b = weigh(request);
    covered += b.channels[0].value_each->interval.low <= 70 && b.channels[0].value_each->interval.high >= 70;
  }
  EXPECT_GE(covered, kDraws * 0.84);
  EXPECT_LE(covered, kDraws * 0.95);
}

TEST(Balance, LearnsDiminishingReturnsFromWeeksOfMoreAndLess) {
  base::Rng rng{3};
  BalanceRequest request{.margin = 0.5};
  request.channels.push_back({"search", weeks(rng, 100, 0.5, 20), newcomers(rng, 2000, 40, 60)});
  const ChannelBalance c = weigh(request).channels[0];
  EXPECT_TRUE(c.diminishing_learned);
  EXPECT_NEAR(c.elasticity, 0.5, 3 * c.elasticity_error);
  ASSERT_TRUE(c.next_unit);
  EXPECT_NEAR(c.next_unit->value + 1, c.elasticity * c.value_each->value / *c.cost_each, 1e-9);

  request.channels[0].weeks.resize(10);
  const ChannelBalance few = weigh(request).channels[0];
  EXPECT_FALSE(few.diminishing_learned);
  EXPECT_NEAR(few.next_unit->value + 1, few.value_each->value / *few.cost_each, 1e-9);
}

TEST(Balance, RecommendsOnlyWhereIntervalsDoNotOverlap) {
  base::Rng rng{4};
  BalanceRequest request{.margin = 0.5};
  request.channels.push_back({"search", weeks(rng, 100, 0.8, 5), newcomers(rng, 500, 40, 60)});  // 100 of money, 5 newcomers worth 50
  EXPECT_EQ(weigh(request).advice, Advice::no_plan);
  const double next = weigh(request).channels[0].next_unit->value;
  request.plan = PlanExpectation{.spend = 1000, .profit = {3000, {2800, 3200}}, .next_unit = next + 5};
  EXPECT_EQ(weigh(request).advice, Advice::win_back);
  request.plan->next_unit = next;
  EXPECT_EQ(weigh(request).advice, Advice::not_proven);
  request.plan->profit.interval = {-900, 9000};  // much more, perhaps
  request.plan->next_unit = next + 5;
  EXPECT_EQ(weigh(request).advice, Advice::not_proven);
  for (SpendWeek& week : request.channels[0].weeks) week.amount /= 50;  // cheap newcomers
  request.plan = PlanExpectation{.spend = 1000, .profit = {300, {200, 400}}, .next_unit = 0.1};
  EXPECT_EQ(weigh(request).advice, Advice::acquisition);
  request.channels[0].weeks.resize(10);  // the same by an average return, which flatters
  EXPECT_EQ(weigh(request).advice, Advice::not_proven);
  for (SpendWeek& week : request.channels[0].weeks) week.amount *= 50000;  // dear ones
  request.plan->next_unit = 0;
  EXPECT_EQ(weigh(request).advice, Advice::nothing_pays);
}

TEST(Balance, SaysWhatIsMissing) {
  EXPECT_EQ(weigh({.margin = 0.4}).advice, Advice::no_spend);
  base::Rng rng{5};
  BalanceRequest request{.margin = 0.4};
  request.channels.push_back({"fair", {{500, 0}}, {}});
  request.plan = PlanExpectation{};
  const Balance nobody = weigh(request);
  EXPECT_EQ(nobody.advice, Advice::no_newcomers);
  EXPECT_FALSE(nobody.channels[0].cost_each);
  EXPECT_FALSE(nobody.channels[0].next_unit);
  request.channels.push_back({"search", {{500, 10}}, newcomers(rng, 29, 40, 60)});
  EXPECT_EQ(weigh(request).advice, Advice::no_newcomers);
}

bool finite(const std::optional<Ranged>& r) {
  return !r || (std::isfinite(r->value) && std::isfinite(r->interval.low) && std::isfinite(r->interval.high) && r->interval.low <= r->value + 1e-9 && r->value <= r->interval.high + 1e-9);
}

TEST(Balance, NothingInItIsNaN) {
  EXPECT_TRUE(rc::check([] {
    const auto amount = [] { return static_cast<double>(*rc::gen::inRange(-500, 5000)) / 10; };
    BalanceRequest request{.margin = *rc::gen::elementOf(std::vector<double>{0, 0.4, 1}), .count_reported = *rc::gen::arbitrary<bool>()};
    for (int c = *rc::gen::inRange(0, 3); c > 0; --c) {
      ChannelRecord record{.name = "c"};
      for (int w = *rc::gen::inRange(0, 40); w > 0; --w) record.weeks.push_back({amount(), static_cast<double>(*rc::gen::inRange(0, 9))});
      for (int g = *rc::gen::inRange(0, 20); g > 0; --g) {
        NewcomerGroup group{.lot = *rc::gen::inRange<std::size_t>(0, kLots), .lived = *rc::gen::inRange<std::size_t>(0, kTwelfths + 1), .customers = static_cast<double>(*rc::gen::inRange(1, 40))};
        for (double& net : group.net) net = amount();
        record.newcomers.push_back(group);
      }
      request.channels.push_back(record);
    }
    if (*rc::gen::arbitrary<bool>()) {
      const double mean = amount();
      request.plan = PlanExpectation{.spend = amount(), .profit = {mean, {mean - 5, mean + 5}}, .next_unit = amount() / 100};
    }
    const Balance b = weigh(request);
    for (const ChannelBalance& c : b.channels) {
      RC_ASSERT(finite(c.value_each) && finite(c.next_unit) && std::isfinite(c.cost_each.value_or(0)) && std::isfinite(c.elasticity));
      RC_ASSERT(c.elasticity >= 0 && c.elasticity <= 1);
    }
    RC_ASSERT(finite(b.win_back_next) && finite(b.win_back_average));
  }));
}

}  // namespace
}  // namespace measure
