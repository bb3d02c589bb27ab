#include "console/snapshot.h"

#include "collect/import.h"
#include "console/rows.h"
#include "decide/ledger.h"
#include "gen/sql_warehouse.h"

namespace console {

namespace sql = gen::warehouse;
using base::Code;
using base::fail;
using base::Result;

Result<std::string> last_snapshot(Workspace& at) {
  WB_ASSIGN(const auto finding, at.store.findings().find("snapshot"));
  if (finding) return finding->json;
  std::string any;  // of a data folder analysed before the Store remembered it
  WB_TRY(each_row(at.warehouse, {sql::console_any_snapshot.name, sql::console_any_snapshot.text}, [&](const Row& row) { any = row.text("snapshot_id"); }));
  if (any.empty()) return fail(Code::not_found, "nothing was analysed yet: import orders, then analyse them");
  return any;
}

Result<app::Settings> settings_now(const Workspace& at) { return app::load_settings(at.data / "winback.yaml"); }

Result<void> ensure_tables(port::Warehouse& warehouse) {
  WB_TRY(collect::ensure_tables(warehouse));
  for (const sql::Sql* one : {&sql::create_profiles, &sql::widen_profiles, &sql::create_reasons, &sql::create_churn}) {
    WB_TRY(warehouse.execute({one->name, one->text}));
  }
  return decide::ensure_tables(warehouse);
}

}  // namespace console
