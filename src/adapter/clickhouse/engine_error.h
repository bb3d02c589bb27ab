#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"

namespace adapter::clickhouse {

/// The engine's report ("Code: 241. DB::Exception: …") about a statement as one sentence that names the statement and
/// says what to do. `code` 0: it is read from the text.
base::Error engine_error(std::string_view statement, int code, int http_status, std::string_view text);

/// The report that the engine leaves at the end of an answer it had to break off, if there is one.
std::optional<std::string_view> report_in_tail(std::string_view tail);

}  // namespace adapter::clickhouse
