#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace model {

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
};

}  // namespace model
