#pragma once

#include <string>
#include <string_view>

namespace entry {

/// 32 bytes nobody can guess, from the kernel, as 64 hexadecimal digits.
std::string new_token();

/// What is kept of a token: its SHA-256 in hexadecimal digits. A token has 256 bits, so a plain hash is enough.
std::string digest_of(std::string_view token);

/// Whether two texts are the same, in a time that says nothing about where they differ.
bool same_text(std::string_view a, std::string_view b);

/// RFC 4648 §5 without padding.
std::string base64url(std::string_view bytes);

}  // namespace entry
