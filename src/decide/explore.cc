#include "decide/explore.h"

#include <algorithm>

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

}  // namespace

std::vector<std::uint8_t> draw_explorers(const PlanRequest& request, const model::Profiles& profiles, const Options& options,
                                         const model::Decisions& decisions, std::uint64_t salt) {
  std::vector<std::uint8_t> explorers(options.row.size(), 0);
  for (std::size_t c = 0; c < options.row.size(); ++c) {
    const std::size_t row = options.row[c];
    if (options.held_out[c] != 0 || decisions.kind[row] != Class::persuadable) continue;
    const double lot = static_cast<double>(base::stable_hash(profiles.customer_id[row], salt ^ 0xE1) >> 11) * 0x1.0p-53;
    explorers[c] = lot < request.assumptions.exploration_share ? 1 : 0;
  }
  return explorers;
}

void explore(const ExploreInputs& in, model::Decisions& decisions, std::vector<Choice>& choices) {
  const PlanRequest& request = in.request;
  std::vector<double> stock;
  double minutes = request.assumptions.staff_minutes;
  for (const model::Offer& offer : request.offers) stock.push_back(static_cast<double>(offer.stock));
  for (const Choice& choice : choices) {
    stock[choice.offer] -= 1;
    minutes -= request.offers[choice.offer].staff_minutes;
  }
  struct Place {
    bool unknown = false;  // explorers come first: they were taken from the plan
    std::uint64_t lot = 0;
    std::size_t c = 0;
  };
  std::vector<Place> pool;
  std::size_t unknowns = 0;
  for (std::size_t c = 0; c < in.options.row.size(); ++c) {
    const std::size_t row = in.options.row[c];
    const bool unknown = in.options.held_out[c] == 0 && decisions.kind[row] == Class::unknown;
    if (!unknown && in.explorers[c] == 0) continue;
    pool.push_back({unknown, base::stable_hash(in.profiles.customer_id[row], in.salt ^ 0xE0), c});
    unknowns += unknown ? 1 : 0;
  }
  std::sort(pool.begin(), pool.end(), [](const Place& a, const Place& b) { return a.unknown != b.unknown ? b.unknown : a.lot < b.lot; });
  std::vector<Response::Draw> draws;
  base::Rng rng{in.salt ^ 0x7503};
  for (std::size_t d = 0; d < kDraws; ++d) draws.push_back(request.response->draw(rng));

  double spent = 0;
  std::size_t reached = 0, reached_unknowns = 0;
  std::vector<std::uint8_t> offer_of(pool.size(), kNoOffer);
  std::vector<double> share_of(pool.size(), 0);  // of the draws that choose the same
  for (; reached < pool.size(); ++reached) {
    const std::size_t c = pool[reached].c;
    const std::size_t row = in.options.row[c];
    const auto best = best_by_draw(in, draws, c);
    const std::uint8_t offer = best[base::mix(pool[reached].lot) % kDraws];
    if (offer != kNoOffer) {
      const double cost = static_cast<double>(in.options.cost[c * in.options.offers + offer]);
      if (spent + cost > in.money || stock[offer] < 1 || minutes < request.offers[offer].staff_minutes) break;
      spent += cost;
      stock[offer] -= 1;
      minutes -= request.offers[offer].staff_minutes;
      decisions.verdict[row] = Verdict::explore;
      decisions.offer[row] = offer;
      show_worth(request, in.profiles, row, offer, decisions);
      choices.push_back({in.options.row[c], offer});
    }
    offer_of[reached] = offer;
    share_of[reached] = static_cast<double>(std::count(best.begin(), best.end(), offer)) / static_cast<double>(kDraws);
    reached_unknowns += pool[reached].unknown ? 1 : 0;
  }
  const auto among = [](std::size_t part, std::size_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  const double reach_unknown = among(reached_unknowns, unknowns);
  const double reach_explorer = among(reached - reached_unknowns, pool.size() - unknowns);
  for (std::size_t k = 0; k < pool.size(); ++k) {
    const double here = in.not_held_out * (pool[k].unknown ? 1 : request.assumptions.exploration_share);
    const double reach = pool[k].unknown ? reach_unknown : reach_explorer;
    // Left alone because the lot did not reach them, or because their draw chose nothing.
    const double chance = k >= reached               ? 1 - reach
                          : offer_of[k] == kNoOffer ? 1 - reach + reach * share_of[k]
                                                    : reach * share_of[k];
    decisions.propensity[in.options.row[pool[k].c]] = static_cast<float>(here * chance);
  }
}

}  // namespace decide
