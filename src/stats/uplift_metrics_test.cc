#include "stats/uplift_metrics.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/random.h"
#include "stats/off_policy.h"
#include "stats/ridge.h"

namespace {

using stats::ranking_worth;

/// Signals and scores, many of them tied.
std::pair<std::vector<double>, std::vector<double>> drawn() {
  const auto n = *rc::gen::inRange<std::size_t>(2, 60);
  std::vector<double> signal, score;
  for (std::size_t i = 0; i < n; ++i) {
    signal.push_back(*rc::gen::inRange(-5, 6) * 0.5);
    score.push_back(*rc::gen::inRange(-3, 4));
  }
  return {signal, score};
}

TEST(RankingWorth, NoOrderBeatsThePerfectOne) {
  ASSERT_TRUE(rc::check([] {
    const auto [signal, score] = drawn();
    const auto worth = ranking_worth(signal, score);
    RC_ASSERT(worth.area.value <= worth.perfect_area + 1e-12);
    RC_ASSERT(worth.area.value >= -worth.perfect_area - 1e-12);
    RC_ASSERT(std::abs(worth.qini.value) <= 1.0);
    const auto curve = stats::gain_curve(signal, score), perfect = stats::gain_curve(signal, signal);
    for (const auto& point : curve) {  // the perfect curve is concave: compare by interpolation
      std::size_t k = 1;
      while (k + 1 < perfect.size() && perfect[k].share < point.share - 1e-12) ++k;
      const double part = (point.share - perfect[k - 1].share) / (perfect[k].share - perfect[k - 1].share);
      RC_ASSERT(point.gain <= perfect[k - 1].gain + part * (perfect[k].gain - perfect[k - 1].gain) + 1e-9);
    }
  }));
}

TEST(RankingWorth, OrderOfRowsAndScaleDoNotMatter) {
  ASSERT_TRUE(rc::check([] {
    auto [signal, score] = drawn();
    const auto worth = ranking_worth(signal, score);
    std::vector<std::size_t> order(signal.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    base::Rng rng{*rc::gen::arbitrary<std::uint64_t>()};
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
    std::vector<double> signal2, score2;
    for (const std::size_t i : order) {
      signal2.push_back(signal[i] * 3);
      score2.push_back(score[i] * 0.25 - 7);
    }
    const auto again = ranking_worth(signal2, score2);
    RC_ASSERT(std::abs(again.qini.value - worth.qini.value) < 1e-9);
    RC_ASSERT(std::abs(again.area.value - 3 * worth.area.value) < 1e-9);
    RC_ASSERT(std::abs(again.area.error - 3 * worth.area.error) < 1e-9);
  }));
}

TEST(RankingWorth, AreaIsTheExpectationOverOrdersOfTies) {
  const std::vector<double> signal = {3, -1, 2, 5}, score = {1, 1, 1, 0};
  std::vector<std::size_t> order = {0, 1, 2};
  double sum = 0, count = 0;
  do {
    std::vector<double> broken = score;
    for (std::size_t k = 0; k < 3; ++k) broken[order[k]] = 2 + static_cast<double>(k);
    sum += ranking_worth(signal, broken).area.value;
    count += 1;
  } while (std::ranges::next_permutation(order).found);
  EXPECT_NEAR(ranking_worth(signal, score).area.value, sum / count, 1e-12);
}

TEST(RankingWorth, ConstantScoresAndSignalsAreWorthNothing) {
  const std::vector<double> some = {1, 4, -2, 0.5}, same(4, 3.0);
  EXPECT_EQ(ranking_worth(some, same).area.value, 0);
  EXPECT_EQ(ranking_worth(some, same).qini.value, 0);
  EXPECT_NEAR(ranking_worth(same, some).qini.value, 0, 1e-12);
  EXPECT_TRUE(std::isfinite(ranking_worth(same, some).qini.error));
  EXPECT_TRUE(std::isinf(ranking_worth({}, {}).qini.error));
}

TEST(RankingWorth, IntervalsCover) {
  base::Rng rng{5};
  int covered_area = 0, covered_qini = 0;
  constexpr int kRuns = 300;
  // Signal = effect + noise with effect = score: area = cov(score, rank) = 1/12 for a uniform score.
  double qini_truth = 0;
  {
    std::vector<double> signal, score;
    for (int i = 0; i < 400'000; ++i) {
      score.push_back(rng.uniform());
      signal.push_back(score.back() + rng.normal());
    }
    qini_truth = ranking_worth(signal, score).qini.value;
  }
  for (int run = 0; run < kRuns; ++run) {
    std::vector<double> signal, score;
    for (int i = 0; i < 400; ++i) {
      score.push_back(rng.uniform());
      signal.push_back(score.back() + rng.normal());
    }
    const auto worth = ranking_worth(signal, score);
    covered_area += worth.area.interval.low <= 1.0 / 12 && 1.0 / 12 <= worth.area.interval.high;
    covered_qini += worth.qini.interval.low <= qini_truth && qini_truth <= worth.qini.interval.high;
  }
  EXPECT_NEAR(covered_area, 0.95 * kRuns, 12);
  EXPECT_NEAR(covered_qini, 0.95 * kRuns, 12);
}

TEST(Signals, AverageTheEffectAndIgnoreAConstant) {
  base::Rng rng{6};
  std::vector<double> y, p, shifted;
  std::vector<std::int8_t> group;
  for (int i = 0; i < 40000; ++i) {
    const double x = rng.uniform(), chance = 0.2 + 0.6 * x;
    const bool treated = rng.chance(chance);
    group.push_back(treated ? 1 : 0);
    p.push_back(treated ? chance : 1 - chance);
    y.push_back(x + (treated ? 0.5 : 0) + rng.normal());
    shifted.push_back(y.back() + 100);
  }
  const auto one = stats::weighted_signals({y, group, p}), two = stats::weighted_signals({shifted, group, p});
  ASSERT_TRUE(one && two);
  double mean = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    mean += (*one)[i] / static_cast<double>(y.size());
    ASSERT_NEAR((*one)[i], (*two)[i], 1e-9);
  }
  EXPECT_NEAR(mean, 0.5, 0.05);
  EXPECT_NEAR(stats::effect_at({y, group, p}, y, 1).value, 0.5, 0.05);
  p[3] = 0;
  EXPECT_FALSE(stats::weighted_signals({y, group, p}));
  const std::vector<std::int8_t> all_treated(y.size(), 1);
  EXPECT_FALSE(stats::weighted_signals({y, all_treated, p}));
}

TEST(OffPolicy, IntervalsCoverTheTruth) {
  base::Rng rng{7};
  // Three actions; the reward is 1 for action x in {0,1,2}, 0 else; the target takes the right one in 80 %.
  const double truth = 0.8;
  int covered[3] = {0, 0, 0};
  constexpr int kRuns = 300;
  for (int run = 0; run < kRuns; ++run) {
    std::vector<std::uint8_t> action;
    std::vector<double> propensity, reward, model;
    stats::Policy policy;
    for (int i = 0; i < 300; ++i) {
      const auto right = static_cast<std::uint8_t>(rng.below(3));
      const double roll = rng.uniform();
      const auto a = static_cast<std::uint8_t>(roll < 0.5 ? 0 : roll < 0.8 ? 1 : 2);
      action.push_back(a);
      propensity.push_back(a == 0 ? 0.5 : a == 1 ? 0.3 : 0.2);
      reward.push_back((a == right ? 1.0 : 0.0) + 0.3 * rng.normal());
      for (std::uint8_t b = 0; b < 3; ++b) {
        policy.chance.push_back(b == right ? 0.8 : 0.1);
        model.push_back(b == right ? 0.9 : 0.2);  // wrong on purpose: the log corrects it
      }
    }
    const stats::ActionLog log{3, action, propensity, reward};
    int k = 0;
    for (const auto method : {stats::ValueMethod::ips, stats::ValueMethod::snips, stats::ValueMethod::doubly_robust}) {
      const auto value = stats::value_of(log, policy, method, model);
      ASSERT_TRUE(value) << value.error().message;
      covered[k++] += value->value.interval.low <= truth && truth <= value->value.interval.high;
    }
  }
  for (const int c : covered) EXPECT_NEAR(c, 0.95 * kRuns, 14);
}

TEST(OffPolicy, SaysWhatIsWrongAndWhatIsDoubtful) {
  const std::vector<std::uint8_t> action = {0, 0, 0, 1};
  std::vector<double> p = {0.9, 0.9, 0.9, 0.001}, r = {1, 2, 3, 4};
  const stats::ActionLog log{3, action, p, r};
  const auto value = stats::value_of(log, stats::everyone_gets(1, 4), stats::ValueMethod::ips);
  ASSERT_TRUE(value);
  EXPECT_TRUE(value->doubtful);
  EXPECT_NEAR(value->effective_rows, 1, 1e-12);
  const auto clipped = stats::value_of(log, stats::everyone_gets(1, 4), stats::ValueMethod::ips, {}, {.clip = 10});
  ASSERT_TRUE(clipped);
  EXPECT_EQ(clipped->clipped_share, 0.25);
  EXPECT_FALSE(stats::value_of(log, stats::everyone_gets(2, 4), stats::ValueMethod::ips));
  EXPECT_FALSE(stats::value_of(log, stats::everyone_gets(0, 4), stats::ValueMethod::doubly_robust));
  EXPECT_FALSE(stats::value_of(log, stats::everyone_gets(0, 3), stats::ValueMethod::ips));
  p[0] = 0;
  EXPECT_FALSE(stats::value_of(log, stats::everyone_gets(0, 4), stats::ValueMethod::ips));
  p[0] = 0.9;
  const auto same = stats::value_of(log, stats::everyone_gets(0, 4), stats::ValueMethod::snips);
  ASSERT_TRUE(same);
  EXPECT_EQ(stats::paired_difference(*same, *same).value, 0);
  EXPECT_EQ(stats::paired_difference(*same, *same).error, 0);
}

TEST(Ridge, FindsALineAndShrinksNoise) {
  base::Rng rng{8};
  std::vector<double> x, y, noise;
  for (int i = 0; i < 3000; ++i) {
    const double a = rng.normal(), b = rng.normal();
    x.insert(x.end(), {a, b});
    y.push_back(2 + 3 * a - b + 0.1 * rng.normal());
    noise.push_back(rng.normal());
  }
  const std::vector<double> ridges = {0.001, 10, 1e6};
  const auto line = stats::fit_ridge(stats::dense_rows(x, 2, y), ridges, {});
  ASSERT_TRUE(line) << line.error().message;
  EXPECT_EQ(line->ridge, 0.001);
  EXPECT_NEAR(line->beta[0], 2, 0.02);
  EXPECT_NEAR(line->beta[1], 3, 0.02);
  EXPECT_NEAR(line->beta[2], -1, 0.02);
  y[5] = std::nan("");
  EXPECT_FALSE(stats::fit_ridge(stats::dense_rows(x, 2, y), ridges, {}));
  EXPECT_FALSE(stats::fit_ridge(stats::dense_rows({}, 2, {}), ridges, {}));
}

}  // namespace
