#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace base {

/// RFC 4648 §5, without padding.
std::string to_base64url(std::string_view bytes);

/// The bytes of one whole unpadded base64url text; nothing for any other text.
std::optional<std::string> from_base64url(std::string_view text);

/// How a token is signed (RFC 7518 §3.3, §3.4).
enum class JwtAlgorithm : std::uint8_t { rs256, es256 };

/// A private key that signs JSON Web Tokens. Immutable, safe to share between threads.
class JwtKey {
 public:
  /// Reads a PEM (PKCS #8 or the key's older form) without passphrase: RSA of 2,048 bits or more for rs256, P-256 for es256.
  static Result<JwtKey> open(std::string_view pem, JwtAlgorithm algorithm);

  ~JwtKey();
  JwtKey(JwtKey&&) noexcept;
  JwtKey& operator=(JwtKey&&) noexcept;

  /// The compact form "header.claims.signature" (RFC 7515 §3.1) of two JSON texts, which go in byte for byte. The header has
  /// to name the algorithm. A signature by es256 is another one every time.
  Result<std::string> sign(std::string_view header, std::string_view claims) const;

  /// The public half, as PEM.
  std::string public_pem() const;

 private:
  struct State;
  explicit JwtKey(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Whether the compact token was signed by the private half of this public key (PEM) with this algorithm. What the token says,
/// its header included, is not looked at.
bool verify_jwt(std::string_view token, std::string_view public_pem, JwtAlgorithm algorithm);

}  // namespace base
