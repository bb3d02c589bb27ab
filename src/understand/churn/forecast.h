#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "model/business.h"
#include "model/churn.h"
#include "port/learner.h"
#include "port/warehouse.h"
#include "understand/churn/risk_model.h"

namespace understand::churn {

struct ForecastRequest {
  std::optional<base::Day> as_of;  ///< the morning it is made; default the day after the last order or activity
  model::Business business;
  std::string currency;
  RiskOptions options;
  std::size_t most_cuts = 24;  ///< past cuts that are read
};

/// Who of those active on the morning of `as_of` will not buy in the `horizon` days from then, with what it rests on.
///
/// Active: silent for less than the business's lapse rule with the customer's own expected gap. Left: no purchase in
/// [as_of, as_of + horizon); the horizon is 30 days, or the shop's median gap between purchases where that is longer. A
/// business without orders is judged by activity. Past cuts half a horizon apart give the rows to learn from; see
/// validate.h for how a model is chosen, leak.h for what is refused. Without a window to be judged by, the chance is
/// BTYD's, or without a fit of that exp(−horizon / expected gap), and `measured` is false.
/// Fails with `not_found` when nothing is known of any customer before that day.
base::Result<model::Churn> forecast(const ForecastRequest& request, port::Warehouse& warehouse, port::Learner& learner);

/// Creates the table `churn`.
base::Result<void> ensure_tables(port::Warehouse& warehouse);

/// Stores the rows as the only snapshot of `churn`; the same forecast twice adds nothing.
base::Result<void> store_forecast(const model::Churn& churn, port::Warehouse& warehouse);

}  // namespace understand::churn
