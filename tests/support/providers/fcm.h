#pragma once

#include <string>

#include "tests/support/http_peer.h"
#include "tests/support/providers/ledger.h"

namespace tests {

/// An RSA and a P-256 key made for tests, PKCS #8 in PEM, and their public halves.
struct KeyPair {
  std::string private_pem;
  std::string public_pem;
};
KeyPair new_rsa_key();
KeyPair new_p256_key();

/// Firebase Cloud Messaging (HTTP v1) and Google's token server, as documented: the assertion's signature, audience, scope and
/// times are verified, tokens of devices named "dead…", "bad…" and "other…" are unregistered, malformed and of another project.
class FakeFcm {
 public:
  explicit FakeFcm(std::string project = "shop-app");

  /// What Google's console would hand out for this server.
  std::string service_account() const;
  std::string url() const;

  /// Access tokens given out until now are not accepted any more.
  void revoke_tokens();
  /// The service account is no longer known.
  void forget_account();
  int tokens_given() const;

  Ledger ledger;

 private:
  std::string answer(const HttpRequest& request);
  std::string token_answer(const HttpRequest& request);
  std::string send_answer(const HttpRequest& request);

  const std::string project_;
  const KeyPair key_;
  mutable std::mutex mutex_;
  int given_ = 0;
  int valid_from_ = 1;
  bool forgotten_ = false;
  HttpPeer peer_;
};

}  // namespace tests
