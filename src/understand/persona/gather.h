#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "model/profile.h"
#include "port/warehouse.h"
#include "understand/persona/marks.h"

namespace understand::persona {

using CityTiers = std::unordered_map<std::string, std::string>;  ///< city → tier

/// Everything known of the profiles' customers that could mark some of them: country, favourite category, first category,
/// first channel, city and its tier, language, age band, each tag, and every other column of the customer file with 2 to 200
/// values. Tags without any value are left out. In the order of the profiles.
base::Result<std::vector<Tag>> gather_tags(const model::Profiles& profiles, const CityTiers& tiers, port::Warehouse& warehouse);

/// The customers with the highest values, `share` of all; those of equal value at the edge are in or out together (out), so
/// it may be fewer. Only values above 0.
std::vector<std::uint8_t> top_of(const std::vector<double>& value, double share);

}  // namespace understand::persona
