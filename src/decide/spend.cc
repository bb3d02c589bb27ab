#include "decide/spend.h"

#include <cmath>
#include <limits>

#include "stats/knapsack.h"

namespace decide {

using base::Result;

namespace {

/// Something beside money of which there is so much.
struct Resource {
  std::string name;
  double limit = 0;
  std::vector<double> of_offer;  ///< units one approach takes
  std::vector<double> use;       ///< the same for every option of the solver
};

}  // namespace

Result<SpendResult> spend(const PlanRequest& request, const Options& options, const std::vector<std::uint8_t>& explorers, double budget) {
  // Limits beside money: each offer that runs out, people's time where an offer needs it, each channel that has a capacity.
  constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();
  std::vector<Resource> resources;
  bool staff = false;
  for (std::size_t k = 0; k < options.offers; ++k) {
    const model::Offer& offer = request.offers[k];
    staff = staff || offer.staff_minutes > 0;
    if (offer.stock == unlimited) continue;
    Resource stock{"stock:" + offer.id, static_cast<double>(offer.stock), std::vector<double>(options.offers, 0), {}};
    stock.of_offer[k] = 1;
    resources.push_back(std::move(stock));
  }
  if (staff) {
    Resource minutes{"staff_minutes", request.assumptions.staff_minutes, {}, {}};
    for (const model::Offer& offer : request.offers) minutes.of_offer.push_back(offer.staff_minutes);
    resources.push_back(std::move(minutes));
  }
  for (const auto& [channel, most] : request.channel_capacity) {
    Resource capacity{"channel:" + channel, static_cast<double>(most), {}, {}};
    for (const model::Offer& offer : request.offers) capacity.of_offer.push_back(offer.channel == channel ? 1 : 0);
    resources.push_back(std::move(capacity));
  }
  std::vector<std::uint32_t> first = {0};
  std::vector<std::size_t> customer;
  std::vector<std::uint8_t> offer;
  std::vector<double> cost, value;
  for (std::size_t c = 0; c < options.row.size(); ++c) {
    if (options.held_out[c] != 0 || explorers[c] != 0 || options.candidate[c] == 0) continue;
    for (std::size_t k = 0; k < options.offers; ++k) {
      const std::size_t slot = c * options.offers + k;
      if (options.competes[slot] == 0) continue;
      cost.push_back(static_cast<double>(options.cost[slot]));
      value.push_back(static_cast<double>(options.worth[slot]));
      offer.push_back(static_cast<std::uint8_t>(k));
      for (Resource& resource : resources) resource.use.push_back(resource.of_offer[k]);
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
  for (const Resource& resource : resources) {
    choices.use.emplace_back(resource.use);
    limits.resource.push_back(resource.limit);
  }
  WB_ASSIGN(const stats::Selection selection, stats::choose(choices, limits, {request.threads}));
  for (std::size_t i = 0; i < customer.size(); ++i) {
    if (selection.option[i] != stats::kNoOption) result.choice[customer[i]] = offer[static_cast<std::size_t>(selection.option[i])];
  }
  result.cost = selection.cost;
  result.worth = selection.value;
  result.next_unit = selection.budget_price;
  result.bound = selection.bound;
  result.gap = selection.gap();
  for (std::size_t r = 0; r < resources.size(); ++r) {
    result.limits.push_back({resources[r].name, resources[r].limit, selection.used[r], selection.resource_price[r]});
  }
  return result;
}

}  // namespace decide
