#pragma once

#include <array>
#include <cstdint>

#include "decide/response.h"
#include "model/business.h"
#include "model/experience.h"
#include "model/offer.h"

namespace decide {

/// A point and its weight for expectations over a standard normal.
struct NormalNode {
  double z, weight;
};
/// Gauss–Hermite rules for the level of p(none) and for an effect (Abramowitz & Stegun, table 25.10, scaled).
inline constexpr std::array<NormalNode, 3> kLevelNodes = {
    {{-1.7320508075688772, 1.0 / 6}, {0, 2.0 / 3}, {1.7320508075688772, 1.0 / 6}}};
inline constexpr std::array<NormalNode, 5> kEffectNodes = {{{-2.8569700138728056, 0.011257411327720689},
                                                            {-1.3556261799742659, 0.22207592200561266},
                                                            {0, 0.5333333333333333},
                                                            {1.3556261799742659, 0.22207592200561266},
                                                            {2.8569700138728056, 0.011257411327720689}}};

/// What the decision needs to know of one customer. Money in the plan's currency.
struct Prospect {
  double return_chance = 0;    ///< p(none), in (0, 1)
  double basket = 0;           ///< expected money of the next purchase day, what goes back taken off
  double basket_sd = 0;
  double orders_if_back = 1;   ///< purchase days within the horizon, given at least one
  double expected_year = 0;    ///< money over the next 365 days, nothing done
  model::Traits traits{};      ///< by which approaches may work differently
};

/// The worth of one approach to one customer: Δ = E[M(j)] − E[M(none)] − contact − attention (design, decide).
struct Worth {
  double mean = 0;             ///< E[Δ] over the shared errors
  double low = 0;              ///< 80 % interval
  double high = 0;
  double chance_positive = 0;  ///< P(Δ > 0)
  double chance_if_works = 0;  ///< P(Δ > 0 | the approach moves people at all)
  double return_chance = 0;    ///< p(j), mean
  double cost = 0;             ///< expected money spent: contact and redeemed incentive
  double attention = 0;        ///< expected loss of the right to write
};

/// Contribution of one return: without an approach, and with it after the incentive.
struct Contribution {
  double without = 0;
  double with = 0;
  double incentive = 0;  ///< given away per return, already taken off `with`
};
Contribution contribution(const Prospect& prospect, const model::Offer& offer, double margin);

/// How much of an approach's effect reaches a customer who returns with chance p unaided: 1 below `begins`, 0 above
/// `from`, straight between. The chance may itself be wrong, so it is taken one shared error lower: nobody is left alone
/// as coming anyway on a guess, least of all while the season is unknown.
double fade(double p, const model::Assumptions& assumptions);

/// E[Δ] and its uncertainty by Gauss–Hermite quadrature over the two shared errors: the effect of the approach and
/// the level of p(none). P(Δ > 0) uses that Δ rises with the effect, so one normal probability per node is exact.
Worth worth_of(const Prospect& prospect, const model::Offer& offer, double margin, const model::Assumptions& assumptions,
               const Response& response);

/// The same for an effect that is known from elsewhere.
Worth worth_with(const Prospect& prospect, const model::Offer& offer, double margin, const model::Assumptions& assumptions,
                 const Effect& effect);

/// Δ if the change of log-odds were exactly `effect` and p(none) exactly as foreseen.
double worth_at(const Prospect& prospect, const model::Offer& offer, double margin, const model::Assumptions& assumptions,
                double effect);

}  // namespace decide
