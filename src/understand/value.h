#pragma once

#include <vector>

#include "model/profile.h"
#include "model/shop.h"
#include "understand/history.h"

namespace understand {

/// Fills the profiles' money columns: expected orders within the horizon, expected basket with its error, the next
/// year, and the loss of 90 days, from Pareto/NBD and gamma-gamma; return_chance must be filled, for the expected
/// orders are moved to agree with it. Adds the fits it made to `shop.fits`, with what is wrong with them.
void fill_value(const Histories& histories, std::int32_t horizon, model::Profiles& profiles, model::Shop& shop);

}  // namespace understand
