#pragma once

#include <string>
#include <string_view>

namespace text {

/// Text as it may stand between tags and in quoted attributes: & < > " ' escaped, control characters made spaces, a space
/// before "%" made unbreakable. Everything in HTML that comes from data goes through here.
std::string escape_html(std::string_view text);

}  // namespace text
