#pragma once

#include <cstdint>

#include "model/profile.h"
#include "understand/history.h"

namespace understand {

/// How often customers buy below list price: beta over the shop, its two numbers by moments (Kleinman 1973). `known` is
/// false where hardly anything was ever discounted: then discounts say nothing about anybody.
struct DiscountHabit {
  bool known = false;
  double a = 1, b = 1;

  double mean() const { return a / (a + b); }
  /// The share of purchases a customer makes at a discount: the posterior mean after `discounted` of `purchases`.
  double share(double discounted, double purchases) const { return (a + discounted) / (a + b + purchases); }
};
DiscountHabit learn_discount_habit(const Histories& histories);

/// Fills the profiles' price sensitivity (empty where the shop's discounts say nothing), and flags strategic lapsers: who
/// came back at least twice after a silence longer than their lapse, each time at a discount, while most of the shop's
/// purchases are at full price.
void fill_price_sensitivity(const Histories& histories, model::Profiles& profiles);

}  // namespace understand
