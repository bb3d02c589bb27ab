#pragma once

#include <cstddef>
#include <string_view>

namespace liquid {

/// How many bytes the character that begins here takes; 1 for bytes that begin none.
inline std::size_t character_bytes(std::string_view text, std::size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  const std::size_t length = c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
  return length < text.size() - at ? length : text.size() - at;
}

inline std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (c & 0xC0) != 0x80 ? 1 : 0;
  return count;
}

/// Where the n-th character begins; the end of the text when there are fewer.
inline std::size_t character_at(std::string_view text, std::size_t n) {
  std::size_t at = 0;
  while (n-- > 0 && at < text.size()) at += character_bytes(text, at);
  return at;
}

/// Changes the case of one character in place: of Latin, Greek and Cyrillic letters whose other case is as long.
void to_upper(char* character, std::size_t bytes);
void to_lower(char* character, std::size_t bytes);

}  // namespace liquid
