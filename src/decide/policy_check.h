#pragma once

#include <vector>

#include "decide/plan.h"
#include "model/experience.h"

namespace decide {

/// Off-policy evaluation before anything is sent: what would this plan's rule have brought from the customers of earlier
/// plans, against what was done then, against nobody, and against one offer for everyone? Doubly robust, with the chances
/// that were logged; the rule is learned on one half of the customers and judged on the other, both ways round. Budget and
/// stock are left out of it, for every policy alike. Empty when there is no experience to judge by (fewer than 200
/// customers of ours, or no lot among them).
base::Result<std::vector<model::PlanSummary::Judged>> judge_policies(const PlanRequest& request, const model::Experience& experience);

}  // namespace decide
