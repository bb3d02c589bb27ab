#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace base {

/// AES-256 in CBC mode (NIST SP 800-38A §6.2) without padding and without authentication: for providers that encrypt so;
/// their signature has to be checked first. The key has 32 bytes, the initial vector 16, the text a multiple of 16; nothing
/// for other sizes.
std::optional<std::string> encrypt_aes256_cbc(std::string_view key, std::string_view initial, std::string_view plain);
std::optional<std::string> decrypt_aes256_cbc(std::string_view key, std::string_view initial, std::string_view cipher);

/// Bytes nobody can guess, from the machine.
std::string random_bytes(std::size_t count);

}  // namespace base
