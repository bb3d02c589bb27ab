#include "tests/support/providers/ses.h"

#include <map>
#include <sstream>

#include "base/base64.h"
#include "base/hash.h"
#include "base/json.h"

namespace tests {
namespace {

using Verdict = ProviderPeer::Verdict;

std::string error(int status, const std::string& type, const std::string& message) {
  return ProviderPeer::json(status, fmt::format(R"({{"message":{}}})", base::json_string(message)), fmt::format("x-amzn-ErrorType: {}:http://internal.amazon.com/coral/\r\n", type));
}

std::string_view raw(const base::Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

/// Judges Signature Version 4 step by step, as the documentation for implementers writes it; the error's answer, or nothing.
std::optional<std::string> wrong_signature(const HttpRequest& request) {
  const auto given = request.headers.find("authorization");
  const auto date = request.headers.find("x-amz-date");
  if (given == request.headers.end() || date == request.headers.end()) return error(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
  const std::string& text = given->second;
  const auto part = [&](const std::string& name) {
    const std::size_t at = text.find(name + "=");
    const std::size_t begin = at + name.size() + 1;
    return at == text.npos ? std::string{} : text.substr(begin, text.find(',', begin) - begin);
  };
  const std::string day = date->second.substr(0, 8);
  const std::string scope = fmt::format("{}/{}/ses/aws4_request", day, kSesRegion);
  if (!text.starts_with("AWS4-HMAC-SHA256 ") || part("Credential") != fmt::format("{}/{}", kSesKeyId, scope))
    return error(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
  std::string canonical = fmt::format("{}\n{}\n\n", request.line.substr(0, request.line.find(' ')), ProviderPeer::target(request));
  std::istringstream names{part("SignedHeaders")};
  bool host = false;
  for (std::string name; std::getline(names, name, ';');) {
    host = host || name == "host";
    canonical += fmt::format("{}:{}\n", name, request.headers.contains(name) ? request.headers.at(name) : "");
  }
  canonical += fmt::format("\n{}\n{}", part("SignedHeaders"), base::to_hex(base::sha256(request.body)));
  const std::string to_sign = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", date->second, scope, base::to_hex(base::sha256(canonical)));
  base::Digest key = base::hmac_sha256(fmt::format("AWS4{}", kSesSecret), day);
  key = base::hmac_sha256(raw(key), kSesRegion);
  key = base::hmac_sha256(raw(key), "ses");
  key = base::hmac_sha256(raw(key), "aws4_request");
  if (!host || part("Signature") != base::to_hex(base::hmac_sha256(raw(key), to_sign)))
    return error(403, "InvalidSignatureException", "The request signature we calculated does not match the signature you provided.");
  return std::nullopt;
}

Verdict judge(const HttpRequest& request, const std::vector<ProviderPeer::Message>& ledger) {
  if (const auto wrong = wrong_signature(request)) return {.answer = *wrong};
  if (request.line == "GET /v2/email/account HTTP/1.1") return {.answer = ProviderPeer::json(200, R"({"SendingEnabled":true,"ProductionAccessEnabled":true,"EnforcementStatus":"HEALTHY"})")};
  if (request.line != "POST /v2/email/outbound-emails HTTP/1.1") return {.answer = error(404, "NotFoundException", "no such resource")};
  const base::Json json = base::Json::parse(request.body).value_or(base::Json{});
  const auto to = json.at("Destination").at("ToAddresses").items();
  const base::Json simple = json.at("Content").at("Simple");
  if (to.size() != 1 || simple.at("Subject").text("Data").empty() || !simple.has("Body")) return {.answer = error(400, "BadRequestException", "Missing required content")};
  const std::string address = to[0].text();
  if (address.ends_with("@invalid.example")) return {.answer = error(400, "BadRequestException", "Domain contains illegal character: " + address)};
  if (address.ends_with("@barred.example")) return {.answer = error(400, "MessageRejected", "Message to " + address + " rejected")};
  std::string reference, headers;
  for (const auto& tag : json.at("EmailTags").items()) reference = tag.text("Name") == "reference" ? tag.text("Value") : reference;
  for (const auto& header : simple.at("Headers").items()) headers += header.text("Name") + ": " + header.text("Value") + "\n";
  const std::string id = fmt::format("0102018c-{:012}-000000", ledger.size() + 1);
  return {.taken = ProviderPeer::Message{.address = address, .key = reference, .id = id, .text = simple.at("Subject").text("Data"), .more = json.text("FromEmailAddress") + "\n" + headers},
          .answer = ProviderPeer::json(200, fmt::format(R"({{"MessageId":"{}"}})", id))};
}

port::Callback::Request sign(const RsaSigner& signer, std::map<std::string, std::string> fields, int version) {
  std::string text;
  for (const auto& [name, value] : fields) text += name + "\n" + value + "\n";  // in the order of their names, as SNS does
  fields["SignatureVersion"] = std::to_string(version);
  fields["Signature"] = base::to_base64(signer.sign(text, version == 2));
  fields["SigningCertURL"] = kSnsCertificate;
  std::string body;
  for (const auto& [name, value] : fields) body += fmt::format("{}{}:{}", body.empty() ? "{" : ",", base::json_string(name), base::json_string(value));
  return {"POST", "https://shop.example/callbacks/ses", {{"x-amz-sns-message-type", fields["Type"]}, {"Content-Type", "text/plain; charset=UTF-8"}}, body + "}"};
}

}  // namespace

std::unique_ptr<ProviderPeer> ses_peer() { return std::make_unique<ProviderPeer>(judge, error(429, "TooManyRequestsException", "Maximum sending rate exceeded.")); }

port::Callback::Request sns_notification(const RsaSigner& signer, const std::string& event, const std::string& topic, int version) {
  return sign(signer,
              {{"Type", "Notification"}, {"MessageId", "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"}, {"TopicArn", topic}, {"Subject", "Amazon SES Email Event Notification"},
               {"Message", event}, {"Timestamp", "2026-11-22T09:00:00.000Z"}},
              version);
}

port::Callback::Request sns_confirmation(const RsaSigner& signer, const std::string& subscribe_url) {
  return sign(signer,
              {{"Type", "SubscriptionConfirmation"}, {"MessageId", "165545c9-2a5c-472c-8df2-7ff2be2b3b1b"}, {"TopicArn", kSesTopic}, {"Token", "2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794"},
               {"Message", "You have chosen to subscribe to the topic."}, {"SubscribeURL", subscribe_url}, {"Timestamp", "2026-11-22T09:00:00.000Z"}},
              1);
}

}  // namespace tests
