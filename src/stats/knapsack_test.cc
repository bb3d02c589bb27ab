#include "stats/knapsack.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/random.h"

namespace stats {
namespace {

/// Any of low … high − 1 alike: RapidCheck's own ranges begin near `low` and grow.
int whole(int low, int high) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high)); }

/// Choices that own their arrays.
struct Shop {
  std::vector<std::uint32_t> first{0};
  std::vector<double> cost, value;
  std::vector<std::vector<double>> use;

  Choices view() const {
    Choices c{first, cost, value, {}};
    for (const auto& column : use) c.use.emplace_back(column);
    return c;
  }
};

double brute_force(const Choices& c, const Limits& limits, std::size_t customer, double money, std::vector<double> left) {
  if (customer == c.customers()) return 0;
  double best = brute_force(c, limits, customer + 1, money, left);
  for (std::uint32_t o = c.first[customer]; o < c.first[customer + 1]; ++o) {
    if (c.cost[o] > money + 1e-12) continue;
    std::vector<double> after = left;
    bool fits = true;
    for (std::size_t k = 0; k < c.use.size(); ++k) fits &= (after[k] -= c.use[k][o]) >= -1e-12;
    if (fits) best = std::max(best, c.value[o] + brute_force(c, limits, customer + 1, money - c.cost[o], after));
  }
  return best;
}

void expect_consistent(const Choices& c, const Limits& limits, const Selection& s) {
  double value = 0, cost = 0;
  std::vector<double> used(c.use.size());
  for (std::size_t i = 0; i < c.customers(); ++i) {
    if (s.option[i] == kNoOption) continue;
    const auto o = static_cast<std::size_t>(s.option[i]);
    ASSERT_GE(o, c.first[i]);
    ASSERT_LT(o, c.first[i + 1]);
    value += c.value[o];
    cost += c.cost[o];
    for (std::size_t k = 0; k < used.size(); ++k) used[k] += c.use[k][o];
  }
  EXPECT_NEAR(s.value, value, 1e-9 * (1 + std::abs(value)));
  EXPECT_NEAR(s.cost, cost, 1e-9 * (1 + cost));
  EXPECT_LE(s.cost, limits.budget * (1 + 1e-12));
  for (std::size_t k = 0; k < used.size(); ++k) {
    EXPECT_NEAR(s.used[k], used[k], 1e-9 * (1 + used[k]));
    EXPECT_LE(s.used[k], limits.resource[k] * (1 + 1e-12));
  }
  EXPECT_GE(s.bound, s.value);
}

Shop random_small(std::size_t resources) {
  Shop shop;
  shop.use.resize(resources);
  const int customers = whole(1, 6);
  for (int i = 0; i < customers; ++i) {
    const int options = whole(0, 5);
    for (int o = 0; o < options; ++o) {
      shop.cost.push_back(whole(0, 10));
      shop.value.push_back(whole(-5, 20));
      for (auto& column : shop.use) column.push_back(whole(0, 4));
    }
    shop.first.push_back(static_cast<std::uint32_t>(shop.cost.size()));
  }
  return shop;
}

TEST(Knapsack, OneLimitAgainstBruteForce) {
  EXPECT_TRUE(rc::check([] {
    const Shop shop = random_small(0);
    const Limits limits{static_cast<double>(whole(0, 30)), {}};
    const Selection s = *choose(shop.view(), limits);
    expect_consistent(shop.view(), limits, s);
    const double best = brute_force(shop.view(), limits, 0, limits.budget, {});
    RC_ASSERT(s.value <= best + 1e-9);
    RC_ASSERT(s.bound >= best - 1e-9);
    RC_ASSERT(s.value >= 0.5 * best - 1e-9);  // greedy or the best single option: half at least
  }));
}

TEST(Knapsack, SeveralLimitsAgainstBruteForce) {
  EXPECT_TRUE(rc::check([] {
    const Shop shop = random_small(2);
    const Limits limits{static_cast<double>(whole(0, 30)),
                        {static_cast<double>(whole(0, 8)), static_cast<double>(whole(0, 8))}};
    const Selection s = *choose(shop.view(), limits);
    expect_consistent(shop.view(), limits, s);
    const double best = brute_force(shop.view(), limits, 0, limits.budget, limits.resource);
    RC_ASSERT(s.value <= best + 1e-9);
    RC_ASSERT(s.bound >= best - 1e-9);
    RC_ASSERT(best <= 0 || s.value > 0);
  }));
}

Shop random_large(std::size_t customers, std::size_t resources) {
  base::Rng rng{5};
  Shop shop;
  shop.use.resize(resources);
  for (std::size_t i = 0; i < customers; ++i) {
    const double worth = rng.gamma(1.2, 0.05);
    for (int o = 0; o < 8; ++o) {
      const double cost = 0.2 + 3 * o * rng.uniform();
      shop.cost.push_back(cost);
      shop.value.push_back(worth * (0.2 + 0.1 * o) * rng.uniform() - 0.3 * cost);
      for (std::size_t k = 0; k < resources; ++k) shop.use[k].push_back((o + static_cast<int>(k)) % 3 == 0 ? rng.uniform() : 0);
    }
    shop.first.push_back(static_cast<std::uint32_t>(shop.cost.size()));
  }
  return shop;
}

TEST(Knapsack, LargeCasesAreWithinATenthOfAPercent) {
  const Shop money = random_large(60000, 0);
  for (const double budget : {500.0, 20000.0, 100000.0}) {
    const Selection s = *choose(money.view(), {budget, {}});
    expect_consistent(money.view(), {budget, {}}, s);
    EXPECT_LT(s.gap(), 0.001) << budget;
    EXPECT_GT(s.budget_price, 0) << budget;
  }
  const Shop more = random_large(60000, 2);
  for (const double budget : {20000.0, 100000.0, std::numeric_limits<double>::infinity()}) {
    const Limits limits{budget, {3000, 4000}};
    const Selection s = *choose(more.view(), limits);
    expect_consistent(more.view(), limits, s);
    EXPECT_LT(s.gap(), 0.001) << budget;
  }
}

TEST(Knapsack, PriceIsTheValueOfTheNextUnit) {
  const Shop shop = random_large(20000, 0);
  const Selection less = *choose(shop.view(), {9900, {}});
  const Selection here = *choose(shop.view(), {10000, {}});
  const Selection more = *choose(shop.view(), {10100, {}});
  EXPECT_NEAR((more.value - less.value) / 200, here.budget_price, 0.03 * here.budget_price);
  EXPECT_GE(less.budget_price, here.budget_price);
  EXPECT_GE(here.budget_price, more.budget_price);
}

TEST(Knapsack, EdgesOfTheBudget) {
  Shop shop;
  shop.cost = {0, 5, 5, 2};
  shop.value = {1, 9, 9, -3};
  shop.first = {0, 2, 3, 4};
  const Selection nothing = *choose(shop.view(), {0, {}});
  EXPECT_EQ(nothing.option, (std::vector<std::int32_t>{0, kNoOption, kNoOption}));  // what is free is taken
  const Selection one = *choose(shop.view(), {5, {}});
  EXPECT_EQ(one.value, 10);  // 8 more for customer 1, or 9 for customer 2
  EXPECT_EQ(one.option, (std::vector<std::int32_t>{0, 2, kNoOption}));
  const Selection all = *choose(shop.view(), {});
  EXPECT_EQ(all.option, (std::vector<std::int32_t>{1, 2, kNoOption}));
  EXPECT_EQ(all.budget_price, 0);
  EXPECT_EQ(all.gap(), 0);
  const Selection empty = *choose(Shop{}.view(), {10, {}});
  EXPECT_EQ(empty.value, 0);
}

TEST(Knapsack, TiesGoToTheLowerCustomerAndThreadsChangeNothing) {
  Shop shop;
  for (std::uint32_t i = 0; i < 10; ++i) {
    shop.cost.push_back(1);
    shop.value.push_back(2);
    shop.first.push_back(i + 1);
  }
  const Selection s = *choose(shop.view(), {4, {}});
  EXPECT_EQ(s.option, (std::vector<std::int32_t>{0, 1, 2, 3, -1, -1, -1, -1, -1, -1}));
  const Shop large = random_large(50000, 2);
  const Limits limits{50000, {3000, 4000}};
  const Selection a = *choose(large.view(), limits, {1});
  const Selection b = *choose(large.view(), limits, {3});
  EXPECT_EQ(a.option, b.option);
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.bound, b.bound);
}

TEST(Knapsack, RefusesWhatMakesNoSense) {
  Shop shop;
  shop.cost = {-1};
  shop.value = {1};
  shop.first = {0, 1};
  EXPECT_FALSE(choose(shop.view(), {}));
  shop.cost = {1};
  EXPECT_FALSE(choose(shop.view(), {-1, {}}));
  EXPECT_FALSE(choose(shop.view(), {1, {2}}));
  shop.value = {std::nan("")};
  EXPECT_FALSE(choose(shop.view(), {1, {}}));
}

}  // namespace
}  // namespace stats
