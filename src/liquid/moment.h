#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace liquid {

/// Reads a date or time as people and programs write them: "2026-11-21", "2026-11-21T08:30:00+08:00",
/// "2026/11/21 08:30", "November 21, 2026", "21 Nov 2026", "Sat, 21 Nov 2026 08:30:00 GMT", "2026年11月21日", seconds since
/// 1970 in digits. Times that name no zone are in `zone`.
std::optional<base::Instant> read_moment(std::string_view text, const base::Zone* zone);

/// Appends the moment, by the clock of `zone` (UTC without one), as a strftime format says: the directives of Ruby's
/// strftime with its flags (-, 0, _, ^, #) and widths; names of days and months are English.
void write_moment(base::Instant at, const base::Zone* zone, std::string_view format, std::string& out);

}  // namespace liquid
