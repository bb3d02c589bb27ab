#include "tests/access/provider.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "access/secret.h"
#include "base/hash.h"

namespace tests {

using nlohmann::json;

namespace {

std::string number(const EVP_PKEY* key, const char* name, int size = 0) {
  BIGNUM* value = nullptr;
  EVP_PKEY_get_bn_param(key, name, &value);
  std::string bytes(static_cast<std::size_t>(size > 0 ? size : BN_num_bytes(value)), '\0');
  BN_bn2binpad(value, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  BN_free(value);
  return entry::base64url(bytes);
}

std::string field(const std::string& url, const std::string& name) {
  const auto pairs = http::parse_form(url.substr(url.find('?') + 1));
  return std::string{http::find(pairs, name).value_or("")};
}

}  // namespace

struct TokenKey::Pair {
  EVP_PKEY* key = nullptr;
};

TokenKey::TokenKey(std::string kind, std::string name, int bits) : kind_(std::move(kind)), name_(std::move(name)), pair_(std::make_unique<Pair>()) {
  pair_->key = kind_ == "RS256" ? EVP_RSA_gen(static_cast<unsigned>(bits)) : EVP_EC_gen("P-256");
}
TokenKey::~TokenKey() { EVP_PKEY_free(pair_->key); }

json TokenKey::jwk() const {
  json out{{"kid", name_}, {"use", "sig"}, {"alg", kind_}};
  if (kind_ == "RS256") {
    out["kty"] = "RSA";
    out["n"] = number(pair_->key, OSSL_PKEY_PARAM_RSA_N);
    out["e"] = number(pair_->key, OSSL_PKEY_PARAM_RSA_E);
  } else {
    out["kty"] = "EC";
    out["crv"] = "P-256";
    out["x"] = number(pair_->key, OSSL_PKEY_PARAM_EC_PUB_X, 32);
    out["y"] = number(pair_->key, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
  }
  return out;
}

std::string TokenKey::public_pem() const {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(memory, pair_->key);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string out{text, static_cast<std::size_t>(size)};
  BIO_free(memory);
  return out;
}

std::string TokenKey::sign(const std::string& text) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  std::size_t size = 0;
  EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, pair_->key);
  EVP_DigestSign(context, nullptr, &size, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string made(size, '\0');
  EVP_DigestSign(context, reinterpret_cast<unsigned char*>(made.data()), &size, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  EVP_MD_CTX_free(context);
  made.resize(size);
  if (kind_ == "ES256") {
    const auto* der = reinterpret_cast<const unsigned char*>(made.data());
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &der, static_cast<long>(made.size()));
    std::string raw(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), reinterpret_cast<unsigned char*>(raw.data()), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), reinterpret_cast<unsigned char*>(raw.data()) + 32, 32);
    ECDSA_SIG_free(pair);
    made = raw;
  }
  return entry::base64url(made);
}

std::string compact(const json& head, const json& claims) { return entry::base64url(head.dump()) + "." + entry::base64url(claims.dump()); }

std::string TokenKey::token(const json& claims, json head) const {
  json whole{{"alg", kind_}, {"kid", name_}, {"typ", "JWT"}};
  whole.merge_patch(head);
  const std::string text = compact(whole, claims);
  return text + "." + sign(text);
}

Provider::Provider(const FakeClock& clock) : key(std::make_unique<TokenKey>("RS256", "k1")), clock_(clock) {
  router_.add("GET", "/.well-known/openid-configuration", [this](const http::Request&) { return describe(); });
  router_.add("GET", "/keys", [this](const http::Request&) {
    json keys = more_keys;
    keys.push_back(key->jwk());
    return http::text(200, json{{"keys", keys}}.dump());
  });
  router_.add("POST", "/token", [this](const http::Request& request) { return tokens(request); });
  server_ = std::move(*http::Server::open("127.0.0.1:0", [this](const http::Request& request) { return router_.handle(request); }));
}

http::Response Provider::describe() {
  return http::text(200, json{{"issuer", told_issuer.empty() ? issuer() : told_issuer},
                              {"authorization_endpoint", issuer() + "/authorize"},
                              {"token_endpoint", issuer() + "/token"},
                              {"jwks_uri", issuer() + "/keys"}}
                             .dump());
}

std::string Provider::agree(const std::string& location) {
  const std::lock_guard lock{mutex_};
  const std::string code = entry::new_token();
  codes_[code] = {field(location, "nonce"), field(location, "code_challenge"), field(location, "redirect_uri"), field(location, "client_id")};
  return code;
}

http::Response Provider::tokens(const http::Request& request) {
  const std::lock_guard lock{mutex_};
  ++token_calls;
  last_authorization = request.header("authorization");
  const auto form = http::parse_form(request.body);
  const auto value = [&](std::string_view name) { return std::string{http::find(form, name).value_or("")}; };
  const auto asked = codes_.find(value("code"));
  if (asked == codes_.end()) return http::text(400, R"({"error":"invalid_grant"})");
  const Asked journey = asked->second;
  codes_.erase(asked);
  const base::Digest digest = base::sha256(value("code_verifier"));
  const std::string challenge = entry::base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
  if (challenge != journey.challenge || value("redirect_uri") != journey.redirect_uri) return http::text(400, R"({"error":"invalid_grant"})");
  const std::int64_t now = base::millis(clock_.now()) / 1000;
  json said{{"iss", issuer()}, {"aud", journey.client}, {"sub", "s1"}, {"nonce", journey.nonce}, {"iat", now}, {"exp", now + 300},
            {"email", "bob@shop.example"}, {"email_verified", true}, {"name", "Bob"}};
  said.merge_patch(claims.is_object() ? claims : json::object());
  std::string token = key->token(said, head.is_object() ? head : json::object());
  if (bend) token = bend(token);
  return http::text(200, json{{"access_token", "a"}, {"token_type", "Bearer"}, {"id_token", token}}.dump());
}

}  // namespace tests
