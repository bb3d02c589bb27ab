#include "decide/offer_calculator.h"

#include <algorithm>
#include <cmath>

namespace decide {
namespace {

using model::Offer;
using model::OfferKind;

constexpr double kStep = 0.05;
constexpr double kOverstockDays = 180;
constexpr double kClearlyMore = 1.25;  // of the shop's price sensitivity
constexpr double kClearlyLess = 0.75;

bool has_depth(OfferKind kind) { return kind == OfferKind::percent || kind == OfferKind::amount || kind == OfferKind::bundle; }

}  // namespace

Effect effect_at_depth(const Effect& letter, const Effect& money, double depth, const OfferCase& c, const model::Assumptions& a) {
  const double own = c.price_sensitivity ? *c.price_sensitivity - c.shop_price_sensitivity : 0;
  const double factor = std::pow(depth / a.depth_reference, a.depth_elasticity) * std::clamp(1 + a.depth_sensitivity * own, 0.25, 2.0);
  return {letter.mean + (money.mean - letter.mean) * factor, std::sqrt(letter.sd * letter.sd + std::max(0.0, money.sd * money.sd - letter.sd * letter.sd) * factor * factor)};
}

OfferAdvice advise_offer(const OfferCase& c, const std::vector<Offer>& offers, const model::Assumptions& a, const Response& response) {
  OfferAdvice advice;
  const double reach = fade(c.prospect.return_chance, a);
  const Effect letter = response.effect(OfferKind::reminder, reach, c.prospect.traits);
  const bool overstock = c.stock_days && *c.stock_days > kOverstockDays;
  const double ceiling = c.discount_ceiling + (overstock ? kStep : 0);
  const bool no_money = c.waits_for_discounts || c.recent_money_offer;
  for (const Offer& offer : offers) {
    if (no_money && offer.gives_money()) continue;
    if (!has_depth(offer.kind)) {
      const double share = c.prospect.basket > 0 ? offer.basket_share + offer.redemption_cost / c.prospect.basket : 0;
      if (offer.gives_money() && share > ceiling + 1e-9) continue;
      advice.forms.push_back({offer, offer.gives_money() ? share : 0, worth_of(c.prospect, offer, c.margin, a, response)});
      continue;
    }
    const Effect money = response.effect(offer.kind, reach, c.prospect.traits);
    std::optional<OfferChoice> best;
    const auto consider = [&](double depth) {
      OfferChoice choice{offer, depth, {}};
      choice.offer.basket_share = depth;
      choice.worth = worth_with(c.prospect, choice.offer, c.margin, a, effect_at_depth(letter, money, depth, c, a));
      if (!best || choice.worth.mean > best->worth.mean) best = choice;
      return choice;
    };
    if (c.depth_may_be_personal) {
      for (double depth = kStep; depth <= ceiling + 1e-9; depth += kStep) advice.curve.push_back(consider(depth));
    } else if (offer.basket_share <= ceiling + 1e-9) {
      advice.curve.push_back(consider(offer.basket_share));
    }
    if (best) advice.forms.push_back(*best);
  }
  std::stable_sort(advice.forms.begin(), advice.forms.end(),
                   [](const OfferChoice& x, const OfferChoice& y) { return x.worth.mean > y.worth.mean; });
  if (!advice.forms.empty() && advice.forms.front().worth.mean > 0) {
    advice.best = 0;
    advice.reasons.push_back(OfferReason::best_worth);
  } else {
    advice.reasons.push_back(OfferReason::nothing_pays);
  }
  if (c.waits_for_discounts) advice.reasons.push_back(OfferReason::waits_for_discounts);
  if (c.recent_money_offer) advice.reasons.push_back(OfferReason::recent_money_offer);
  if (c.price_sensitivity && *c.price_sensitivity > kClearlyMore * c.shop_price_sensitivity) advice.reasons.push_back(OfferReason::price_sensitive);
  if (c.price_sensitivity && *c.price_sensitivity < kClearlyLess * c.shop_price_sensitivity) advice.reasons.push_back(OfferReason::price_insensitive);
  if (!c.depth_may_be_personal && !advice.curve.empty()) advice.reasons.push_back(OfferReason::published_depth);
  if (overstock) advice.reasons.push_back(OfferReason::overstock);
  return advice;
}

}  // namespace decide
