#include <array>
#include <cstdio>

#include <unistd.h>

#include "app/verbs.h"
#include "collect/import.h"
#include "decide/ledger.h"
#include "gen/sql_warehouse.h"
#include "understand/analyze.h"
#include "understand/churn/forecast.h"
#include "understand/reasons/reasons.h"

namespace app {

using base::Result;

namespace {

constexpr std::array kViews = {gen::warehouse::view_order_lines, gen::warehouse::view_customers, gen::warehouse::view_products,
                               gen::warehouse::view_events,      gen::warehouse::view_spend,     gen::warehouse::view_profiles,
                               gen::warehouse::view_decisions,  gen::warehouse::view_feedback,  gen::warehouse::view_reasons,  gen::warehouse::view_churn};

}  // namespace

Result<void> run_sql(const CommonOptions& common, const SqlOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_TRY(understand::ensure_tables(*warehouse));
  WB_TRY(understand::reasons::ensure_tables(*warehouse));
  WB_TRY(understand::churn::ensure_tables(*warehouse));
  WB_TRY(decide::ensure_tables(*warehouse));
  for (const gen::warehouse::Sql& view : kViews) WB_TRY(warehouse->execute({view.name, view.text}));
  const std::string format = !options.format.empty()       ? options.format
                             : context->json()             ? "JSONEachRow"
                             : isatty(STDOUT_FILENO) != 0  ? "PrettyCompactMonoBlock"
                                                           : "TabSeparatedWithNames";
  return warehouse->stream_readonly({"sql", options.query}, format, [](std::string_view bytes) -> Result<void> {
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size()) {
      return base::fail(base::Code::exhausted, "the result cannot be written");
    }
    return {};
  });
}

}  // namespace app
