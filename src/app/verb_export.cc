#include <cstdio>

#include "app/machine_clock.h"
#include "app/outputs.h"
#include "app/plan_export.h"
#include "app/verbs.h"

namespace app {

using base::Result;

Result<void> run_export_plan(const CommonOptions& common, const ExportOptions& options) {
  WB_TRY(check_export_system(options.system));  // before anything that takes time
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::Store* const store, context->store());
  WB_ASSIGN(const SavedPlan saved, load_plan(*store, options.plan));
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_ASSIGN(const PlanExport out, export_plan(saved, options.system, context->language(), *store, *warehouse));
  if (options.out.empty()) {
    std::fwrite(out.csv.data(), 1, out.csv.size(), stdout);
  } else {
    WB_TRY(write_whole(options.out, out.csv));
  }
  WB_TRY(mark_carried_out(*store, saved.plan.id, std::chrono::floor<std::chrono::days>(machine_clock().now())));
  std::fputs(fmt::format("{} customers of {} exported for {}; {} without an address left out\n", out.customers, saved.plan.id, options.system, out.without_address).c_str(), stderr);
  return {};
}

}  // namespace app
