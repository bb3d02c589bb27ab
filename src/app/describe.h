#pragma once

#include <string>

#include "app/steps.h"
#include "measure/results.h"
#include "model/shop.h"
#include "text/language.h"

namespace app {

// What the verbs print for people, at most 100 columns wide.
std::string describe(const model::Shop& shop, text::Language language);
std::string describe(const PlanStep& step, text::Language language);
std::string describe(const measure::Results& results, text::Language language);

}  // namespace app
