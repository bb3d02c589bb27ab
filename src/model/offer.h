#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace model {

/// What an approach gives. The kind decides how it is worded and which prior its effect starts from.
enum class OfferKind : std::uint8_t {
  reminder,        ///< a letter without money: memory, "your usual", what is new
  free_shipping,
  percent,
  amount,          ///< money off
  gift,
  credit,
  buy_one_get_one,
  bundle,          ///< percent off and free shipping together
  sample,          ///< trial of a new product
  spend_gift,      ///< gift at cumulative spend
  birthday,
  anniversary,
  mystery,
  points,
  call,            ///< a person calls
  virtual_goods,   ///< costs nothing to give: catch-up pack, extra unit
  pause,           ///< subscriptions: rest instead of leaving
};
inline constexpr std::size_t kOfferKinds = 17;
std::string_view name_of(OfferKind kind);
std::optional<OfferKind> parse_offer_kind(std::string_view name);

/// Who may get an offer: a published rule, the same for everyone who meets it.
struct OfferRule {
  double min_spend = 0;                ///< money bought so far
  std::uint32_t min_purchases = 0;     ///< purchase days so far
  std::vector<std::uint8_t> stages;    ///< model::Stage values; empty = any
  std::vector<std::string> categories; ///< favourite category; empty = any
  std::vector<std::uint8_t> situations; ///< model::Situation values; empty = any
  bool birthday_within_30_days = false;
  bool anniversary_within_30_days = false;
};

/// One approach a plan may choose: letters and what they give.
struct Offer {
  std::string id;
  OfferKind kind = OfferKind::reminder;
  std::array<std::string, 3> name;  ///< en, zh-CN, zh-TW
  std::string channel = "email";
  double contact_cost = 0;          ///< money, whoever answers: sending, calling, a posted gift
  double redemption_cost = 0;       ///< money for each one redeemed
  double basket_share = 0;          ///< share of the basket given away when redeemed
  double redeem = 1;                ///< share of those returning who use it
  double basket_factor = 1;         ///< basket with the offer ÷ basket without
  std::int32_t expires_days = 0;    ///< 0 = no offer to expire
  std::uint64_t stock = std::numeric_limits<std::uint64_t>::max();
  double staff_minutes = 0;         ///< of a person, each contact
  OfferRule rule;

  bool gives_money() const { return redemption_cost > 0 || basket_share > 0; }
};

/// What we believe of an offer kind's effect before any experiment: the change of log-odds of returning, normal, the
/// same error for every customer it is tried on.
struct EffectPrior {
  double mean = 0;
  double sd = 1;
  double opt_out = 0;  ///< chance that one approach ends in an opt-out or complaint
  bool measured = false;
  std::string reason;
};

/// Everything a plan assumes; each figure comes from presets/priors.yaml or the user's file.
struct Assumptions {
  std::array<EffectPrior, kOfferKinds> effect;
  double comes_anyway_from = 0.65;    ///< p(none) at which an approach changes nothing any more …
  double comes_anyway_begins = 0.35;  ///< … and where its effect begins to fade
  double permission_value = 0.1;      ///< share of the next year's contribution lost with the right to write
  double return_error = 0.15;         ///< sd of the shared error of p(none), log-odds
  double kinds_alike = 0.5;           ///< correlation of what is believed of different kinds of approach
  double campaigns_differ = 0.05;     ///< sd by which an effect differs from one campaign to the next, log-odds
  double beyond = 0.5;                ///< a day after the horizon is worth this share of a day within it
  double depth_reference = 0.10;      ///< the depth an effect of money off is meant for
  double depth_elasticity = 0.6;      ///< what money adds to a letter goes as (depth / reference) to this power
  double depth_sensitivity = 1.0;     ///< … times 1 + this · (own price sensitivity − the shop's)
  double exploration_share = 0.05;    ///< of the budget, for customers whose answer is unknown
  double staff_minutes = 0;           ///< of people's time in the whole plan; 0 = no calls
};

/// Days on which no win-back starts, because everybody shouts.
struct Blackout {
  std::string name;
  base::Day from;
  base::Day to;  ///< inclusive
};

}  // namespace model
