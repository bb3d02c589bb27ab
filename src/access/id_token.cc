#include "access/id_token.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

#include "access/secret.h"
#include "base/base64.h"

namespace entry {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::json;

namespace {

constexpr std::size_t kMostBytes = 16 * 1024;
constexpr std::int64_t kLeeway = 60;

template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Number = std::unique_ptr<BIGNUM, Release<BN_free>>;

/// Only the one spelling that encoding gives: otherwise one signature would have several.
std::optional<std::string> unbase64url(std::string_view text) {
  std::string plain{text};
  for (char& c : plain) {
    if (c == '+' || c == '/' || c == '=') return std::nullopt;
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  }
  while (plain.size() % 4 != 0) plain += '=';
  auto bytes = base::from_base64(plain);
  if (!bytes || base64url(*bytes) != text) return std::nullopt;
  return bytes;
}

std::optional<json> object_of(std::string_view text) {
  json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  return parsed;
}

std::string text_of(const json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::optional<std::int64_t> seconds_of(const json& object, const char* field) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const double value = found->get<double>();
  if (!(value >= 0 && value < 1e12)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

Key key_from(const char* type, OSSL_PARAM_BLD* builder) {
  EVP_PKEY* made = nullptr;
  OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(builder);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr);
  if (parameters != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context) == 1) {
    EVP_PKEY_fromdata(context, &made, EVP_PKEY_PUBLIC_KEY, parameters);
  }
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  return Key{made};
}

Key rsa_key(const json& jwk) {
  const auto n = unbase64url(text_of(jwk, "n")), e = unbase64url(text_of(jwk, "e"));
  if (!n || !e || n->size() > 1024 || e->size() > 8) return nullptr;
  const Number modulus{BN_bin2bn(reinterpret_cast<const unsigned char*>(n->data()), static_cast<int>(n->size()), nullptr)};
  const Number exponent{BN_bin2bn(reinterpret_cast<const unsigned char*>(e->data()), static_cast<int>(e->size()), nullptr)};
  if (BN_num_bits(modulus.get()) < 2048) return nullptr;
  const std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>> builder{OSSL_PARAM_BLD_new()};
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  return key_from("RSA", builder.get());
}

Key ec_key(const json& jwk) {
  const auto x = unbase64url(text_of(jwk, "x")), y = unbase64url(text_of(jwk, "y"));
  if (text_of(jwk, "crv") != "P-256" || !x || !y || x->size() != 32 || y->size() != 32) return nullptr;
  const std::string point = std::string{'\x04'} + *x + *y;
  const std::unique_ptr<OSSL_PARAM_BLD, Release<OSSL_PARAM_BLD_free>> builder{OSSL_PARAM_BLD_new()};
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return key_from("EC", builder.get());  // refuses a point that is not on the curve
}

/// r and s as JWS has them (RFC 7518 §3.4) in the form OpenSSL reads.
std::string der_of(std::string_view signature) {
  if (signature.size() != 64) return {};
  const auto* bytes = reinterpret_cast<const unsigned char*>(signature.data());
  const std::unique_ptr<ECDSA_SIG, Release<ECDSA_SIG_free>> pair{ECDSA_SIG_new()};
  ECDSA_SIG_set0(pair.get(), BN_bin2bn(bytes, 32, nullptr), BN_bin2bn(bytes + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  std::string out = size > 0 ? std::string{reinterpret_cast<char*>(der), static_cast<std::size_t>(size)} : std::string{};
  OPENSSL_free(der);
  return out;
}

bool is_signed(EVP_PKEY* key, std::string_view text, std::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, Release<EVP_MD_CTX_free>> context{EVP_MD_CTX_new()};
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

/// The provider's key of that name for that algorithm; without a name the only one there is.
Result<Key> key_of(std::string_view jwks, const std::string& algorithm, const std::string& name) {
  const auto set = object_of(jwks);
  if (!set || !set->contains("keys") || !(*set)["keys"].is_array()) return fail(Code::invalid_input, "the provider's key set cannot be read");
  const std::string type = algorithm == "RS256" ? "RSA" : "EC";
  const json* chosen = nullptr;
  for (const json& jwk : (*set)["keys"]) {
    if (!jwk.is_object() || text_of(jwk, "kty") != type) continue;
    if (const std::string use = text_of(jwk, "use"); !use.empty() && use != "sig") continue;
    if (const std::string alg = text_of(jwk, "alg"); !alg.empty() && alg != algorithm) continue;
    if (!name.empty() && text_of(jwk, "kid") != name) continue;
    if (chosen != nullptr) return fail(Code::invalid_input, "the ID token does not say which of the provider's keys it is signed with");
    chosen = &jwk;
  }
  if (chosen == nullptr) return fail(Code::not_found, "the provider has no key as the ID token names it");
  Key key = algorithm == "RS256" ? rsa_key(*chosen) : ec_key(*chosen);
  if (!key) return fail(Code::invalid_input, "the provider's key cannot be used; RSA keys need at least 2048 bits, EC keys the curve P-256");
  return key;
}

bool is_for(const json& claims, const std::string& client) {
  const auto audience = claims.find("aud");
  if (audience == claims.end()) return false;
  const std::string party = text_of(claims, "azp");
  if (!party.empty() && party != client) return false;
  if (audience->is_string()) return audience->get<std::string>() == client;
  if (!audience->is_array() || (audience->size() > 1 && party.empty())) return false;
  return std::ranges::find(*audience, json(client)) != audience->end();
}

}  // namespace

Result<IdClaims> verify_id_token(std::string_view token, std::string_view jwks, const IdTokenRules& rules) {
  const std::size_t first = token.find('.'), second = token.find('.', first == token.npos ? token.npos : first + 1);
  if (token.size() > kMostBytes || second == token.npos || token.find('.', second + 1) != token.npos) return fail(Code::invalid_input, "the ID token has not three parts");
  const auto head_text = unbase64url(token.substr(0, first)), signature = unbase64url(token.substr(second + 1));
  const auto body_text = unbase64url(token.substr(first + 1, second - first - 1));
  const auto head = head_text ? object_of(*head_text) : std::nullopt;
  if (!head || !body_text || !signature) return fail(Code::invalid_input, "the ID token cannot be read");
  const std::string algorithm = text_of(*head, "alg"), type = text_of(*head, "typ");
  if (algorithm != "RS256" && algorithm != "ES256") return fail(Code::invalid_input, "the ID token is not signed by RS256 or ES256");
  if (head->contains("crit") || (!type.empty() && type != "JWT")) return fail(Code::invalid_input, "the ID token is of another kind");
  WB_ASSIGN(const Key key, key_of(jwks, algorithm, text_of(*head, "kid")));
  if (!is_signed(key.get(), token.substr(0, second), algorithm == "ES256" ? der_of(*signature) : *signature)) {
    return fail(Code::invalid_input, "the ID token's signature is wrong");
  }
  const auto claims = object_of(*body_text);  // not before the signature is known to be right
  if (!claims) return fail(Code::invalid_input, "the ID token cannot be read");
  const std::int64_t now = base::millis(rules.now) / 1000;
  const auto expires = seconds_of(*claims, "exp"), issued = seconds_of(*claims, "iat");
  if (text_of(*claims, "iss") != rules.issuer) return fail(Code::invalid_input, "the ID token is another provider's");
  if (!is_for(*claims, rules.client_id)) return fail(Code::invalid_input, "the ID token is for another program");
  if (!expires || now >= *expires + kLeeway) return fail(Code::invalid_input, "the ID token has expired");
  if (!issued || *issued > now + kLeeway || seconds_of(*claims, "nbf").value_or(0) > now + kLeeway) return fail(Code::invalid_input, "the ID token is not valid yet");
  if (rules.nonce.empty() || !same_text(text_of(*claims, "nonce"), rules.nonce)) return fail(Code::invalid_input, "the ID token answers another request");
  IdClaims found{.subject = text_of(*claims, "sub"), .email = text_of(*claims, "email"), .name = text_of(*claims, "name")};
  if (found.subject.empty() || found.subject.size() > 255) return fail(Code::invalid_input, "the ID token does not say whom it is about");
  const auto verified = claims->find("email_verified");
  found.email_verified = verified != claims->end() && verified->is_boolean() && verified->get<bool>();
  if (const auto groups = claims->find(rules.groups_claim); !rules.groups_claim.empty() && groups != claims->end()) {
    if (groups->is_string()) found.groups.push_back(groups->get<std::string>());
    for (const json& group : groups->is_array() ? *groups : json::array()) {
      if (group.is_string()) found.groups.push_back(group.get<std::string>());
    }
  }
  return found;
}

}  // namespace entry
