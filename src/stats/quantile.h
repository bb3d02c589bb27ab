#pragma once

#include <span>
#include <vector>

namespace stats {

/// Weighted quantiles: for each p the smallest value at which the cumulated weight reaches p of the total (the inverse
/// of the weighted distribution function; equal to repeating each value `weight` times). `weights` may be empty (all 1);
/// weights ≥ 0. NaN values are not allowed. Empty data or no weight give an empty result.
std::vector<double> weighted_quantiles(std::span<const double> values, std::span<const double> weights, std::span<const double> p);

/// Cuts rows into `groups` of equal weight by ascending value: the group (0-based) of each row. Equal values share a group.
std::vector<unsigned> equal_groups(std::span<const double> values, std::span<const double> weights, unsigned groups);

}  // namespace stats
