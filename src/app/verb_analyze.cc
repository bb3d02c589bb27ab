#include "app/facts_json.h"
#include "app/describe.h"
#include "app/describe_reasons.h"
#include "app/presets.h"
#include "app/steps.h"
#include "app/verbs.h"

namespace app {

using base::Result;

Result<void> run_analyze(const CommonOptions& common, const AnalyzeOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(const AnalyzeStep step, analyze_step(*context, options.as_of, options.business));
  const std::string text = context->json() ? to_json(step.analysis.shop) + "\n" : describe(step.analysis.shop, context->language()) + describe_reasons_briefly(step, context->language());
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace app
