#include <algorithm>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "app/act_settings.h"
#include "app/facts_json.h"
#include "app/launch.h"
#include "app/plan_export.h"
#include "app/saved_plan.h"
#include "app/segments.h"
#include "app/steps.h"
#include "collect/csv_writer.h"
#include "console/conditions.h"
#include "console/decisions.h"
#include "console/jobs.h"
#include "console/mount.h"
#include "console/snapshot.h"
#include "gen/sql_warehouse.h"
#include "measure/results.h"

namespace console {

namespace sql = gen::warehouse;
using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"; }

Result<app::SavedPlan> plan_named(const Ask& ask) {
  const std::string id = ask.part("id");
  return app::load_plan(ask.at.store, id == "latest" ? "" : id);
}

/// The campaign that sends this plan, newest first; empty when none does.
Result<std::string> campaign_of(const std::string& plan, Workspace& at) {
  WB_ASSIGN(const auto campaigns, at.store.campaigns().list());
  for (const model::Campaign& campaign : campaigns) {
    if (campaign.plan_id == plan) return campaign.id;
  }
  return std::string{};
}

std::string_view state_of(const app::SavedPlan& saved, const std::vector<model::Approval>& approvals) {
  if (saved.carried_out) return "carried_out";
  return approvals.empty() ? "made" : "approved";
}

Result<Reply> list_plans(const Ask& ask) {
  WB_ASSIGN(const auto plans, ask.at.store.plans().list());
  ordered_json list = ordered_json::array();
  for (const model::Plan& plan : plans) {
    const auto saved = app::load_plan(ask.at.store, plan.id);
    if (!saved) continue;  // of a version that kept less; its file is still where it was written
    const ordered_json json = ordered_json::parse(plan.summary_json);
    WB_ASSIGN(const auto approvals, app::plan_approvals(plan.id, ask.at.store));
    WB_ASSIGN(const std::string campaign, campaign_of(plan.id, ask.at));
    const auto& verdicts = json["verdicts"];
    list.push_back({{"plan", plan.id}, {"as_of", json["as_of"]}, {"made_at", base::to_string(plan.made_at)}, {"budget", json["budget"]}, {"customers", json["customers"]},
                    {"approached", verdicts.value("approach", 0) + verdicts.value("explore", 0)}, {"held_out", verdicts.value("hold_out", 0)}, {"profit", json["profit"]},
                    {"state", state_of(*saved, approvals)}, {"where", json["where"]}, {"campaign", campaign.empty() ? ordered_json(nullptr) : ordered_json(campaign)}});
  }
  return Reply{dump({{"plans", std::move(list)}})};
}

Result<Reply> one_plan(const Ask& ask) {
  WB_ASSIGN(const app::SavedPlan saved, plan_named(ask));
  ordered_json json = ordered_json::parse(saved.plan.summary_json);
  json.erase("offers_as_planned");
  const auto language = static_cast<std::size_t>(ask.language);
  for (ordered_json& offer : json["offers"]) {
    offer["name"] = offer["id"];
    for (const model::Offer& one : saved.offers) {
      if (one.id == offer["id"]) offer["name"] = one.name[language];
    }
  }
  WB_ASSIGN(const auto approvals, app::plan_approvals(saved.plan.id, ask.at.store));
  WB_ASSIGN(const app::ActSettings act, app::load_act_settings(ask.at.data / "winback.yaml"));
  json["state"] = state_of(saved, approvals);
  json["approvals"] = ordered_json::array();
  for (const model::Approval& approval : approvals) json["approvals"].push_back({{"by", approval.by}, {"at", base::to_string(approval.at)}});
  json["needs_approval"] = act.approval_above && json.value("most_it_can_cost", 0.0) > *act.approval_above && approvals.empty();
  WB_ASSIGN(const std::string campaign, campaign_of(saved.plan.id, ask.at));
  json["campaign"] = campaign.empty() ? ordered_json(nullptr) : ordered_json(campaign);
  json["made_at"] = base::to_string(saved.plan.made_at);
  return Reply{dump(json)};
}

Result<Reply> make_plan(const Ask& ask) {
  const auto body = nlohmann::json::parse(ask.request.body, nullptr, false);
  if (!body.is_object()) return fail(Code::invalid_input, "the body must be one JSON object, such as {{\"budget\": 5000}}");
  app::PlanOptions options;
  const auto number = [&](const char* name, std::optional<double>& target) -> Result<void> {
    if (!body.contains(name) || body[name].is_null()) return {};
    if (!body[name].is_number()) return fail(Code::invalid_input, "{} must be a number", name);
    target = body[name].get<double>();
    return {};
  };
  WB_TRY(number("budget", options.budget));
  WB_TRY(number("margin", options.margin));
  if (options.budget && *options.budget < 0) return fail(Code::invalid_input, "budget must not be below 0");
  if (options.margin && !(*options.margin > 0 && *options.margin <= 1)) return fail(Code::invalid_input, "margin must be a share above 0 and at most 1, such as 0.4");
  for (const auto& [name, target] : {std::pair<const char*, std::string*>{"where", &options.where}, {"preset", &options.preset}}) {
    if (!body.contains(name) || body[name].is_null()) continue;
    if (!body[name].is_string()) return fail(Code::invalid_input, "{} must be a text", name);
    *target = body[name].get<std::string>();
  }
  if (options.preset != "shop" && options.preset != "articles") return fail(Code::invalid_input, "preset must be shop or articles");
  WB_ASSIGN(options.where, app::segment_condition(ask.at.data, options.where));
  WB_TRY(condition_sql(options.where));
  if (body.contains("capacity") && body["capacity"].is_object()) {
    for (const auto& [channel, most] : body["capacity"].items()) {
      if (!most.is_number()) return fail(Code::invalid_input, "capacity.{} must be a number", channel);
      options.capacity.push_back(fmt::format("{}={:.0f}", channel, most.get<double>()));
    }
  }
  if (std::filesystem::exists(ask.at.data / "offers.yaml")) options.offers = (ask.at.data / "offers.yaml").string();
  WB_TRY(ask.at.audit(ask.caller, "plan", "", options.where));
  const app::CommonOptions common = ask.at.common;
  const port::Clock& clock = ask.at.clock;
  WB_ASSIGN(const auto job, ask.at.jobs.begin("plan", ask.caller.name, [common, options, &clock](const Tell& tell) -> Result<std::string> {
    WB_ASSIGN(const auto context, app::Context::open(common, false));
    tell(-1, "plan");
    WB_ASSIGN(const app::PlanStep step, app::plan_step(*context, options));
    WB_TRY(app::keep_plan(*context, step, clock.now()));
    return ordered_json{{"plan", step.plan.summary.id}}.dump();
  }));
  return begun(to_json(job));
}

Result<Reply> decisions(const Ask& ask) {
  WB_ASSIGN(const app::SavedPlan saved, plan_named(ask));
  WB_ASSIGN(const std::size_t limit, ask.limit());
  WB_ASSIGN(const std::string sort, ask.choice("sort", {"worth", "cost", "return_chance", "expected_year", "customer_id"}));
  std::string condition = "1";
  std::vector<port::Parameter> parameters{{"plan", saved.plan.id}, {"snapshot", last_snapshot(ask.at).value_or("")}};
  for (const char* field : {"verdict", "class", "filter", "offer"}) {
    const std::string value = ask.field(field);
    if (value.empty()) continue;
    condition += fmt::format(" AND toString({}) = {{{}:String}}", field, field);
    parameters.push_back({field, value});
  }
  std::int64_t total = 0;
  const std::string counting = with(sql::console_count_decisions.text, "condition", condition);
  WB_TRY(each_row(ask.at.warehouse, {sql::console_count_decisions.name, counting, parameters}, [&](const Row& row) { total = row.whole("customers"); }));
  const std::string direction = sort == "customer_id" ? "" : " DESC";
  const std::string ordering = sort == "customer_id" ? "customer_id" : sort + " DESC, customer_id DESC";
  const std::string outer = sort == "customer_id" ? "d.customer_id" : "d." + sort + " DESC, d.customer_id DESC";
  if (const std::string after = ask.field("after"); !after.empty()) {
    const std::size_t bar = after.find('|');
    double number = 0;
    const auto [end, wrong] = std::from_chars(after.data(), after.data() + std::min(bar, after.size()), number);
    const bool readable = sort == "customer_id" ? bar == 0 : bar != std::string::npos && wrong == std::errc{} && end == after.data() + bar && std::isfinite(number);
    if (!readable) return fail(Code::invalid_input, "after must be the `next` of the page before");
    condition += sort == "customer_id" ? " AND customer_id > {after_id:String}" : " AND (" + sort + ", customer_id) < ({after_value:Float64}, {after_id:String})";
    if (sort != "customer_id") parameters.push_back({"after_value", after.substr(0, bar)});
    parameters.push_back({"after_id", after.substr(bar + 1)});
  }
  const bool csv = ask.wants_csv();
  parameters.push_back({"limit", csv ? "1000000" : fmt::format("{}", limit + 1)});
  const std::string text = with(with(with(sql::console_decisions.text, "condition", condition), "order", ordering), "outer", outer);
  DecisionRows rows;
  std::string next;
  std::string last_value;
  WB_TRY(each_row(ask.at.warehouse, {sql::console_decisions.name, text, parameters}, [&](const Row& row) {
    if (!csv && rows.size() == limit) {
      next = last_value;
      return;
    }
    rows.take(row);
    last_value = (sort == "customer_id" ? std::string{} : fmt::format("{}", row.number(sort == "expected_year" ? "decided_year" : sort))) + "|" + row.text("customer_id");
  }));
  const std::vector<app::SavedPlan> plans{saved};
  if (csv) {
    WB_TRY(ask.at.audit(ask.caller, "export", "decisions of " + saved.plan.id, condition == "1" ? "" : "filtered"));
    std::string out;
    constexpr std::string_view kHeads[] = {"customer_id", "verdict", "class", "filter", "offer", "worth", "worth_low", "worth_high", "chance_positive", "return_chance", "return_chance_with", "cost", "sentence"};
    std::vector<std::string_view> cells{std::begin(kHeads), std::end(kHeads)};
    collect::append_csv_row(out, cells);
    for (const std::string& one : rows.to_json(plans, ask.language)) {
      const auto json = ordered_json::parse(one);
      std::vector<std::string> values;
      for (const std::string_view head : kHeads) {
        const auto& value = json[std::string{head}];
        values.push_back(value.is_string() ? value.get<std::string>() : value.dump());
      }
      cells.assign(values.begin(), values.end());
      collect::append_csv_row(out, cells);
    }
    return csv_file(std::move(out), "decisions.csv");
  }
  ordered_json list = ordered_json::array();
  for (const std::string& one : rows.to_json(plans, ask.language)) list.push_back(ordered_json::parse(one));
  return Reply{dump({{"total", total}, {"decisions", std::move(list)}, {"next", next.empty() ? ordered_json(nullptr) : ordered_json(next)}})};
}

Result<Reply> approve(const Ask& ask) {
  WB_ASSIGN(const app::SavedPlan saved, plan_named(ask));
  const double most = ordered_json::parse(saved.plan.summary_json).value("most_it_can_cost", 0.0);
  WB_TRY(ask.at.audit(ask.caller, "approve_plan", saved.plan.id, fmt::format("{:.2f}", most)));
  WB_TRY(app::approve_plan(saved.plan.id, most, ask.at.store, ask.caller.name, ask.at.clock.now()));
  return done();
}

Result<Reply> export_for(const Ask& ask) {
  WB_ASSIGN(const app::SavedPlan saved, plan_named(ask));
  WB_ASSIGN(const std::string system, ask.choice("for", {"csv", "mailchimp", "klaviyo", "youzan"}));
  WB_TRY(ask.at.audit(ask.caller, "export_plan", saved.plan.id, system));
  WB_ASSIGN(app::PlanExport out, app::export_plan(saved, system, ask.language, ask.at.store, ask.at.warehouse));
  WB_TRY(app::mark_carried_out(ask.at.store, saved.plan.id, std::chrono::floor<std::chrono::days>(ask.at.clock.now())));
  return csv_file(std::move(out.csv), saved.plan.id + "-" + system + ".csv");
}

Result<Reply> results(const Ask& ask) {
  WB_ASSIGN(const app::SavedPlan saved, plan_named(ask));
  WB_ASSIGN(const measure::Results results, measure::results_of(saved.plan, saved.offers, saved.margin, saved.expected_profit, ask.at.warehouse));
  return Reply{app::to_json(results) + "\n"};
}

}  // namespace

void mount_plans(Routes& routes) {
  routes.get("/api/plans", list_plans);
  routes.post("/api/plans", make_plan);
  routes.get("/api/plans/:id", one_plan);
  routes.get("/api/plans/:id/decisions", decisions);
  routes.post("/api/plans/:id/approve", approve);
  routes.get("/api/plans/:id/export", export_for);
  routes.get("/api/plans/:id/results", results);
}

}  // namespace console
