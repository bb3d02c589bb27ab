#pragma once

#include <string>
#include <string_view>

namespace act::letter {

/// The text with HTML's character references decoded: numeric ones and the named ones letters use; others stay.
std::string decode_entities(std::string_view text);

/// The same for one reference that begins with '&': appends its character and gives its length, or 0 when it is none.
std::size_t decode_entity(std::string_view text, std::string& out);

}  // namespace act::letter
