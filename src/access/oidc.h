#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "access/house.h"
#include "access/id_token.h"
#include "http/router.h"
#include "port/http_client.h"

namespace entry {

class FrontDoor;

/// An OpenID provider people may sign in by.
struct OidcConfig {
  std::string name = "OpenID";  ///< on the button
  std::string issuer;           ///< exactly as the provider names itself; empty: none
  std::string client_id, client_secret;
  std::string groups_claim;                  ///< the claim that names groups; empty: roles are given here
  std::map<std::string, model::Role> roles;  ///< group to role; the first role of model::Role's order that fits is taken
};

/// Sign-in by OpenID Connect: authorization code with PKCE (RFC 7636), state bound to the browser and good for one return
/// within ten minutes, nonce, the provider's own statement of who it is (RFC 9207) where it sends one, and an ID token
/// verified by `verify_id_token`. People are known by (issuer, subject); an invitation is taken up by its e-mail address
/// when the provider has verified it. No token of the provider is kept. Thread-safe.
class Oidc {
 public:
  /// All of them outlive this object.
  Oidc(House& house, FrontDoor& front_door, port::HttpClient& web, OidcConfig config);

  /// Adds GET /api/oidc/start and /api/oidc/callback. This object outlives the router.
  void mount(http::Router& router);

 private:
  struct Provider {
    std::string authorize, token, jwks_uri, jwks;
    bool secret_in_form = false;
    base::Instant read_at{};
  };
  struct Journey {
    std::string browser;  ///< digest of the cookie of the browser that set out
    std::string nonce, verifier, redirect_uri;
    base::Instant began_at{};
  };

  http::Response start(const http::Request& request);
  http::Response callback(const http::Request& request);
  base::Result<model::User> arrive(const http::Request& request);
  base::Result<Provider> provider(bool anew);
  base::Result<IdClaims> claims_of(std::string_view code, const Journey& journey);
  base::Result<model::User> user_of(const IdClaims& claims, std::string_view address);
  std::optional<Journey> take(std::string_view state);

  House& house_;
  FrontDoor& front_door_;
  port::HttpClient& web_;
  const OidcConfig config_;
  http::RateLimiter by_address_{0.2, 20};
  std::mutex mutex_;
  std::optional<Provider> provider_;                     // protected by mutex_
  std::unordered_map<std::string, Journey> under_way_;  // by digest of the state; protected by mutex_
};

}  // namespace entry
