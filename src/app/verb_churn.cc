#include <cstdio>

#include "adapter/xgboost/open_xgboost.h"
#include "app/describe_churn.h"
#include "app/presets.h"
#include "app/verbs.h"
#include "collect/import.h"
#include "understand/churn/forecast.h"

namespace app {

using base::Result;

Result<void> run_churn(const CommonOptions& common, const ChurnOptions& options) {
  WB_ASSIGN(const auto context, Context::open(common, false));
  understand::churn::ForecastRequest request;
  if (!options.as_of.empty()) {
    WB_ASSIGN(request.as_of, base::parse_day(options.as_of));
  }
  WB_ASSIGN(request.business, load_business(options.business.empty() ? context->settings().business : options.business, context->settings_file()));
  if (context->settings().margin) request.business.margin = *context->settings().margin;
  request.currency = context->settings().currency;
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_TRY(collect::ensure_tables(*warehouse));
  const auto learner = adapter::xgboost::open_xgboost();
  WB_ASSIGN(const model::Churn churn, understand::churn::forecast(request, *warehouse, *learner));
  WB_TRY(understand::churn::store_forecast(churn, *warehouse));
  const std::string text = context->json() ? to_json(churn, options.top, context->language()) + "\n" : describe(churn, options.top, context->language());
  std::fputs(text.c_str(), stdout);
  return {};
}

}  // namespace app
