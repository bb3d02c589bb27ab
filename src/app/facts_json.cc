#include "app/facts_json.h"

#include <cmath>

#include <nlohmann/json.hpp>

namespace app {
namespace {

using Json = nlohmann::ordered_json;

/// JSON knows no infinity: what is not finite is null.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json share(const model::Share& s) { return {{"value", s.value}, {"low", s.low}, {"high", s.high}, {"of", s.of}}; }

Json band(const model::Band& b) { return {{"mean", b.mean}, {"p5", b.p5}, {"p50", b.p50}, {"p95", b.p95}}; }

template <class Enum, class Counts>
Json by_name(const Counts& counts) {
  Json result = Json::object();
  for (std::size_t k = 0; k < counts.size(); ++k) result[std::string{model::name_of(static_cast<Enum>(k))}] = counts[k];
  return result;
}

Json fit_json(const model::ModelFit& fit) {
  Json parameters = Json::object();
  for (std::size_t k = 0; k < fit.parameters.size(); ++k) {
    parameters[fit.parameters[k].first] = {{"value", number(fit.parameters[k].second)},
                                           {"standard_error", k < fit.standard_errors.size() ? number(fit.standard_errors[k]) : Json(nullptr)}};
  }
  return {{"model", fit.name},
          {"parameters", parameters},
          {"log_likelihood", number(fit.log_likelihood)},
          {"converged", fit.converged},
          {"dropout_identified", fit.dropout_identified},
          {"note", fit.note}};
}

Json check_json(const model::OutOfTime& check) {
  if (!check.done) return {{"done", false}, {"why_not", check.why_not}};
  Json rivals = Json::array(), deciles = Json::array();
  for (const auto& r : check.rivals) {
    rivals.push_back({{"name", r.name}, {"brier", number(r.brier)}, {"auc", number(r.auc)}, {"predicted", number(r.predicted)}});
  }
  for (const auto& d : check.deciles) {
    deciles.push_back({{"predicted", d.predicted}, {"observed", d.observed}, {"standard_error", d.error}, {"customers", d.customers}});
  }
  return {{"done", true},
          {"cut", base::to_string(check.cut)},
          {"horizon_days", check.horizon_days},
          {"customers", check.customers},
          {"observed", check.observed},
          {"rivals", rivals},
          {"deciles", deciles}};
}

}  // namespace

std::string to_json(const model::Shop& shop) {
  Json retention = Json::array(), cohorts = Json::array(), flows = Json::array(), silence = Json::array(), fits = Json::array();
  for (const auto& r : shop.retention) retention.push_back({{"days", r.days}, {"again", share(r.again)}});
  for (const auto& c : shop.cohorts) {
    cohorts.push_back({{"month", base::to_string(c.month)}, {"customers", c.customers}, {"active", c.active}});
  }
  for (const auto& f : shop.flows) {
    flows.push_back({{"month", base::to_string(f.month)},
                     {"active_at_start", f.active_at_start},
                     {"gained", f.gained},
                     {"returned", f.returned},
                     {"lost", f.lost}});
  }
  for (const auto& b : shop.by_silence) silence.push_back({{"from", b.from}, {"to", b.to}, {"chance", share(b.chance)}});
  for (const auto& f : shop.fits) fits.push_back(fit_json(f));
  Json by_business = Json::object();
  for (const auto& f : shop.by_business) by_business[f.name] = f.value;
  const Json result = {{"as_of", base::to_string(shop.as_of)},
                       {"first_day", base::to_string(shop.first_day)},
                       {"last_day", base::to_string(shop.last_day)},
                       {"currency", shop.currency},
                       {"business", shop.business},
                       {"horizon_days", shop.horizon_days},
                       {"customers", shop.customers},
                       {"one_order_customers", shop.one_order},
                       {"lines_without_customer", shop.lines_without_customer},
                       {"spend", shop.spend},
                       {"amounts_known", shop.amounts_known},
                       {"season_known", shop.season_known},
                       {"expected_gap_days", shop.expected_gap},
                       {"first_to_second_days", shop.first_to_second},
                       {"segments", by_name<model::Segment>(shop.segment_count)},
                       {"segment_spend", by_name<model::Segment>(shop.segment_spend)},
                       {"stages", by_name<model::Stage>(shop.stage_count)},
                       {"stage_spend", by_name<model::Stage>(shop.stage_spend)},
                       {"rfm_customers", shop.rfm_count},
                       {"rfm_spend", shop.rfm_spend},
                       {"retention", retention},
                       {"cohorts", cohorts},
                       {"months", flows},
                       {"monthly_churn_rate", shop.churn_rate},
                       {"return_by_days_silent", silence},
                       {"lost_after_days", shop.lost_after_days ? Json(*shop.lost_after_days) : Json(nullptr)},
                       {"expected_loss_90_days", shop.loss_90},
                       {"models", fits},
                       {"return_chance_method", shop.return_model},
                       {"purchase_model", shop.purchase_model},
                       {"purchase_model_judged", shop.purchase_model_judged},
                       {"out_of_time_check", check_json(shop.check)},
                       {"by_business", by_business},
                       {"warnings", shop.warnings}};
  return result.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string to_json(const model::PlanSummary& p) {
  Json limits = Json::array();
  for (const auto& limit : p.limits) {
    limits.push_back({{"name", limit.name}, {"limit", limit.limit}, {"used", limit.used}, {"profit_of_next_unit", limit.price}});
  }
  Json judged = Json::array();
  for (const auto& j : p.judged) {
    judged.push_back({{"policy", j.name},
                      {"per_customer", {{"value", j.value}, {"low", j.low}, {"high", j.high}}},
                      {"new_rule_brings_more", {{"value", j.new_more}, {"low", j.new_more_low}, {"high", j.new_more_high}}},
                      {"effective_customers", j.effective_customers},
                      {"doubtful", j.doubtful}});
  }
  Json offers = Json::array(), curve = Json::array();
  for (const auto& o : p.offers) {
    offers.push_back({{"id", o.id}, {"customers", o.customers}, {"cost", o.cost}, {"worth", o.worth}, {"redemptions", o.redemptions}});
  }
  for (const auto& c : p.curve) {
    curve.push_back({{"budget", c.budget}, {"spend", c.spend}, {"profit", band(c.profit)}, {"customers", c.customers}});
  }
  const Json result = {{"plan", p.id},
                       {"as_of", base::to_string(p.as_of)},
                       {"start", base::to_string(p.start)},
                       {"blackout", p.blackout},
                       {"currency", p.currency},
                       {"business", p.business},
                       {"preset", p.preset},
                       {"where", p.where},
                       {"horizon_days", p.horizon_days},
                       {"margin", p.margin},
                       {"budget", p.budget_given ? Json(p.budget) : Json(nullptr)},
                       {"customers", p.customers},
                       {"eligible", p.eligible},
                       {"filtered", by_name<model::Filter>(p.filtered)},
                       {"classes", by_name<model::Class>(p.class_count)},
                       {"verdicts", by_name<model::Verdict>(p.verdict_count)},
                       {"offers", offers},
                       {"profit", band(p.profit)},
                       {"spend", band(p.spend)},
                       {"redemptions", band(p.redemptions)},
                       {"additional_returns", band(p.returns)},
                       {"value_beyond_horizon", p.value_beyond},
                       {"chance_of_loss", p.chance_of_loss},
                       {"most_it_can_cost", p.most_it_can_cost},
                       {"profit_of_next_unit", p.next_unit},
                       {"optimality_gap", p.gap},
                       {"optimality_bound", p.bound},
                       {"profit_by_budget", curve},
                       {"limits", limits},
                       {"holdout_share", p.holdout_share},
                       {"held_out", p.held_out},
                       {"held_out_comparable", p.held_out_would},
                       {"profit_forgone_by_holdout", p.profit_forgone},
                       {"detectable_lift", p.detectable_lift},
                       {"cannot_prove_alone", p.cannot_prove_alone},
                       {"judged_on_earlier_customers", judged},
                       {"assumed", p.assumed},
                       {"warnings", p.warnings}};
  return result.dump(2, ' ', false, Json::error_handler_t::replace);
}

std::string to_json(const measure::Results& r) {
  const auto arm = [](const measure::Arm& a) {
    return Json{{"customers", a.customers}, {"returned", a.returned}, {"contribution", a.contribution}, {"contribution_sd", a.contribution_sd}};
  };
  const auto interval = [](double value, double low, double high) { return Json{{"value", value}, {"low", low}, {"high", high}}; };
  const Json result = {{"plan", r.plan_id},
                       {"currency", r.currency},
                       {"from", base::to_string(r.from)},
                       {"until", base::to_string(r.until)},
                       {"orders_seen_until", base::to_string(r.seen_until)},
                       {"complete", r.complete},
                       {"treated", arm(r.treated)},
                       {"held_out", arm(r.held_out)},
                       {"return_rate_lift", interval(r.lift, r.lift_low, r.lift_high)},
                       {"profit_per_customer", interval(r.per_customer, r.per_customer_low, r.per_customer_high)},
                       {"profit", interval(r.total, r.total_low, r.total_high)},
                       {"proven", r.proven},
                       {"profit_expected_by_plan", r.expected}};
  return result.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace app
