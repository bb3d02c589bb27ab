#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "act/letter/letter.h"
#include "base/error.h"

namespace act::letter {

/// Letters written as plain text: all of a journey in one language in one file, `letters/cart-memory.zh-CN.md`. Each begins
/// with "# its name"; lines "key: text" on top as in every letter, with `button: words | link` for its one button; then
/// paragraphs between empty lines, "- " before each item of a list, "## " before a heading, [words](link), and Liquid. Text is
/// escaped; a line of Liquid alone stands as it is. A letter without paragraphs shows its short text.
///
/// `frame`: the compiled frame, with @@title@@, @@body@@ and, between "<!-- button -->" and "<!-- /button -->", @@button@@ and
/// @@link@@. Gives each letter as a source of its own, "letters/cart-memory/reminder.zh-CN.md". Fails with file and line.
base::Result<std::vector<Source>> read_plain(std::string_view path, std::string_view text, std::string_view frame);

}  // namespace act::letter
