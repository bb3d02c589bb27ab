#include <cmath>

#include <nlohmann/json.hpp>

#include "app/learned.h"
#include "app/presets.h"
#include "app/reasons_yaml.h"
#include "app/steps.h"
#include "console/jobs.h"
#include "console/mount.h"
#include "console/refresh.h"
#include "console/rows.h"
#include "console/snapshot.h"
#include "gen/sql_warehouse.h"

namespace console {

namespace sql = gen::warehouse;
using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

constexpr double kNinety = 1.6448536269514722;

std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"; }

/// A finding as JSON; null when there is none yet.
Result<ordered_json> finding(Workspace& at, std::string_view name) {
  WB_ASSIGN(const auto found, at.store.findings().find(name));
  if (!found) return ordered_json(nullptr);
  ordered_json json = ordered_json::parse(found->json, nullptr, false);
  if (json.is_discarded()) return fail(Code::corrupt, "what the last analysis said ({}) cannot be read back; analyse again", name);
  json["made_at"] = base::to_string(found->made_at);
  return json;
}

Result<Reply> analysis(const Ask& ask) {
  WB_ASSIGN(ordered_json json, finding(ask.at, "analysis"));
  if (json.is_null()) return fail(Code::not_found, "nothing was analysed yet: import orders, then analyse them");
  WB_ASSIGN(const std::string snapshot, last_snapshot(ask.at));
  const std::int64_t lost_after = json["lost_after_days"].is_number() ? json["lost_after_days"].get<std::int64_t>() : 365;
  ordered_json flows = ordered_json::array();
  WB_TRY(each_row(ask.at.warehouse,
                  {sql::console_flows.name, sql::console_flows.text, {{"as_of", json.value("as_of", "1970-01-01")}, {"lost_after", fmt::format("{}", lost_after)}, {"snapshot", snapshot}}},
                  [&](const Row& row) { flows.push_back({{"from", row.text("from")}, {"to", row.text("to")}, {"customers", row.whole("customers")}, {"spend_12m", row.number("spend_12m")}}); }));
  json["flows"] = std::move(flows);
  json["lost_after_days"] = lost_after;
  return Reply{dump(json)};
}

Result<Reply> reasons(const Ask& ask) {
  WB_ASSIGN(ordered_json json, finding(ask.at, "reasons"));
  if (json.is_null()) return fail(Code::not_found, "nothing was analysed yet: import orders, then analyse them");
  WB_ASSIGN(const model::ReasonRules rules, app::load_reason_rules(ask.at.data));
  const auto language = static_cast<std::size_t>(ask.language);
  for (ordered_json& one : json["reasons"]) {
    const std::string id = one.value("reason", "");
    one["name"] = id;
    one["blocks"] = one.value("blocks", false) ? "yes" : "";
    std::string playbook = one.value("playbook", "");
    for (const model::Reason& rule : rules.reasons) {
      if (rule.id == id) one["name"] = rule.name[language];
    }
    for (const model::Playbook& book : rules.playbooks) {
      if (book.id == playbook) one["playbook"] = book.name[language] + (book.text[language].empty() ? "" : ": " + book.text[language]);
    }
    ordered_json words = ordered_json::array();
    for (const auto& word : one["words"]) words.push_back(word.is_string() ? ordered_json{{"word", word}} : word);
    one["words"] = std::move(words);
  }
  WB_ASSIGN(const app::Settings settings, settings_now(ask.at));
  json["currency"] = settings.currency;
  return Reply{dump(json)};
}

/// What is believed of each kind of approach that was tried, as the change of the log-odds of returning.
Result<ordered_json> learned(const Ask& ask) {
  WB_ASSIGN(const auto context, app::Context::open(ask.at.common, false));
  WB_ASSIGN(const model::Assumptions assumptions, app::load_assumptions(ask.at.data / "priors.yaml"));
  WB_ASSIGN(const app::Learned known, app::learn(*context, assumptions));
  ordered_json list = ordered_json::array();
  const auto interval = [](const decide::Effect& e) { return ordered_json{{"value", e.mean}, {"low", e.mean - kNinety * e.sd}, {"high", e.mean + kNinety * e.sd}}; };
  for (const auto& lesson : known.response.lessons()) {
    const auto word = static_cast<text::Word>(static_cast<std::size_t>(text::Word::kind_reminder) + static_cast<std::size_t>(lesson.kind));
    list.push_back({{"offer", model::name_of(lesson.kind)}, {"name", text::say(ask.language, word)}, {"assumed", interval(lesson.before)}, {"believed", interval(lesson.after)},
                    {"approached", lesson.approached}, {"held_out", lesson.not_approached}});
  }
  return list;
}

Result<Reply> models(const Ask& ask) {
  WB_ASSIGN(const ordered_json shop, finding(ask.at, "analysis"));
  WB_ASSIGN(ordered_json churn, finding(ask.at, "churn"));
  if (churn.is_object()) churn.erase("alerts");
  ordered_json json{{"return_chance", nullptr}, {"purchase", nullptr}, {"churn", std::move(churn)}};
  if (shop.is_object()) {
    const ordered_json& check = shop["out_of_time_check"];
    json["return_chance"] = {{"method", shop["return_chance_method"]}, {"check", check.value("done", false) ? check : ordered_json(nullptr)}};
    json["purchase"] = {{"model", shop["purchase_model"]}, {"judged", shop["purchase_model_judged"]}, {"models", shop["models"]}};
  }
  WB_ASSIGN(json["learned"], learned(ask));
  return Reply{dump(json)};
}

Result<Reply> begin_job(const Ask& ask) {
  const auto body = nlohmann::json::parse(ask.request.body, nullptr, false);
  const std::string kind = body.is_object() && body.contains("kind") && body["kind"].is_string() ? body["kind"].get<std::string>() : "";
  if (kind != "analyze" && kind != "churn") return fail(Code::invalid_input, "kind must be analyze or churn");
  WB_TRY(ask.at.audit(ask.caller, kind, "", ""));
  if (kind == "analyze") {
    WB_ASSIGN(std::string job, begin_analysis(ask.at, ask.caller.name));
    return begun(std::move(job));
  }
  const app::CommonOptions common = ask.at.common;
  WB_ASSIGN(const auto job, ask.at.jobs.begin(kind, ask.caller.name, [common, kind](const Tell& tell) -> Result<std::string> {
    WB_ASSIGN(const auto context, app::Context::open(common, false));
    tell(-1, kind);
    WB_TRY(app::churn_step(*context, "", ""));
    return std::string{"{}"};
  }));
  return begun(to_json(job));
}

Result<Reply> one_job(const Ask& ask) {
  const auto job = ask.at.jobs.find(ask.part("id"));
  if (!job) return fail(Code::not_found, "this work is not remembered any more: the program was started again since, or much else was done");
  return Reply{to_json(*job)};
}

Result<Reply> list_jobs(const Ask& ask) {
  ordered_json list = ordered_json::array();
  for (const auto& job : ask.at.jobs.list()) list.push_back(ordered_json::parse(to_json(job)));
  return Reply{dump({{"jobs", std::move(list)}})};
}

}  // namespace

void mount_shop(Routes& routes) {
  routes.get("/api/analysis", analysis);
  routes.get("/api/reasons", reasons);
  routes.get("/api/models", models);
  routes.get("/api/jobs", list_jobs);
  routes.post("/api/jobs", begin_job);
  routes.get("/api/jobs/:id", one_job);
}

}  // namespace console
