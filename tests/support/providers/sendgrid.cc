#include "tests/support/providers/sendgrid.h"

#include "base/base64.h"
#include "base/json.h"

namespace tests {
namespace {

using Verdict = ProviderPeer::Verdict;

std::string error(int status, const std::string& message, const std::string& field, const std::string& headers = {}) {
  return ProviderPeer::json(status, fmt::format(R"({{"errors":[{{"message":{},"field":{},"help":null}}]}})", base::json_string(message), field.empty() ? "null" : base::json_string(field)),
                            headers);
}

Verdict judge(const HttpRequest& request, const std::vector<ProviderPeer::Message>& ledger) {
  const auto given = request.headers.find("authorization");
  if (given == request.headers.end() || given->second != fmt::format("Bearer {}", kSendgridKey)) return {.answer = error(401, "The provided authorization grant is invalid, expired, or revoked", "")};
  if (request.line == "GET /v3/scopes HTTP/1.1") return {.answer = ProviderPeer::json(200, R"({"scopes":["mail.send","user.profile.read"]})")};
  if (request.line != "POST /v3/mail/send HTTP/1.1") return {.answer = error(404, "not found", "")};
  const base::Json json = base::Json::parse(request.body).value_or(base::Json{});
  const auto people = json.at("personalizations").items();
  const auto to = people.empty() ? std::vector<base::Json>{} : people[0].at("to").items();
  if (to.size() != 1 || json.text("subject").empty()) return {.answer = error(400, "The personalizations field is required", "personalizations")};
  const std::string address = to[0].text("email");
  if (address.ends_with("@invalid.example")) return {.answer = error(400, "Does not contain a valid address: " + address, "personalizations.0.to.0.email")};
  if (address.ends_with("@barred.example")) return {.answer = error(400, "The content value is not permitted", "content.0.value")};
  // Content comes as text/plain first, then text/html, or is refused.
  const auto content = json.at("content").items();
  if (content.empty() || (content.size() == 2 && (content[0].text("type") != "text/plain" || content[1].text("type") != "text/html")))
    return {.answer = error(400, "If present, text/plain and text/html may only be provided once, in this order", "content")};
  const std::string id = fmt::format("sgid{:018}", ledger.size() + 1);
  const base::Json headers = json.at("headers");
  return {.taken = ProviderPeer::Message{.address = address,
                                         .key = people[0].at("custom_args").text("reference"),
                                         .id = id,
                                         .text = json.text("subject"),
                                         .more = json.at("from").text("name") + "\n" + headers.text("List-Unsubscribe") + "\n" + headers.text("List-Unsubscribe-Post")},
          .answer = "HTTP/1.1 202 Accepted\r\nX-Message-Id: " + id + "\r\nContent-Length: 0\r\n\r\n"};
}

}  // namespace

std::unique_ptr<ProviderPeer> sendgrid_peer() { return std::make_unique<ProviderPeer>(judge, error(429, "too many requests", "", "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1\r\n")); }

port::Callback::Request sendgrid_call(const EcSigner& signer, const std::string& body, base::Instant at) {
  const std::string timestamp = std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
  return {"POST", "https://shop.example/callbacks/sendgrid",
          {{"Content-Type", "application/json"},
           {"X-Twilio-Email-Event-Webhook-Timestamp", timestamp},
           {"X-Twilio-Email-Event-Webhook-Signature", base::to_base64(signer.sign(timestamp + body))}},
          body};
}

}  // namespace tests
