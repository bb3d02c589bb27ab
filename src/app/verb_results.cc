#include <cstdio>

#include "app/describe.h"
#include "app/facts_json.h"
#include "app/saved_plan.h"
#include "app/verbs.h"
#include "collect/import.h"
#include "measure/results.h"

namespace app {

using base::Result;

Result<void> run_results(const CommonOptions& common, const std::string& id) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(port::Store* const store, context->store());
  WB_ASSIGN(const SavedPlan saved, load_plan(*store, id));
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  WB_ASSIGN(const measure::Results results, measure::results_of(saved.plan, saved.offers, saved.margin, saved.expected_profit, *warehouse));
  const std::string text = context->json() ? to_json(results) + "\n" : describe(results, context->language());
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace app
