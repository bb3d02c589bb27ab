#include "decide/worth.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.h"

namespace decide {
namespace {

model::Assumptions assumptions() {
  model::Assumptions a;
  for (auto& effect : a.effect) effect = {0.28, 0.42, 0.003, false, ""};
  return a;
}

model::Offer ten_percent() {
  model::Offer offer;
  offer.kind = model::OfferKind::percent;
  offer.contact_cost = 0.01;
  offer.basket_share = 0.1;
  offer.redeem = 0.8;
  offer.basket_factor = 0.95;
  return offer;
}

const Prospect kProspect{0.25, 100, 20, 1.3, 200, {}};

TEST(Worth, AgreesWithPlainSimulation) {
  const auto a = assumptions();
  const auto offer = ten_percent();
  const Worth worth = worth_of(kProspect, offer, 0.4, a, Response{a});
  base::Rng rng{1};
  double sum = 0, positive = 0, works = 0, both = 0;
  const int n = 400000;
  for (int i = 0; i < n; ++i) {
    const double theta = 0.28 + 0.42 * rng.normal();
    const double level = std::log(0.25 / 0.75) + a.return_error * rng.normal();
    const double none = 1 / (1 + std::exp(-level));
    const double with = 1 / (1 + std::exp(-level - theta));
    // Written out again from the definition, not from contribution().
    const double money_none = 0.4 * 100 * 1.3;
    const double money_with = 0.4 * (95 + 30) - 0.8 * 0.1 * 95;
    const double delta = with * money_with - none * money_none - 0.01 - 0.003 * 0.1 * 0.4 * 200;
    sum += delta;
    positive += delta > 0;
    works += theta > 0;
    both += delta > 0 && theta > 0;
  }
  EXPECT_NEAR(worth.mean, sum / n, 0.02);
  EXPECT_NEAR(worth.chance_positive, positive / n, 0.005);
  EXPECT_NEAR(worth.chance_if_works, both / works, 0.006);
}

TEST(Worth, ADiscountIsPaidToThoseWhoComeAnyway) {
  auto a = assumptions();
  for (auto& effect : a.effect) effect = {0, 1e-6, 0, false, ""};
  const Worth worth = worth_of(kProspect, ten_percent(), 0.4, a, Response{a});
  // No effect: the loss is the incentive and the smaller basket of the quarter that returns.
  EXPECT_NEAR(worth.mean, -(0.25 * (0.8 * 0.1 * 95 + 0.4 * 5)) - 0.01, 0.05);
  EXPECT_LT(worth.chance_positive, 1e-6);
}

TEST(Worth, SureThingsCannotBeMoved) {
  Prospect sure = kProspect;
  sure.return_chance = 0.8;
  const Worth worth = worth_of(sure, ten_percent(), 0.4, assumptions(), Response{assumptions()});
  EXPECT_LT(worth.mean, 0);
}

TEST(Worth, NeverNaN) {
  for (const double p : {0.0, 1e-9, 0.5, 1.0}) {
    for (const double basket : {0.0, 1e-6, 1e9}) {
      const Worth worth = worth_of({p, basket, basket / 3, 1, basket, {}}, ten_percent(), 0.4, assumptions(), Response{assumptions()});
      EXPECT_TRUE(std::isfinite(worth.mean)) << p << " " << basket;
      EXPECT_GE(worth.chance_positive, 0);
      EXPECT_LE(worth.chance_positive, 1);
      EXPECT_LE(worth.low, worth.high);
    }
  }
}

}  // namespace
}  // namespace decide
