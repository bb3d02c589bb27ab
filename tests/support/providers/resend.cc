#include "tests/support/providers/resend.h"

#include <map>

#include "base/json.h"
#include "base/webhook_signature.h"

namespace tests {
namespace {

using Verdict = ProviderPeer::Verdict;

std::string error(int status, const std::string& name, const std::string& message, const std::string& headers = {}) {
  return ProviderPeer::json(status, fmt::format(R"({{"statusCode":{},"name":"{}","message":{}}})", status, name, base::json_string(message)), headers);
}

Verdict judge(const HttpRequest& request, const std::vector<ProviderPeer::Message>& ledger) {
  const auto given = request.headers.find("authorization");
  if (given == request.headers.end()) return {.answer = error(401, "missing_api_key", "Missing API key in the authorization header.")};
  if (given->second != fmt::format("Bearer {}", kResendKey)) return {.answer = error(403, "invalid_api_key", "API key is invalid.")};
  if (request.line == "GET /domains HTTP/1.1") return {.answer = ProviderPeer::json(200, R"({"data":[{"id":"1","name":"shop.example","status":"verified"}]})")};
  if (request.line != "POST /emails HTTP/1.1") return {.answer = error(404, "not_found", "The requested endpoint does not exist.")};
  const auto key = request.headers.find("idempotency-key");
  if (key == request.headers.end() || key->second.empty()) return {.answer = error(400, "invalid_idempotency_key", "The key must be between 1-256 chars.")};
  const base::Json json = base::Json::parse(request.body).value_or(base::Json{});
  for (const auto& message : ledger) {
    if (message.key != key->second) continue;
    if (message.more != request.body) return {.answer = error(409, "invalid_idempotent_request", "Same idempotency key used with a different request payload.")};
    return {.answer = ProviderPeer::json(200, fmt::format(R"({{"id":"{}"}})", message.id))};
  }
  const auto to = json.at("to").items();
  if (to.size() != 1) return {.answer = error(422, "missing_required_field", "Missing `to` field.")};
  const std::string address = to[0].text();
  if (address.ends_with("@invalid.example")) return {.answer = error(422, "validation_error", "Invalid `to` field. The email address " + address + " needs to follow the `email@example.com` format.")};
  if (address.ends_with("@barred.example")) return {.answer = error(422, "validation_error", "The content is not allowed.")};
  const std::string from = json.text("from");
  if (from.find("@shop.example") == from.npos) return {.answer = error(403, "validation_error", "The domain is not verified. Please, add and verify your domain.")};
  const std::string id = fmt::format("49a3999c-0ce1-4ea6-ab68-{:012}", ledger.size() + 1);
  return {.taken = ProviderPeer::Message{.address = address, .key = key->second, .id = id, .text = json.text("subject"), .more = request.body},
          .answer = ProviderPeer::json(200, fmt::format(R"({{"id":"{}"}})", id))};
}

}  // namespace

std::unique_ptr<ProviderPeer> resend_peer() {
  return std::make_unique<ProviderPeer>(judge, error(429, "rate_limit_exceeded", "Too many requests. You can only make 2 requests per second.", "Retry-After: 1\r\n"));
}

port::Callback::Request resend_call(const std::string& body, base::Instant at, const std::string& id) {
  const std::string timestamp = std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
  return {"POST", "https://shop.example/callbacks/resend",
          {{"svix-id", id}, {"svix-timestamp", timestamp}, {"svix-signature", base::WebhookSecret::open(kResendSecret)->sign(id, timestamp, body)}},
          body};
}

}  // namespace tests
