#include "base/public_key.h"

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/base64.h"

namespace base {
namespace {

template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Result<void> verify(EVP_PKEY* key, std::string_view text, std::string_view signature, const EVP_MD* hash) {
  const Context context{EVP_MD_CTX_new()};
  const bool right = EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key) == 1 &&
                     EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
  ERR_clear_error();
  if (!right) return fail(Code::invalid_input, "the signature is not the key's");
  return {};
}

Result<Key> p256_key(std::string_view written) {
  std::string base64;
  for (std::size_t at = 0; at < written.size();) {
    const std::size_t end = std::min(written.find('\n', at), written.size());
    std::string_view line = written.substr(at, end - at);
    at = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with("-----")) base64 += line;
  }
  const auto der = from_base64(base64);
  Key key;
  if (der) {
    const unsigned char* from = bytes(*der);
    key.reset(d2i_PUBKEY(nullptr, &from, static_cast<long>(der->size())));
    if (key && from != bytes(*der) + der->size()) key.reset();
  }
  char curve[32] = {};
  const bool right = key && EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_EC &&
                     EVP_PKEY_get_utf8_string_param(key.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof curve, nullptr) == 1 && std::string_view{curve} == "prime256v1";
  ERR_clear_error();
  if (!right) return fail(Code::invalid_input, "the public key is no key on the curve P-256 in base64");
  return key;
}

}  // namespace

Result<void> verify_rsa(std::string_view pem, std::string_view text, std::string_view signature, SignatureHash hash) {
  const std::unique_ptr<BIO, Release<BIO_free>> in{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  const std::unique_ptr<X509, Release<X509_free>> certificate{PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr)};
  const Key key{certificate ? X509_get_pubkey(certificate.get()) : nullptr};
  ERR_clear_error();
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return fail(Code::invalid_input, "this is no certificate of an RSA key in PEM form");
  return verify(key.get(), text, signature, hash == SignatureHash::sha1 ? EVP_sha1() : EVP_sha256());
}

Result<void> verify_p256(std::string_view public_key, std::string_view text, std::string_view signature) {
  WB_ASSIGN(const Key key, p256_key(public_key));
  return verify(key.get(), text, signature, EVP_sha256());
}

Result<void> check_p256(std::string_view public_key) {
  WB_TRY(p256_key(public_key));
  return {};
}

}  // namespace base
