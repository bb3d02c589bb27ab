#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/offer.h"

namespace model {

/// What is known of a customer by which approaches may work differently. The same definitions for those approached in
/// the past and those to be decided about today.
inline constexpr std::size_t kTraits = 4;
using Traits = std::array<float, kTraits>;

/// log(1 + days silent), log(purchase days), log(1 + average basket), price sensitivity (0 … 1; 0 where unknown).
Traits traits_of(double silent_days, double purchases, double average_basket, double price_sensitivity);

inline constexpr std::uint8_t kNotApproached = 255;

/// What past approaches taught: one row for each customer whom a lot gave an approach or none, column by column.
struct Experience {
  /// Customers among whom one lot was drawn: the would-be approached of a plan, its unknowns, or a campaign of another
  /// system.
  struct Trial {
    std::string id;
    base::Day from;
    std::int32_t horizon_days = 0;
  };
  std::vector<Trial> trials;

  std::vector<std::uint16_t> trial;
  std::vector<std::uint8_t> kind;          ///< model::OfferKind, or kNotApproached
  std::vector<float> propensity;           ///< chance, before the lot, of what the customer got
  std::vector<float> return_chance;        ///< p(none) as foreseen then
  std::vector<Traits> traits;              ///< as known then
  std::vector<std::uint8_t> returned;      ///< at least one purchase within the horizon
  std::vector<float> contribution;         ///< money brought within the horizon, less incentive and contact

  // What a policy needs to decide about the customer again; empty where the approach was not ours.
  std::vector<float> basket, basket_sd, orders_if_back, expected_year;

  std::size_t size() const { return trial.size(); }
  bool replayable() const { return !basket.empty() && basket.size() == size(); }
};

}  // namespace model
