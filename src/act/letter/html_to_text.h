#pragma once

#include <string>
#include <string_view>

namespace act::letter {

/// The plain-text part of a letter from its HTML: paragraphs, lists and rows as lines of at most 78 columns (a Chinese
/// character takes two), links as "text (address)"; without styles, hidden text, pictures and links that are only a
/// picture. Lines of Chinese break between characters, never before a closing or after an opening mark. Linear.
std::string html_to_text(std::string_view html);

}  // namespace act::letter
