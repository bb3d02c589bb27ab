#pragma once

#include <cstdint>
#include <vector>

#include "decide/plan.h"

namespace decide {

/// One chosen approach: a row of the profiles and an index into the request's offers.
struct Choice {
  std::uint32_t row = 0;
  std::uint8_t offer = 0;
};

/// What a set of approaches brings together, over at least 1,000 joint draws of the shared errors: one error of p(none)
/// for everybody and one effect for each kind of offer, so that what is wrong together is wrong together. Customers are
/// binned by (offer, p(none)); within a bin the total is exact in money.
struct Totals {
  model::Band profit;
  model::Band spend;
  model::Band redemptions;
  model::Band returns;
  double value_beyond = 0;
  double chance_of_loss = 0;
};

Totals draw_totals(const PlanRequest& request, const model::Profiles& profiles, const std::vector<Choice>& choices);

}  // namespace decide
