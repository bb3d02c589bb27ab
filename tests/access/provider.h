#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <nlohmann/json.hpp>

#include "http/router.h"
#include "http/server.h"
#include "tests/support/fake_clock.h"

namespace tests {

/// A key pair that signs tokens.
class TokenKey {
 public:
  /// `kind` is "RS256" or "ES256".
  TokenKey(std::string kind, std::string name, int bits = 2048);
  ~TokenKey();
  TokenKey(const TokenKey&) = delete;
  TokenKey& operator=(const TokenKey&) = delete;

  nlohmann::json jwk() const;  ///< the public half
  std::string public_pem() const;
  std::string sign(const std::string& text) const;  ///< as JWS has it
  /// A compact JWS; `head` may set other fields than alg, kid and typ.
  std::string token(const nlohmann::json& claims, nlohmann::json head = nlohmann::json::object()) const;

 private:
  std::string kind_, name_;
  struct Pair;
  std::unique_ptr<Pair> pair_;
};

std::string compact(const nlohmann::json& head, const nlohmann::json& claims);  ///< the two parts that are signed

/// An OpenID provider on 127.0.0.1 that does as it is told, also wrong things.
class Provider {
 public:
  explicit Provider(const FakeClock& clock);

  std::string issuer() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  /// The person agrees: the code for a journey that began with this address.
  std::string agree(const std::string& location);

  // What it says; changed by tests before a journey.
  nlohmann::json claims;             ///< over what a good token says; null takes a claim away
  nlohmann::json head;               ///< over a good head
  std::string told_issuer;           ///< in its description; empty: its own
  std::function<std::string(const std::string& good)> bend;  ///< what it sends instead of the good token
  std::unique_ptr<TokenKey> key;
  nlohmann::json more_keys = nlohmann::json::array();
  int token_calls = 0;
  std::string last_authorization;

 private:
  http::Response describe();
  http::Response tokens(const http::Request& request);

  struct Asked {
    std::string nonce, challenge, redirect_uri, client;
  };
  const FakeClock& clock_;
  http::Router router_;
  std::mutex mutex_;
  std::map<std::string, Asked> codes_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace tests
