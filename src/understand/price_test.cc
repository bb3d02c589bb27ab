#include "understand/price.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace understand {
namespace {

/// Customers of ten purchases, thirty days apart, each with an own chance of buying at a discount.
Histories shop(double low, double high, std::vector<double>* truth = nullptr) {
  base::Rng rng{4};
  Histories h;
  for (int i = 0; i < 2000; ++i) {
    const double own = low + (high - low) * rng.uniform();
    if (truth != nullptr) truth->push_back(own);
    for (int k = 0; k < 10; ++k) {
      h.day.push_back(30 * k);
      h.amount.push_back(20);
      h.discounted.push_back(rng.chance(own) ? 1 : 0);
    }
    h.ends.push_back(h.day.size());
    h.customer_id.push_back(fmt::format("c{}", i));
  }
  return h;
}

TEST(DiscountHabit, FindsHowMuchCustomersDiffer) {
  const DiscountHabit differing = learn_discount_habit(shop(0, 0.6));
  ASSERT_TRUE(differing.known);
  EXPECT_NEAR(differing.mean(), 0.3, 0.02);
  // Uniform on 0 … 0.6 has variance 0.03: a + b + 1 = 0.21 / 0.03.
  EXPECT_NEAR(differing.a + differing.b, 6, 0.8);
  const DiscountHabit alike = learn_discount_habit(shop(0.3, 0.3));
  EXPECT_GT(alike.a + alike.b, 50);
  EXPECT_FALSE(learn_discount_habit(shop(0, 0)).known);
  EXPECT_FALSE(learn_discount_habit({}).known);
}

TEST(PriceSensitivity, IsShrunkToTheShopAndFlagsThoseWhoWait) {
  Histories h = shop(0.05, 0.35);
  // One who comes back after two long silences, both times for a discount; one who does so once; one at full price.
  const auto add = [&](std::vector<std::pair<int, int>> purchases) {
    for (const auto& [day, discounted] : purchases) {
      h.day.push_back(day);
      h.amount.push_back(20);
      h.discounted.push_back(static_cast<std::uint8_t>(discounted));
    }
    h.ends.push_back(h.day.size());
    h.customer_id.push_back("x");
  };
  add({{0, 0}, {200, 1}, {220, 0}, {500, 1}});
  add({{0, 0}, {200, 1}});
  add({{0, 0}, {200, 1}, {500, 0}});
  model::Profiles p;
  p.flags.assign(h.size(), 0);
  p.last_day.assign(h.size(), 500);
  p.lapsed_on.assign(h.size(), 590);
  fill_price_sensitivity(h, p);
  ASSERT_EQ(p.price_sensitivity.size(), h.size());
  for (const float s : p.price_sensitivity) EXPECT_TRUE(s > 0 && s < 1);
  const std::size_t n = h.size();
  EXPECT_GT(p.price_sensitivity[n - 3], p.price_sensitivity[n - 1]);
  EXPECT_NE(p.flags[n - 3] & model::flag_waits_for_discounts, 0);
  EXPECT_EQ(p.flags[n - 2], 0);
  EXPECT_EQ(p.flags[n - 1], 0);
}

}  // namespace
}  // namespace understand
