#include "decide/policy_check.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "decide/worth.h"
#include "stats/off_policy.h"

namespace decide {
namespace {

using base::Result;
using model::Experience;
using model::PlanSummary;

constexpr std::size_t kFewest = 200;
constexpr std::size_t kFewestOfKind = 50;
constexpr std::uint64_t kHalves = 0x1A1F;

/// Rows whose customer can be decided about again.
std::vector<std::size_t> usable_rows(const Experience& e) {
  std::vector<std::size_t> rows;
  if (!e.replayable()) return rows;
  for (std::size_t i = 0; i < e.size(); ++i) {
    if (e.basket[i] > 0 && e.propensity[i] > 0 && e.propensity[i] <= 1 && std::isfinite(e.contribution[i])) rows.push_back(i);
  }
  return rows;
}

Experience part_of(const Experience& e, const std::vector<std::size_t>& rows) {
  Experience part;
  part.trials = e.trials;
  for (const std::size_t i : rows) {
    part.trial.push_back(e.trial[i]);
    part.kind.push_back(e.kind[i]);
    part.propensity.push_back(e.propensity[i]);
    part.return_chance.push_back(e.return_chance[i]);
    part.traits.push_back(e.traits[i]);
    part.returned.push_back(e.returned[i]);
    part.contribution.push_back(e.contribution[i]);
  }
  return part;
}

Prospect prospect_of(const Experience& e, std::size_t i) {
  Prospect p;
  p.return_chance = std::clamp(static_cast<double>(e.return_chance[i]), 1e-6, 1 - 1e-6);
  p.basket = static_cast<double>(e.basket[i]);
  p.basket_sd = static_cast<double>(e.basket_sd[i]);
  p.orders_if_back = std::max(1.0, static_cast<double>(e.orders_if_back[i]));
  p.expected_year = static_cast<double>(e.expected_year[i]);
  p.traits = e.traits[i];
  return p;
}

}  // namespace

Result<std::vector<PlanSummary::Judged>> judge_policies(const PlanRequest& request, const Experience& e) {
  std::vector<PlanSummary::Judged> judged;
  const std::vector<std::size_t> rows = usable_rows(e);
  // One action for each kind that was tried and is on offer now; 0 is to leave alone.
  std::vector<const model::Offer*> offers = {nullptr};
  std::array<std::uint8_t, model::kOfferKinds> action_of{};
  std::array<std::size_t, model::kOfferKinds> tried{};
  for (const std::size_t i : rows) {
    if (e.kind[i] != model::kNotApproached) ++tried[e.kind[i]];
  }
  for (const model::Offer& offer : request.offers) {
    const auto kind = static_cast<std::size_t>(offer.kind);
    if (tried[kind] < kFewestOfKind || action_of[kind] != 0) continue;
    action_of[kind] = static_cast<std::uint8_t>(offers.size());
    offers.push_back(&offer);
  }
  // Rows of kinds that are no longer offered cannot be compared.
  std::vector<std::size_t> kept;
  std::size_t alone = 0;
  for (const std::size_t i : rows) {
    if (e.kind[i] != model::kNotApproached && action_of[e.kind[i]] == 0) continue;
    kept.push_back(i);
    alone += e.kind[i] == model::kNotApproached ? 1 : 0;
  }
  if (kept.size() < kFewest || alone < kFewestOfKind || offers.size() < 2) return judged;

  const std::size_t n = kept.size(), actions = offers.size();
  const double margin = request.business.margin;
  std::vector<std::uint8_t> action(n), chosen(n, 0);
  std::vector<double> propensity(n), reward(n), model(n * actions);
  std::array<std::vector<std::size_t>, 2> halves;
  for (std::size_t r = 0; r < n; ++r) halves[base::mix(kept[r] ^ kHalves) & 1].push_back(r);
  for (std::size_t half = 0; half < 2; ++half) {
    std::vector<std::size_t> other;
    for (const std::size_t r : halves[1 - half]) other.push_back(kept[r]);
    WB_ASSIGN(const Response response, Response::learn(request.assumptions, part_of(e, other)));
    for (const std::size_t r : halves[half]) {
      const std::size_t i = kept[r];
      const Prospect p = prospect_of(e, i);
      action[r] = e.kind[i] == model::kNotApproached ? std::uint8_t{0} : action_of[e.kind[i]];
      propensity[r] = static_cast<double>(e.propensity[i]);
      reward[r] = static_cast<double>(e.contribution[i]);
      model[r * actions] = p.return_chance * margin * p.basket * p.orders_if_back;
      double best = 0;
      for (std::size_t a = 1; a < actions; ++a) {
        const Worth worth = worth_of(p, *offers[a], margin, request.assumptions, response);
        model[r * actions + a] = model[r * actions] + worth.mean + worth.attention;
        if (worth.mean <= best) continue;
        best = worth.mean;
        chosen[r] = static_cast<std::uint8_t>(a);
      }
    }
  }

  const stats::ActionLog log{actions, action, propensity, reward};
  const auto value = [&](const stats::Policy& policy) { return stats::value_of(log, policy, stats::ValueMethod::doubly_robust, model); };
  WB_ASSIGN(const stats::PolicyValue ours, value({chosen, {}}));
  const auto add = [&](std::string name, const stats::PolicyValue& policy) {
    const stats::Estimated more = stats::paired_difference(ours, policy);
    judged.push_back({std::move(name), policy.value.value, policy.value.interval.low, policy.value.interval.high, more.value, more.interval.low,
                      more.interval.high, policy.effective_rows, policy.doubtful});
  };
  add("new", ours);
  // What was done then needs no weights: its value is what it brought.
  WB_ASSIGN(const stats::PolicyValue earlier,
            stats::value_of({actions, action, std::vector<double>(n, 1.0), reward}, {action, {}}, stats::ValueMethod::ips));
  add("earlier", earlier);
  for (std::size_t a = 0; a < actions; ++a) {
    const auto everyone = value(stats::everyone_gets(static_cast<std::uint8_t>(a), n));
    if (!everyone) continue;  // nobody ever got it
    add(a == 0 ? "nobody" : std::string{model::name_of(offers[a]->kind)}, *everyone);
  }
  return judged;
}

}  // namespace decide
