#include <nlohmann/json.hpp>

#include "console/mount.h"
#include "console/rows.h"
#include "gen/sql_warehouse.h"

namespace console {

namespace sql = gen::warehouse;
using base::Result;
using nlohmann::ordered_json;

namespace {

Result<Reply> warehouse(const Ask& ask) {
  WB_ASSIGN(const port::WarehouseInfo info, ask.at.warehouse.info());
  ordered_json tables = ordered_json::array();
  WB_TRY(each_row(ask.at.warehouse, {sql::console_tables.name, sql::console_tables.text}, [&](const Row& row) {
    tables.push_back({{"name", row.text("name")}, {"rows", row.whole("rows")}, {"bytes", row.whole("bytes")}});
  }));
  return Reply{ordered_json{{"version", info.version}, {"local", info.local}, {"tables", std::move(tables)}}.dump() + "\n"};
}

Result<Reply> events(const Ask& ask) {
  const app::EventHealth health = ask.at.events.health();
  ordered_json recent = ordered_json::array();
  for (const app::EventGlimpse& one : ask.at.events.recent()) {
    recent.push_back({{"at", base::to_string(one.at)}, {"type", one.type}, {"name", one.name}, {"customer_id", one.customer_id}, {"verdict", one.verdict}});
  }
  const ordered_json json{{"accepted", health.accepted},
                          {"rejected", health.rejected},
                          {"repeated", health.duplicates},
                          {"per_second", health.per_second},
                          {"spool_bytes", health.spool_bytes},
                          {"warehouse_lag_seconds", static_cast<double>(health.warehouse_lag_millis) / 1000},
                          {"trigger_lag_seconds", static_cast<double>(health.triggers_lag_millis) / 1000},
                          {"problem", health.warehouse_problem.empty() ? health.triggers_problem : health.warehouse_problem},
                          {"recent", std::move(recent)}};
  return Reply{json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n"};
}

}  // namespace

void mount_warehouse(Routes& routes) {
  routes.get("/api/warehouse", warehouse);
  routes.get("/api/events", events);
}

}  // namespace console
