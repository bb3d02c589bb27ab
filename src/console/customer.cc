#include <set>

#include <nlohmann/json.hpp>

#include "act/deliver/consent.h"
#include "app/machine_clock.h"
#include "app/manners_yaml.h"
#include "app/person_data.h"
#include "app/person_files.h"
#include "app/reasons_yaml.h"
#include "console/customers.h"
#include "console/decisions.h"
#include "console/jobs.h"
#include "console/snapshot.h"
#include "console/words.h"
#include "gen/sql_warehouse.h"

namespace console {

namespace sql = gen::warehouse;
using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;
using text::say;
using text::Word;

namespace {

constexpr std::string_view kChannels[] = {"email", "phone", "sms", "wechat", "push"};
constexpr std::string_view kTopic = "win_back";

std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"; }

/// What is known of the customer from the last analysis; null for somebody who never bought.
Result<ordered_json> profile_of(const std::string& id, Workspace& at) {
  ordered_json profile = nullptr;
  const auto snapshot = last_snapshot(at);
  if (!snapshot) return profile;
  WB_TRY(each_row(at.warehouse, {sql::console_customer.name, sql::console_customer.text, {{"snapshot", *snapshot}, {"customer", id}}}, [&](const Row& row) {
    profile = ordered_json::parse(customer_row_json(row));
    for (const char* name : {"expected_gap", "expected_orders", "expected_basket", "value_percentile", "returned_share", "price_sensitivity"}) profile[name] = row.number(name);
    for (const char* name : {"r", "f", "m"}) profile[name] = row.whole(name);
    for (const char* name : {"favourite_item", "favourite_category", "last_item", "situation"}) profile[name] = row.text(name);
    profile["lapsed_on"] = row.day("lapsed_on");
  }));
  return profile;
}

Result<void> add_attributes(const std::string& id, Workspace& at, ordered_json& json) {
  json["attributes"] = ordered_json::object();
  json["tags"] = ordered_json::array();
  WB_TRY(each_row(at.warehouse, {sql::console_attributes.name, sql::console_attributes.text, {{"customer", id}}}, [&](const Row& row) {
    ordered_json kept = ordered_json::parse(row.text("attributes"), nullptr, false);
    if (kept.is_object()) json["attributes"] = std::move(kept);
    for (const char* name : {"city", "country", "language"}) {
      if (!row.text(name).empty()) json["attributes"][name] = row.text(name);
    }
    for (const std::string& tag : row.texts("tags")) json["tags"].push_back(tag);
  }));
  WB_ASSIGN(const auto tags, at.store.inbox().tags(id));
  for (const std::string& tag : tags) json["tags"].push_back(tag);
  return {};
}

Result<void> add_contacts(const std::string& id, const Ask& ask, ordered_json& json) {
  port::PeopleStore& people = ask.at.store.people();
  WB_ASSIGN(const auto statements, people.consents(id));
  const base::Instant now = ask.at.clock.now();
  json["contacts"] = ordered_json::array();
  for (const std::string_view channel : kChannels) {
    WB_ASSIGN(const auto point, people.contact(id, channel));
    if (!point) continue;
    WB_ASSIGN(const auto suppressed, people.suppressed(channel, point->address));
    const model::ConsentState state = act::deliver::in_force(statements, channel, kTopic, now, now);
    std::string why;
    if (point->opted_out || state == model::ConsentState::withdrawn) why = say(ask.language, Word::why_not_opted_out);
    else if (suppressed) why = say(ask.language, Word::why_not_suppressed);
    json["contacts"].push_back({{"channel", channel}, {"address", masked(point->address)}, {"may_be_written_to", why.empty()}, {"why_not", why}});
  }
  json["consents"] = ordered_json::array();
  for (const model::ConsentRecord& one : statements) {
    json["consents"].push_back({{"channel", one.channel}, {"topic", one.topic}, {"granted", one.state == model::ConsentState::granted},
                                {"valid_from", base::to_string(one.valid_from)}, {"source", one.source}});
  }
  return {};
}

Result<void> add_reason(const std::string& id, const Ask& ask, ordered_json& json) {
  json["reason"] = nullptr;
  json["churn"] = nullptr;
  WB_ASSIGN(const model::ReasonRules rules, app::load_reason_rules(ask.at.data));
  const auto language = static_cast<std::size_t>(ask.language);
  WB_TRY(each_row(ask.at.warehouse, {sql::console_reason.name, sql::console_reason.text, {{"customer", id}}}, [&](const Row& row) {
    std::string name = row.text("reason");
    for (const model::Reason& one : rules.reasons) {
      if (one.id == row.text("reason")) name = one.name[language];
    }
    ordered_json evidence = ordered_json::array();
    for (const std::string& line : row.texts("evidence")) {
      const std::string code = line.substr(0, line.find('='));
      std::string words = code;
      for (const model::Signal& signal : rules.signals) {
        if (signal.id == code) words = signal.name[language];
      }
      evidence.push_back(words);
    }
    json["reason"] = {{"reason", row.text("reason")}, {"name", name}, {"probability", row.number("probability")}, {"evidence", std::move(evidence)}};
  }));
  return each_row(ask.at.warehouse, {sql::console_churn.name, sql::console_churn.text, {{"customer", id}}}, [&](const Row& row) {
    ordered_json reasons = ordered_json::array();
    for (const std::string& reason : row.texts("reasons")) reasons.push_back(say_churn_reason(ask.language, reason));
    json["churn"] = {{"chance", row.number("chance")}, {"low", row.number("chance_low")}, {"high", row.number("chance_high")},
                     {"at_stake", row.number("at_stake")}, {"horizon_days", row.whole("horizon_days")}, {"reasons", std::move(reasons)}};
  });
}

Result<void> add_decisions(const std::string& id, const Ask& ask, ordered_json& json) {
  const auto snapshot = last_snapshot(ask.at);
  DecisionRows rows;
  WB_TRY(each_row(ask.at.warehouse, {sql::console_decisions_of.name, sql::console_decisions_of.text, {{"customer", id}, {"snapshot", snapshot.value_or("")}}},
                  [&](const Row& row) { rows.take(row); }));
  std::vector<app::SavedPlan> plans;
  std::set<std::string> asked;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!asked.insert(rows.plan_of(i)).second) continue;
    if (auto saved = app::load_plan(ask.at.store, rows.plan_of(i))) plans.push_back(std::move(*saved));
  }
  json["decisions"] = ordered_json::array();
  for (const std::string& one : rows.to_json(plans, ask.language)) json["decisions"].push_back(ordered_json::parse(one));
  return {};
}

Result<Reply> one_customer(const Ask& ask) {
  const std::string id = ask.part("id");
  ordered_json json{{"customer_id", id}};
  WB_ASSIGN(json["profile"], profile_of(id, ask.at));
  json["person"] = nullptr;
  WB_ASSIGN(const auto person, ask.at.store.people().find(id));
  WB_TRY(add_attributes(id, ask.at, json));
  WB_TRY(add_contacts(id, ask, json));
  if (person) {
    WB_ASSIGN(const auto email, ask.at.store.people().contact(id, "email"));
    json["person"] = {{"language", email ? email->language : ""}, {"zone", person->zone}, {"country", person->country}};
  }
  if (json["profile"].is_null() && !person && json["contacts"].empty() && json["attributes"].empty()) {
    return fail(Code::not_found, "there is no customer '{}'; ids are written as they were imported", id);
  }
  WB_TRY(add_reason(id, ask, json));
  WB_TRY(add_decisions(id, ask, json));
  return Reply{dump(json)};
}

Result<Reply> opt_out(const Ask& ask) {
  const std::string id = ask.part("id");
  const auto body = nlohmann::json::parse(ask.request.body, nullptr, false);
  if (!body.is_object() || !body.contains("channel") || !body["channel"].is_string()) return fail(Code::invalid_input, "channel is missing");
  const std::string channel = body["channel"];
  constexpr std::string_view kKnown[] = {"email", "sms", "phone", "push", "wechat", "in_app", "all"};
  if (std::ranges::find(kKnown, channel) == std::end(kKnown)) return fail(Code::invalid_input, "channel must be email, sms, phone, push, wechat, in_app or all");
  WB_TRY(app::export_person(id, ask.at.store, ask.at.warehouse));  // a misspelt id must not look done
  const base::Instant now = ask.at.clock.now();
  const model::ConsentRecord record{.customer_id = id,
                                    .channel = channel == "all" ? "*" : channel,
                                    .topic = body.value("topic", "*"),
                                    .state = model::ConsentState::withdrawn,
                                    .valid_from = now,
                                    .recorded_at = now,
                                    .source = "console: " + ask.caller.name,
                                    .proof = body.value("proof", "")};
  WB_TRY(ask.at.audit(ask.caller, "opt_out", id, channel));
  WB_TRY(ask.at.conduct([&](act::deliver::Conductor& conductor) -> Result<void> {
    WB_TRY(ask.at.acting.people().add_consents(std::span{&record, 1}));
    return conductor.happened(id, "opted_out", now);
  }));
  return done();
}

Result<Reply> export_one(const Ask& ask) {
  const std::string id = ask.part("id");
  WB_TRY(ask.at.audit(ask.caller, "export_person", id, ""));
  WB_ASSIGN(std::string json, app::export_person(id, ask.at.store, ask.at.warehouse));
  return Reply{.body = std::move(json), .file_name = "customer.json"};
}

Result<Reply> erase_one(const Ask& ask) {
  const std::string id = ask.part("id");
  // Somebody who asks for a person nobody knows has misspelt the id: nothing must look done then.
  WB_TRY(app::export_person(id, ask.at.store, ask.at.warehouse));
  WB_TRY(ask.at.audit(ask.caller, "erase", id, ""));
  Workspace& at = ask.at;
  WB_ASSIGN(const auto job, at.jobs.begin("erase", ask.caller.name, [&at, id](const Tell&) -> Result<std::string> {
    WB_TRY(at.conduct([&](act::deliver::Conductor& conductor) -> Result<void> {
      WB_TRY(conductor.happened(id, "erased", at.clock.now()));
      return at.acting.people().erase(id, at.clock.now());
    }));
    WB_TRY(at.store.scrub());
    const auto files = app::erase_from_files(at.data, id, at.acting);
    WB_TRY(app::erase_from_warehouse(id, at.warehouse));
    WB_TRY(files);
    return std::string{"{}"};
  }));
  return begun(to_json(job));
}

}  // namespace

void mount_customers(Routes& routes) {
  mount_customer_list(routes);
  routes.get("/api/customers/:id", one_customer);
  routes.post("/api/customers/:id/opt-out", opt_out);
  routes.get("/api/customers/:id/export", export_one);
  routes.post("/api/customers/:id/erase", erase_one);
  mount_story(routes);
}

}  // namespace console
