#include "decide/plan.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "decide/explore.h"
#include "decide/holdout.h"
#include "decide/options.h"
#include "decide/spend.h"
#include "decide/totals.h"
#include "stats/interval.h"

namespace decide {
namespace {

using base::Code;
using base::fail;
using base::Result;
using model::Class;
using model::Decisions;
using model::PlanSummary;
using model::Profiles;
using model::Verdict;

constexpr std::array kCurve = {0.03, 0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0};

struct Assignment {
  double share = 0;
  std::uint64_t salt = 0;
  std::uint64_t held_out = 0;
};

/// Random assignment comes before any choice: whoever is held out is held out whatever would have been chosen.
Assignment assign(const PlanRequest& request, const Profiles& profiles, const Contacts& contacts, Options& options) {
  Assignment result;
  const std::string campaign =
      fmt::format("{}|{}|{}|{}", request.workspace_id, base::to_string(profiles.as_of), request.preset.name, request.where);
  result.salt = base::stable_hash(campaign);
  result.share = campaign_holdout_share(options.row.size());
  const int year = static_cast<int>(std::chrono::year_month_day{profiles.as_of}.year());
  const std::uint64_t yearly = base::stable_hash(fmt::format("{}|all|{}", request.workspace_id, year));
  const double global = global_holdout_share(options.row.size());
  for (std::size_t c = 0; c < options.row.size(); ++c) {
    const std::size_t row = options.row[c];
    const std::size_t head = contacts.household.empty() ? row : contacts.household[row];
    const std::string_view unit = profiles.customer_id[head];
    const bool held = is_held_out(unit, result.salt, result.share) || is_held_out(unit, yearly, global);
    options.held_out[c] = held ? 1 : 0;
    result.held_out += held ? 1 : 0;
  }
  result.share = 1 - (1 - result.share) * (1 - global);
  return result;
}

/// Held-out customers get the approach the same rule would have given them, so that they can be compared.
void decide_controls(const PlanRequest& request, const Profiles& profiles, const Options& options, const SpendResult& spent, const Assignment& assignment, Decisions& decisions,
                     PlanSummary& summary) {
  for (std::size_t c = 0; c < options.row.size(); ++c) {
    const std::size_t row = options.row[c];
    if (options.held_out[c] == 0) continue;
    decisions.verdict[row] = Verdict::hold_out;
    decisions.propensity[row] = static_cast<float>(assignment.share);
    if (options.candidate[c] == 0) continue;
    double best = 0;
    for (std::size_t k = 0; k < options.offers; ++k) {
      const std::size_t slot = c * options.offers + k;
      if (options.competes[slot] == 0) continue;
      const double net = static_cast<double>(options.worth[slot]) - spent.next_unit * static_cast<double>(options.cost[slot]);
      if (net > best) {
        best = net;
        decisions.offer[row] = static_cast<std::uint8_t>(k);
      }
    }
    if (decisions.offer[row] == model::kNoOffer) continue;
    if (decisions.offer[row] != decisions.best_offer[row]) show_worth(request, profiles, row, decisions.offer[row], decisions);
    ++summary.held_out_would;
    summary.profit_forgone += static_cast<double>(options.worth[c * options.offers + decisions.offer[row]]);
  }
}

void count_up(const PlanRequest& request, const Profiles& profiles, const Options& options,
              const std::vector<Choice>& choices, Decisions& decisions, PlanSummary& summary) {
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    ++summary.filtered[static_cast<std::size_t>(decisions.filter[i])];
    ++summary.verdict_count[static_cast<std::size_t>(decisions.verdict[i])];
    if (decisions.filter[i] == model::Filter::none) ++summary.class_count[static_cast<std::size_t>(decisions.kind[i])];
  }
  for (const model::Offer& offer : request.offers) summary.offers.push_back({offer.id, 0, 0, 0, 0});
  std::vector<std::size_t> slot_of_row(profiles.size(), 0);
  for (std::size_t c = 0; c < options.row.size(); ++c) slot_of_row[options.row[c]] = c;
  double base_rate = 0;
  for (const Choice& choice : choices) {
    const std::size_t slot = slot_of_row[choice.row] * options.offers + choice.offer;
    const model::Offer& offer = request.offers[choice.offer];
    PlanSummary::OfferTotal& total = summary.offers[choice.offer];
    ++total.customers;
    total.cost += static_cast<double>(options.cost[slot]);
    total.worth += static_cast<double>(options.worth[slot]);
    if (offer.gives_money()) total.redemptions += static_cast<double>(decisions.return_chance_with[choice.row]) * offer.redeem;
    const double full = offer.redemption_cost + offer.basket_share * profiles.expected_basket[choice.row] * offer.basket_factor;
    summary.most_it_can_cost += offer.contact_cost + full;
    base_rate += static_cast<double>(decisions.return_chance[choice.row]);
  }
  if (choices.empty()) return;
  base_rate /= static_cast<double>(choices.size());
  summary.detectable_lift = stats::detectable_difference(base_rate, static_cast<double>(choices.size()), static_cast<double>(summary.held_out_would));
}

/// The first day outside every blackout, from the day after the analysis on.
void set_start(const PlanRequest& request, const Profiles& profiles, Decisions& decisions, PlanSummary& summary) {
  summary.start = profiles.as_of + std::chrono::days{1};
  for (std::size_t round = 0; round <= request.blackouts.size(); ++round) {
    for (const model::Blackout& blackout : request.blackouts) {
      if (summary.start < blackout.from || summary.start > blackout.to) continue;
      summary.start = blackout.to + std::chrono::days{1};
      summary.blackout = blackout.name;
    }
  }
  if (summary.blackout.empty()) return;
  for (std::size_t i = 0; i < decisions.size(); ++i) {
    if (decisions.verdict[i] == Verdict::approach || decisions.verdict[i] == Verdict::explore) {
      decisions.wait_until[i] = base::day_number(summary.start);
    }
  }
}

void name_assumptions(const PlanRequest& request, PlanSummary& summary) {
  summary.assumed = {"margin", "offer_costs", "opt_out", "permission_value", "comes_anyway", "return_error"};
  std::array<bool, model::kOfferKinds> named{};
  for (std::size_t k = 0; k < request.offers.size(); ++k) {
    const auto kind = static_cast<std::size_t>(request.offers[k].kind);
    if (summary.offers[k].customers == 0 || named[kind] || request.response->measured(request.offers[k].kind)) continue;
    named[kind] = true;
    summary.assumed.push_back(fmt::format("effect.{}", model::name_of(request.offers[k].kind)));
  }
  if (!request.season_known) summary.warnings.emplace_back("season_unknown");
  if (summary.held_out_would < 200) {
    summary.cannot_prove_alone = true;
    summary.warnings.emplace_back("cannot_prove_alone");
  }
}

}  // namespace

Result<Plan> make_plan(const PlanRequest& original, const Profiles& profiles, const Contacts& contacts) {
  PlanRequest request = original;
  if (request.offers.empty()) return fail(Code::invalid_input, "the plan has no offer to choose from; give some with --offers FILE");
  if (request.offers.size() > 200) return fail(Code::invalid_input, "the plan has {} offers; 200 is the most", request.offers.size());
  if (request.budget && !(*request.budget >= 0)) return fail(Code::invalid_input, "the budget must be 0 or more");
  if (!request.season_known) request.assumptions.return_error *= 2;
  if (!request.response) request.response.emplace(request.assumptions);
  Condition where;
  if (!request.where.empty()) {
    WB_ASSIGN(where, parse_where(request.where));
  }

  Plan plan;
  Decisions& decisions = plan.decisions;
  PlanSummary& summary = plan.summary;
  decisions.resize(profiles.size());
  apply_filters(profiles, request.preset, contacts, where, decisions);
  Options options = evaluate(request, profiles, decisions);
  const Assignment assignment = assign(request, profiles, contacts, options);
  plan.salt = assignment.salt;

  const double explore_share = request.assumptions.exploration_share;
  const double main_budget = request.budget ? *request.budget * (1 - explore_share) : std::numeric_limits<double>::infinity();
  const std::vector<std::uint8_t> explorers = draw_explorers(request, profiles, options, assignment.salt);
  WB_ASSIGN(const SpendResult spent, spend(request, options, explorers, main_budget));
  std::vector<Choice> choices;
  for (std::size_t c = 0; c < options.row.size(); ++c) {
    const std::size_t row = options.row[c];
    decisions.verdict[row] = Verdict::leave;
    // A candidate was open to exploring too; whoever is neither has one outcome but for the holdout.
    const double kept = options.candidate[c] != 0 ? 1 - explore_share : 1;
    decisions.propensity[row] = static_cast<float>((1 - assignment.share) * kept);
    if (spent.choice[c] == model::kNoOffer) continue;
    decisions.verdict[row] = Verdict::approach;
    decisions.offer[row] = spent.choice[c];
    if (decisions.offer[row] != decisions.best_offer[row]) show_worth(request, profiles, row, decisions.offer[row], decisions);
    choices.push_back({options.row[c], spent.choice[c]});
  }
  const double for_exploring = request.budget ? *request.budget - spent.cost : explore_share * spent.cost;
  decide_controls(request, profiles, options, spent, assignment, decisions, summary);
  explore({request, profiles, options, explorers, assignment.salt, 1 - assignment.share,
           request.budget ? std::min(for_exploring, std::max(*request.budget * explore_share, 0.0)) : for_exploring},
          decisions, choices);

  summary.id = fmt::format("plan-{}-{:08x}", base::to_string(profiles.as_of),
                           static_cast<std::uint32_t>(base::mix(assignment.salt ^ base::stable_hash(fmt::format("{}", request.budget.value_or(-1))))));
  summary.as_of = profiles.as_of;
  summary.currency = request.currency;
  summary.business = request.business.name;
  summary.preset = request.preset.name;
  summary.where = request.where;
  summary.horizon_days = request.business.horizon_days;
  summary.margin = request.business.margin;
  summary.budget_given = request.budget.has_value();
  summary.budget = request.budget.value_or(0);
  summary.customers = profiles.size();
  summary.eligible = options.row.size();
  summary.holdout_share = assignment.share;
  summary.held_out = assignment.held_out;
  summary.next_unit = spent.next_unit;
  summary.gap = spent.gap;
  summary.bound = spent.bound;
  summary.limits = spent.limits;
  count_up(request, profiles, options, choices, decisions, summary);
  set_start(request, profiles, decisions, summary);
  name_assumptions(request, summary);

  const Totals totals = draw_totals(request, profiles, choices);
  summary.profit = totals.profit;
  summary.spend = totals.spend;
  summary.spend.p95 = std::min(summary.spend.p95, summary.most_it_can_cost);  // draws of few customers overshoot
  summary.redemptions = totals.redemptions;
  summary.returns = totals.returns;
  summary.value_beyond = totals.value_beyond;
  summary.chance_of_loss = totals.chance_of_loss;

  // Profit against budget: around the budget given, or around what everything worth it costs.
  const double centre = request.budget ? *request.budget : spent.cost;
  for (const double step : kCurve) {
    if (!request.budget && step > 1) break;
    WB_ASSIGN(const SpendResult point, spend(request, options, explorers, centre * step));
    std::vector<Choice> chosen;
    for (std::size_t c = 0; c < options.row.size(); ++c) {
      if (point.choice[c] != model::kNoOffer) chosen.push_back({options.row[c], point.choice[c]});
    }
    summary.curve.push_back({centre * step, point.cost, draw_totals(request, profiles, chosen).profit, chosen.size()});
  }
  return plan;
}

}  // namespace decide
