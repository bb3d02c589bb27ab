#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>

#include "base/error.h"

namespace base {

namespace {

constexpr std::size_t kBlock = 64;  // bytes SHA-256 takes at once

/// Looked up once: OpenSSL's own look-up costs more than the hash of a short text.
const EVP_MD* algorithm() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  WB_CHECK(found != nullptr);
  return found;
}

EVP_MD_CTX* context(void* state) { return static_cast<EVP_MD_CTX*>(state); }

/// The state after the key, each byte of it changed by `pad`.
void* keyed(std::string_view key, std::uint8_t pad) {
  std::array<std::uint8_t, kBlock> block{};
  std::ranges::copy(key, block.begin());
  for (std::uint8_t& byte : block) byte = static_cast<std::uint8_t>(byte ^ pad);
  EVP_MD_CTX* state = EVP_MD_CTX_new();
  WB_CHECK(EVP_DigestInit_ex(state, algorithm(), nullptr) == 1);
  WB_CHECK(EVP_DigestUpdate(state, block.data(), block.size()) == 1);
  return state;
}

/// Goes on from the state `from`, which stays as it is.
Digest finished(void* from, const void* bytes, std::size_t size) {
  struct Scratch {
    EVP_MD_CTX* state = EVP_MD_CTX_new();
    ~Scratch() { EVP_MD_CTX_free(state); }
  };
  thread_local const Scratch scratch;
  Digest digest{};
  unsigned length = 0;
  WB_CHECK(EVP_MD_CTX_copy_ex(scratch.state, context(from)) == 1);
  WB_CHECK(EVP_DigestUpdate(scratch.state, bytes, size) == 1);
  WB_CHECK(EVP_DigestFinal_ex(scratch.state, digest.data(), &length) == 1);
  return digest;
}

}  // namespace

Digest sha256(std::string_view bytes) {
  Digest digest{};
  unsigned size = 0;
  WB_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, algorithm(), nullptr) == 1);
  return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) { return HmacKey{key}.sign(bytes); }

ShortDigest sha1(std::string_view bytes) {
  ShortDigest digest{};
  unsigned size = 0;
  WB_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1);
  return digest;
}

ShortDigest hmac_sha1(std::string_view key, std::string_view bytes) {
  ShortDigest digest{};
  unsigned size = 0;
  const auto* text = reinterpret_cast<const unsigned char*>(bytes.data());
  WB_CHECK(HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), text, bytes.size(), digest.data(), &size) != nullptr);
  return digest;
}

bool same_secret(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

HmacKey::HmacKey(std::string_view key) {
  const Digest of_long_key = key.size() > kBlock ? sha256(key) : Digest{};
  if (key.size() > kBlock) key = {reinterpret_cast<const char*>(of_long_key.data()), of_long_key.size()};
  inner_ = keyed(key, 0x36);
  outer_ = keyed(key, 0x5c);
}

HmacKey::~HmacKey() {
  EVP_MD_CTX_free(context(inner_));
  EVP_MD_CTX_free(context(outer_));
}

Digest HmacKey::sign(std::string_view bytes) const {
  const Digest inner = finished(inner_, bytes.data(), bytes.size());
  return finished(outer_, inner.data(), inner.size());
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

Sha256::Sha256() : state_(EVP_MD_CTX_new()) {
  WB_CHECK(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(state_), algorithm(), nullptr) == 1);
}

Sha256::~Sha256() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(state_)); }

void Sha256::add(std::string_view bytes) {
  WB_CHECK(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(state_), bytes.data(), bytes.size()) == 1);
}

Digest Sha256::finish() {
  Digest digest{};
  unsigned size = 0;
  WB_CHECK(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(state_), digest.data(), &size) == 1);
  return digest;
}

}  // namespace base
