#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/block.h"
#include "base/condition.h"
#include "base/time.h"

namespace model {

/// The standard eleven RFM segments; the grid stands in docs/methods.md.
enum class Segment : std::uint8_t {
  champions,
  loyal,
  potential_loyalist,
  new_customers,
  promising,
  need_attention,
  about_to_sleep,
  at_risk,
  cannot_lose,
  hibernating,
  lost,
};
inline constexpr std::size_t kSegments = 11;

/// Where a customer stands in life with the shop.
enum class Stage : std::uint8_t { fresh, growing, mature, declining, lapsed_light, lapsed_heavy, lost, natural_end };
inline constexpr std::size_t kStages = 8;

/// What the kind of business says of a customer, beyond silence; the first that applies.
enum class Situation : std::uint8_t {
  usual,
  subscribed,      ///< pays
  payment_failed,  ///< a payment is open: recovered first, nothing else
  paused,          ///< rests by agreement
  newcomer,        ///< has played too little to be called a customer
  big_spender,     ///< among the highest spenders, and silent: a call by their own agent
  stuck,           ///< stopped in mid-course, at Profiles::place
  gift_buyer,      ///< buys once a year, at Profiles::occasion
  owner,           ///< owns what need not be replaced yet
};
inline constexpr std::size_t kSituations = 9;

std::string_view name_of(Segment segment);
std::string_view name_of(Situation situation);
std::string_view name_of(Stage stage);

inline bool is_lapsed(Stage stage) {
  return stage == Stage::lapsed_light || stage == Stage::lapsed_heavy || stage == Stage::lost;
}

/// What the bare name of a segment or stage says in a condition with the text fields segment and stage: "at_risk",
/// "lapsed_heavy", "lapsed" for every lapsed stage. "lost" is the segment.
std::optional<base::Condition> named_condition(std::string_view word);

/// What else is known of a customer, as bits.
enum Flag : std::uint8_t {
  flag_opted_out = 1,
  flag_natural_end = 2,
  flag_open_return = 4,     ///< or an open ticket or delivery
  flag_quality_leaver = 8,  ///< said that the product was why
  flag_waits_for_discounts = 16,  ///< came back from silence at least twice, each time for a discount
  flag_recent_money_offer = 32,   ///< an earlier plan gave them money off, not long ago
};

/// One row per customer, column by column, ordered by customer id: what an analysis found. Money is in the workspace's
/// currency, times are days. Item, category and country columns are indices into the dictionaries (0 = none).
struct Profiles {
  base::Day as_of;
  std::string snapshot_id;

  base::TextData customer_id;
  std::vector<std::int32_t> first_day;
  std::vector<std::int32_t> last_day;
  std::vector<std::uint32_t> purchase_days;  ///< days with at least one sale
  std::vector<double> spend;                 ///< sales less what came back
  std::vector<double> spend_12m;             ///< sales of the last 365 days
  std::vector<double> average_basket;        ///< sales per purchase day, as observed
  std::vector<double> returned_share;        ///< returned or cancelled money per money bought, 0…1
  std::vector<std::uint8_t> r, f, m;         ///< quintiles, 5 = best
  std::vector<Segment> segment;
  std::vector<Stage> stage;
  std::vector<double> expected_gap;      ///< usual days between purchases, shrunk to shop and category
  std::vector<std::int32_t> lapsed_on;   ///< the day the customer counts as lapsed (may lie ahead)
  std::vector<double> return_chance;     ///< p(none): at least one purchase within the horizon, nothing done
  std::vector<double> expected_orders;   ///< purchase days within the horizon, nothing done
  std::vector<double> expected_basket;   ///< money of a next purchase day, shrunk to the shop (gamma-gamma)
  std::vector<double> basket_sd;         ///< its standard error
  std::vector<double> expected_year;     ///< money over the next 365 days, nothing done
  std::vector<double> loss_90;           ///< money of 90 days lost by the silence, against just having bought
  std::vector<float> price_sensitivity;      ///< 0 … 1, shrunk to the shop; empty where discounts are not known
  std::vector<double> value_percentile;  ///< of spend among all customers, 1 = highest
  std::vector<std::uint32_t> first_item, last_item, favourite_item, favourite_category, country;

  std::vector<std::uint8_t> flags;
  std::vector<std::int16_t> birthday;  ///< month · 100 + day, 0 = unknown

  /// What the business type adds; all empty where it adds nothing.
  std::vector<Situation> situation;
  std::vector<std::int32_t> occasion;  ///< next occasion of a gift buyer, day; 0 = none
  std::vector<std::int32_t> approach_from, approach_to;  ///< days between which an approach has an occasion; 0 = any
  std::vector<std::uint32_t> place;    ///< unit of a course, index into `places`
  std::vector<std::string> places;     ///< entry 0 is ""

  std::vector<std::string> items, categories, countries;  ///< entry 0 is ""

  Situation situation_of(std::size_t i) const { return situation.empty() ? Situation::usual : situation[i]; }

  std::size_t size() const { return customer_id.size(); }
  std::int32_t silent(std::size_t i) const { return base::day_number(as_of) - last_day[i]; }
};

}  // namespace model
