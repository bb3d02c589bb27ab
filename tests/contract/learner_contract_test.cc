#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <thread>

#include "adapter/xgboost/open_xgboost.h"
#include "base/random.h"
#include "port/learner.h"

// What every learner promises (port/learner.h).

namespace {

using port::FeatureRows;
using port::LearnerOptions;
using port::LearningRows;
using port::Objective;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Rows with a known truth.
struct World {
  std::size_t columns = 3;
  std::vector<float> x, y, truth;

  FeatureRows rows() const { return {x, columns}; }
  LearningRows learning() const { return {rows(), y, {}}; }
  LearningRows part(std::size_t begin, std::size_t count) const {
    return {{std::span{x}.subspan(begin * columns, count * columns), columns}, std::span{y}.subspan(begin, count), {}};
  }
};

World chances(std::size_t n, std::uint64_t seed) {
  base::Rng rng{seed};
  World w;
  for (std::size_t i = 0; i < n; ++i) {
    const double a = rng.normal(), b = rng.normal(), c = rng.normal();
    const double p = 1 / (1 + std::exp(-(-1 + a + 0.5 * b)));
    for (const double v : {a, b, c}) w.x.push_back(static_cast<float>(v));
    w.truth.push_back(static_cast<float>(p));
    w.y.push_back(rng.chance(p) ? 1.0F : 0.0F);
  }
  return w;
}

World amounts(std::size_t n, std::uint64_t seed) {
  base::Rng rng{seed};
  World w;
  for (std::size_t i = 0; i < n; ++i) {
    // steps lie between values that occur, so that bins can part them
    const double a = static_cast<double>(rng.below(20)) / 19, b = static_cast<double>(rng.below(20)) / 19, c = rng.uniform();
    const double mean = 100 + 40 * (a > 0.5 ? 1 : 0) * (b > 0.3 ? 1 : -1) + 10 * c;
    for (const double v : {a, b, c}) w.x.push_back(static_cast<float>(v));
    w.truth.push_back(static_cast<float>(mean));
    w.y.push_back(static_cast<float>(mean + rng.normal()));
  }
  return w;
}

class LearnerContract : public testing::Test {
 protected:
  std::unique_ptr<port::Learned> must_learn(const LearningRows& rows, const LearnerOptions& options, const LearningRows& validation = {}) {
    auto learned = learner->learn(rows, options, validation);
    if (!learned) throw std::runtime_error(learned.error().message);
    return std::move(*learned);
  }
  static std::vector<float> predicted(const port::Learned& model, const FeatureRows& rows) {
    std::vector<float> out(rows.rows());
    const auto done = model.predict(rows, out);
    if (!done) throw std::runtime_error(done.error().message);
    return out;
  }
  void expect_refusal(const LearningRows& rows, const LearnerOptions& options, std::string_view part, const LearningRows& validation = {}) {
    const auto learned = learner->learn(rows, options, validation);
    ASSERT_FALSE(learned.has_value()) << part;
    EXPECT_EQ(learned.error().code, base::Code::invalid_input);
    EXPECT_NE(learned.error().message.find(part), std::string::npos) << learned.error().message;
  }
  std::unique_ptr<port::Learner> learner = adapter::xgboost::open_xgboost();
};

TEST_F(LearnerContract, LearnsAnAmountOfKnownShape) {
  const World train = amounts(6000, 1), fresh = amounts(2000, 2);
  const auto model = must_learn(train.learning(), {.objective = Objective::amount, .rate = 0.1});
  EXPECT_EQ(model->columns(), 3U);
  EXPECT_EQ(model->rounds(), 200U);
  const auto p = predicted(*model, fresh.rows());
  double error = 0;
  for (std::size_t i = 0; i < p.size(); ++i) error += std::pow(p[i] - fresh.truth[i], 2);
  EXPECT_LT(std::sqrt(error / static_cast<double>(p.size())), 1.5);  // the targets spread over 34, the noise is 1
}

TEST_F(LearnerContract, PickedRowsAreLearnedAsIfTheyWereAll) {
  const World all = amounts(3000, 60), fresh = amounts(200, 61);
  World copied;
  std::vector<std::uint32_t> pick;
  for (std::uint32_t r = 0; r < 3000; r += 1 + r % 3) {
    pick.push_back(r);
    for (std::size_t j = 0; j < 3; ++j) copied.x.push_back(all.x[r * 3 + j]);
    copied.y.push_back(all.y[r]);
  }
  const LearnerOptions options{.objective = Objective::amount, .rounds = 30};
  const auto one = must_learn(copied.learning(), options), other = must_learn({all.rows(), copied.y, {}, pick}, options);
  EXPECT_EQ(predicted(*one, fresh.rows()), predicted(*other, fresh.rows()));
  expect_refusal({all.rows(), all.y, {}, pick}, options, "were picked for 3000");
  pick.back() = 3000;
  expect_refusal({all.rows(), copied.y, {}, pick}, options, "row 3001 was picked of 3000");
}

TEST_F(LearnerContract, ChancesAreCalibratedOnALogisticTruth) {
  const World train = chances(20000, 3), fresh = chances(20000, 4);
  const auto model = must_learn(train.learning(), {});
  const auto p = predicted(*model, fresh.rows());
  double error = 0;
  std::array<double, 10> said{}, were{}, count{};
  for (std::size_t i = 0; i < p.size(); ++i) {
    ASSERT_TRUE(p[i] > 0 && p[i] < 1);
    error += std::abs(p[i] - fresh.truth[i]);
    const auto bin = static_cast<std::size_t>(std::min(9.0F, p[i] * 10));
    said[bin] += static_cast<double>(p[i]);
    were[bin] += static_cast<double>(fresh.y[i]);
    count[bin] += 1;
  }
  EXPECT_LT(error / static_cast<double>(p.size()), 0.03);
  for (std::size_t b = 0; b < 10; ++b) {
    if (count[b] < 100) continue;
    const double rate = said[b] / count[b];
    EXPECT_NEAR(were[b] / count[b], rate, 0.025 + 3 * std::sqrt(rate * (1 - rate) / count[b])) << b;
  }
}

TEST_F(LearnerContract, ContributionsSumToTheMargin) {
  World train = chances(5000, 5);
  train.x[7] = kNaN;
  for (const Objective objective : {Objective::chance, Objective::amount}) {
    const auto model = must_learn(train.learning(), {.objective = objective, .rounds = 40});
    const std::size_t n = 300;
    const FeatureRows rows{std::span{train.x}.first(n * 3), 3};
    const auto p = predicted(*model, rows);
    std::vector<float> parts(n * 4);
    ASSERT_TRUE(model->contributions(rows, parts));
    double weight[3] = {0, 0, 0};
    for (std::size_t i = 0; i < n; ++i) {
      double margin = 0;
      for (std::size_t j = 0; j < 4; ++j) margin += static_cast<double>(parts[i * 4 + j]);
      for (std::size_t j = 0; j < 3; ++j) weight[j] += std::abs(static_cast<double>(parts[i * 4 + j]));
      EXPECT_NEAR(objective == Objective::chance ? 1 / (1 + std::exp(-margin)) : margin, p[i], 2e-5);
    }
    EXPECT_GT(weight[0], weight[1]);  // the truth leans twice as much on the first, and not at all on the third
    EXPECT_GT(weight[1], 2 * weight[2]);
  }
}

TEST_F(LearnerContract, TheSameSeedGivesTheSameBytes) {
  const World train = chances(9000, 6);
  const LearnerOptions options{.rounds = 30, .seed = 7};
  const auto one = must_learn(train.learning(), options)->bytes();
  const auto two = must_learn(train.learning(), options)->bytes();
  LearnerOptions other = options;
  other.seed = 8;
  const auto three = must_learn(train.learning(), other)->bytes();
  ASSERT_TRUE(one && two && three);
  EXPECT_EQ(*one, *two);
  EXPECT_NE(*one, *three);
}

TEST_F(LearnerContract, UnknownFeaturesAreLearnedFrom) {
  World w;
  w.columns = 2;
  base::Rng rng{9};
  for (int i = 0; i < 4000; ++i) {
    const bool missing = i % 2 == 0;
    w.x.insert(w.x.end(), {missing ? kNaN : static_cast<float>(rng.uniform()), kNaN});
    w.y.push_back(missing ? 5.0F : -5.0F);
  }
  const auto model = must_learn(w.learning(), {.objective = Objective::amount, .rate = 0.2, .column_share = 1});
  const std::vector<float> asked = {kNaN, kNaN, 0.5F, kNaN};
  const auto p = predicted(*model, {asked, 2});
  EXPECT_NEAR(p[0], 5, 0.1);
  EXPECT_NEAR(p[1], -5, 0.1);
}

TEST_F(LearnerContract, AConstantTargetIsThatConstant) {
  World w = chances(50, 10);
  for (const auto& [objective, value] : {std::pair{Objective::chance, 0.0F}, {Objective::chance, 1.0F}, {Objective::amount, -12.5F}}) {
    std::fill(w.y.begin(), w.y.end(), value);
    const auto model = must_learn(w.learning(), {.objective = objective});
    for (const float p : predicted(*model, w.rows())) EXPECT_EQ(p, value);
    std::vector<float> parts(50 * 4);
    ASSERT_TRUE(model->contributions(w.rows(), parts));
    for (const float part : parts) EXPECT_TRUE(std::isfinite(part));
    const auto bytes = model->bytes();
    ASSERT_TRUE(bytes);
    const auto again = learner->restore(*bytes);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(predicted(**again, w.rows()), predicted(*model, w.rows()));
  }
}

TEST_F(LearnerContract, RestoresWhatWasStored) {
  const World train = amounts(3000, 11);
  const auto model = must_learn(train.learning(), {.objective = Objective::amount, .rounds = 25});
  const auto bytes = model->bytes();
  ASSERT_TRUE(bytes);
  const auto again = learner->restore(*bytes);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ((*again)->columns(), 3U);
  EXPECT_EQ((*again)->rounds(), 25U);
  EXPECT_EQ(predicted(**again, train.rows()), predicted(*model, train.rows()));
  std::string broken = *bytes;
  broken[broken.size() / 2] = static_cast<char>(broken[broken.size() / 2] ^ 1);
  for (const std::string_view bad : {std::string_view{broken}, std::string_view{*bytes}.substr(0, 60), std::string_view{"not a model"}, std::string_view{}}) {
    const auto refused = learner->restore(bad);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::Code::corrupt);
  }
}

TEST_F(LearnerContract, PatienceEndsTheLearning) {
  const World w = chances(4000, 12);
  LearnerOptions options{.rounds = 500, .rate = 0.3, .child_weight = 1, .patience = 10};
  const auto stopped = must_learn(w.part(0, 2000), options, w.part(2000, 2000));
  EXPECT_LT(stopped->rounds(), 100U);
  options.patience = 0;
  const auto full = must_learn(w.part(0, 2000), options, w.part(2000, 2000));
  EXPECT_EQ(full->rounds(), 500U);
  const World fresh = chances(4000, 13);
  const auto error = [&](const port::Learned& m) {
    double sum = 0;
    const auto p = predicted(m, fresh.rows());
    for (std::size_t i = 0; i < p.size(); ++i) sum += std::abs(p[i] - fresh.truth[i]);
    return sum;
  };
  EXPECT_LT(error(*stopped), error(*full));
}

TEST_F(LearnerContract, WeightsCountLikeRepeatedRows) {
  World w;
  w.columns = 1;
  std::vector<float> weight;
  for (int i = 0; i < 1000; ++i) {
    w.x.push_back(static_cast<float>(i % 2));
    w.y.push_back(i % 4 < 2 ? 1.0F : 0.0F);
    weight.push_back(i % 4 < 2 ? 3.0F : 1.0F);
  }
  const auto model = must_learn({w.rows(), w.y, weight}, {.rounds = 5});
  EXPECT_NEAR(predicted(*model, w.rows())[0], 0.75, 1e-3);
}

TEST_F(LearnerContract, AnyThreadMayUseAModel) {
  const World w = chances(3000, 14);
  const auto model = must_learn(w.learning(), {.rounds = 30});
  const auto expected = predicted(*model, w.rows());
  std::vector<std::vector<float>> answers(4);
  {
    std::vector<std::jthread> threads;
    for (auto& answer : answers) {
      threads.emplace_back([&] {
        answer = predicted(*model, w.rows());
        std::vector<float> parts(100 * 4);
        EXPECT_TRUE(model->contributions({std::span{w.x}.first(300), 3}, parts));
      });
    }
  }
  for (const auto& answer : answers) EXPECT_EQ(answer, expected);
}

TEST_F(LearnerContract, RefusesWithASentence) {
  const World w = chances(10, 15);
  const LearnerOptions options;
  expect_refusal({{w.x, 0}, w.y, {}}, options, "no columns");
  expect_refusal({{{}, 3}, {}, {}}, options, "no learning rows");
  expect_refusal({{w.x, 2}, w.y, {}}, options, "need 20 numbers, but 30 came");
  const std::vector<float> few(4, 1.0F);
  expect_refusal({w.rows(), w.y, few}, options, "4 weights");
  const std::vector<float> zero(10, 0.0F), minus(10, -1.0F);
  expect_refusal({w.rows(), w.y, zero}, options, "weight 0");
  expect_refusal({w.rows(), w.y, minus}, options, "weight of learning row 1");
  auto y = w.y;
  y[4] = kNaN;
  expect_refusal({w.rows(), y, {}}, options, "target of learning row 5");
  y[4] = 2;
  expect_refusal({w.rows(), y, {}}, options, "between 0 and 1");
  auto x = w.x;
  x[5] = std::numeric_limits<float>::infinity();
  expect_refusal({{x, 3}, w.y, {}}, options, "column 3 of learning row 2 is infinite");
  expect_refusal(w.learning(), options, "validation rows", {{w.x, 5}, std::span{w.y}.first(6), {}});
  for (const auto& [changed, word] : std::initializer_list<std::pair<LearnerOptions, const char*>>{
           {{.rounds = 0}, "rounds"}, {{.depth = 0}, "depth"}, {{.rate = 0}, "rate"}, {{.rate = std::nan("")}, "rate"},
           {{.child_weight = -1}, "child_weight"}, {{.row_share = 0}, "row_share"}, {{.column_share = 1.5}, "column_share"},
           {{.ridge = -1}, "ridge"}, {{.bins = 1}, "bins"}, {{.threads = 0}, "threads"}}) {
    expect_refusal(w.learning(), changed, word);
  }
  const auto model = must_learn(w.learning(), options);
  std::vector<float> out(9);
  EXPECT_FALSE(model->predict(w.rows(), out));
  out.resize(15);
  const auto wrong = model->predict({w.x, 2}, out);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("learned from 3 columns"), std::string::npos);
}

}  // namespace
