#include "app/describe_campaign.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "app/presets.h"
#include "app/saved_plan.h"
#include "app/terminal.h"

namespace app {

using base::Result;
using model::MessageState;
using model::ResponseKind;
using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

StepStatus& step_of(CampaignStatus& status, const std::string& name) {
  for (auto& [known, step] : status.steps) {
    if (known == name) return step;
  }
  return status.steps.emplace_back(name, StepStatus{}).second;
}

std::string listed(const std::map<std::string, std::uint64_t>& counts, text::Language language) {
  std::string text;
  for (const auto& [name, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : language == text::Language::en ? ", " : "、", name, text::whole(language, static_cast<double>(count)));
  return text;
}

double major(std::int64_t minor) { return static_cast<double>(minor) / 100; }

}  // namespace

Result<CampaignStatus> status_of(const model::Campaign& campaign, port::ActStore& store) {
  CampaignStatus status;
  status.campaign = campaign;
  WB_ASSIGN(const auto messages, store.counts().messages(campaign.id));
  for (const auto& count : messages) {
    StepStatus& step = step_of(status, count.step);
    switch (count.state) {
      case MessageState::accepted: step.sent += count.messages; break;
      case MessageState::unknown:
      case MessageState::unconfirmed: step.in_doubt += count.messages; break;
      case MessageState::ghost: step.ghosts += count.messages; break;
      case MessageState::dropped:
      case MessageState::rejected:
      case MessageState::cancelled:
        step.not_sent += count.messages;
        status.not_sent[count.detail.empty() ? std::string{model::name_of(count.state)} : count.detail] += count.messages;
        break;
      default: break;
    }
  }
  WB_ASSIGN(const auto standings, store.counts().enrolments(campaign.id));
  for (const auto& standing : standings) {
    (standing.control ? status.controls : status.treated) += standing.customers;
    constexpr std::string_view kFinished = "finished: ";
    if (standing.state.starts_with(kFinished)) {
      if (!standing.control) status.endings[standing.state.substr(kFinished.size())] += standing.customers;
      continue;
    }
    status.open += standing.customers;
    if (!standing.control) step_of(status, standing.step).here += standing.customers;
  }
  WB_ASSIGN(const auto responses, store.responses().counts(campaign.id));
  for (const auto& response : responses) {
    if (response.kind == ResponseKind::opened) step_of(status, response.step).opened += response.customers;
    if (response.kind == ResponseKind::clicked) step_of(status, response.step).clicked += response.customers;
  }
  WB_ASSIGN(status.codes, store.codes().accounts(campaign.id));
  return status;
}

std::string describe(const CampaignStatus& status, const std::string& currency, text::Language l) {
  constexpr Word kStates[] = {Word::campaign_state_running, Word::campaign_state_paused, Word::campaign_state_ended};
  const auto n = [l](std::uint64_t count) { return text::whole(l, static_cast<double>(count)); };
  std::string out = say(l, Word::campaign_status_line, fmt::arg("id", status.campaign.id),
                        fmt::arg("state", say(l, kStates[static_cast<std::size_t>(status.campaign.state)])),
                        fmt::arg("version", status.campaign.version),
                        fmt::arg("date", text::date(l, std::chrono::floor<std::chrono::days>(status.campaign.launched_at))),
                        fmt::arg("treated", n(status.treated)), fmt::arg("controls", n(status.controls)), fmt::arg("open", n(status.open))) + "\n";
  if (!status.campaign.pause_reason.empty()) out += say(l, Word::campaign_why_paused, fmt::arg("reason", status.campaign.pause_reason)) + "\n";
  TextTable table{{{std::string{say(l, Word::head_step)}},
                   {std::string{say(l, Word::head_here)}, true},
                   {std::string{say(l, Word::head_sent)}, true},
                   {std::string{say(l, Word::head_in_doubt)}, true},
                   {std::string{say(l, Word::head_not_sent)}, true},
                   {std::string{say(l, Word::head_ghosts)}, true},
                   {std::string{say(l, Word::head_opened)}, true},
                   {std::string{say(l, Word::head_clicked)}, true}}};
  for (const auto& [name, step] : status.steps)
    table.add({name, n(step.here), n(step.sent), n(step.in_doubt), n(step.not_sent), n(step.ghosts), n(step.opened), n(step.clicked)});
  if (!status.steps.empty()) out += table.str();
  if (!status.endings.empty()) out += say(l, Word::campaign_ended_how, fmt::arg("list", listed(status.endings, l))) + "\n";
  if (!status.not_sent.empty()) out += say(l, Word::campaign_not_sent_why, fmt::arg("list", listed(status.not_sent, l))) + "\n";
  if (!status.codes.empty()) {
    std::uint64_t issued = 0, redeemed = 0;
    std::int64_t spent = 0, open = 0;
    std::optional<std::int64_t> budget;
    for (const auto& account : status.codes) {
      issued += account.issued_count;
      redeemed += account.redeemed_count;
      spent += account.redeemed;
      open += account.outstanding;
      if (account.budget) budget = account.budget;
    }
    const std::string limit = budget ? " " + say(l, Word::campaign_codes_limit, fmt::arg("budget", text::money(l, currency, major(*budget)))) : "";
    out += say(l, Word::campaign_codes, fmt::arg("issued", n(issued)), fmt::arg("redeemed", n(redeemed)),
               fmt::arg("spent", text::money(l, currency, major(spent))), fmt::arg("open", text::money(l, currency, major(open))),
               fmt::arg("limit", limit)) + "\n";
  }
  return out;
}

std::string to_json(const CampaignStatus& status) {
  ordered_json steps = ordered_json::array();
  for (const auto& [name, step] : status.steps) {
    steps.push_back({{"step", name}, {"here", step.here}, {"sent", step.sent}, {"in_doubt", step.in_doubt}, {"not_sent", step.not_sent},
                     {"held_out", step.ghosts}, {"opened", step.opened}, {"clicked", step.clicked}});
  }
  ordered_json codes = ordered_json::array();
  for (const auto& account : status.codes) {
    codes.push_back({{"offer", account.offer_id}, {"issued", account.issued_count}, {"redeemed", account.redeemed_count},
                     {"spent", major(account.redeemed)}, {"outstanding", major(account.outstanding)}});
    if (account.budget) codes.back()["budget"] = major(*account.budget);
  }
  const ordered_json json = {{"id", status.campaign.id},
                             {"state", model::name_of(status.campaign.state)},
                             {"pause_reason", status.campaign.pause_reason},
                             {"version", status.campaign.version},
                             {"plan", status.campaign.plan_id},
                             {"launched_at", base::to_string(status.campaign.launched_at)},
                             {"treated", status.treated},
                             {"held_out", status.controls},
                             {"open", status.open},
                             {"steps", steps},
                             {"endings", status.endings},
                             {"not_sent", status.not_sent},
                             {"codes", codes}};
  return json.dump(2);
}

namespace {

/// What a campaign's customers are compared on.
struct Comparison {
  std::unordered_map<std::string, measure::Assigned> assigned;
  double margin = 0;
  std::int32_t horizon = 0;
};

Result<Comparison> comparison_of(const model::Campaign& campaign, Context& context, port::ActStore& store) {
  Comparison comparison;
  WB_ASSIGN(const model::Business business, load_business(context.settings().business, context.settings_file()));
  comparison.margin = context.settings().margin.value_or(business.margin);
  comparison.horizon = business.horizon_days;
  double contact_cost = 0;
  if (!campaign.plan_id.empty()) {
    WB_ASSIGN(const SavedPlan saved, load_plan(store, campaign.plan_id));
    comparison.margin = saved.margin;
    comparison.horizon = static_cast<std::int32_t>(saved.plan.horizon_days);
    for (const model::Offer& offer : saved.offers) {
      if (offer.channel == "email") contact_cost = std::max(contact_cost, offer.contact_cost);
    }
  }
  WB_TRY(store.counts().each_assigned(campaign.id, [&](const port::ActCounts::Assigned& one) -> Result<void> {
    measure::Assigned& customer = comparison.assigned[one.customer_id];
    // The first entry counts; a later one is what the first has led to.
    if (customer.entered_at == base::Instant{}) {
      customer.entered_at = one.entered_at;
      customer.control = one.control;
    }
    customer.incentives += major(one.redeemed);
    customer.contacts += static_cast<double>(one.messages) * contact_cost;
    return {};
  }));
  return comparison;
}

}  // namespace

Result<CampaignProof> proof_of(const model::Campaign& campaign, Context& context, port::ActStore& store, port::Warehouse& warehouse) {
  CampaignProof proof;
  proof.campaign = campaign;
  WB_ASSIGN(const Comparison comparison, comparison_of(campaign, context, store));
  WB_ASSIGN(proof.results, measure::campaign_results(comparison.assigned, campaign.holdout_share, comparison.margin, comparison.horizon, warehouse));
  WB_ASSIGN(const CampaignStatus status, status_of(campaign, store));
  for (const auto& [name, step] : status.steps) {
    proof.sent += step.sent + step.in_doubt;
    proof.opened += step.opened;
    proof.clicked += step.clicked;
  }
  return proof;
}

Result<std::vector<measure::CampaignResults>> proof_over_time(const model::Campaign& campaign, Context& context, port::ActStore& store,
                                                              port::Warehouse& warehouse) {
  constexpr std::int32_t kPoints = 8;
  WB_ASSIGN(const Comparison comparison, comparison_of(campaign, context, store));
  std::vector<measure::CampaignResults> points;
  for (std::int32_t k = 1; k <= kPoints; ++k) {
    const std::int32_t days = std::max(1, comparison.horizon * k / kPoints);
    if (!points.empty() && points.back().horizon_days >= days) continue;
    WB_ASSIGN(auto point, measure::campaign_results(comparison.assigned, campaign.holdout_share, comparison.margin, days, warehouse));
    points.push_back(std::move(point));
  }
  return points;
}

std::string describe(const CampaignProof& proof, const std::string& currency, text::Language l) {
  const measure::CampaignResults& r = proof.results;
  const auto n = [l](std::uint64_t count) { return text::whole(l, static_cast<double>(count)); };
  const auto money = [&](double amount) { return text::money_brief(l, currency, amount); };
  const auto share = [&](std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? std::string{"–"} : fmt::format("{} ({})", n(part), text::percent(l, static_cast<double>(part) / static_cast<double>(whole)));
  };
  const std::string& id = proof.campaign.id;
  std::string out;
  if (r.sample_ratio_alarm) {
    return say(l, Word::results_alarm, fmt::arg("treated", n(r.treated.customers)), fmt::arg("held_out", n(r.held_out.customers)),
               fmt::arg("p", fmt::format("{:.1e}", r.sample_ratio_p))) + "\n";
  }
  if (!r.comparable) out += say(l, Word::results_no_comparison, fmt::arg("id", id));
  else if (r.proven && r.total > 0) out += say(l, Word::results_headline_proven, fmt::arg("id", id), fmt::arg("total", money(r.total)), fmt::arg("low", money(r.total_low)));
  else if (r.proven) out += say(l, Word::results_headline_loss, fmt::arg("id", id), fmt::arg("total", money(-r.total)), fmt::arg("low", money(-r.total_high)));
  else out += say(l, Word::results_headline_open, fmt::arg("id", id), fmt::arg("low", money(r.total_low)), fmt::arg("high", money(r.total_high)),
                  fmt::arg("elapsed", text::percent(l, r.elapsed)), fmt::arg("days", r.horizon_days));
  out += "\n\n";
  TextTable table{{{std::string{say(l, Word::head_group)}},
                   {std::string{say(l, Word::head_customers)}, true},
                   {std::string{say(l, Word::head_first_order)}, true},
                   {std::string{say(l, Word::head_second_order)}, true},
                   {std::string{say(l, Word::head_contribution)}, true}}};
  for (const auto& [word, arm] : {std::pair{Word::arm_treated, &r.treated}, {Word::arm_held_out, &r.held_out}})
    table.add({std::string{say(l, word)}, n(arm->customers), share(arm->first_order, arm->customers), share(arm->second_order, arm->customers),
               text::money(l, currency, arm->contribution, 2)});
  out += table.str() + "\n";
  if (r.comparable) {
    const auto points = [](double value) { return fmt::format("{}{:.1f} %", value >= 0 ? "+" : "−", std::abs(value) * 100); };
    out += say(l, Word::results_lift, fmt::arg("lift", points(r.lift)), fmt::arg("low", points(r.lift_low)), fmt::arg("high", points(r.lift_high)),
               fmt::arg("detectable", points(r.detectable_lift))) + "\n";
  }
  out += say(l, Word::results_funnel, fmt::arg("sent", n(proof.sent)), fmt::arg("opened", n(proof.opened)), fmt::arg("clicked", n(proof.clicked))) + "\n";
  return out;
}

std::string to_json(const CampaignProof& proof) {
  const measure::CampaignResults& r = proof.results;
  const auto arm = [](const measure::CampaignArm& a) {
    return ordered_json{{"customers", a.customers}, {"first_order", a.first_order}, {"second_order", a.second_order}, {"orders", a.orders},
                        {"contribution", a.contribution}, {"contribution_sd", a.contribution_sd}};
  };
  const ordered_json json = {{"id", proof.campaign.id},
                             {"from", base::to_string(r.from)},
                             {"seen_until", base::to_string(r.seen_until)},
                             {"horizon_days", r.horizon_days},
                             {"elapsed", r.elapsed},
                             {"sent", proof.sent},
                             {"opened", proof.opened},
                             {"clicked", proof.clicked},
                             {"treated", arm(r.treated)},
                             {"held_out", arm(r.held_out)},
                             {"sample_ratio_p", r.sample_ratio_p},
                             {"sample_ratio_alarm", r.sample_ratio_alarm},
                             {"comparable", r.comparable},
                             {"lift", {r.lift, r.lift_low, r.lift_high}},
                             {"per_customer", {r.per_customer, r.per_customer_low, r.per_customer_high}},
                             {"total", {r.total, r.total_low, r.total_high}},
                             {"detectable_lift", r.detectable_lift},
                             {"proven", r.proven}};
  return json.dump(2);
}

Result<double> most_it_can_cost(const std::string& plan_json) {
  const auto json = nlohmann::json::parse(plan_json, nullptr, false);
  if (!json.is_object()) return base::fail(base::Code::corrupt, "the plan cannot be read back from the store");
  return json.value("most_it_can_cost", 0.0);
}

Result<std::optional<double>> budget_of(const std::string& plan_json) {
  const auto json = nlohmann::json::parse(plan_json, nullptr, false);
  if (!json.is_object()) return base::fail(base::Code::corrupt, "the plan cannot be read back from the store");
  const auto budget = json.find("budget");
  if (budget == json.end() || !budget->is_number()) return std::optional<double>{};
  return std::optional{budget->get<double>()};
}

}  // namespace app
