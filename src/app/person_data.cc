#include "app/person_data.h"

#include <thread>

#include <nlohmann/json.hpp>

#include "app/person_files.h"
#include "collect/import.h"
#include "decide/ledger.h"
#include "gen/sql_warehouse.h"

namespace app {

namespace sql = gen::warehouse;
using base::Code;
using base::fail;
using base::Instant;
using base::Result;
using nlohmann::ordered_json;

namespace {

constexpr std::chrono::seconds kPatience{60};
constexpr std::size_t kMostWaiting = 1'000'000;  // the warehouse takes it within a minute while `winback serve` runs

Result<std::uint64_t> old_parts(port::Warehouse& warehouse) {
  std::uint64_t parts = 0;
  WB_TRY(warehouse.select({sql::old_parts.name, sql::old_parts.text}, [&](base::Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* count, block.need("parts", base::ColumnKind::u64));
    for (const std::uint64_t one : count->as<std::uint64_t>()) parts += one;
    return {};
  }));
  return parts;
}

/// Every id of the person, this one first.
Result<std::vector<std::string>> ids_of(std::string_view customer, port::Warehouse& warehouse) {
  std::vector<std::string> ids{std::string{customer}};
  WB_TRY(warehouse.select({sql::person_ids.name, sql::person_ids.text, {{"customer", std::string{customer}}}}, [&](base::Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", base::ColumnKind::text));
    for (std::size_t i = 0; i < block.rows(); ++i) {
      if (id->text()[i] != customer) ids.emplace_back(id->text()[i]);
    }
    return {};
  }));
  return ids;
}

Result<void> run(port::Warehouse& warehouse, const sql::Sql& statement, std::string_view customer) {
  return warehouse.execute({statement.name, statement.text, {{"customer", std::string{customer}}}});
}

Result<void> erase_rows(port::Warehouse& warehouse, std::string_view customer) {
  for (const sql::Sql* one : {&sql::erase_from_customers, &sql::erase_from_profiles, &sql::erase_from_churn, &sql::erase_event_texts,
                              &sql::erase_from_feedback, &sql::erase_from_reasons}) WB_TRY(run(warehouse, *one, customer));
  const auto until = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    WB_ASSIGN(const std::uint64_t left, old_parts(warehouse));
    if (left == 0) return {};
    if (std::chrono::steady_clock::now() > until) {
      return fail(Code::timeout, "the warehouse still keeps {} old files after {} seconds; run the same command again", left, kPatience.count());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{500});
    for (const sql::Sql* one : {&sql::wake_customers, &sql::wake_profiles, &sql::wake_churn, &sql::wake_events, &sql::wake_feedback, &sql::wake_reasons}) WB_TRY(warehouse.execute({one->name, one->text}));
  }
}

ordered_json moment(const std::optional<Instant>& at) { return at ? ordered_json(base::to_string(*at)) : ordered_json(nullptr); }

Result<ordered_json> rows_of(port::Warehouse& warehouse, const sql::Sql& statement, std::string_view customer) {
  std::string text;
  WB_TRY(warehouse.stream_readonly({statement.name, statement.text, {{"customer", std::string{customer}}}}, "JSONEachRow", [&](std::string_view piece) -> Result<void> {
    text += piece;
    return {};
  }));
  ordered_json rows = ordered_json::array();
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.empty()) continue;
    ordered_json row = ordered_json::parse(line, nullptr, false);
    if (row.is_discarded()) return fail(Code::corrupt, "the warehouse's answer to {} cannot be read", statement.name);
    rows.push_back(std::move(row));
  }
  return rows;
}

Result<void> add_contacts(std::string_view customer, port::ActStore& store, ordered_json& json) {
  ordered_json& points = json["contacts"] = ordered_json::array();
  return store.contacts().each([&](const model::ContactPoint& point) -> Result<void> {
    if (point.customer_id != customer) return {};
    points.push_back({{"channel", point.channel}, {"address", point.address}, {"name", point.name}, {"language", point.language}, {"opted_out", point.opted_out}});
    return {};
  });
}

Result<void> add_person(std::string_view customer, port::ActStore& store, ordered_json& json) {
  WB_ASSIGN(const auto person, store.people().find(customer));
  if (person) {
    json["person"] = {{"zone", person->zone},
                      {"country", person->country},
                      {"birth_year", person->birth_year},
                      {"last_order", moment(person->last_order)},
                      {"last_click", moment(person->last_click)},
                      {"paused_until", moment(person->paused_until)},
                      {"less_often", person->less_often},
                      {"do_not_disturb", person->do_not_disturb},
                      {"not_personalised", person->not_personalised},
                      {"unanswered", person->unanswered}};
  }
  WB_ASSIGN(const auto consents, store.people().consents(customer));
  ordered_json& said = json["consents"] = ordered_json::array();
  for (const model::ConsentRecord& one : consents) {
    said.push_back({{"channel", one.channel},
                    {"topic", one.topic},
                    {"state", model::name_of(one.state)},
                    {"valid_from", moment(one.valid_from)},
                    {"recorded_at", moment(one.recorded_at)},
                    {"source", one.source},
                    {"proof", one.proof}});
  }
  WB_ASSIGN(json["tags"], store.inbox().tags(customer));
  return {};
}

/// Messages with what came back, the journeys they belong to with what those knew, in-app messages and tasks.
Result<void> add_acting(std::string_view customer, port::ActStore& store, ordered_json& json) {
  WB_ASSIGN(const auto messages, store.counts().of_customer(customer));
  std::vector<std::int64_t> enrolments;
  ordered_json& sent = json["messages"] = ordered_json::array();
  for (const model::Message& message : messages) {
    if (message.enrolment_id != 0) enrolments.push_back(message.enrolment_id);
    ordered_json one{{"id", message.id},          {"campaign", message.campaign_id}, {"step", message.step},   {"channel", message.channel},
                     {"letter", message.letter},  {"topic", message.topic},          {"state", model::name_of(message.state)},
                     {"held_out", message.ghost}, {"created_at", moment(message.created_at)}, {"sent_at", moment(message.attempted_at)}, {"detail", message.detail}};
    WB_ASSIGN(const auto answers, store.responses().of_message(message.id));
    for (const model::Response& answer : answers) {
      ordered_json came{{"kind", model::name_of(answer.kind)}, {"at", moment(answer.at)}, {"by_a_person", answer.human}, {"detail", answer.detail}};
      if (answer.kind == model::ResponseKind::clicked) {
        std::int64_t link = 0;
        for (const char c : answer.detail) link = c >= '0' && c <= '9' ? link * 10 + (c - '0') : 0;
        WB_ASSIGN(const auto url, store.responses().link_url(link));
        if (url) came["detail"] = *url;
      }
      one["responses"].push_back(std::move(came));
    }
    WB_ASSIGN(const auto frozen, store.outbox().frozen(message.id));
    if (frozen) one["content"] = {{"subject", frozen->subject}, {"html", frozen->html}, {"text", frozen->text}};
    sent.push_back(std::move(one));
  }
  WB_ASSIGN(const auto open, store.enrolments().open_of(customer));
  for (const model::Enrolment& enrolment : open) enrolments.push_back(enrolment.id);
  WB_ASSIGN(const auto campaigns, store.campaigns().list());
  for (const model::Campaign& campaign : campaigns) {
    WB_ASSIGN(const auto last, store.enrolments().last_entry(campaign.id, customer));
    if (last) enrolments.push_back(last->id);
  }
  std::ranges::sort(enrolments);
  enrolments.erase(std::ranges::unique(enrolments).begin(), enrolments.end());
  ordered_json& journeys = json["journeys"] = ordered_json::array();
  for (const std::int64_t id : enrolments) {
    WB_ASSIGN(const auto enrolment, store.enrolments().find(id));
    if (!enrolment) continue;
    WB_ASSIGN(const std::string facts, store.enrolments().facts(id));
    ordered_json known = ordered_json::parse(facts, nullptr, false);
    journeys.push_back({{"campaign", enrolment->campaign_id},
                        {"entered_at", moment(enrolment->entered_at)},
                        {"held_out", enrolment->control},
                        {"step", enrolment->step},
                        {"offer", enrolment->offer_id},
                        {"code", enrolment->code},
                        {"ended", enrolment->exit_reason},
                        {"facts", known.is_discarded() ? ordered_json(nullptr) : std::move(known)}});
  }
  WB_ASSIGN(const auto inbox, store.inbox().of_customer(customer, Instant{}));
  ordered_json& read = json["inbox"] = ordered_json::array();
  for (const model::InboxMessage& one : inbox) {
    read.push_back({{"subject", one.content.subject}, {"html", one.content.html}, {"text", one.content.text}, {"created_at", moment(one.created_at)}, {"read_at", moment(one.read_at)}});
  }
  WB_ASSIGN(const auto tasks, store.inbox().open_tasks());
  ordered_json& asked = json["tasks"] = ordered_json::array();
  for (const model::Task& task : tasks) {
    if (task.customer_id == customer) asked.push_back({{"queue", task.queue}, {"title", task.title}, {"script", task.script}, {"deadline", moment(task.deadline)}});
  }
  return {};
}

/// Points line by line, and recommendations on either side.
Result<void> add_loyalty(std::string_view customer, port::ActStore& store, ordered_json& json) {
  WB_ASSIGN(const auto entries, store.loyalty().entries(customer));
  WB_ASSIGN(const auto member, store.loyalty().membership(customer));
  ordered_json& points = json["points"] = ordered_json::array();
  for (const model::PointsEntry& one : entries) {
    if (one.customer_id != customer) continue;  // other ids have a part of their own
    points.push_back({{"kind", model::name_of(one.kind)}, {"points", one.points}, {"day", base::to_string(one.day)}, {"order", one.order_key},
                      {"expires_on", one.expires_on ? ordered_json(base::to_string(*one.expires_on)) : ordered_json(nullptr)}, {"reason", one.reason}});
  }
  if (member) json["tier"] = {{"tier", member->tier}, {"since", base::to_string(member->since)}};
  WB_ASSIGN(const auto made, store.referrals().of_referrer(customer));
  WB_ASSIGN(const auto came, store.referrals().of_newcomer(customer));
  ordered_json& referrals = json["referrals"] = ordered_json::array();
  for (const model::Referral& one : made) {
    referrals.push_back({{"role", "referrer"}, {"day", base::to_string(one.day)}, {"state", model::name_of(one.state)}, {"code", one.referrer_code}});
  }
  if (came) referrals.push_back({{"role", "newcomer"}, {"day", base::to_string(came->day)}, {"state", model::name_of(came->state)}, {"code", came->newcomer_code}});
  return {};
}

Result<void> ensure_tables(port::Warehouse& warehouse) {
  WB_TRY(collect::ensure_tables(warehouse));
  WB_TRY(warehouse.execute({sql::create_profiles.name, sql::create_profiles.text}));
  WB_TRY(warehouse.execute({sql::create_reasons.name, sql::create_reasons.text}));
  WB_TRY(warehouse.execute({sql::create_churn.name, sql::create_churn.text}));
  return decide::ensure_tables(warehouse);
}

}  // namespace

Result<std::uint64_t> erase_person(std::string_view customer, port::ActStore& store, port::Warehouse& warehouse,
                                   act::deliver::Conductor& conductor, const std::filesystem::path& data, Instant now) {
  std::uint64_t ended = 0;
  // The Store first: from here on nobody is written to, whatever happens to the rest.
  WB_TRY(store.transact([&]() -> Result<void> {
    WB_ASSIGN(const auto ids, store.events().ids_of(customer));
    for (const std::string& id : ids) {
      WB_ASSIGN(const auto before, store.enrolments().open_of(id));
      WB_TRY(conductor.happened(id, "erased", now));
      WB_ASSIGN(const auto after, store.enrolments().open_of(id));
      ended += before.size() - after.size();
    }
    return store.people().erase(customer, now);
  }));
  WB_TRY(store.scrub());
  const auto files = erase_from_files(data, customer, store);
  WB_TRY(erase_from_warehouse(customer, warehouse));
  WB_TRY(files);
  return ended;
}

Result<void> erase_from_warehouse(std::string_view customer, port::Warehouse& warehouse) {
  WB_TRY(ensure_tables(warehouse));
  for (const sql::Sql* one : {&sql::hurry_customers, &sql::hurry_profiles, &sql::hurry_churn, &sql::hurry_events, &sql::hurry_feedback, &sql::hurry_reasons}) WB_TRY(warehouse.execute({one->name, one->text}));
  const Result<void> erased = [&]() -> Result<void> {
    WB_ASSIGN(const auto ids, ids_of(customer, warehouse));
    for (const std::string& id : ids) WB_TRY(erase_rows(warehouse, id));
    return {};
  }();
  for (const sql::Sql* one : {&sql::calm_customers, &sql::calm_profiles, &sql::calm_churn, &sql::calm_events, &sql::calm_feedback, &sql::calm_reasons}) WB_TRY(warehouse.execute({one->name, one->text}));
  return erased;
}

namespace {

/// What they said and the warehouse does not have yet, and what they wait for.
Result<void> add_said(std::string_view customer, port::ActStore& store, ordered_json& json) {
  WB_ASSIGN(const auto waiting, store.back().unsaid(kMostWaiting));
  json["feedback_waiting"] = ordered_json::array();
  for (const model::Feedback& one : waiting) {
    if (one.customer_id != customer) continue;
    json["feedback_waiting"].push_back({{"feedback_id", one.feedback_id}, {"at", moment(one.said_at)}, {"kind", one.kind}, {"score", one.score ? ordered_json(*one.score) : ordered_json(nullptr)},
                                        {"language", one.language}, {"order_id", one.order_id}, {"reason", one.reason}, {"text", one.text}});
  }
  WB_ASSIGN(const auto tickets, store.back().open_tickets());
  json["open_tickets"] = ordered_json::array();
  for (const model::Ticket& one : tickets) {
    if (one.customer_id == customer) json["open_tickets"].push_back({{"source", one.source}, {"id", one.id}, {"urgent", one.urgent}, {"at", moment(one.at)}});
  }
  return {};
}

Result<ordered_json> export_id(std::string_view customer, port::ActStore& store, port::Warehouse& warehouse) {
  ordered_json json{{"customer_id", customer}};
  WB_TRY(add_contacts(customer, store, json));
  WB_TRY(add_person(customer, store, json));
  WB_TRY(add_acting(customer, store, json));
  WB_TRY(add_loyalty(customer, store, json));
  WB_TRY(add_said(customer, store, json));
  for (const auto& [name, statement] : {std::pair<const char*, const sql::Sql*>{"attributes", &sql::person_attributes},
                                        {"orders", &sql::person_orders},
                                        {"events", &sql::person_events},
                                        {"feedback", &sql::person_feedback},
                                        {"reasons", &sql::person_reasons},
                                        {"profile", &sql::person_profile},
                                        {"churn", &sql::person_churn},
                                        {"decisions", &sql::person_decisions}}) {
    WB_ASSIGN(json[name], rows_of(warehouse, *statement, customer));
  }
  return json;
}

}  // namespace

Result<std::string> export_person(std::string_view customer, port::ActStore& store, port::Warehouse& warehouse) {
  WB_TRY(ensure_tables(warehouse));
  WB_ASSIGN(ordered_json json, export_id(customer, store, warehouse));
  WB_ASSIGN(const auto ids, store.events().ids_of(customer));
  for (const std::string& id : ids) {
    if (id == customer) continue;
    WB_ASSIGN(ordered_json other, export_id(id, store, warehouse));
    json["other_ids"].push_back(std::move(other));
  }
  WB_ASSIGN(const auto notes, store.events().notes_of(customer));
  for (const port::IdentityNote& note : notes) {
    json["identity"].push_back({{"customer_id", note.customer_id}, {"other_id", note.other_id}, {"person_id", note.person_id}, {"why", note.why}, {"at", moment(note.at)}});
  }
  bool any = json.contains("person");
  for (const auto& [name, part] : json.items()) any = any || (part.is_array() && !part.empty());
  if (!any) return fail(Code::not_found, "nothing is held about a customer '{}'; ids are written as they were imported", customer);
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace);
}

}  // namespace app
