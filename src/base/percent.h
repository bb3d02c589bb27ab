#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace base {

/// Every byte but the unreserved ones of RFC 3986 (letters, digits, "-._~") as %XX in upper case: the form that providers sign.
std::string percent_encode(std::string_view text);

/// The bytes meant; with `form`, "+" is a blank. Nothing where a "%" has no two hexadecimal digits after it.
std::optional<std::string> percent_decode(std::string_view text, bool form);

/// "a=1&b=x%20y", in the order given.
std::string form_encode(const std::vector<std::pair<std::string, std::string>>& pairs);

/// The pairs of a form or query (without its "?"), in their order; nothing where one is not well encoded.
std::optional<std::vector<std::pair<std::string, std::string>>> form_decode(std::string_view text);

}  // namespace base
