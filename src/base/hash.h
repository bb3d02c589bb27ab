#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace base {

/// 32 bytes of SHA-256 (FIPS 180-4) or HMAC-SHA256 (RFC 2104).
using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);

/// 20 bytes of SHA-1 or HMAC-SHA1: for providers that sign with nothing better; never for something of ours.
using ShortDigest = std::array<std::uint8_t, 20>;
ShortDigest sha1(std::string_view bytes);
ShortDigest hmac_sha1(std::string_view key, std::string_view bytes);

/// Whether two texts are the same, in a time that depends on their lengths alone.
bool same_secret(std::string_view left, std::string_view right);

/// A key that many texts are signed with: its share of the work is done once. Any thread may sign.
class HmacKey {
 public:
  explicit HmacKey(std::string_view key);
  ~HmacKey();
  HmacKey(HmacKey&& other) noexcept : inner_(std::exchange(other.inner_, nullptr)), outer_(std::exchange(other.outer_, nullptr)) {}
  HmacKey& operator=(HmacKey&&) = delete;

  /// The same as hmac_sha256 with this key.
  Digest sign(std::string_view bytes) const;

 private:
  void* inner_;
  void* outer_;
};

/// Lower-case hexadecimal digits, two a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

/// SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  Digest finish();  ///< once

 private:
  void* state_;
};

}  // namespace base
