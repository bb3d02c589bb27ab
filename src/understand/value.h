#pragma once

#include <vector>

#include "model/profile.h"
#include "model/shop.h"
#include "understand/history.h"

namespace understand {

/// Fills the profiles' money columns: expected orders within the horizon, expected basket with its error, the next
/// year, and the loss of 90 days, from gamma-gamma and the purchase model that foresaw this shop's own past best (Pareto/NBD
/// where the past is too short to tell); return_chance must be filled, for the expected
/// orders are moved to agree with it. Adds the fits it made to `shop.fits`, with what is wrong with them.
void fill_value(const Histories& histories, std::int32_t horizon, model::Profiles& profiles, model::Shop& shop);

}  // namespace understand
