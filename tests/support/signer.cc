#include "tests/support/signer.h"

#include <cstdlib>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/base64.h"

namespace tests {
namespace {

void need(bool right) {
  if (!right) std::abort();
}

std::string signature_of(EVP_PKEY* key, std::string_view text, const EVP_MD* hash) {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::size_t size = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  need(EVP_DigestSignInit(context, nullptr, hash, nullptr, key) == 1 && EVP_DigestSign(context, nullptr, &size, bytes, text.size()) == 1);
  std::string out(size, '\0');
  need(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size, bytes, text.size()) == 1);
  out.resize(size);
  EVP_MD_CTX_free(context);
  return out;
}

}  // namespace

struct RsaSigner::Key {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  ~Key() { EVP_PKEY_free(key); }
};

RsaSigner::RsaSigner() : key_(std::make_unique<Key>()) {
  X509* made = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_gmtime_adj(X509_getm_notBefore(made), -60);
  X509_gmtime_adj(X509_getm_notAfter(made), 3600);
  X509_set_pubkey(made, key_->key);
  need(X509_sign(made, key_->key, EVP_sha256()) > 0);
  BIO* out = BIO_new(BIO_s_mem());
  need(PEM_write_bio_X509(out, made) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(out, &data);
  certificate_.assign(data, static_cast<std::size_t>(size));
  BIO_free(out);
  X509_free(made);
}
RsaSigner::~RsaSigner() = default;

std::string RsaSigner::sign(std::string_view text, bool sha256) const { return signature_of(key_->key, text, sha256 ? EVP_sha256() : EVP_sha1()); }

struct EcSigner::Key {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  ~Key() { EVP_PKEY_free(key); }
};

EcSigner::EcSigner() : key_(std::make_unique<Key>()) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_->key, &der);
  need(size > 0);
  public_key_ = base::to_base64({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
}
EcSigner::~EcSigner() = default;

std::string EcSigner::sign(std::string_view text) const { return signature_of(key_->key, text, EVP_sha256()); }

}  // namespace tests
