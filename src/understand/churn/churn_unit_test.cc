#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

#include "base/random.h"
#include "stats/scores.h"
#include "understand/churn/leak.h"
#include "understand/churn/reasons.h"
#include "understand/churn/validate.h"

namespace understand::churn {
namespace {

using model::ChurnAction;
using model::ChurnReason;

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

/// Customers with one telling column, one of noise and one constant.
Snapshot world(std::size_t n, std::uint64_t seed) {
  Snapshot s;
  s.columns = {"silent", "noise", "constant"};
  base::Rng draw{seed};
  for (std::size_t i = 0; i < n; ++i) {
    const double silent = 60 * draw.uniform();
    s.ids.push_back(fmt::format("c{:06}", i));
    s.x.insert(s.x.end(), {static_cast<float>(silent), static_cast<float>(draw.uniform()), 3});
    s.left.push_back(draw.uniform() < chance_of(-2 + silent / 15) ? 1.0F : 0.0F);
    s.silent.push_back(static_cast<float>(silent));
    s.gap.push_back(20);
    s.btyd.push_back(0.5F);
  }
  return s;
}

TEST(ChurnCalibration, FindsAShiftAndAStretch) {
  base::Rng draw{3};
  std::vector<double> odds, y;
  for (int i = 0; i < 20000; ++i) {
    odds.push_back(4 * draw.uniform() - 2);
    y.push_back(draw.uniform() < chance_of(0.7 + 0.5 * odds.back()) ? 1 : 0);
  }
  const Calibration c = Calibration::fit(odds, y);
  EXPECT_NEAR(c.intercept, 0.7, 0.05);
  EXPECT_NEAR(c.slope, 0.5, 0.05);
  const Calibration none = Calibration::fit({}, {});
  EXPECT_EQ(none.intercept, 0);
  EXPECT_EQ(none.slope, 1);
}

TEST(ChurnCalibration, StaysFiniteAndKeepsTheOrderWhateverItIsGiven) {
  EXPECT_TRUE(rc::check([] {
    const auto seeds = *rc::gen::container<std::vector<std::pair<int, bool>>>(rc::gen::pair(rc::gen::inRange(-40, 41), rc::gen::arbitrary<bool>()));
    std::vector<double> odds, y;
    for (const auto& [x, happened] : seeds) {
      odds.push_back(x);
      y.push_back(happened ? 1 : 0);
    }
    const Calibration c = Calibration::fit(odds, y);
    RC_ASSERT(std::isfinite(c.intercept) && std::isfinite(c.slope));
    RC_ASSERT(c(-1) < c(1));
    RC_ASSERT(c(-1e9) > 0 && c(1e9) < 1);
  }));
}

TEST(ChurnSmoothModel, ContributionsSumToTheLogOdds) {
  const Snapshot s = world(2000, 5);
  auto x = s.x;
  for (std::size_t i = 0; i < x.size(); i += 21) x[i] = kUnknown;
  const auto model = SmoothModel::fit({{x, 3}, s.left, {}}, 2);
  ASSERT_TRUE(model) << model.error().message;
  for (std::size_t i = 0; i < 200; ++i) {
    std::vector<float> parts(4);
    const std::span<const float> row{x.data() + i * 3, 3};
    model->contributions(row, parts);
    EXPECT_NEAR(parts[0] + parts[1] + parts[2] + parts[3], model->log_odds(row), 1e-4);
    EXPECT_EQ(parts[2], 0) << "a constant column says nothing";
  }
}

TEST(ChurnSmoothModel, NeverGivesANumberThatIsNone) {
  EXPECT_TRUE(rc::check([] {
    const auto raw = *rc::gen::container<std::vector<int>>(30, rc::gen::inRange(-1000000, 1000001));
    std::vector<float> x, y;
    for (std::size_t i = 0; i < raw.size(); ++i) {
      x.push_back(raw[i] % 7 == 0 ? kUnknown : raw[i] % 11 == 0 ? std::numeric_limits<float>::infinity() : static_cast<float>(raw[i]));
      if (i % 3 == 0) y.push_back(i % 2 == 0 ? 1.0F : 0.0F);
    }
    const auto model = SmoothModel::fit({{x, 3}, y, {}}, 2);
    RC_ASSERT(model.has_value());
    for (std::size_t i = 0; i < 10; ++i) RC_ASSERT(std::isfinite(model->log_odds(std::span<const float>{x}.subspan(i * 3, 3))));
  }));
}

TEST(ChurnLeakGuard, SeesWhatAColumnAloneKnows) {
  Snapshot before = world(4000, 1), after = world(4000, 2);
  EXPECT_NEAR(area_alone(before, after, 1), 0.5, 0.03);
  EXPECT_EQ(area_alone(before, after, 2), 0.5);
  const double honest = area_alone(before, after, 0);
  EXPECT_GT(honest, 0.7);
  // An outcome in disguise, and not even in order: odd numbers for those who left.
  for (Snapshot* s : {&before, &after}) {
    for (std::size_t i = 0; i < s->rows(); ++i) s->x[i * 3 + 1] = static_cast<float>(2 * (i % 8)) + s->left[i];
  }
  FeatureTable earlier{after.columns, after.ids, after.x};
  const auto refused = implausible(before, after, earlier, honest);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].column, "noise");
  EXPECT_EQ(refused[0].why, "too_good");
}

Snapshot one_customer(float purchases, float silent, float gap, float now, float before) {
  Snapshot s;
  s.columns = {"silent", "purchases", "tenure", "purchases_90", "purchases_90_before"};
  s.x = {silent, purchases, 200, now, before};
  s.silent = {silent};
  s.gap = {gap};
  s.ids.push_back("anna");
  return s;
}

TEST(ChurnDrivers, SayOnlyWhatTheCustomersNumbersBearOut) {
  const std::vector<float> heavy = {0.8F, 0, 0, 0.5F, 0, 0};
  const auto slow = one_customer(9, 31, 14, 2, 5);
  const auto drivers = drivers_of(slow, 0, slow.columns, heavy, {}, 30);
  ASSERT_EQ(drivers.size(), 2U);
  EXPECT_EQ(drivers[0].reason, ChurnReason::silence);
  EXPECT_EQ(drivers[0].now, 31);
  EXPECT_EQ(drivers[0].usual, 14);
  EXPECT_EQ(drivers[1].reason, ChurnReason::slowing);
  EXPECT_EQ(drivers[1].now, 2);
  EXPECT_EQ(drivers[1].usual, 5);
  // More than before is no slowing, and three days are no silence, whatever the model adds.
  const auto busy = one_customer(9, 3, 14, 5, 2);
  EXPECT_TRUE(drivers_of(busy, 0, busy.columns, heavy, {}, 30).empty());
  // One purchase has no gap of its own.
  const auto once = one_customer(1, 31, 14, 1, 0);
  const auto first = drivers_of(once, 0, once.columns, heavy, {}, 30);
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].reason, ChurnReason::few);
  // What lowers the risk is no reason to leave.
  const std::vector<float> light = {-0.8F, -0.1F, 0, -0.5F, 0, 0};
  EXPECT_TRUE(drivers_of(slow, 0, slow.columns, light, {}, 30).empty());
}

TEST(ChurnDrivers, WhatWentWrongComesBeforeAnyOffer) {
  const std::vector<model::ChurnDriver> drivers = {{ChurnReason::silence, 1, 31, 14}, {ChurnReason::returns, 0.2, 0.5, 2}};
  EXPECT_EQ(action_for(drivers, 0.8, 0.3, true), ChurnAction::ask);
  EXPECT_EQ(action_for(std::span{drivers}.first(1), 0.8, 0.3, true), ChurnAction::call);
  EXPECT_EQ(action_for(std::span{drivers}.first(1), 0.8, 0.3, false), ChurnAction::remind);
  EXPECT_EQ(action_for(drivers, 0.2, 0.3, true), ChurnAction::watch);
}

TEST(ChurnScores, AveragePrecisionAsScikitLearnCountsIt) {
  // sklearn.metrics.average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) = 0.8333…
  const std::vector<double> y = {0, 0, 1, 1}, p = {0.1, 0.4, 0.35, 0.8};
  EXPECT_NEAR(stats::average_precision(p, y), 0.8333333333333333, 1e-12);
  const std::vector<double> equal(4, 0.5);
  EXPECT_NEAR(stats::average_precision(equal, y), 0.5, 1e-12);
  EXPECT_EQ(stats::average_precision({}, {}), 0);
}

}  // namespace
}  // namespace understand::churn
