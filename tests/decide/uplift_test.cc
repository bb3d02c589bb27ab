#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "adapter/xgboost/open_xgboost.h"
#include "base/random.h"
#include "decide/uplift/effect_model.h"
#include "decide/uplift/evaluate.h"

namespace {

using decide::uplift::Advice;
using decide::uplift::Experiment;
using decide::uplift::Options;

/// A campaign with known effects: 0.5 + strength · x0.
struct World {
  std::vector<std::string> columns = {"a", "b", "c"}, arms = {"none", "letter"};
  std::vector<float> x, y, p;
  std::vector<std::uint8_t> arm;
  Experiment experiment() const { return {{x, columns.size()}, columns, arms, arm, y, p}; }
};

World world(std::size_t n, double average, double strength, std::uint64_t seed) {
  World w;
  base::Rng rng{seed};
  for (std::size_t i = 0; i < n; ++i) {
    const double a = rng.normal(), b = rng.normal(), c = rng.normal();
    for (const double v : {a, b, c}) w.x.push_back(static_cast<float>(v));
    w.arm.push_back(rng.chance(0.5) ? 1 : 0);
    w.y.push_back(static_cast<float>(b + (w.arm.back() == 1 ? average + strength * a : 0) + rng.normal()));
  }
  return w;
}

class Uplift : public testing::Test {
 protected:
  decide::uplift::Evaluation evaluated(const World& w, const Options& o = {}) {
    auto e = decide::uplift::evaluate(*learner, w.experiment(), o);
    if (!e) throw std::runtime_error(e.error().message);
    return std::move(*e);
  }
  void expect_refusal(const World& w, std::string_view part) {
    const auto e = decide::uplift::evaluate(*learner, w.experiment(), {});
    ASSERT_FALSE(e) << part;
    EXPECT_EQ(e.error().code, base::Code::invalid_input);
    EXPECT_NE(e.error().message.find(part), std::string::npos) << e.error().message;
  }
  std::unique_ptr<port::Learner> learner = adapter::xgboost::open_xgboost();
};

TEST_F(Uplift, FindsDifferencesThatAreThere) {
  const World w = world(4000, 0.1, 0.5, 1);
  const auto e = evaluated(w);
  EXPECT_TRUE(e.checks.passed());
  EXPECT_TRUE(e.arms[0].differs);
  EXPECT_EQ(e.advice, Advice::target);
  EXPECT_LT(e.arms[0].average.interval.low, 0.1 + 0.05);
  EXPECT_GT(e.arms[0].average.interval.high, 0.1 - 0.05);
  EXPECT_NEAR(e.arms[0].slope.value, 1, 0.3);
  // Everybody with a > −0.2 gains; the best policy is worth E[max(0, 0.1 + 0.5 a)] = 0.2534 over nobody.
  EXPECT_NEAR(e.policies[0].robust.value.value - e.policies.back().robust.value.value, 0.253, 0.05);
  const auto model = decide::uplift::EffectModel::fit(*learner, w.experiment(), e, {});
  ASSERT_TRUE(model) << model.error().message;
  const auto bytes = model->bytes();
  ASSERT_TRUE(bytes);
  const auto again = decide::uplift::EffectModel::restore(*learner, *bytes);
  ASSERT_TRUE(again) << again.error().message;
  const std::vector<float> asked = {2, 0, 0, -2, 0, 0};
  decide::uplift::Effect effects[2];
  ASSERT_TRUE(again->effects({asked, 3}, 0, effects));
  EXPECT_NEAR(effects[0].value, 1.1, 0.35);
  EXPECT_NEAR(effects[1].value, -0.9, 0.35);
  EXPECT_GT(effects[0].error, 0);
  EXPECT_FALSE(decide::uplift::EffectModel::restore(*learner, bytes->substr(0, 40)));
  EXPECT_FALSE(again->effects({asked, 2}, 0, effects));
}

TEST_F(Uplift, ClaimsNoDifferencesThatAreNot) {
  int claimed = 0, targeted = 0;
  for (std::uint64_t seed = 10; seed < 22; ++seed) {
    const auto e = evaluated(world(600, 0.5, 0, seed));
    claimed += e.arms[0].differs;
    targeted += e.advice == Advice::target;
    EXPECT_NE(e.advice, Advice::nobody);
  }
  EXPECT_LE(claimed, 1);  // at most 2.5 % each: two of twelve have a chance of 4 %
  EXPECT_EQ(targeted, 0);
}

TEST_F(Uplift, EverybodyWhereEverybodyGainsAlike) {
  const auto e = evaluated(world(2000, 0.5, 0, 30));
  EXPECT_EQ(e.advice, Advice::everyone);
  EXPECT_EQ(e.advised_arm, "letter");
  const auto costly = evaluated(world(2000, 0.5, 0, 30), {.cost = {0, 2}});
  EXPECT_EQ(costly.advice, Advice::nobody);
}

TEST_F(Uplift, SeesABrokenDraw) {
  World w = world(3000, 0.3, 0, 40);
  for (std::size_t i = 0; i < w.arm.size(); ++i) {
    if (w.arm[i] == 1) w.x[i * 3 + 2] += 0.4F;  // c was written down after the letter
  }
  const auto after = evaluated(w);
  EXPECT_TRUE(after.checks.balance_failed);
  EXPECT_EQ(after.checks.imbalances.front().column, "c");
  EXPECT_EQ(after.advice, Advice::none_checks_failed);
  const auto shares = evaluated(world(3000, 0.3, 0, 41), {.planned_shares = {0.4, 0.6}});
  EXPECT_TRUE(shares.checks.ratio_failed);
  EXPECT_EQ(shares.advice, Advice::none_checks_failed);
}

TEST_F(Uplift, SeesTheOutcomeAmongTheColumns) {
  World w = world(1000, 0.3, 0, 50);
  for (std::size_t i = 0; i < w.arm.size(); ++i) w.x[i * 3] = w.y[i];
  const auto e = evaluated(w);
  ASSERT_FALSE(e.checks.leaks.empty());
  EXPECT_EQ(e.checks.leaks[0].column, "a");
  EXPECT_EQ(e.advice, Advice::none_checks_failed);
}

TEST_F(Uplift, LoggedPropensitiesUndoAnUnevenDraw) {
  World w = world(0, 0, 0, 1);
  base::Rng rng{60};
  for (int i = 0; i < 4000; ++i) {
    const double a = rng.normal(), chance = 1 / (1 + std::exp(-a));
    w.x.insert(w.x.end(), {static_cast<float>(a), static_cast<float>(rng.normal()), 1.0F});
    const bool treated = rng.chance(chance);
    w.arm.push_back(treated ? 1 : 0);
    w.p.push_back(static_cast<float>(treated ? chance : 1 - chance));
    w.y.push_back(static_cast<float>(2 * a + (treated ? 0.5 : 0) + rng.normal()));
  }
  const auto e = evaluated(w);
  EXPECT_FALSE(e.checks.ratio_failed);
  EXPECT_FALSE(e.checks.balance_failed);
  EXPECT_NEAR(e.arms[0].average.value, 0.5, 0.15);
}

TEST_F(Uplift, ThinAndBrokenInput) {
  expect_refusal(world(20, 0, 0, 70), "at least 20 in each arm");
  World w = world(200, 0, 0, 71);
  w.arms = {"none"};
  expect_refusal(w, "only one arm");
  w = world(200, 0, 0, 71);
  std::ranges::fill(w.arm, std::uint8_t{0});
  expect_refusal(w, "'letter' has 0 customers");
  w = world(200, 0, 0, 71);
  w.y[7] = std::numeric_limits<float>::quiet_NaN();
  expect_refusal(w, "outcome of row 8");
  // A constant outcome and columns nobody knows teach nothing, and say so without a NaN.
  w = world(200, 0, 0, 71);
  std::ranges::fill(w.y, 1.0F);
  std::ranges::fill(w.x, std::numeric_limits<float>::quiet_NaN());
  const auto e = evaluated(w);
  EXPECT_FALSE(e.arms[0].differs);
  EXPECT_EQ(e.arms[0].average.value, 0);
  EXPECT_EQ(e.arms[0].worth.qini.value, 0);
  EXPECT_EQ(e.advice, Advice::not_proven);
}

}  // namespace
