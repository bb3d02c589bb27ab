#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace entry {

/// What an ID token must say to be believed.
struct IdTokenRules {
  std::string issuer;
  std::string client_id;
  std::string nonce;
  base::Instant now{};
  std::string groups_claim;  ///< whose texts become `groups`; empty: none
};

/// Whom a token is about.
struct IdClaims {
  std::string subject, email, name;
  bool email_verified = false;
  std::vector<std::string> groups;
};

/// Verifies an OpenID Connect ID token (Core 1.0 §3.1.3.7): a compact JWS by RS256 or ES256 and nothing else, with a key of
/// the provider's own set (`jwks`, RFC 7517), for this client, not expired (a minute of leeway), with this nonce. Keys
/// that the token itself brings are never looked at. Every refusal is `invalid_input`; `not_found` when the set has no key
/// of the token's name.
base::Result<IdClaims> verify_id_token(std::string_view token, std::string_view jwks, const IdTokenRules& rules);

}  // namespace entry
