#include "decide/explore.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/random.h"

namespace decide {
namespace {

using model::Class;
using model::kNoOffer;
using model::Verdict;

constexpr std::size_t kDraws = 32;
constexpr double kHopeless = 0.2;

/// For one customer the offer each draw would choose (kNoOffer where none pays).
std::array<std::uint8_t, kDraws> best_by_draw(const ExploreInputs& in, const std::vector<Response::Draw>& draws, std::size_t c) {
  std::array<std::uint8_t, kDraws> best;
  best.fill(kNoOffer);
  std::array<double, kDraws> worth{};
  const std::size_t row = in.options.row[c];
  const Prospect prospect = prospect_of(in.profiles, row);
  const model::Assumptions& assumptions = in.request.assumptions;
  const double margin = in.request.business.margin;
  const double reach = fade(prospect.return_chance, assumptions);
  for (std::size_t k = 0; k < in.options.offers; ++k) {
    const model::Offer& offer = in.request.offers[k];
    if (!qualifies(in.profiles, row, offer, in.request.business.discount_ceiling)) continue;
    const Worth expected = worth_of(prospect, offer, margin, assumptions, *in.request.response);
    const double chance = in.request.response->measured(offer.kind) ? expected.chance_positive : expected.chance_if_works;
    if (chance < kHopeless) continue;
    for (std::size_t d = 0; d < kDraws; ++d) {
      const double value =
          worth_at(prospect, offer, margin, assumptions, in.request.response->effect(draws[d], offer.kind, reach, prospect.traits));
      if (value > worth[d]) {
        worth[d] = value;
        best[d] = static_cast<std::uint8_t>(k);
      }
    }
  }
  return best;
}

/// Every offer has its own purse, so that cheap letters reach everyone whose draw asks for one: equal purses, what one
/// offer does not need going to the others.
std::vector<double> share_out(double money, const std::vector<double>& wanted) {
  std::vector<std::size_t> order(wanted.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return wanted[a] != wanted[b] ? wanted[a] < wanted[b] : a < b; });
  std::vector<double> purse(wanted.size(), 0);
  for (std::size_t place = 0; place < order.size(); ++place) {
    const double equal = money / static_cast<double>(order.size() - place);
    purse[order[place]] = std::min(equal, wanted[order[place]]);
    money -= purse[order[place]];
  }
  return purse;
}

}  // namespace

std::vector<std::uint8_t> draw_explorers(const PlanRequest& request, const model::Profiles& profiles, const Options& options,
                                         std::uint64_t salt) {
  std::vector<std::uint8_t> explorers(options.row.size(), 0);
  for (std::size_t c = 0; c < options.row.size(); ++c) {
    const std::size_t row = options.row[c];
    if (options.held_out[c] != 0 || options.candidate[c] == 0) continue;
    const double lot = static_cast<double>(base::stable_hash(profiles.customer_id[row], salt ^ 0xE1) >> 11) * 0x1.0p-53;
    explorers[c] = lot < request.assumptions.exploration_share ? 1 : 0;
  }
  return explorers;
}

void explore(const ExploreInputs& in, model::Decisions& decisions, std::vector<Choice>& choices) {
  const PlanRequest& request = in.request;
  std::vector<double> stock, places;
  std::vector<std::size_t> channel_of(request.offers.size(), SIZE_MAX);
  for (const auto& [channel, most] : request.channel_capacity) {
    for (std::size_t k = 0; k < request.offers.size(); ++k) {
      if (request.offers[k].channel == channel) channel_of[k] = places.size();
    }
    places.push_back(static_cast<double>(most));
  }
  double minutes = request.assumptions.staff_minutes;
  for (const model::Offer& offer : request.offers) stock.push_back(static_cast<double>(offer.stock));
  for (const Choice& choice : choices) {
    stock[choice.offer] -= 1;
    if (channel_of[choice.offer] != SIZE_MAX) places[channel_of[choice.offer]] -= 1;
    minutes -= request.offers[choice.offer].staff_minutes;
  }
  struct Place {
    bool unknown = false;  // explorers come first: they were taken from the plan
    std::uint64_t lot = 0;
    std::size_t c = 0;
  };
  std::vector<Place> pool;
  for (std::size_t c = 0; c < in.options.row.size(); ++c) {
    const std::size_t row = in.options.row[c];
    const bool unknown = in.options.held_out[c] == 0 && in.options.candidate[c] == 0 && decisions.kind[row] == Class::unknown;
    if (!unknown && in.explorers[c] == 0) continue;
    pool.push_back({unknown, base::stable_hash(in.profiles.customer_id[row], in.salt ^ 0xE0), c});
  }
  std::sort(pool.begin(), pool.end(), [](const Place& a, const Place& b) { return a.unknown != b.unknown ? b.unknown : a.lot < b.lot; });
  std::vector<Response::Draw> draws;
  base::Rng rng{in.salt ^ 0x7503};
  for (std::size_t d = 0; d < kDraws; ++d) draws.push_back(request.response->draw(rng));

  const std::size_t offers = request.offers.size();
  struct Group {  // explorers, and the unknown
    std::vector<double> asked, given;
  };
  std::array<Group, 2> groups;
  for (Group& group : groups) group.asked = group.given = std::vector<double>(offers, 0);
  std::vector<std::array<std::uint8_t, kDraws>> drawn(pool.size());
  std::vector<double> wanted(offers, 0);
  const auto cost_of = [&](std::size_t c, std::uint8_t offer) { return static_cast<double>(in.options.cost[c * offers + offer]); };
  const auto offer_of = [&](std::size_t k) { return drawn[k][base::mix(pool[k].lot) % kDraws]; };
  for (std::size_t k = 0; k < pool.size(); ++k) {
    drawn[k] = best_by_draw(in, draws, pool[k].c);
    const std::uint8_t offer = offer_of(k);
    if (offer == kNoOffer) continue;
    groups[pool[k].unknown ? 1 : 0].asked[offer] += 1;
    wanted[offer] += cost_of(pool[k].c, offer);
  }
  std::vector<double> purse = share_out(in.money, wanted);
  for (std::size_t k = 0; k < pool.size(); ++k) {
    const std::size_t c = pool[k].c;
    const std::size_t row = in.options.row[c];
    Group& group = groups[pool[k].unknown ? 1 : 0];
    const std::uint8_t offer = offer_of(k);
    if (offer == kNoOffer) continue;
    const double cost = cost_of(c, offer);
    const bool full = channel_of[offer] != SIZE_MAX && places[channel_of[offer]] < 1;
    if (full || cost > purse[offer] || stock[offer] < 1 || minutes < request.offers[offer].staff_minutes) continue;
    purse[offer] -= cost;
    stock[offer] -= 1;
    if (channel_of[offer] != SIZE_MAX) places[channel_of[offer]] -= 1;
    minutes -= request.offers[offer].staff_minutes;
    group.given[offer] += 1;
    decisions.verdict[row] = Verdict::explore;
    decisions.offer[row] = offer;
    show_worth(request, in.profiles, row, offer, decisions);
    choices.push_back({in.options.row[c], offer});
  }
  double left_alone = 0, unknowns = 0;
  for (std::size_t k = 0; k < pool.size(); ++k) {
    const Group& group = groups[pool[k].unknown ? 1 : 0];
    const std::size_t row = in.options.row[pool[k].c];
    // The chance of each offer: how many draws ask for it, times how many of those who ask get it.
    std::vector<double> chance(offers, 0);
    for (const std::uint8_t offer : drawn[k]) {
      if (offer != kNoOffer) chance[offer] += (group.asked[offer] > 0 ? group.given[offer] / group.asked[offer] : 0) / static_cast<double>(kDraws);
    }
    double none = 1;
    for (const double each : chance) none -= each;
    // The same offer, or nothing, may also come by the plan itself, or by the holdout.
    const bool got = decisions.verdict[row] == Verdict::explore;
    const double share = pool[k].unknown ? 1 : request.assumptions.exploration_share;
    double all_ways = in.not_held_out * share * (got ? chance[decisions.offer[row]] : std::max(none, 0.0));
    if (got && decisions.offer[row] == decisions.best_offer[row]) all_ways += in.not_held_out * (1 - share);
    if (!got) all_ways += 1 - in.not_held_out;
    decisions.propensity[row] = static_cast<float>(std::min(all_ways, 1.0));
    if (!pool[k].unknown) continue;
    left_alone += none;
    unknowns += 1;
  }
  // Of the unknown who were held out the draws were not asked; on average they would have been left alone as often.
  if (unknowns == 0) return;
  for (std::size_t c = 0; c < in.options.row.size(); ++c) {
    const std::size_t row = in.options.row[c];
    if (in.options.held_out[c] == 0 || in.options.candidate[c] != 0 || decisions.kind[row] != Class::unknown) continue;
    decisions.propensity[row] = static_cast<float>(1 - in.not_held_out + in.not_held_out * left_alone / unknowns);
  }
}

}  // namespace decide
