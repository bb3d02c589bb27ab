#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "liquid/failure.h"

namespace liquid {

enum class TokenKind : std::uint8_t { text, output, tag };

/// A piece of a template: text as it stands, "{{ markup }}", or "{% name markup %}".
struct Token {
  TokenKind kind = TokenKind::text;
  std::string_view text;    ///< text; or the markup after a tag's name
  std::string_view name;    ///< of a tag
  std::uint32_t at = 0;     ///< offset of the piece
};

/// Cuts a template into pieces; whitespace control is done, `raw` is text already, and comments stay. Throws Failure.
std::vector<Token> tokens_of(std::string_view source);

/// Cuts the lines of a `liquid` tag; `source` is the whole template that `lines` lies in.
std::vector<Token> line_tokens_of(std::string_view source, std::string_view lines);

}  // namespace liquid
