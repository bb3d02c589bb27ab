#include <map>

#include <nlohmann/json.hpp>

#include "app/segments.h"
#include "console/conditions.h"
#include "console/customers.h"
#include "console/mount.h"
#include "console/snapshot.h"
#include "decide/where.h"
#include "gen/sql_warehouse.h"
#include "model/profile.h"

namespace console {

namespace sql = gen::warehouse;
using base::Code;
using base::fail;
using base::Result;
using nlohmann::ordered_json;

namespace {

std::string dump(const ordered_json& json) { return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"; }

struct Counted {
  std::int64_t customers = 0;
  double spend_12m = 0, expected_year = 0, loss_90 = 0;
};

Result<Counted> count(const ConditionSql& condition, const std::string& snapshot, Workspace& at) {
  Counted counted;
  auto parameters = condition.parameters;
  parameters.push_back({"snapshot", snapshot});
  const std::string text = with(sql::console_count.text, "condition", condition.sql);
  WB_TRY(each_row(at.warehouse, {sql::console_count.name, text, parameters}, [&](const Row& row) {
    counted = {row.whole("customers"), row.number("spend_12m"), row.number("expected_year"), row.number("loss_90")};
  }));
  return counted;
}

Result<Reply> list_segments(const Ask& ask) {
  const auto snapshot = last_snapshot(ask.at);
  WB_ASSIGN(const auto finding, ask.at.store.findings().find("analysis"));
  std::map<std::string, Counted> segments, stages;
  if (snapshot) {
    WB_TRY(each_row(ask.at.warehouse, {sql::console_count_by.name, sql::console_count_by.text, {{"snapshot", *snapshot}}}, [&](const Row& row) {
      for (Counted* one : {&segments[row.text("segment")], &stages[row.text("stage")]}) {
        one->customers += row.whole("customers");
        one->spend_12m += row.number("spend_12m");
        one->expected_year += row.number("expected_year");
      }
    }));
  }
  ordered_json list = ordered_json::array();
  const auto add = [&](const std::string& name, std::string_view kind, const std::string& where, const Counted& counted) {
    list.push_back({{"name", name}, {"kind", kind}, {"where", where}, {"customers", counted.customers}, {"spend_12m", counted.spend_12m}, {"expected_year", counted.expected_year}});
  };
  for (std::size_t i = 0; i < model::kSegments; ++i) {
    const std::string name{model::name_of(static_cast<model::Segment>(i))};
    add(name, "rfm", name, segments[name]);
  }
  for (std::size_t i = 0; i < model::kStages; ++i) {
    const std::string name{model::name_of(static_cast<model::Stage>(i))};
    add(name, "stage", "stage = " + name, stages[name]);
  }
  WB_ASSIGN(const app::Segments own, app::load_segments(ask.at.data));
  for (const auto& [name, where] : own) {
    const auto condition = condition_sql(where);
    ordered_json one{{"name", name}, {"kind", "own"}, {"where", where}, {"customers", nullptr}, {"spend_12m", nullptr}, {"expected_year", nullptr}};
    if (!condition) {
      one["problem"] = condition.error().message;
    } else if (snapshot) {
      WB_ASSIGN(const Counted counted, count(*condition, *snapshot, ask.at));
      one["customers"] = counted.customers;
      one["spend_12m"] = counted.spend_12m;
      one["expected_year"] = counted.expected_year;
    }
    list.push_back(std::move(one));
  }
  ordered_json as_of = nullptr;
  if (finding) as_of = ordered_json::parse(finding->json).value("as_of", "");
  return Reply{dump({{"as_of", as_of}, {"segments", std::move(list)}})};
}

Result<Reply> fields(const Ask& ask) {
  std::map<std::string, ordered_json> values;
  for (std::size_t i = 0; i < model::kSegments; ++i) values["segment"].push_back(model::name_of(static_cast<model::Segment>(i)));
  for (std::size_t i = 0; i < model::kStages; ++i) values["stage"].push_back(model::name_of(static_cast<model::Stage>(i)));
  for (std::size_t i = 0; i < model::kSituations; ++i) values["situation"].push_back(model::name_of(static_cast<model::Situation>(i)));
  if (const auto snapshot = last_snapshot(ask.at)) {
    WB_TRY(each_row(ask.at.warehouse, {sql::console_values.name, sql::console_values.text, {{"snapshot", *snapshot}}},
                    [&](const Row& row) { values[row.text("field")].push_back(row.text("value")); }));
  }
  ordered_json list = ordered_json::array();
  for (const base::FactName& field : decide::where_fields()) {
    const auto known = values.find(std::string{field.name});
    list.push_back({{"name", field.name}, {"kind", field.is_text ? "text" : "number"}, {"values", known == values.end() ? ordered_json::array() : known->second}});
  }
  return Reply{dump({{"fields", std::move(list)}})};
}

/// The `where` of a body.
Result<std::string> where_of(const Ask& ask) {
  const auto body = nlohmann::json::parse(ask.request.body, nullptr, false);
  if (!body.is_object() || !body.contains("where") || !body["where"].is_string()) return fail(Code::invalid_input, "where is missing: a condition such as spend > 500 and country = 'France'");
  std::string where = body["where"];
  if (where.size() > 2000) return fail(Code::invalid_input, "where is longer than 2000 bytes");
  return where;
}

Result<Reply> count_segment(const Ask& ask) {
  WB_ASSIGN(const std::string text, where_of(ask));
  WB_ASSIGN(const std::string where, app::segment_condition(ask.at.data, text));
  WB_ASSIGN(ConditionSql condition, condition_sql(where));
  WB_ASSIGN(const std::string snapshot, last_snapshot(ask.at));
  WB_ASSIGN(const Counted counted, count(condition, snapshot, ask.at));
  WB_ASSIGN(const Counted all, count({}, snapshot, ask.at));
  condition.parameters.push_back({"snapshot", snapshot});
  condition.parameters.push_back({"limit", "20"});
  ordered_json sample = ordered_json::array();
  const std::string picking = with(with(sql::console_customers.text, "condition", condition.sql), "order", "expected_year DESC, customer_id DESC");
  WB_TRY(each_row(ask.at.warehouse, {sql::console_customers.name, picking, condition.parameters},
                  [&](const Row& row) { sample.push_back(ordered_json::parse(customer_row_json(row))); }));
  return Reply{dump({{"customers", counted.customers}, {"of", all.customers}, {"spend_12m", counted.spend_12m},
                     {"expected_year", counted.expected_year}, {"loss_90", counted.loss_90}, {"sample", std::move(sample)}})};
}

Result<Reply> keep(const Ask& ask) {
  WB_ASSIGN(const std::string where, where_of(ask));
  if (where.empty()) return fail(Code::invalid_input, "a segment needs a condition");
  WB_TRY(ask.at.audit(ask.caller, "keep_segment", ask.part("name"), where));
  WB_TRY(app::keep_segment(ask.at.data, ask.part("name"), where));
  return done();
}

Result<Reply> forget(const Ask& ask) {
  WB_TRY(ask.at.audit(ask.caller, "delete_segment", ask.part("name"), ""));
  WB_TRY(app::keep_segment(ask.at.data, ask.part("name"), ""));
  return done();
}

}  // namespace

void mount_segments(Routes& routes) {
  routes.get("/api/segments", list_segments);
  routes.get("/api/segments/fields", fields);
  routes.post("/api/segments/count", count_segment);
  routes.put("/api/segments/:name", keep);
  routes.remove("/api/segments/:name", forget);
}

}  // namespace console
