#include "decide/offer_calculator.h"

#include <cmath>

#include <gtest/gtest.h>

namespace decide {
namespace {

model::Assumptions believed() {
  model::Assumptions a;
  for (auto& effect : a.effect) effect = {0.1, 0.2, 0.001, false, ""};
  a.effect[static_cast<std::size_t>(model::OfferKind::percent)] = {0.6, 0.9, 0.001, false, ""};
  return a;
}

std::vector<model::Offer> offers() {
  model::Offer letter;
  letter.id = "letter";
  letter.contact_cost = 0.01;
  model::Offer percent;
  percent.id = "ten";
  percent.kind = model::OfferKind::percent;
  percent.contact_cost = 0.01;
  percent.basket_share = 0.1;
  percent.redeem = 0.8;
  return {letter, percent};
}

OfferCase usual() {
  OfferCase c;
  c.prospect = {0.15, 60, 10, 1.2, 120, {}};
  c.price_sensitivity = 0.2;
  c.shop_price_sensitivity = 0.2;
  c.margin = 0.5;
  c.discount_ceiling = 0.2;
  c.depth_may_be_personal = true;
  return c;
}

bool says(const OfferAdvice& advice, OfferReason reason) {
  return std::find(advice.reasons.begin(), advice.reasons.end(), reason) != advice.reasons.end();
}

TEST(OfferCalculator, MoreDepthMovesMoreButNotInProportion) {
  const auto a = believed();
  const Effect letter{0.1, 0.2}, money{0.6, 0.9};
  const OfferCase c = usual();
  const double five = effect_at_depth(letter, money, 0.05, c, a).mean, ten = effect_at_depth(letter, money, 0.10, c, a).mean,
               twenty = effect_at_depth(letter, money, 0.20, c, a).mean;
  EXPECT_NEAR(ten, 0.6, 1e-12);
  EXPECT_LT(five, ten);
  EXPECT_LT(twenty - 0.1, 2 * (ten - 0.1));
  OfferCase sensitive = c;
  sensitive.price_sensitivity = 0.7;
  EXPECT_GT(effect_at_depth(letter, money, 0.1, sensitive, a).mean, ten);
}

TEST(OfferCalculator, ChoosesTheDepthThatBringsMostWithinTheCeiling) {
  const OfferAdvice advice = advise_offer(usual(), offers(), believed(), Response{believed()});
  ASSERT_EQ(advice.curve.size(), 4u);
  for (const auto& point : advice.curve) {
    EXPECT_LE(point.depth, 0.2 + 1e-9);
    EXPECT_TRUE(std::isfinite(point.worth.mean));
  }
  ASSERT_TRUE(advice.best);
  double most = -1e9;
  for (const auto& point : advice.curve) most = std::max(most, point.worth.mean);
  for (const auto& form : advice.forms) EXPECT_LE(form.worth.mean, advice.forms[*advice.best].worth.mean);
  EXPECT_GE(advice.forms[*advice.best].worth.mean, most - 1e-9);
}

TEST(OfferCalculator, KeepsThePublishedDepthWhereTheLawSaysSo) {
  OfferCase c = usual();
  c.depth_may_be_personal = false;
  const OfferAdvice advice = advise_offer(c, offers(), believed(), Response{believed()});
  ASSERT_EQ(advice.curve.size(), 1u);
  EXPECT_DOUBLE_EQ(advice.curve[0].depth, 0.1);
  EXPECT_TRUE(says(advice, OfferReason::published_depth));
}

TEST(OfferCalculator, GivesNoMoneyToThoseWhoWaitForItOrJustHadIt) {
  for (const bool waits : {true, false}) {
    OfferCase c = usual();
    c.waits_for_discounts = waits;
    c.recent_money_offer = !waits;
    const OfferAdvice advice = advise_offer(c, offers(), believed(), Response{believed()});
    for (const auto& form : advice.forms) EXPECT_FALSE(form.offer.gives_money());
    EXPECT_TRUE(says(advice, waits ? OfferReason::waits_for_discounts : OfferReason::recent_money_offer));
  }
}

TEST(OfferCalculator, GoesDeeperWhereStockLiesAndSaysWhenNothingPays) {
  OfferCase c = usual();
  c.stock_days = 400;
  EXPECT_EQ(advise_offer(c, offers(), believed(), Response{believed()}).curve.size(), 5u);
  c = usual();
  c.prospect.basket = 0.01;
  const OfferAdvice advice = advise_offer(c, offers(), believed(), Response{believed()});
  EXPECT_FALSE(advice.best);
  EXPECT_TRUE(says(advice, OfferReason::nothing_pays));
}

}  // namespace
}  // namespace decide
