#pragma once

#include <string>
#include <string_view>

namespace base {

/// The letters, marks and digits of a text in any script, in small letters; all else, blanks too, is left out. Bytes that are
/// not UTF-8 are left out. Any thread.
std::string small_letters(std::string_view text);

}  // namespace base
