#pragma once

#include <optional>
#include <vector>

#include "decide/worth.h"
#include "model/offer.h"

namespace decide {

/// What decides the form and depth of an offer for one customer.
struct OfferCase {
  Prospect prospect;
  bool lapsed_heavily = false;
  std::optional<double> price_sensitivity;  ///< 0 … 1; nothing where the shop's discounts say nothing
  double shop_price_sensitivity = 0;        ///< mean of the shop
  double margin = 0;                        ///< of the products concerned
  double discount_ceiling = 0;
  std::optional<double> stock_days;         ///< how long the stock of the favourite product lasts as it sells now
  bool waits_for_discounts = false;
  bool recent_money_offer = false;
  /// Whether the depth may depend on the person where this customer lives (presets/manners.yaml). Where not, the form may
  /// and the depth is the published one.
  bool depth_may_be_personal = false;
};

/// One form at one depth with what it is worth.
struct OfferChoice {
  model::Offer offer;
  double depth = 0;  ///< share of the basket given away when redeemed; 0 = no money
  Worth worth;
};

/// Why the choice is what it is, for a sentence.
enum class OfferReason : std::uint8_t {
  best_worth,            ///< nothing else brings more
  nothing_pays,          ///< no form is expected to pay
  waits_for_discounts,   ///< money off would teach them to wait
  recent_money_offer,    ///< they had money off not long ago
  price_insensitive,     ///< buys at full price: money would be given away
  price_sensitive,       ///< buys at discounts: money moves them
  published_depth,       ///< the law of the place allows one depth for all
  overstock,             ///< the favourite product has lain long
};

struct OfferAdvice {
  std::vector<OfferChoice> curve;   ///< money off in steps of five points up to the ceiling; empty where money is ruled out
  std::vector<OfferChoice> forms;   ///< every form, at its best allowed depth, highest expected worth first
  std::optional<std::size_t> best;  ///< into forms; nothing where none pays
  std::vector<OfferReason> reasons;
};

/// The effect of money off at a depth: letter + (money − letter) · (depth / reference)^elasticity · (1 + s · (own − shop)).
Effect effect_at_depth(const Effect& letter, const Effect& money, double depth, const OfferCase& c, const model::Assumptions& assumptions);

/// Compares the forms in `offers` for one customer. A form whose kind is money off a basket is tried at every depth up to
/// the ceiling (five points more with stock for over half a year) where depth may be personal, else at its own.
OfferAdvice advise_offer(const OfferCase& c, const std::vector<model::Offer>& offers, const model::Assumptions& assumptions,
                         const Response& response);

}  // namespace decide
