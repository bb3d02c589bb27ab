#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "model/journey.h"

namespace app {

/// How people write quantities in YAML files.

/// "4 days", "36 hours", "90 minutes", "2 weeks"; at most ten years.
base::Result<std::chrono::seconds> parse_duration(std::string_view text);

/// "25 %", "25%" or 0.25.
std::optional<double> parse_share(std::string_view text);

/// "10:00", "10:00 on weekdays", "9:30 on mon, wed", "11:00 on weekends".
std::optional<model::WaitUntilStep> parse_clock(std::string_view text);

/// "3 times", "1 time" or "3": 1 to 1,000.
std::optional<std::uint32_t> parse_times(std::string_view text);

/// Whether it is 1 to 64 lower-case letters, digits and the extra characters.
bool is_name(std::string_view text, std::string_view extra);

}  // namespace app
