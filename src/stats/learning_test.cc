// Regression, calibration, scores, quantiles and intervals.

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/random.h"
#include "stats/interval.h"
#include "stats/isotonic.h"
#include "stats/logistic.h"
#include "stats/quantile.h"
#include "stats/scores.h"
#include "stats/special.h"

namespace stats {
namespace {

/// Any of low … high − 1 alike: RapidCheck's own ranges begin near `low` and grow.
int whole(int low, int high) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high)); }

TEST(Logistic, OneBinaryColumnHasAClosedForm) {
  // 30 of 100 without, 60 of 100 with the feature: β_1 is the log odds ratio, its variance the sum of reciprocal counts
  const std::vector<double> features = {0, 0, 1, 1};
  const std::vector<double> outcome = {1, 0, 1, 0};
  const std::vector<double> weight = {30, 70, 60, 40};
  const LogisticModel m = *fit_logistic(dense_rows(features, 1, outcome, weight), 0);
  EXPECT_TRUE(m.converged);
  EXPECT_NEAR(m.beta[0], std::log(30.0 / 70), 1e-9);
  EXPECT_NEAR(m.beta[1], std::log(60.0 * 70 / (40 * 30)), 1e-9);
  EXPECT_NEAR(m.covariance(1, 1), 1.0 / 30 + 1.0 / 70 + 1.0 / 60 + 1.0 / 40, 1e-9);
  EXPECT_NEAR(m.probability(std::vector<double>{1}), 0.6, 1e-10);
  EXPECT_NEAR(m.log_odds_error(std::vector<double>{1}), std::sqrt(1.0 / 60 + 1.0 / 40), 1e-9);
}

TEST(Logistic, FindsTheCoefficientsOfManyRows) {
  base::Rng rng{1};
  const std::size_t columns = 11;
  const std::size_t n = 60000;
  std::vector<double> truth(columns + 1), features, outcome;
  for (double& b : truth) b = rng.normal() / 2;
  for (std::size_t i = 0; i < n; ++i) {
    double eta = truth[0];
    for (std::size_t j = 0; j < columns; ++j) {
      features.push_back(rng.normal());
      eta += truth[j + 1] * features.back();
    }
    outcome.push_back(rng.chance(logistic(eta)) ? 1 : 0);
  }
  const LogisticModel m = *fit_logistic(dense_rows(features, columns, outcome), 1e-3, {1});
  for (std::size_t j = 0; j <= columns; ++j) {
    EXPECT_LT(std::abs(m.beta[j] - truth[j]), 4 * std::sqrt(m.covariance(j, j))) << j;
  }
  // the score equations hold: the mean of the predictions is the mean of the outcomes
  double predicted = 0, seen = 0;
  for (std::size_t i = 0; i < n; ++i) {
    predicted += m.probability(std::span{features}.subspan(i * columns, columns));
    seen += outcome[i];
  }
  EXPECT_NEAR(predicted, seen, 1e-4);
  EXPECT_EQ(m.beta, fit_logistic(dense_rows(features, columns, outcome), 1e-3, {3})->beta);
}

TEST(Logistic, RidgeHoldsSeparatedDataAndFaultsAreNamed) {
  const std::vector<double> features = {-2, -1, 1, 2};
  const std::vector<double> outcome = {0, 0, 1, 1};
  const LogisticModel m = *fit_logistic(dense_rows(features, 1, outcome), 1);
  EXPECT_TRUE(m.converged);
  double slope = 0;  // the penalised score at the answer is zero
  for (std::size_t i = 0; i < 4; ++i) slope += features[i] * (outcome[i] - m.probability(std::span{features}.subspan(i, 1)));
  EXPECT_NEAR(slope, m.beta[1], 1e-5);
  const std::vector<double> twice = {1, 1, 2, 2, 3, 3, 4, 4};
  EXPECT_FALSE(fit_logistic(dense_rows(twice, 2, std::vector<double>{0, 1, 0, 1}), 0));
  EXPECT_FALSE(fit_logistic(dense_rows(features, 1, std::vector<double>{1, 1, 1, 1}), 1));
  const std::vector<double> bad = {1, std::nan(""), 3, 4};
  EXPECT_FALSE(fit_logistic(dense_rows(bad, 1, outcome), 1));
}

TEST(Isotonic, PoolsViolators) {
  const std::vector<double> score = {1, 2, 3, 4, 5};
  const std::vector<double> outcome = {0.1, 0.5, 0.3, 0.2, 0.9};
  const Isotonic f = *Isotonic::fit(score, outcome);
  EXPECT_EQ(f.scores().size(), 3U);
  EXPECT_NEAR(f(3), 1.0 / 3, 1e-15);
  EXPECT_NEAR(f(2), 0.1 + (1.0 / 3 - 0.1) / 2, 1e-15);  // halfway between the blocks at 1 and 3
  EXPECT_EQ(f(-10), 0.1);
  EXPECT_EQ(f(10), 0.9);
  EXPECT_FALSE(Isotonic::fit({}, {}));
  EXPECT_FALSE(Isotonic::from_points({1, 1}, {0, 1}));
  EXPECT_NEAR((*Isotonic::from_points(f.scores(), f.values()))(4.2), f(4.2), 0);
}

TEST(Isotonic, IsMonotoneWhateverTheOrderOfRows) {
  EXPECT_TRUE(rc::check([] {
    std::vector<double> score, outcome, weight;
    const int n = whole(1, 40);
    for (int i = 0; i < n; ++i) {
      score.push_back(whole(0, 15));
      outcome.push_back(whole(0, 2));
      weight.push_back(1 + whole(0, 3));
    }
    const Isotonic f = *Isotonic::fit(score, outcome, weight);
    for (std::size_t k = 1; k < f.values().size(); ++k) {
      RC_ASSERT(f.scores()[k] > f.scores()[k - 1]);
      RC_ASSERT(f.values()[k] > f.values()[k - 1]);
    }
    for (int s = -1; s < 16; ++s) RC_ASSERT(f(s) <= f(s + 1) && f(s) >= 0 && f(s) <= 1);
    // the order of rows does not matter
    const std::vector<double> score2(score.rbegin(), score.rend()), outcome2(outcome.rbegin(), outcome.rend()), weight2(weight.rbegin(), weight.rend());
    RC_ASSERT(Isotonic::fit(score2, outcome2, weight2)->scores().size() == f.scores().size());
  }));
}

TEST(Scores, KnownValues) {
  const std::vector<double> p = {0.1, 0.4, 0.35, 0.8};
  const std::vector<double> y = {0, 0, 1, 1};
  EXPECT_NEAR(area_under_curve(p, y), 0.75, 1e-15);
  EXPECT_NEAR(brier_score(p, y), (0.01 + 0.16 + 0.4225 + 0.04) / 4, 1e-15);
  EXPECT_NEAR(log_loss(p, y), -(std::log(0.9) + std::log(0.6) + std::log(0.35) + std::log(0.8)) / 4, 1e-15);
  EXPECT_EQ(area_under_curve(std::vector<double>{0.5, 0.5}, std::vector<double>{0, 1}), 0.5);
  const std::vector<double> w = {2, 1, 1, 3};
  const std::vector<double> p2 = {0.1, 0.1, 0.4, 0.35, 0.8, 0.8, 0.8};
  const std::vector<double> y2 = {0, 0, 0, 1, 1, 1, 1};
  EXPECT_NEAR(area_under_curve(p, y, w), area_under_curve(p2, y2), 1e-15);
  EXPECT_NEAR(log_loss(p, y, w), log_loss(p2, y2), 1e-15);
  EXPECT_TRUE(std::isfinite(log_loss(std::vector<double>{0, 1}, std::vector<double>{1, 0})));
}

TEST(Scores, ReliabilityOfAnHonestForecastAgrees) {
  base::Rng rng{6};
  std::vector<double> p, y;
  for (int i = 0; i < 50000; ++i) {
    p.push_back(rng.beta(1, 4));
    y.push_back(rng.chance(p.back()) ? 1 : 0);
  }
  const auto table = reliability(p, y);
  ASSERT_EQ(table.size(), 10U);
  for (const ReliabilityGroup& g : table) {
    EXPECT_NEAR(g.weight, 5000, 1);
    EXPECT_LT(std::abs(g.observed - g.predicted), 4 * g.sampling_error);
    EXPECT_TRUE(g.agrees(0.04));
  }
  for (double& one : p) one = std::min(1.0, one + 0.1);
  int disagree = 0;
  for (const ReliabilityGroup& g : reliability(p, y)) disagree += g.agrees(0.04) ? 0 : 1;
  EXPECT_EQ(disagree, 10);
}

TEST(Quantiles, WeightsRepeatValues) {
  const std::vector<double> v = {5, 1, 3};
  const std::vector<double> w = {1, 2, 1};
  const std::vector<double> p = {0, 0.5, 0.51, 0.75, 0.76, 1};
  EXPECT_EQ(weighted_quantiles(v, w, p), (std::vector<double>{1, 1, 3, 3, 5, 5}));
  EXPECT_EQ(weighted_quantiles(v, {}, p), (std::vector<double>{1, 3, 3, 5, 5, 5}));
  EXPECT_TRUE(weighted_quantiles({}, {}, p).empty());
  EXPECT_EQ(equal_groups(std::vector<double>{4, 1, 1, 9}, {}, 2), (std::vector<unsigned>{1, 0, 0, 1}));
}

TEST(Intervals, KnownValues) {
  const Interval w = wilson(15, 148, 0.95);  // Newcombe 1998: 0.0624 to 0.1605
  EXPECT_NEAR(w.low, 0.0624, 5e-5);
  EXPECT_NEAR(w.high, 0.1605, 5e-5);
  EXPECT_EQ(wilson(0, 20, 0.95).low, 0);
  EXPECT_NEAR(wilson(0, 20, 0.95).high, 0.1611, 5e-5);
  EXPECT_EQ(wilson(0, 0, 0.95).high, 1);
  const Interval d = newcombe_difference(56, 70, 48, 80, 0.95);  // Newcombe 1998: 0.0524 to 0.3339
  EXPECT_NEAR(d.low, 0.0524, 5e-5);
  EXPECT_NEAR(d.high, 0.3339, 5e-5);
  const WelchDifference t = welch_difference({10, 20.0, 4.0}, {15, 17.0, 9.0}, 0.95);
  EXPECT_NEAR(t.difference, 3, 1e-15);
  EXPECT_NEAR(t.standard_error, 1, 1e-15);
  EXPECT_NEAR(t.degrees, 1 / (0.16 / 9 + 0.36 / 14), 1e-12);
  EXPECT_NEAR(t.interval.low, 3 - student_quantile(0.975, t.degrees), 1e-12);
  EXPECT_NEAR(welch_difference({10, student_quantile(0.975, t.degrees), 4}, {15, 0, 9}, 0.95).p_value, 0.05, 1e-10);
  EXPECT_EQ(welch_difference({1, 3, 0}, {5, 2, 1}, 0.95).p_value, 1);
}

}  // namespace
}  // namespace stats
