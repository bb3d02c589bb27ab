#pragma once

#include <cstdint>
#include <string_view>

#include "base/error.h"

namespace base {

enum class SignatureHash : std::uint8_t { sha1, sha256 };

/// Whether `signature` (raw bytes) over `text` was made with the RSA key of the X.509 certificate `pem` (PKCS #1 v1.5). Says nothing
/// of the certificate itself: the caller knows where it came from. `invalid_input` when it was not, or the certificate is none.
Result<void> verify_rsa(std::string_view pem, std::string_view text, std::string_view signature, SignatureHash hash);

/// Whether `signature` (DER, RFC 3279 §2.2.3) over `text` was made with this key (base64 of a SubjectPublicKeyInfo, with or without the
/// PEM lines around it) on the curve P-256 with SHA-256.
Result<void> verify_p256(std::string_view public_key, std::string_view text, std::string_view signature);

/// Whether the text is such a public key.
Result<void> check_p256(std::string_view public_key);

}  // namespace base
