#pragma once

#include <optional>
#include <string>

#include "app/context.h"
#include "app/learned.h"
#include "app/verbs.h"
#include "decide/plan.h"
#include "model/churn.h"
#include "understand/analyze.h"
#include "understand/reasons/findings.h"

namespace app {

/// What `analyze` does, for the verbs that need it. The shop's figures and the reasons are kept as findings of the Store.
struct AnalyzeStep {
  understand::Analysis analysis;
  model::ReasonRules reason_rules;
  understand::reasons::Findings findings;
  model::Business business;
  bool business_given = false;
  bool margin_given = false;
};
base::Result<AnalyzeStep> analyze_step(Context& context, const std::string& as_of, const std::string& business,
                                       std::optional<double> margin = std::nullopt);

/// What `plan` decides, before anything is written.
struct PlanStep {
  AnalyzeStep analyzed;
  Learned learned;
  decide::PlanRequest request;
  decide::Plan plan;
};
base::Result<PlanStep> plan_step(Context& context, const PlanOptions& options);

/// What `churn` does: forecasts, stores the forecasts, and keeps the figures of the whole as a finding.
base::Result<model::Churn> churn_step(Context& context, const std::string& as_of, const std::string& business);

}  // namespace app
