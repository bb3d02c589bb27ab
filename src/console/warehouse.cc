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

}  // namespace

void mount_warehouse(Routes& routes) { routes.get("/api/warehouse", warehouse); }

}  // namespace console
