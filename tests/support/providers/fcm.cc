#include "tests/support/providers/fcm.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <nlohmann/json.hpp>

#include "base/jwt.h"

namespace tests {
namespace {

using nlohmann::json;

constexpr std::string_view kFcmError = "type.googleapis.com/google.firebase.fcm.v1.FcmError";

KeyPair pair_of(EVP_PKEY* key) {
  KeyPair pair;
  const auto text = [](auto write) {
    BIO* out = BIO_new(BIO_s_mem());
    write(out);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out, &data);
    std::string made{data, static_cast<std::size_t>(size)};
    BIO_free(out);
    return made;
  };
  pair.private_pem = text([&](BIO* out) { PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr); });
  pair.public_pem = text([&](BIO* out) { PEM_write_bio_PUBKEY(out, key); });
  EVP_PKEY_free(key);
  return pair;
}

std::string error(int status, const std::string& name, const std::string& code, const json& more = {}) {
  json details = json::array();
  if (!code.empty()) details.push_back({{"@type", kFcmError}, {"errorCode", code}});
  if (!more.is_null()) details.push_back(more);
  return json_answer(status, json{{"error", {{"code", status}, {"message", "Request failed."}, {"status", name}, {"details", details}}}}.dump(),
                     status == 429 || status == 503 ? "Retry-After: 17\r\n" : "");
}

std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace

KeyPair new_rsa_key() { return pair_of(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})); }
KeyPair new_p256_key() { return pair_of(EVP_EC_gen("P-256")); }

FakeFcm::FakeFcm(std::string project)
    : project_(std::move(project)), key_(new_rsa_key()), peer_([this](const HttpRequest& request) { return answer(request); }) {}

std::string FakeFcm::url() const { return "http://127.0.0.1:" + std::to_string(peer_.port()); }

std::string FakeFcm::service_account() const {
  return json{{"type", "service_account"},
              {"project_id", project_},
              {"private_key_id", "k1"},
              {"private_key", key_.private_pem},
              {"client_email", "push@" + project_ + ".iam.gserviceaccount.com"},
              {"token_uri", url() + "/token"}}
      .dump();
}

void FakeFcm::revoke_tokens() {
  const std::lock_guard lock{mutex_};
  valid_from_ = given_ + 1;
}
void FakeFcm::forget_account() {
  const std::lock_guard lock{mutex_};
  forgotten_ = true;
}
int FakeFcm::tokens_given() const {
  const std::lock_guard lock{mutex_};
  return given_;
}

std::string FakeFcm::answer(const HttpRequest& request) {
  if (request.line == "POST /token HTTP/1.1") return token_answer(request);
  if (request.line == "POST /v1/projects/" + project_ + "/messages:send HTTP/1.1") return send_answer(request);
  return error(404, "NOT_FOUND", "");
}

std::string FakeFcm::token_answer(const HttpRequest& request) {
  const std::string mark = "&assertion=";
  const std::size_t at = request.body.find(mark);
  const std::lock_guard lock{mutex_};
  if (at == std::string::npos || unescaped(request.body.substr(0, at)) != "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer")
    return json_answer(400, R"({"error":"unsupported_grant_type"})");
  const std::string assertion = unescaped(request.body.substr(at + mark.size()));
  const std::size_t dot = assertion.find('.');
  const json claims = json::parse(base::from_base64url(assertion.substr(dot + 1, assertion.rfind('.') - dot - 1)).value_or(""), nullptr, false);
  const bool right = base::verify_jwt(assertion, key_.public_pem, base::JwtAlgorithm::rs256) && claims.is_object() && claims.value("aud", "") == url() + "/token" &&
                     claims.value("scope", "") == "https://www.googleapis.com/auth/firebase.messaging" &&
                     claims.value("iss", "") == "push@" + project_ + ".iam.gserviceaccount.com" && claims.value("exp", 0L) - claims.value("iat", 0L) <= 3600;
  if (!right || forgotten_) return json_answer(400, R"({"error":"invalid_grant","error_description":"Invalid JWT Signature."})");
  return json_answer(200, json{{"access_token", "ya29." + std::to_string(++given_)}, {"expires_in", 3599}, {"token_type", "Bearer"}}.dump());
}

std::string FakeFcm::send_answer(const HttpRequest& request) {
  const auto bearer = request.headers.find("authorization");
  {
    const std::lock_guard lock{mutex_};
    const std::string prefix = "Bearer ya29.";
    if (bearer == request.headers.end() || !bearer->second.starts_with(prefix) || std::stoi(bearer->second.substr(prefix.size())) < valid_from_)
      return error(401, "UNAUTHENTICATED", "");
  }
  const std::string fault = ledger.next_fault();
  if (fault == "429") return error(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED");
  if (fault == "503") return error(503, "UNAVAILABLE", "UNAVAILABLE");
  if (fault == "403") return error(403, "PERMISSION_DENIED", "");
  const json body = json::parse(request.body, nullptr, false);
  if (!body.is_object() || !body.contains("message")) return error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT");
  const json& message = body["message"];
  const std::string token = message.value("token", "");
  if (token.starts_with("dead")) return error(404, "NOT_FOUND", "UNREGISTERED");
  if (token.starts_with("other")) return error(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH");
  if (token.starts_with("bad")) {
    return error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT",
                 {{"@type", "type.googleapis.com/google.rpc.BadRequest"}, {"fieldViolations", {{{"field", "message.token"}, {"description", "Invalid registration token"}}}}});
  }
  const json payload = {{"notification", message["notification"]}, {"data", message["data"]}};
  if (payload.dump().size() > 4096) return error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT");
  for (const json& value : message["data"]) {
    if (!value.is_string()) return error(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT");
  }
  const std::string name = "projects/" + project_ + "/messages/0:" + std::to_string(ledger.all().size());
  ledger.take({.to = token, .key = message["data"].value("send_key", ""), .id = name, .body = request.body});
  if (fault == "drop") return "drop";
  if (fault == "500 taken") return error(500, "INTERNAL", "INTERNAL");
  return json_answer(200, json{{"name", name}}.dump());
}

}  // namespace tests
