#include "base/jwt.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>

#include "base/base64.h"

namespace base {
namespace {

constexpr int kLeastBits = 2048;
constexpr std::size_t kHalf = 32;  // bytes of r and of s on P-256

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Bio reading(std::string_view text) { return Bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))}; }

bool fits(EVP_PKEY* key, JwtAlgorithm algorithm) {
  if (algorithm == JwtAlgorithm::rs256)
    return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= kLeastBits;
  char curve[40] = {};
  std::size_t size = 0;
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, curve, sizeof curve, &size) == 1 &&
         std::string_view{curve, size} == "prime256v1";
}

/// RFC 7518 §3.4: r and s, 32 octets each, where OpenSSL gives DER.
std::optional<std::string> raw_of(std::string_view der) {
  const unsigned char* at = bytes_of(der);
  const Signature pair{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
  std::string raw(2 * kHalf, '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  if (!pair || BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, kHalf) < 0 ||
      BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + kHalf, kHalf) < 0)
    return std::nullopt;
  return raw;
}

std::optional<std::string> der_of(std::string_view raw) {
  if (raw.size() != 2 * kHalf) return std::nullopt;
  const Signature pair{ECDSA_SIG_new()};
  BIGNUM* r = BN_bin2bn(bytes_of(raw), kHalf, nullptr);
  BIGNUM* s = BN_bin2bn(bytes_of(raw) + kHalf, kHalf, nullptr);
  if (!pair || r == nullptr || s == nullptr || ECDSA_SIG_set0(pair.get(), r, s) != 1) {
    BN_free(r);
    BN_free(s);
    return std::nullopt;
  }
  unsigned char* made = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &made);
  if (size <= 0) return std::nullopt;
  std::string der{reinterpret_cast<const char*>(made), static_cast<std::size_t>(size)};
  OPENSSL_free(made);
  return der;
}

}  // namespace

std::string to_base64url(std::string_view bytes) {
  std::string text = to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
  std::string plain{text};
  if (plain.find_first_of("+/=") != std::string::npos) return std::nullopt;
  std::ranges::replace(plain, '-', '+');
  std::ranges::replace(plain, '_', '/');
  plain.append((4 - plain.size() % 4) % 4, '=');
  auto bytes = from_base64(plain);
  // The last character may hold bits that belong to no byte: then the text is not the one way to write these bytes.
  if (!bytes || to_base64url(*bytes) != text) return std::nullopt;
  return bytes;
}

struct JwtKey::State {
  Key key;
  JwtAlgorithm algorithm = JwtAlgorithm::rs256;
};

JwtKey::JwtKey(std::unique_ptr<State> state) : state_(std::move(state)) {}
JwtKey::~JwtKey() = default;
JwtKey::JwtKey(JwtKey&&) noexcept = default;
JwtKey& JwtKey::operator=(JwtKey&&) noexcept = default;

Result<JwtKey> JwtKey::open(std::string_view pem, JwtAlgorithm algorithm) {
  auto state = std::make_unique<State>();
  state->algorithm = algorithm;
  // A key under a passphrase must fail instead of asking the terminal for it.
  state->key.reset(PEM_read_bio_PrivateKey(
      reading(pem).get(), nullptr, [](char*, int, int, void*) { return -1; }, nullptr));
  if (!state->key) return fail(Code::invalid_input, "the signing key is no private key in PEM without passphrase");
  if (!fits(state->key.get(), algorithm)) {
    return fail(Code::invalid_input, "the signing key is not {}",
                algorithm == JwtAlgorithm::rs256 ? "an RSA key of 2,048 bits or more" : "an elliptic key on the curve P-256");
  }
  return JwtKey{std::move(state)};
}

Result<std::string> JwtKey::sign(std::string_view header, std::string_view claims) const {
  std::string token = to_base64url(header) + "." + to_base64url(claims);
  const Context context{EVP_MD_CTX_new()};
  std::size_t size = 0;
  std::string signature;
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, state_->key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(token), token.size()) != 1)
    return fail(Code::internal, "the key cannot sign a token");
  signature.resize(size);
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(token), token.size()) != 1)
    return fail(Code::internal, "the key cannot sign a token");
  signature.resize(size);
  if (state_->algorithm == JwtAlgorithm::es256) {
    auto raw = raw_of(signature);
    if (!raw) return fail(Code::internal, "the key cannot sign a token");
    signature = std::move(*raw);
  }
  return token + "." + to_base64url(signature);
}

std::string JwtKey::public_pem() const {
  const Bio out{BIO_new(BIO_s_mem())};
  WB_CHECK(PEM_write_bio_PUBKEY(out.get(), state_->key.get()) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

bool verify_jwt(std::string_view token, std::string_view public_pem, JwtAlgorithm algorithm) {
  const std::size_t dot = token.rfind('.');
  if (dot == std::string_view::npos || std::ranges::count(token, '.') != 2) return false;
  auto signature = from_base64url(token.substr(dot + 1));
  const Key key{PEM_read_bio_PUBKEY(reading(public_pem).get(), nullptr, nullptr, nullptr)};
  if (!signature || !key || !fits(key.get(), algorithm)) return false;
  if (algorithm == JwtAlgorithm::es256) signature = der_of(*signature);
  const Context context{EVP_MD_CTX_new()};
  return signature && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(*signature), signature->size(), bytes_of(token), dot) == 1;
}

}  // namespace base
