#include "understand/reasons/combine.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "understand/reasons/paths.h"

namespace understand::reasons {
namespace {

TEST(Combine, IsBayesRule) {
  const std::vector<double> shares{0.5, 0.3, 0.2};
  const std::vector<Piece> pieces{{{2, 1, 1}}, {{1, 1, 5}}};
  const auto chance = combine(shares, pieces, 1000);
  EXPECT_NEAR(chance[0], 1.0 / 2.3, 1e-9);  // 0.5·2 : 0.3 : 0.2·5
  EXPECT_NEAR(chance[2], 1.0 / 2.3, 1e-9);
}

TEST(Combine, NoPieceDecidesAlone) {
  const auto chance = combine(std::vector<double>{0.5, 0.5}, std::vector<Piece>{{{1e9, 1e-9}}}, 10);
  EXPECT_LE(chance[0] / chance[1], 100.0);
}

TEST(Ratios, StayAssumedWithoutAnswersAndAreLearnedFromThem) {
  const std::vector<std::vector<double>> assumed{{3, 1}};
  const auto before = learn_ratios(assumed, std::vector<double>{0.1}, {}, 20);
  EXPECT_NEAR(before[0].ratio[0], 3, 1e-9);
  EXPECT_FALSE(before[0].learned);
  std::vector<Known> known;
  for (int i = 0; i < 400; ++i) known.push_back({static_cast<std::size_t>(i % 2), i % 4 < 2 ? std::vector<std::uint32_t>{0} : std::vector<std::uint32_t>{}});
  const auto after = learn_ratios(assumed, std::vector<double>{0.5}, known, 20);
  EXPECT_TRUE(after[0].learned);
  EXPECT_NEAR(after[0].ratio[0], 1, 0.15) << "it says nothing here, whatever was assumed";
}

TEST(Shares, AnswersWeighAtMostAsMuchAsTheAssumption) {
  const auto shares = learn_shares(std::vector<double>{1, 1}, std::vector<double>{10000, 0}, 40);
  EXPECT_NEAR(shares[0], 0.75, 1e-9);
}

RC_GTEST_PROP(CombineFuzz, SumsToOne, (const std::vector<std::uint8_t>& raw)) {
  std::vector<Piece> pieces;
  for (const std::uint8_t b : raw) pieces.push_back({{std::exp(b - 128.0), b % 7 * 1.0, b == 3 ? 1e300 : 1.0}});
  double sum = 0;
  for (const double one : combine(std::vector<double>{0.2, 0.3, 0.5}, pieces, 50)) {
    RC_ASSERT(std::isfinite(one) && one >= 0);
    sum += one;
  }
  RC_ASSERT(std::abs(sum - 1) < 1e-9);
}

TEST(Paths, OnlyAStepThatIsWorseBreaks) {
  std::vector<StepCount> steps{{"unit:1", 1000, 50}, {"unit:2", 900, 45}, {"unit:3", 800, 240}, {"unit:9", 20, 20}};
  const auto found = breaking_steps(steps);
  ASSERT_EQ(found.size(), 1U) << "twenty customers are too few";
  EXPECT_EQ(found[0].step, "unit:3");
  EXPECT_GT(found[0].more.low, 0.15);
  steps[2].stopped = 42;
  EXPECT_TRUE(breaking_steps(steps).empty());
  EXPECT_TRUE(breaking_steps(std::vector<StepCount>{{"only", 100, 50}}).empty());
}

TEST(Paths, UnusedFeatures) {
  const std::vector<FeatureCount> counts{{"wishlist", 500, 200}, {"search", 900, 890}};
  const auto found = unused_features(counts, 1000, 1000);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].feature, "wishlist");
  EXPECT_TRUE(unused_features(counts, 5, 1000).empty());
}

}  // namespace
}  // namespace understand::reasons
