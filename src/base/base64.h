#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

/// RFC 4648 §4, with padding, on one line.
std::string to_base64(std::string_view bytes);

/// The bytes of one whole base64 text with correct padding and nothing else in it; nothing for any other text.
std::optional<std::string> from_base64(std::string_view text);

/// The bytes of base64 as it arrives in mail: characters outside the alphabet are skipped, the end may be missing
/// (RFC 2045 §6.8).
std::string from_mail_base64(std::string_view text);

}  // namespace base
