#include <cmath>

#include <nlohmann/json.hpp>

#include "app/act_settings.h"
#include "app/describe_campaign.h"
#include "app/launch.h"
#include "app/saved_plan.h"
#include "console/jobs.h"
#include "console/mount.h"
#include "console/rows.h"
#include "console/snapshot.h"
#include "console/words.h"
#include "gen/sql_warehouse.h"

namespace console {

namespace sql = gen::warehouse;
using base::Result;
using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

constexpr double kConfidence = 0.95;

/// What the page says was earned: each campaign's own interval, and their sum. The campaigns' errors are independent, so
/// the half-widths of the sum add up in squares.
Result<void> add_earned(const Ask& ask, const std::vector<model::Campaign>& campaigns, ordered_json& json) {
  json["earned"] = nullptr;
  json["campaigns"] = ordered_json::array();
  WB_ASSIGN(const auto context, app::Context::open(ask.at.common, false));
  double value = 0, below = 0, above = 0;
  int counted = 0;
  std::string from, until;
  for (const model::Campaign& campaign : campaigns) {
    ordered_json one{{"id", campaign.id}, {"name", campaign.id}, {"state", model::name_of(campaign.state)}, {"value", nullptr}, {"low", nullptr}, {"high", nullptr}, {"proven", false}};
    const auto proof = app::proof_of(campaign, *context, ask.at.store, ask.at.warehouse);
    if (proof && proof->results.comparable && !proof->results.sample_ratio_alarm && std::isfinite(proof->results.total_low) && std::isfinite(proof->results.total_high)) {
      const measure::CampaignResults& r = proof->results;
      one["value"] = r.total, one["low"] = r.total_low, one["high"] = r.total_high, one["proven"] = r.proven;
      value += r.total;
      below += (r.total - r.total_low) * (r.total - r.total_low);
      above += (r.total_high - r.total) * (r.total_high - r.total);
      ++counted;
      const std::string first = base::to_string(r.from), last = base::to_string(r.seen_until);
      from = from.empty() ? first : std::min(from, first);
      until = std::max(until, last);
    }
    json["campaigns"].push_back(std::move(one));
  }
  if (counted > 0) {
    const double low = value - std::sqrt(below), high = value + std::sqrt(above);
    json["earned"] = {{"value", value}, {"low", low}, {"high", high}, {"proven", low > 0 || high < 0}, {"confidence", kConfidence}, {"campaigns", counted}, {"from", from}, {"until", until}};
  }
  return {};
}

Result<void> add_slipping(const Ask& ask, ordered_json& json) {
  ordered_json slipping{{"customers", 0}, {"at_stake", 0.0}, {"source", "none"}, {"top", ordered_json::array()}};
  std::int64_t forecasts = 0;
  WB_TRY(each_row(ask.at.warehouse, {sql::console_slipping_sum.name, sql::console_slipping_sum.text}, [&](const Row& row) {
    forecasts = row.whole("forecasts");
    slipping["customers"] = row.whole("customers");
    slipping["at_stake"] = row.number("at_stake");
  }));
  if (forecasts > 0) {
    slipping["source"] = "churn";
    WB_TRY(each_row(ask.at.warehouse, {sql::console_slipping.name, sql::console_slipping.text}, [&](const Row& row) {
      std::string reason;
      for (const std::string& one : row.texts("reasons")) reason += (reason.empty() ? "" : ask.language == text::Language::en ? "; " : "；") + say_churn_reason(ask.language, one);
      if (reason.empty()) reason = say(ask.language, Word::home_stage_reason, fmt::arg("days", row.whole("silent_days")), fmt::arg("gap", std::lround(row.number("expected_gap"))));
      slipping["top"].push_back({{"customer_id", row.text("customer_id")}, {"chance", row.number("chance")}, {"at_stake", row.number("at_stake")}, {"silent_days", row.whole("silent_days")}, {"reason", reason}});
    }));
  } else if (const auto snapshot = last_snapshot(ask.at)) {
    slipping["source"] = "stages";
    const std::vector<port::Parameter> of{{"snapshot", *snapshot}};
    WB_TRY(each_row(ask.at.warehouse, {sql::console_declining_sum.name, sql::console_declining_sum.text, of}, [&](const Row& row) {
      slipping["customers"] = row.whole("customers");
      slipping["at_stake"] = row.number("at_stake");
    }));
    WB_TRY(each_row(ask.at.warehouse, {sql::console_declining.name, sql::console_declining.text, of}, [&](const Row& row) {
      slipping["top"].push_back({{"customer_id", row.text("customer_id")}, {"chance", nullptr}, {"at_stake", row.number("loss_90")}, {"silent_days", row.whole("silent_days")},
                                 {"reason", say(ask.language, Word::home_stage_reason, fmt::arg("days", row.whole("silent_days")), fmt::arg("gap", std::lround(row.number("expected_gap"))))}});
    }));
  }
  json["slipping"] = std::move(slipping);
  return {};
}

/// What to do today, most urgent first.
Result<void> add_todo(const Ask& ask, const std::vector<model::Campaign>& campaigns, ordered_json& json) {
  ordered_json todo = ordered_json::array();
  const auto add = [&](std::string_view kind, std::uint64_t count, const std::string& subject, const std::string& link, std::optional<double> money = {}) {
    todo.push_back({{"kind", kind}, {"count", count}, {"money", money ? ordered_json(*money) : ordered_json(nullptr)}, {"subject", subject}, {"link", link}});
  };
  std::uint64_t doubt = 0;
  for (const model::Campaign& campaign : campaigns) {
    if (campaign.state == model::CampaignState::paused) add("campaign_paused", 1, campaign.id + ": " + campaign.pause_reason, "/campaigns/" + campaign.id);
    WB_ASSIGN(const auto fates, ask.at.store.counts().messages(campaign.id));
    for (const auto& fate : fates) {
      if (fate.state == model::MessageState::unknown) doubt += fate.messages;
    }
  }
  if (doubt > 0) add("in_doubt", doubt, "", "/campaigns");
  WB_ASSIGN(const auto tasks, ask.at.store.inbox().open_tasks());
  std::uint64_t overdue = 0;
  for (const model::Task& task : tasks) overdue += task.deadline < ask.at.clock.now() ? 1 : 0;
  if (overdue > 0) add("tasks_overdue", overdue, "", "/tasks");
  if (tasks.size() > overdue) add("tasks_open", tasks.size() - overdue, "", "/tasks");

  WB_ASSIGN(const auto imports, ask.at.store.imports().list());
  const bool orders = std::ranges::any_of(imports, [](const model::Import& one) { return one.kind == model::ImportKind::orders && one.finished_at && !one.undone_at; });
  WB_ASSIGN(const auto analysis, ask.at.store.findings().find("analysis"));
  WB_ASSIGN(const auto plans, ask.at.store.plans().list());
  if (!orders) {
    add("import_data", 1, "", "/data");
  } else if (!analysis) {
    add("analyze", 1, "", "/retention");
  } else if (plans.empty()) {
    add("make_plan", 1, "", "/plans");
  } else if (const auto saved = app::load_plan(ask.at.store, plans.front().id); saved && !saved->carried_out) {
    const ordered_json summary = ordered_json::parse(saved->plan.summary_json);
    const double most = summary.value("most_it_can_cost", 0.0), mean = summary["profit"].value("mean", 0.0);
    WB_ASSIGN(const app::ActSettings act, app::load_act_settings(ask.at.data / "winback.yaml"));
    WB_ASSIGN(const auto approvals, app::plan_approvals(plans.front().id, ask.at.store));
    const std::uint64_t approached = summary["verdicts"].value("approach", 0U) + summary["verdicts"].value("explore", 0U);
    const bool ask_another = act.approval_above && most > *act.approval_above && approvals.empty();
    add(ask_another ? "approve_plan" : "launch_plan", approached, plans.front().id, "/plans/" + plans.front().id, mean);
    if (!act.sends_letters()) add("set_up_mail", 1, "", "/settings");
  }
  for (const auto& one : json["campaigns"]) {
    if (one.value("proven", false)) add("results_ready", 1, one["id"], "/campaigns/" + one["id"].get<std::string>(), one["value"].get<double>());
  }
  WB_ASSIGN(const auto reasons, ask.at.store.findings().find("reasons"));
  if (reasons) {
    const ordered_json told = ordered_json::parse(reasons->json, nullptr, false);
    for (const auto& one : told.value("reasons", ordered_json::array())) {
      if (one.value("actor", "") != "product" || one.value("customers", 0.0) < 1) continue;
      add("fix_reason", static_cast<std::uint64_t>(std::lround(one.value("customers", 0.0))), one.value("reason", ""), "/reasons", one.value("expected_year", 0.0));
      break;  // by money at stake: the first is what should be fixed first
    }
  }
  std::uint64_t rejected = 0;
  if (!imports.empty()) rejected = imports.front().rows_rejected;
  if (rejected > 0) add("rejects", rejected, imports.front().file_name, "/data");
  json["todo"] = std::move(todo);
  return {};
}

Result<Reply> home(const Ask& ask) {
  WB_ASSIGN(const app::Settings settings, settings_now(ask.at));
  WB_ASSIGN(const auto analysis, ask.at.store.findings().find("analysis"));
  ordered_json json{{"as_of", nullptr}, {"currency", settings.currency}, {"customers", 0}};
  if (analysis) {
    const ordered_json shop = ordered_json::parse(analysis->json, nullptr, false);
    json["as_of"] = shop["as_of"];
    json["customers"] = shop["customers"];
  }
  WB_ASSIGN(const auto campaigns, ask.at.store.campaigns().list());
  WB_TRY(add_earned(ask, campaigns, json));
  WB_TRY(add_slipping(ask, json));
  WB_TRY(add_todo(ask, campaigns, json));
  if (ask.caller.user_id != 0 && ask.caller.role == entry::Role::read_only) json["slipping"]["top"] = ordered_json::array();  // figures, no customers
  return Reply{json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"};
}

}  // namespace

void mount_home(Routes& routes) { routes.get("/api/home", home); }

}  // namespace console
