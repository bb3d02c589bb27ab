#include "stats/text_model.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "stats/keyness.h"
#include "stats/lbfgs.h"

namespace stats {
namespace {

TEST(Lbfgs, FindsTheValleyOfRosenbrock) {
  const auto found = minimise(
      [](std::span<const double> x, std::span<double> g) {
        const double a = 1 - x[0], b = x[1] - x[0] * x[0];
        g[0] = -2 * a - 400 * x[0] * b;
        g[1] = 200 * b;
        return a * a + 100 * b * b;
      },
      {-1.2, 1}, 1e-9, 500);
  EXPECT_TRUE(found.converged);
  EXPECT_NEAR(found.point[0], 1, 1e-6);
  EXPECT_NEAR(found.point[1], 1, 1e-6);
}

/// Texts of two topics with words of their own and common ones; `noise` of them carry the other label.
LabelledTexts two_topics(std::size_t n, double noise, std::uint64_t seed) {
  base::Rng rng{seed};
  LabelledTexts texts;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint32_t topic = static_cast<std::uint32_t>(rng.below(2));
    std::vector<std::string> words;
    for (int w = 0; w < 8; ++w) {
      words.push_back(rng.chance(0.3) ? fmt::format("{}{}", topic == 0 ? "price" : "parcel", rng.below(10)) : fmt::format("word{}", rng.below(60)));
    }
    texts.add(std::move(words), rng.chance(noise) ? 1 - topic : topic);
  }
  return texts;
}

TEST(TextModel, LearnsAndSaysHowSureItIs) {
  const auto model = TextModel::learn(two_topics(2000, 0.1, 3), {});
  ASSERT_TRUE(model) << model.error().message;
  EXPECT_GT(model->check().accuracy, 0.8);
  EXPECT_LT(model->check().accuracy, 0.92) << "a tenth of the labels is wrong: more would be leakage";
  const LabelledTexts fresh = two_topics(2000, 0.1, 4);
  double claimed = 0, right = 0;
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    const auto p = model->probabilities(fresh.terms[i]);
    EXPECT_NEAR(p[0] + p[1], 1, 1e-12);
    claimed += std::max(p[0], p[1]);
    right += (p[1] > p[0] ? 1U : 0U) == fresh.label[i] ? 1 : 0;
  }
  EXPECT_LT(claimed, right + 0.03 * 2000) << "never surer than it is right";
  EXPECT_GT(claimed, right - 0.08 * 2000) << "modest, for the folds it learns this from are smaller than the whole";
}

TEST(TextModel, NoiseGetsNoVerdict) {
  base::Rng rng{5};
  LabelledTexts texts;
  for (int i = 0; i < 400; ++i) {
    std::vector<std::string> words;
    for (int w = 0; w < 6; ++w) words.push_back(fmt::format("w{}", rng.below(80)));
    texts.add(std::move(words), static_cast<std::uint32_t>(rng.below(4)));
  }
  const auto model = TextModel::learn(texts, {});
  ASSERT_TRUE(model);
  EXPECT_LT(model->check().accuracy, 0.35);
  EXPECT_LT(model->check().answered, 0.1);
  EXPECT_GT(model->temperature(), 1.0);
}

TEST(TextModel, WeightsCountAsCopiesDo) {
  LabelledTexts copies, weights;
  for (int i = 0; i < 6; ++i) copies.add({"a", "b"}, 0);
  copies.add({"a", "c"}, 1);
  weights.add({"a", "b"}, 0, 3);
  weights.add({"a", "b"}, 0, 3);
  weights.add({"a", "c"}, 1);
  // The idf counts texts; with one class's share of each term unchanged only the fit differs, and it must not.
  const auto one = TextModel::learn(weights, {.folds = 0});
  const auto two = TextModel::learn(weights, {.folds = 0});
  ASSERT_TRUE(one && two);
  const std::vector<std::string> text{"a", "b"};
  EXPECT_EQ(one->probabilities(text), two->probabilities(text)) << "the same texts, the same model";
  const auto plain = TextModel::learn(copies, {.folds = 0});
  ASSERT_TRUE(plain);
  EXPECT_NEAR(one->probabilities(text)[0], plain->probabilities(text)[0], 0.05);
  EXPECT_GT(one->probabilities(text)[0], 6.0 / 7) << "more weight, more certain";
}

TEST(TextModel, UnknownWordsGetTheShares) {
  LabelledTexts texts;
  for (int i = 0; i < 30; ++i) texts.add({fmt::format("x{}", i % 3)}, 0);
  for (int i = 0; i < 10; ++i) texts.add({fmt::format("y{}", i % 3)}, 1);
  const auto model = TextModel::learn(texts, {.folds = 0});
  ASSERT_TRUE(model);
  const auto p = model->probabilities(std::vector<std::string>{"never", "seen"});
  EXPECT_GT(p[0], p[1]);
  EXPECT_EQ(model->known(std::vector<std::string>{"never", "x1"}), 0.5);
}

TEST(TextModel, RefusesWhatCannotBeLearned) {
  EXPECT_FALSE(TextModel::learn({}, {}));
  LabelledTexts one_class;
  one_class.add({"a"}, 1);
  one_class.add({"b"}, 1);
  EXPECT_FALSE(TextModel::learn(one_class, {}));
  LabelledTexts odd = two_topics(20, 0, 1);
  odd.weight[3] = std::nan("");
  EXPECT_FALSE(TextModel::learn(odd, {}));
  odd.weight.clear();
  odd.label[2] = 9;
  EXPECT_FALSE(TextModel::learn(odd, {}));
}

RC_GTEST_PROP(TextModelFuzz, NeverANaN, (std::vector<std::vector<std::uint8_t>> raw)) {
  LabelledTexts texts;
  for (const auto& bytes : raw) {
    std::vector<std::string> words;
    for (const std::uint8_t b : bytes) words.push_back(std::string(1, static_cast<char>('a' + b % 7)));
    texts.add(std::move(words), static_cast<std::uint32_t>(bytes.size() % 3));
  }
  const auto model = TextModel::learn(texts, {});
  if (!model) return;
  for (const auto& terms : texts.terms) {
    double sum = 0;
    for (const double p : model->probabilities(terms)) {
      RC_ASSERT(std::isfinite(p) && p >= 0 && p <= 1);
      sum += p;
    }
    RC_ASSERT(std::abs(sum - 1) < 1e-9);
  }
  RC_ASSERT(std::isfinite(model->check().macro_f1));
  RC_ASSERT(std::isfinite(model->check().log_loss));
}

TEST(Keyness, DunningsExampleTable) {
  // 110 of 2,552 against 111 of 29,114, by Dunning's binomial form computed apart: 270.72.
  EXPECT_NEAR(log_likelihood_ratio(110, 2552, 111, 29114), 270.72, 1.5);
  EXPECT_EQ(log_likelihood_ratio(0, 0, 5, 10), 0);
  EXPECT_LT(log_likelihood_ratio(1, 1000, 50, 1000), 0);
}

TEST(Keyness, ThePriorCalmsRareTerms) {
  const std::vector<double> group{40, 2, 958}, rest{10, 0, 990};
  const auto found = keyness(group, rest);
  EXPECT_GT(found[0].z, found[1].z) << "forty against ten says more than two against none";
  EXPECT_GT(found[0].z, 1.96);
  EXPECT_LT(found[1].z, 1.96);
  for (const auto& one : keyness(std::vector<double>{0, 0}, std::vector<double>{0, 0})) EXPECT_EQ(one.z, 0);
}

}  // namespace
}  // namespace stats
