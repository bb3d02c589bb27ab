#pragma once

#include <cstdint>
#include <vector>

#include "decide/plan.h"
#include "decide/worth.h"

namespace decide {

/// The customers a plan chooses among and what each approach would bring, flat: option k of customer c stands at
/// c * offers + k. An approach a customer does not qualify for has cost 0 and worth −infinity.
struct Options {
  std::vector<std::uint32_t> row;       ///< of the profiles, ascending
  std::vector<std::uint8_t> held_out;   ///< assigned to the controls
  /// Competes for the budget: persuadable, or of an approach whose effect is measured and whose expected worth is positive.
  /// Once measured the expectation decides and not the certainty: letters are cheap, and waiting for proof costs more.
  std::vector<std::uint8_t> candidate;
  /// By option: may be chosen by the plan. Its expected worth is positive, and it is measured or sure enough if it works;
  /// all others are for exploring.
  std::vector<std::uint8_t> competes;
  std::size_t offers = 0;
  std::vector<float> worth;
  std::vector<float> cost;
};

/// The prospect a profile row makes; `business` gives the horizon.
Prospect prospect_of(const model::Profiles& profiles, std::size_t row);

/// Whether the published rule and the discount ceiling let this customer have the offer.
bool qualifies(const model::Profiles& profiles, std::size_t row, const model::Offer& offer, double discount_ceiling);

/// Evaluates every approach for every unfiltered customer on `threads` threads, and fills the decisions' estimates and
/// class. Customers keep the order of the profiles.
Options evaluate(const PlanRequest& request, const model::Profiles& profiles, model::Decisions& decisions);

/// Puts the estimates of one approach into the customer's row.
void show_worth(const PlanRequest& request, const model::Profiles& profiles, std::size_t row, std::uint8_t offer,
                model::Decisions& decisions);

/// The class of a customer from the best approach and the cheapest one without money (which may be the same).
/// `measured`: the best approach's effect is; `may_pay`: the highest P(Δ > 0) among approaches whose effect is measured.
/// What was measured and may still pay is unknown, whatever its mean: an unlucky first trial is not the end.
model::Class class_of(const Worth& best, const Worth& gentlest, double return_chance, bool measured, double may_pay = 0);

}  // namespace decide
