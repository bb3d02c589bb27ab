#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace tests {

/// A fresh RSA key with a self-signed certificate, for signing as a provider does.
class RsaSigner {
 public:
  RsaSigner();
  ~RsaSigner();
  const std::string& certificate() const { return certificate_; }  ///< PEM
  std::string sign(std::string_view text, bool sha256) const;      ///< raw bytes, PKCS #1 v1.5

 private:
  struct Key;
  std::unique_ptr<Key> key_;
  std::string certificate_;
};

/// A fresh key on the curve P-256.
class EcSigner {
 public:
  EcSigner();
  ~EcSigner();
  const std::string& public_key() const { return public_key_; }  ///< base64 of a SubjectPublicKeyInfo
  std::string sign(std::string_view text) const;                 ///< DER, SHA-256

 private:
  struct Key;
  std::unique_ptr<Key> key_;
  std::string public_key_;
};

}  // namespace tests
