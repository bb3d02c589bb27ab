#pragma once

#include <string>

#include "act/letter/data.h"
#include "app/engine.h"
#include "base/error.h"

namespace app {

/// What a letter would know of this customer, or of an invented one (empty) in the wanted language ("" = the customer's,
/// then the workplace's). Issues no code: the offer is an example.
base::Result<act::letter::LetterData> reader_of(Workplace& place, const std::string& customer, const std::string& language, base::Instant now);

}  // namespace app
