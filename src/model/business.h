#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace model {

/// What a kind of business is understood from.
enum class BusinessModel : std::uint8_t {
  orders,        ///< purchases and the gaps between them
  subscription,  ///< subscribed, renewed, cancelled …
  game,          ///< play, then payment
  course,        ///< units done, with an end
  durables,      ///< things replaced after years
};
inline constexpr std::size_t kBusinessModels = 5;
std::string_view name_of(BusinessModel model);

/// What counts as lapsed, returned and worth it for a kind of business. Every figure is an assumption from
/// presets/business.yaml until it is measured.
struct Business {
  std::string name = "shop";
  double light_gaps = 2;         ///< silent this many expected gaps: lapsed, light
  double heavy_gaps = 4;         ///< … heavy
  std::int32_t light_days = 60;  ///< never lapsed before this many days; the whole rule where light_gaps is 0
  std::int32_t heavy_days = 60;
  std::int32_t horizon_days = 60;   ///< a return counts within this time
  double margin = 0.4;              ///< contribution per unit of revenue
  double discount_ceiling = 0.2;    ///< no offer gives away a larger share of a basket
  std::vector<std::string> offers;  ///< ids of its offers, cheapest first
  BusinessModel model = BusinessModel::orders;
  double newcomer_hours = 10;          ///< played less than this: not yet a customer who could be lost
  std::int32_t payer_days = 14;        ///< players who paid have lapsed after this many days
  double big_spender_share = 0.05;     ///< of those who paid, the highest spenders
  double occasion_lead_days = 28;      ///< yearly buyers are approached this long before their occasion
};

}  // namespace model
