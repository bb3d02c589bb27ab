#pragma once

#include <cstdint>
#include <vector>

#include "model/business.h"
#include "model/shop.h"
#include "understand/history.h"
#include "understand/rhythm.h"

namespace understand {

/// k of n as a share with its 95 % Wilson interval.
model::Share share_of(std::uint64_t k, std::uint64_t n);

/// Bought again within 1, 3, 30 and 90 days of the first purchase, among customers first seen at least that long ago.
std::vector<model::Shop::Retention> first_retention(const Histories& histories);

/// Monthly cohorts by first purchase, whole months only; at most the last 24.
std::vector<model::Cohort> monthly_cohorts(const Histories& histories);

/// New against lost, month by month, by the same lapse rule the stages use (with each customer's gap of today).
std::vector<model::MonthFlow> monthly_flows(const Histories& histories, const std::vector<std::int32_t>& lapse_days);

/// Chance of a purchase within `horizon` days by days of silence, counted at a past date every 28 days from the first
/// one that leaves a whole horizon to look at. A customer counts once a date; bins with fewer than 50 are joined.
std::vector<model::ReturnBySilence> returns_by_silence(const Histories& histories, std::int32_t horizon);

}  // namespace understand
