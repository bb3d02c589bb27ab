#include "decide/response.h"

#include <cmath>

#include <gtest/gtest.h>

#include "decide/policy_check.h"
#include "decide/worth.h"

namespace decide {
namespace {

using model::OfferKind;

model::Assumptions believed() {
  model::Assumptions a;
  for (auto& effect : a.effect) effect = {0.2, 0.4, 0.003, false, ""};
  a.kinds_alike = 0;
  return a;
}

/// Customers of whom half were approached by lot; `effect` of the letter by the first trait (standard normal).
template <class EffectOf>
model::Experience trial(std::size_t n, std::uint64_t seed, const EffectOf& effect_of) {
  base::Rng rng{seed};
  model::Experience e;
  e.trials.push_back({"t", base::Day{}, 60});
  for (std::size_t i = 0; i < n; ++i) {
    const double p = 0.05 + 0.25 * rng.uniform(), z = rng.normal();
    const bool approached = rng.chance(0.5);
    const double with = 1 / (1 + (1 - p) / p * std::exp(-effect_of(z)));
    const bool back = rng.chance(approached ? with : p);
    e.trial.push_back(0);
    e.kind.push_back(approached ? static_cast<std::uint8_t>(OfferKind::reminder) : model::kNotApproached);
    e.propensity.push_back(0.5F);
    e.return_chance.push_back(static_cast<float>(p));
    e.traits.push_back({static_cast<float>(z), 0, 0, 0});
    e.returned.push_back(back ? 1 : 0);
    e.contribution.push_back(back ? 20.0F : 0.0F);
    e.basket.push_back(50);
    e.basket_sd.push_back(10);
    e.orders_if_back.push_back(1);
    e.expected_year.push_back(50);
  }
  return e;
}

TEST(Response, IsTheAssumptionsUntilSomethingIsLearned) {
  const auto response = Response::learn(believed(), {});
  ASSERT_TRUE(response);
  const Effect effect = response->effect(OfferKind::reminder, 0.5, {});
  EXPECT_DOUBLE_EQ(effect.mean, 0.1);
  EXPECT_DOUBLE_EQ(effect.sd, 0.2);
  EXPECT_FALSE(response->measured(OfferKind::reminder));
  EXPECT_TRUE(response->lessons().empty());
}

TEST(Response, MovesFromThePriorToTheTruthWithExperience) {
  double before = 0.4;
  for (const std::size_t n : {200UL, 2000UL, 40000UL}) {
    const auto response = Response::learn(believed(), trial(n, 3, [](double) { return 0.5; }));
    ASSERT_TRUE(response);
    const Effect effect = response->effect(OfferKind::reminder, 1, {});
    EXPECT_LT(effect.sd, before);
    EXPECT_NEAR(effect.mean, 0.5, 3 * effect.sd);
    before = effect.sd;
    // What was not tried is believed as before.
    EXPECT_NEAR(response->effect(OfferKind::gift, 1, {}).mean, 0.2, 1e-9);
    EXPECT_FALSE(response->measured(OfferKind::gift));
  }
  EXPECT_LT(before, 0.1);
  EXPECT_GE(before, 0.05);  // the next campaign may differ from the last, however much was learned
}

TEST(Response, BelievesThatPeopleDifferOnlyWhereTheEvidenceSaysSo) {
  const auto alike = Response::learn(believed(), trial(8000, 5, [](double) { return 0.3; }));
  ASSERT_TRUE(alike);
  EXPECT_FALSE(alike->heterogeneous());
  const auto differing = Response::learn(believed(), trial(8000, 5, [](double z) { return 0.3 + 0.5 * z; }));
  ASSERT_TRUE(differing);
  EXPECT_TRUE(differing->heterogeneous());
  EXPECT_GT(differing->effect(OfferKind::reminder, 1, {1, 0, 0, 0}).mean, differing->effect(OfferKind::reminder, 1, {-1, 0, 0, 0}).mean + 0.4);
}

TEST(Response, ItsIntervalsHoldTheTruthDrawnFromThePrior) {
  int inside = 0;
  base::Rng rng{17};
  constexpr int kDraws = 120;
  for (int draw = 0; draw < kDraws; ++draw) {
    const double truth = 0.2 + 0.4 * rng.normal();
    const auto response = Response::learn(believed(), trial(1500, 100 + static_cast<std::uint64_t>(draw), [&](double) { return truth; }));
    ASSERT_TRUE(response);
    const Effect effect = response->effect(OfferKind::reminder, 1, {});
    inside += std::abs(truth - effect.mean) <= 1.645 * effect.sd ? 1 : 0;
  }
  // 90 % ± 2.7 % per standard error.
  EXPECT_GE(inside, 0.83 * kDraws);
}

TEST(Response, DrawsAgreeWithWhatItBelieves) {
  const auto response = Response::learn(believed(), trial(2000, 9, [](double) { return 0.1; }));
  ASSERT_TRUE(response);
  base::Rng rng{1};
  const Effect effect = response->effect(OfferKind::reminder, 0.8, {});
  double sum = 0, square = 0;
  constexpr int kDraws = 20000;
  for (int d = 0; d < kDraws; ++d) {
    const double x = response->effect(response->draw(rng), OfferKind::reminder, 0.8, {});
    sum += x;
    square += x * x;
  }
  EXPECT_NEAR(sum / kDraws, effect.mean, 0.02);
  EXPECT_NEAR(std::sqrt(square / kDraws - sum / kDraws * sum / kDraws), effect.sd, 0.01);
}

TEST(Response, WhatIsLearnedOfOneKindSaysSomethingOfOthers) {
  model::Assumptions alike = believed();
  alike.kinds_alike = 0.5;
  const Response before{alike};
  EXPECT_NEAR(before.effect(OfferKind::gift, 1, {}).sd, 0.4, 1e-12);
  const auto after = Response::learn(alike, trial(40000, 3, [](double) { return 0.6; }));
  ASSERT_TRUE(after);
  // Of two normals with correlation ½ and equal sd, the other moves half as far, and keeps √(1 − ¼) of its sd.
  const Effect gift = after->effect(OfferKind::gift, 1, {});
  EXPECT_NEAR(gift.mean, 0.2 + 0.5 * (after->effect(OfferKind::reminder, 1, {}).mean - 0.2), 0.02);
  EXPECT_NEAR(gift.sd, 0.4 * std::sqrt(0.75), 0.01);
  EXPECT_FALSE(after->measured(OfferKind::gift));
}

TEST(Response, RefusesWhatCannotBeRead) {
  auto e = trial(10, 1, [](double) { return 0; });
  e.return_chance[3] = std::nanf("");
  EXPECT_FALSE(Response::learn(believed(), e));
  e = trial(10, 1, [](double) { return 0; });
  e.kind.pop_back();
  EXPECT_FALSE(Response::learn(believed(), e));
}

TEST(JudgePolicies, SaysWhatALetterToEveryoneIsWorth) {
  PlanRequest request;
  request.assumptions = believed();
  model::Offer letter;
  letter.id = "reminder";
  letter.contact_cost = 0.01;
  request.offers = {letter};
  request.business.margin = 0.4;
  const auto experience = trial(6000, 21, [](double) { return 0.8; });
  const auto judged = judge_policies(request, experience);
  ASSERT_TRUE(judged) << judged.error().message;
  ASSERT_EQ(judged->size(), 4u);
  double with = 0, without = 0, n_with = 0, n_without = 0;
  for (std::size_t i = 0; i < experience.size(); ++i) {
    const bool got = experience.kind[i] != model::kNotApproached;
    (got ? with : without) += static_cast<double>(experience.contribution[i]);
    (got ? n_with : n_without) += 1;
  }
  for (const auto& policy : *judged) {
    EXPECT_LT(policy.low, policy.value);
    EXPECT_FALSE(policy.doubtful) << policy.name;
    if (policy.name == "reminder") {
      EXPECT_NEAR(policy.value, with / n_with, 0.2);
    }
    if (policy.name == "nobody") {
      EXPECT_NEAR(policy.value, without / n_without, 0.2);
      EXPECT_GT(policy.new_more_low, 0);
    }
    if (policy.name == "earlier") {
      EXPECT_NEAR(policy.value, (with + without) / 6000, 1e-9);
    }
  }
  EXPECT_TRUE(judge_policies(request, {})->empty());
}

}  // namespace
}  // namespace decide
