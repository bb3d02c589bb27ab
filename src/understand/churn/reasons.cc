#include "understand/churn/reasons.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace understand::churn {
namespace {

using model::ChurnAction;
using model::ChurnDriver;
using model::ChurnReason;

constexpr double kLeast = 0.05;
constexpr std::size_t kMost = 3;
constexpr double kSeldom = 1.5;  // usual gap against the horizon

/// Reads one customer's numbers by name; NaN where there is no such column.
class Own {
 public:
  Own(const Snapshot& s, std::size_t row) : s_{s}, row_{row} {}
  double operator()(std::string_view name) const {
    const auto at = std::ranges::find(s_.columns, name);
    if (at == s_.columns.end()) return std::numeric_limits<double>::quiet_NaN();
    return static_cast<double>(s_.x[row_ * s_.columns.size() + static_cast<std::size_t>(at - s_.columns.begin())]);
  }
  const Snapshot& snapshot() const { return s_; }
  std::size_t row() const { return row_; }

 private:
  const Snapshot& s_;
  std::size_t row_;
};

/// The words for a theme that hold for this customer, or nothing.
std::optional<ChurnDriver> worded(ChurnReason theme, const Own& own, const Medians& medians, std::int32_t horizon) {
  const double silent = static_cast<double>(own.snapshot().silent[own.row()]);
  const double gap = static_cast<double>(own.snapshot().gap[own.row()]);
  const auto driver = [](ChurnReason reason, double now, double usual) { return ChurnDriver{reason, 0, now, usual}; };
  switch (theme) {
    case ChurnReason::silence:
      // The gap of a customer with one purchase is other customers'; what is their own is that one purchase.
      if (own("purchases") < 2) return driver(ChurnReason::few, own("purchases"), own("tenure"));
      if (silent >= 0.7 * gap) return driver(theme, silent, gap);
      if (gap > kSeldom * horizon) return driver(ChurnReason::seldom, silent, gap);
      break;
    case ChurnReason::slowing:
    case ChurnReason::seldom: {
      const double now = own("purchases_90"), before = own("purchases_90_before");
      if (own("purchases") < 2) return driver(ChurnReason::few, own("purchases"), own("tenure"));
      if (now < before) return driver(ChurnReason::slowing, now, before);
      if (gap > kSeldom * horizon) return driver(ChurnReason::seldom, silent, gap);
      break;
    }
    case ChurnReason::few:
      if (own("purchases") <= 3) return driver(theme, own("purchases"), own("tenure"));
      break;
    case ChurnReason::spend:
    case ChurnReason::baskets:
      if (own("purchases") >= 3 && own("basket_last") < 0.8 * own("basket_mean")) return driver(ChurnReason::baskets, own("basket_last"), own("basket_mean"));
      if (own("spend_365") < medians.spend_365) return driver(ChurnReason::spend, own("spend_365"), medians.spend_365);
      break;
    case ChurnReason::returns:
      if (own("returned_share") > 0) return driver(theme, own("returned_share"), own("return_days"));
      break;
    case ChurnReason::discounts:
      if (own("discount_share") > 0) return driver(theme, own("discount_share"), own("discount_share"));
      break;
    case ChurnReason::breadth:
      if (own("products") < medians.products) return driver(theme, own("products"), medians.products);
      break;
    case ChurnReason::visits:
      if (own("visits_30") < own("visits_30_before")) return driver(theme, own("visits_30"), own("visits_30_before"));
      break;
    case ChurnReason::carts:
      if (own("carts_30") > 0) return driver(theme, own("carts_30"), own("carts_30"));
      break;
    case ChurnReason::messages:
      if (own("messages_60") > 0 && own("answers_60") < 0.5 * own("messages_60")) return driver(theme, own("answers_60"), own("messages_60"));
      break;
    case ChurnReason::troubles:
      if (own("troubles_90") > 0) return driver(theme, own("troubles_90"), own("troubles_90"));
      break;
    case ChurnReason::season:
      if (own("purchases_same_season") == 0 && own("tenure") >= 365) return driver(theme, 0, 0);
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<ChurnReason> theme_of(std::string_view column) {
  static const std::map<std::string_view, ChurnReason> kThemes = {
      {"silent", ChurnReason::silence},
      {"silent_per_gap_mean", ChurnReason::silence},
      {"silent_per_gap_longest", ChurnReason::silence},
      {"silent_per_expected_gap", ChurnReason::silence},
      {"btyd_leave", ChurnReason::silence},
      {"expected_gap", ChurnReason::slowing},
      {"gap_mean", ChurnReason::slowing},
      {"gap_last", ChurnReason::slowing},
      {"gap_spread", ChurnReason::slowing},
      {"gap_longest", ChurnReason::slowing},
      {"gap_trend", ChurnReason::slowing},
      {"purchases_30", ChurnReason::slowing},
      {"purchases_60", ChurnReason::slowing},
      {"purchases_90", ChurnReason::slowing},
      {"purchases_90_before", ChurnReason::slowing},
      {"purchases_a_month", ChurnReason::slowing},
      {"purchases", ChurnReason::few},
      {"purchases_365", ChurnReason::few},
      {"months_active", ChurnReason::few},
      {"tenure", ChurnReason::few},
      {"spend", ChurnReason::spend},
      {"spend_90", ChurnReason::spend},
      {"spend_90_before", ChurnReason::spend},
      {"spend_365", ChurnReason::spend},
      {"basket_mean", ChurnReason::spend},
      {"basket_last", ChurnReason::spend},
      {"basket_first", ChurnReason::spend},
      {"basket_trend", ChurnReason::spend},
      {"items_per_purchase", ChurnReason::breadth},
      {"products", ChurnReason::breadth},
      {"products_90", ChurnReason::breadth},
      {"products_per_purchase", ChurnReason::breadth},
      {"categories", ChurnReason::breadth},
      {"discount_share", ChurnReason::discounts},
      {"discount_share_90", ChurnReason::discounts},
      {"returned_share", ChurnReason::returns},
      {"returned_60", ChurnReason::returns},
      {"return_days", ChurnReason::returns},
      {"since_return", ChurnReason::returns},
      {"visits_30", ChurnReason::visits},
      {"visits_30_before", ChurnReason::visits},
      {"since_visit", ChurnReason::visits},
      {"events_30", ChurnReason::visits},
      {"carts_30", ChurnReason::carts},
      {"answers_60", ChurnReason::messages},
      {"messages_60", ChurnReason::messages},
      {"turned_away", ChurnReason::messages},
      {"troubles_90", ChurnReason::troubles},
      {"purchases_same_season", ChurnReason::season},
      {"weekend_share", ChurnReason::season},
  };
  const auto found = kThemes.find(column);
  if (found == kThemes.end()) return std::nullopt;
  return found->second;
}

Medians medians_of(const Snapshot& today) {
  const auto median = [&](std::string_view name) {
    std::vector<double> values;
    for (std::size_t i = 0; i < today.rows(); ++i) {
      const double x = Own{today, i}(name);
      if (std::isfinite(x)) values.push_back(x);
    }
    if (values.empty()) return 0.0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
  };
  return {median("spend_365"), median("products")};
}

std::vector<ChurnDriver> drivers_of(const Snapshot& today, std::size_t row, std::span<const std::string> columns,
                                    std::span<const float> contributions, const Medians& medians, std::int32_t horizon) {
  std::array<double, model::kChurnReasons> sum{};
  for (std::size_t k = 0; k < columns.size(); ++k) {
    if (const auto theme = theme_of(columns[k])) sum[static_cast<std::size_t>(*theme)] += static_cast<double>(contributions[k]);
  }
  const Own own{today, row};
  std::vector<ChurnDriver> drivers;
  for (std::size_t r = 0; r < sum.size(); ++r) {
    if (!(sum[r] >= kLeast)) continue;
    auto driver = worded(static_cast<ChurnReason>(r), own, medians, horizon);
    if (!driver) continue;
    driver->weight = sum[r];
    const auto there = std::ranges::find(drivers, driver->reason, &ChurnDriver::reason);
    if (there != drivers.end()) {
      there->weight += driver->weight;
    } else {
      drivers.push_back(*driver);
    }
  }
  std::ranges::stable_sort(drivers, std::greater{}, &ChurnDriver::weight);
  if (drivers.size() > kMost) drivers.resize(kMost);
  return drivers;
}

ChurnAction action_for(std::span<const ChurnDriver> drivers, double chance, double usual_chance, bool among_the_dearest) {
  if (chance < std::min(usual_chance, 0.5)) return ChurnAction::watch;
  for (const ChurnDriver& d : drivers) {  // what went wrong comes before any offer
    if (d.reason == ChurnReason::returns || d.reason == ChurnReason::troubles) return ChurnAction::ask;
  }
  if (among_the_dearest) return ChurnAction::call;
  if (drivers.empty()) return ChurnAction::remind;
  switch (drivers.front().reason) {
    case ChurnReason::few: return ChurnAction::second_order;
    case ChurnReason::spend:
    case ChurnReason::baskets:
    case ChurnReason::breadth:
    case ChurnReason::discounts: return ChurnAction::serve;
    case ChurnReason::carts: return ChurnAction::help_decide;
    case ChurnReason::messages: return ChurnAction::change_channel;
    default: return ChurnAction::remind;
  }
}

}  // namespace understand::churn
