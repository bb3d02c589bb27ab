#include <cstdio>

#include "app/describe.h"
#include "app/facts_json.h"
#include "app/machine_clock.h"
#include "app/outputs.h"
#include "app/saved_plan.h"
#include "app/steps.h"
#include "app/verbs.h"

namespace app {

using base::Result;
using text::say;
using text::Word;

Result<void> run_plan(const CommonOptions& common, const PlanOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(const PlanStep step, plan_step(*context, options));
  WB_ASSIGN(port::Parquet* const parquet, context->parquet());
  WB_TRY(keep_plan(*context, step, machine_clock().now()));
  WB_TRY(write_plan_files(step, options.out, context->language(), *parquet));
  if (context->json()) {
    std::fputs((to_json(step.plan.summary) + "\n").c_str(), stdout);
    return {};
  }
  const text::Language l = context->language();
  std::fputs(describe(step, l).c_str(), stdout);
  std::fputs(("\n" + say(l, Word::plan_files, fmt::arg("folder", options.out)) + "\n" + std::string{say(l, Word::plan_next)} + "\n").c_str(), stdout);
  return {};
}

}  // namespace app
