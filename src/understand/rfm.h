#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/profile.h"

namespace understand {

/// Quintiles 1…5 by mid-rank: equal values get equal scores, the largest values 5. Where many customers are equal, some
/// scores stay empty; nobody is split from an equal by chance.
std::vector<std::uint8_t> quintiles(std::span<const double> values);

/// The segment of a customer by recency and the rounded-up mean of frequency and money (the grid of docs/methods.md).
model::Segment segment_of(int recency, int frequency, int monetary);

}  // namespace understand
