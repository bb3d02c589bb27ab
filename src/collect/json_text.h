#pragma once

#include <string>
#include <string_view>

namespace collect {

/// Appends the text as a JSON string; the text is UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace collect
