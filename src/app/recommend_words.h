#pragma once

#include <string>

#include "text/language.h"
#include "understand/recommend/lists.h"

namespace app {

/// Why a product is recommended, in words to the customer: "you buy it every 3 weeks", "goes with Oolong".
std::string say_why(const understand::recommend::Recommendation& one, const understand::recommend::Lists& lists, text::Language language);

}  // namespace app
