#pragma once

#include <string>

#include "decide/plan.h"
#include "measure/results.h"
#include "model/shop.h"

namespace app {

// The same facts as the printed texts, for programs; docs/formats.md lists the keys.
std::string to_json(const model::Shop& shop);
std::string to_json(const model::PlanSummary& plan);
std::string to_json(const measure::Results& results);

}  // namespace app
