#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace decide {

/// Share held out of one campaign, by the number of eligible customers: 50 % below 1,000, 20 % below 10,000, 10 % below
/// 100,000, 5 % from there on.
double campaign_holdout_share(std::uint64_t eligible);

/// Share held out of everything for a year: 5 % from 50,000 contactable customers on, none below.
double global_holdout_share(std::uint64_t contactable);

/// Whether the unit (a customer, or a household by one of its ids) falls into the share: a salted stable hash, so the
/// same unit and salt give the same answer on every machine and in every later run.
bool is_held_out(std::string_view unit, std::uint64_t salt, double share);

}  // namespace decide
