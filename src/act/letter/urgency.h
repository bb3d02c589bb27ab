#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace act::letter {

/// A phrase that hurries the reader, found in plain text.
struct Urgency {
  std::string phrase;    ///< as it stands, white space made single
  std::size_t line = 0;  ///< counted from the line the text was said to begin on
};

/// Phrases of presets/urgency.txt in a piece of HTML or text; tags are passed over, upper and lower case are the same.
std::vector<Urgency> find_urgency(std::string_view text, std::size_t first_line);

}  // namespace act::letter
