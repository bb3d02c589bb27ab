#include "act/loyalty/referral.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace act::loyalty {
namespace {

using model::ReferralState;

const base::Day kDay = *base::parse_day("2026-03-02");

std::optional<Verdict> judged(const Circles& circles, std::string_view referrer, std::string_view newcomer, std::uint32_t recent = 0, bool first = true) {
  return judge({.referrer = referrer, .newcomer = newcomer, .day = kDay, .first_order = first, .recent = recent}, circles, {});
}

TEST(Referral, StrangersWaitForTheReturnWindow) {
  const std::vector<Trait> traits = {{"mary", "device", "d1"}, {"tom", "device", "d2"}};
  const Circles circles{traits};
  EXPECT_EQ(judged(circles, "mary", "tom")->state, ReferralState::waiting);
  EXPECT_EQ(judged(circles, "mary", "nobody knows")->state, ReferralState::waiting);
}

TEST(Referral, AFamilyOnOneDeviceIsHeldAndNotRefused) {
  const std::vector<Trait> traits = {{"mother", "device", "tablet"}, {"daughter", "device", "tablet"}, {"tom", "device", "x"}};
  const Circles circles{traits};
  const auto verdict = judged(circles, "mother", "daughter");
  EXPECT_EQ(verdict->state, ReferralState::held);
  EXPECT_NE(verdict->ground.find("device"), std::string::npos);
  EXPECT_EQ(circles.size("mother"), 2U);
}

TEST(Referral, OneselfIsHeld) {
  EXPECT_EQ(judged(Circles{{}}, "mary", "mary")->state, ReferralState::held);
}

TEST(Referral, ARingOverThirdAccountsIsSeen) {
  // a–b share a card, b–c an address, c–d a telephone: a recommends d.
  const std::vector<Trait> traits = {{"a", "payment", "p"}, {"b", "payment", "p"}, {"b", "address", "s"}, {"c", "address", "s"}, {"c", "phone", "t"}, {"d", "phone", "t"}};
  const Circles circles{traits};
  EXPECT_EQ(circles.link("a", "d"), "address, payment, phone");
  EXPECT_EQ(judged(circles, "a", "d")->state, ReferralState::held);
  EXPECT_EQ(circles.size("d"), 4U);
}

TEST(Referral, AChainOfRecommendationsAloneJoinsNobody) {
  // a brought b, b brought c: no trait is shared, so a may bring c's neighbour, and c is nobody's double.
  const std::vector<Trait> traits = {{"a", "device", "1"}, {"b", "device", "2"}, {"c", "device", "3"}};
  EXPECT_EQ(judged(Circles{traits}, "a", "c")->state, ReferralState::waiting);
}

TEST(Referral, EqualValuesOfDifferentKindsAreNotShared) {
  const std::vector<Trait> traits = {{"a", "device", "7"}, {"b", "payment", "7"}, {"c", "device", ""}, {"d", "device", ""}};
  const Circles circles{traits};
  EXPECT_EQ(circles.link("a", "b"), "");
  EXPECT_EQ(circles.link("c", "d"), "") << "what is not known is not shared";
}

TEST(Referral, ManyInAShortTimeAreLookedAt) {
  EXPECT_EQ(judged(Circles{{}}, "a", "b", 9)->state, ReferralState::waiting);
  EXPECT_EQ(judged(Circles{{}}, "a", "b", 10)->state, ReferralState::held);
}

TEST(Referral, ASecondOrderIsNone) { EXPECT_FALSE(judged(Circles{{}}, "a", "b", 0, false)); }

TEST(Referral, OnlyAnOrderThatStandsIsRewarded) {
  EXPECT_EQ(conclude(40, {}).state, ReferralState::rewarded);
  EXPECT_EQ(conclude(0, {}).state, ReferralState::lapsed);
  EXPECT_EQ(conclude(-5, {}).state, ReferralState::lapsed);
  model::ReferralRules rules;
  rules.min_order = 30;
  EXPECT_EQ(conclude(29.99, rules).state, ReferralState::lapsed);
  EXPECT_EQ(conclude(30, rules).state, ReferralState::rewarded);
}

/// Two accounts are joined exactly when one reaches the other over shared values, tried by brute force.
RC_GTEST_PROP(CirclesProperty, JoinWhatIsJoined, ()) {
  std::vector<Trait> traits;
  const auto count = *rc::gen::inRange<std::size_t>(0, 25);
  for (std::size_t i = 0; i < count; ++i) {
    traits.push_back({std::to_string(*rc::gen::inRange(0, 8)), *rc::gen::element<std::string>("device", "phone"), std::to_string(*rc::gen::inRange(0, 6))});
  }
  bool near[8][8] = {};
  for (const Trait& a : traits) {
    for (const Trait& b : traits) {
      if (a.kind == b.kind && a.value == b.value) near[std::stoi(a.customer_id)][std::stoi(b.customer_id)] = true;
    }
  }
  for (int k = 0; k < 8; ++k) {
    for (int i = 0; i < 8; ++i) {
      for (int j = 0; j < 8; ++j) near[i][j] = near[i][j] || (near[i][k] && near[k][j]);
    }
  }
  const Circles circles{traits};
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < 8; ++j) {
      if (i != j) RC_ASSERT(circles.link(std::to_string(i), std::to_string(j)).empty() == !near[i][j]);
    }
  }
}

}  // namespace
}  // namespace act::loyalty
