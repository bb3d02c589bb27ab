#pragma once

#include <cstdint>
#include <vector>

#include "model/business.h"
#include "understand/history.h"

namespace understand {

/// How far apart purchases lie. A customer's gaps are taken as exponential with a personal mean that varies over the
/// shop as an inverse gamma (shape a, scale b), b moved by the favourite category; the expected gap is the posterior
/// mean (b + own gaps) / (a − 1 + number of own gaps). Customers with one purchase have the shop's (and category's)
/// first-to-second gap. Without a single repeat purchase in the shop the gap is unknown.
struct Rhythm {
  bool known = false;
  double shape = 0;            ///< a
  double mean_gap = 0;         ///< of all gaps, days: b / (a − 1)
  double first_to_second = 0;  ///< mean days from the first to the second purchase, of those who made one
  std::size_t gaps = 0;        ///< gaps it was learned from
  std::vector<double> category_factor;  ///< per category index, shrunk towards 1

  /// Days, > 0; `own_days` is the time from first to last purchase. An unknown rhythm answers 90 days.
  double expected_gap(std::size_t purchases, double own_days, std::uint32_t category) const;
};

/// Learns from purchases up to and including day `until`.
Rhythm learn_rhythm(const Histories& histories, std::int32_t until);

/// The days of silence after which a customer with this expected gap has lapsed, light and heavy.
struct LapseDays {
  double light = 0;
  double heavy = 0;
};
LapseDays lapse_days(const model::Business& business, double expected_gap);

}  // namespace understand
