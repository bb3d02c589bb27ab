#include "decide/totals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include "base/random.h"
#include "decide/options.h"

namespace decide {
namespace {

constexpr std::size_t kDraws = 2000;
constexpr int kBinsPerUnit = 16;  // of log-odds, and of effects where they differ

struct Bin {
  model::OfferKind kind = model::OfferKind::reminder;
  double count = 0, log_odds = 0, reach = 0;  // sums; divided by count below
  std::array<double, model::kTraits> trait_sums{};
  model::Traits traits{};  // of the middle of the bin
  double with = 0, without = 0, contact = 0, attention = 0;
  double incentive = 0, incentive_squares = 0, redeem = 0, beyond = 0;
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

model::Band band_of(std::vector<double>& draws) {
  std::sort(draws.begin(), draws.end());
  const auto at = [&](double share) { return draws[static_cast<std::size_t>(share * static_cast<double>(draws.size() - 1))]; };
  double sum = 0;
  for (const double value : draws) sum += value;
  return {sum / static_cast<double>(draws.size()), at(0.05), at(0.5), at(0.95)};
}

std::vector<Bin> make_bins(const PlanRequest& request, const model::Profiles& profiles, const std::vector<Choice>& choices) {
  std::map<std::tuple<std::uint8_t, int, int>, Bin> bins;
  const double horizon = request.business.horizon_days;
  for (const Choice& choice : choices) {
    const model::Offer& offer = request.offers[choice.offer];
    const model::EffectPrior& effect = request.assumptions.effect[static_cast<std::size_t>(offer.kind)];
    const Prospect prospect = prospect_of(profiles, choice.row);
    const Contribution c = contribution(prospect, offer, request.business.margin);
    const double p = std::clamp(prospect.return_chance, 1e-6, 1 - 1e-6);
    const double log_odds = std::log(p / (1 - p));
    const double reach = fade(p, request.assumptions);
    const Response& response = *request.response;
    const double differs = response.heterogeneous() ? response.effect(offer.kind, reach, prospect.traits).mean : 0;
    Bin& bin = bins[{choice.offer, static_cast<int>(std::floor(log_odds * kBinsPerUnit)),
                     static_cast<int>(std::floor(differs * kBinsPerUnit))}];
    bin.kind = offer.kind;
    for (std::size_t t = 0; t < model::kTraits; ++t) bin.trait_sums[t] += static_cast<double>(prospect.traits[t]);
    bin.count += 1;
    bin.log_odds += log_odds;
    bin.reach += reach;
    bin.with += c.with;
    bin.without += c.without;
    bin.contact += offer.contact_cost;
    bin.attention += effect.opt_out * request.assumptions.permission_value * request.business.margin * prospect.expected_year;
    bin.incentive += c.incentive;
    // One return costs the whole incentive with chance `redeem`.
    if (offer.redeem > 0) bin.incentive_squares += c.incentive * c.incentive / offer.redeem;
    bin.redeem += offer.gives_money() ? offer.redeem : 0;
    bin.beyond += c.without * request.assumptions.beyond * std::max(0.0, 365 - horizon) / horizon;
  }
  std::vector<Bin> result;
  for (auto& [key, bin] : bins) {
    bin.log_odds /= bin.count;
    bin.reach /= bin.count;
    for (std::size_t t = 0; t < model::kTraits; ++t) bin.traits[t] = static_cast<float>(bin.trait_sums[t] / bin.count);
    result.push_back(bin);
  }
  return result;
}

/// E[profit] over the shared errors: bins share the level of p(none), so one level node serves all.
double expected_profit(const PlanRequest& request, const std::vector<Bin>& bins) {
  double total = 0;
  for (const Bin& bin : bins) {
    const Effect effect = request.response->effect(bin.kind, bin.reach, bin.traits);
    total -= bin.contact + bin.attention;
    for (const NormalNode& level : kLevelNodes) {
      const double base = bin.log_odds + request.assumptions.return_error * level.z;
      for (const NormalNode& node : kEffectNodes) {
        const double with = logistic(base + effect.mean + effect.sd * node.z);
        total += level.weight * node.weight * (with * bin.with - logistic(base) * bin.without);
      }
    }
  }
  return total;
}

}  // namespace

Totals draw_totals(const PlanRequest& request, const model::Profiles& profiles, const std::vector<Choice>& choices) {
  Totals totals;
  if (choices.empty()) return totals;
  const std::vector<Bin> bins = make_bins(request, profiles, choices);
  // The same draws for every plan: plans differ by their choices only. They come in mirrored pairs, and the profit is
  // centred on its expectation, so that the total is the sum of what the rows say.
  base::Rng rng{0x5EED};
  const Response& response = *request.response;
  double shared = 0;
  Response::Draw drawn;
  std::vector<double> profit(kDraws), spend(kDraws), redemptions(kDraws), returns(kDraws);
  double sum = 0;
  for (std::size_t d = 0; d < kDraws; ++d) {
    if (d % 2 == 0) {
      shared = rng.normal();
      drawn = response.draw(rng);
    } else {
      shared = -shared;
      drawn = response.mirrored(drawn);
    }
    const double level = request.assumptions.return_error * shared;
    double money = 0, spent = 0, redeemed = 0, more = 0, spent_variance = 0, redeemed_variance = 0, beyond = 0;
    for (const Bin& bin : bins) {
      const double none = logistic(bin.log_odds + level);
      const double with = logistic(bin.log_odds + level + response.effect(drawn, bin.kind, bin.reach, bin.traits));
      money += with * bin.with - none * bin.without - bin.contact - bin.attention;
      spent += bin.contact + with * bin.incentive;
      spent_variance += with * bin.incentive_squares;
      redeemed += with * bin.redeem;
      redeemed_variance += with * (1 - with) * bin.redeem;
      more += bin.count * (with - none);
      beyond += (with - none) * bin.beyond;
    }
    profit[d] = money;
    sum += money;
    spend[d] = spent + std::sqrt(spent_variance) * rng.normal();
    redemptions[d] = std::max(0.0, redeemed + std::sqrt(redeemed_variance) * rng.normal());
    returns[d] = more;
    totals.value_beyond += beyond / static_cast<double>(kDraws);
  }
  const double shift = expected_profit(request, bins) - sum / static_cast<double>(kDraws);
  double losses = 0;
  for (double& value : profit) {
    value += shift;
    losses += value < 0 ? 1 : 0;
  }
  totals.chance_of_loss = losses / static_cast<double>(kDraws);
  totals.profit = band_of(profit);
  totals.spend = band_of(spend);
  totals.redemptions = band_of(redemptions);
  totals.returns = band_of(returns);
  return totals;
}

}  // namespace decide
