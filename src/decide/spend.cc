#include "decide/spend.h"

#include <cmath>
#include <limits>

#include "stats/knapsack.h"

namespace decide {

using base::Result;

Result<SpendResult> spend(const PlanRequest& request, const Options& options, const std::vector<std::uint8_t>& explorers, double budget) {
  constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();
  // Limits beside money: one for each offer that runs out, and one for people's time where an offer needs it.
  std::vector<std::size_t> stocked;
  bool staff = false;
  for (std::size_t k = 0; k < options.offers; ++k) {
    if (request.offers[k].stock != unlimited) stocked.push_back(k);
    staff = staff || request.offers[k].staff_minutes > 0;
  }
  std::vector<std::uint32_t> first = {0};
  std::vector<std::size_t> customer;
  std::vector<std::uint8_t> offer;
  std::vector<double> cost, value;
  std::vector<std::vector<double>> use(stocked.size() + (staff ? 1 : 0));
  for (std::size_t c = 0; c < options.row.size(); ++c) {
    if (options.held_out[c] != 0 || explorers[c] != 0 || options.candidate[c] == 0) continue;
    for (std::size_t k = 0; k < options.offers; ++k) {
      const std::size_t slot = c * options.offers + k;
      if (!(options.worth[slot] > 0)) continue;
      cost.push_back(static_cast<double>(options.cost[slot]));
      value.push_back(static_cast<double>(options.worth[slot]));
      offer.push_back(static_cast<std::uint8_t>(k));
      for (std::size_t s = 0; s < stocked.size(); ++s) use[s].push_back(stocked[s] == k ? 1 : 0);
      if (staff) use.back().push_back(request.offers[k].staff_minutes);
    }
    customer.push_back(c);
    first.push_back(static_cast<std::uint32_t>(cost.size()));
  }

  SpendResult result;
  result.choice.assign(options.row.size(), model::kNoOffer);
  if (customer.empty()) return result;
  stats::Choices choices{first, cost, value, {}};
  stats::Limits limits;
  limits.budget = budget;
  for (const auto& column : use) choices.use.emplace_back(column);
  for (const std::size_t k : stocked) limits.resource.push_back(static_cast<double>(request.offers[k].stock));
  if (staff) limits.resource.push_back(request.assumptions.staff_minutes);
  WB_ASSIGN(const stats::Selection selection, stats::choose(choices, limits, {request.threads}));
  for (std::size_t i = 0; i < customer.size(); ++i) {
    if (selection.option[i] != stats::kNoOption) result.choice[customer[i]] = offer[static_cast<std::size_t>(selection.option[i])];
  }
  result.cost = selection.cost;
  result.worth = selection.value;
  result.next_unit = selection.budget_price;
  result.bound = selection.bound;
  result.gap = selection.gap();
  return result;
}

}  // namespace decide
