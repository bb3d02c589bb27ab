#include <cstdio>

#include "app/describe_churn.h"
#include "app/steps.h"
#include "app/verbs.h"

namespace app {

using base::Result;

Result<void> run_churn(const CommonOptions& common, const ChurnOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  WB_ASSIGN(const model::Churn churn, churn_step(*context, options.as_of, options.business));
  const std::string text = context->json() ? to_json(churn, options.top, context->language()) + "\n" : describe(churn, options.top, context->language());
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace app
