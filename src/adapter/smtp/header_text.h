#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace adapter::smtp {

/// Whether the text is one or more visible ASCII characters, the kind that needs no thought in a header.
bool is_visible_ascii(std::string_view text);

/// Refuses what must never reach a header: CR, LF, NUL, bytes that are not UTF-8, more than 2,000 octets. `what` names
/// the source in the error.
base::Result<void> check_header_source(std::string_view what, std::string_view text);

/// "Name: text\r\n" for a header of free text (RFC 5322 §2.2.1): folded before column 78, as encoded words (RFC 2047)
/// of at most 75 characters that never split a code point where the text is not plain ASCII.
base::Result<std::string> text_header(std::string_view name, std::string_view text);

/// "Name: phrase <inside>\r\n", without phrase and blank when it is empty. `inside` is taken as it is; the caller has
/// judged it.
base::Result<std::string> phrase_header(std::string_view name, std::string_view phrase, std::string_view inside);

}  // namespace adapter::smtp
