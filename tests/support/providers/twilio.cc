#include "tests/support/providers/twilio.h"

#include <algorithm>
#include <map>

#include "base/base64.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/percent.h"
#include "base/time.h"

namespace tests {
namespace {

using Verdict = ProviderPeer::Verdict;

std::string error(int status, int code, const std::string& message) {
  return ProviderPeer::json(status, fmt::format(R"({{"code":{},"message":{},"more_info":"https://www.twilio.com/docs/errors/{}","status":{}}})", code,
                                                base::json_string(message), code, status));
}

/// Now, as Twilio writes it.
std::string mail_date_now() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::time_t seconds = now.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
  return text;
}

Verdict judge(const HttpRequest& request, const std::vector<ProviderPeer::Message>& ledger) {
  const std::string root = fmt::format("/2010-04-01/Accounts/{}", kTwilioAccount);
  const std::string target = ProviderPeer::target(request);
  const std::string right = fmt::format("Basic {}", base::to_base64(fmt::format("{}:{}", kTwilioAccount, kTwilioToken)));
  const auto given = request.headers.find("authorization");
  if (given == request.headers.end() || given->second != right) return {.answer = error(401, 20003, "Authenticate")};
  if (target == root + ".json") return {.answer = ProviderPeer::json(200, fmt::format(R"({{"sid":"{}","status":"active"}})", kTwilioAccount))};
  if (request.line.starts_with("GET") && target.starts_with(root + "/Messages.json?")) {
    const auto query = base::form_decode(target.substr(target.find('?') + 1)).value_or(std::vector<std::pair<std::string, std::string>>{});
    std::string list;
    for (const auto& message : ledger) {
      if (std::ranges::find(query, std::pair<std::string, std::string>{"To", message.address}) == query.end()) continue;
      list += fmt::format(R"({}{{"sid":"{}","to":"{}","body":{},"date_created":"{}","status":"sent"}})", list.empty() ? "" : ",", message.id, message.address,
                          base::json_string(message.text), message.more);
    }
    return {.answer = ProviderPeer::json(200, "{\"messages\":[" + list + "]}")};
  }
  if (!request.line.starts_with("POST") || target != root + "/Messages.json") return {.answer = error(404, 20404, "The requested resource was not found")};
  if (request.headers.at("content-type") != "application/x-www-form-urlencoded") return {.answer = error(400, 21604, "A 'To' phone number is required.")};
  std::map<std::string, std::string> form;
  for (auto& [name, value] : base::form_decode(request.body).value_or(std::vector<std::pair<std::string, std::string>>{})) form[name] = value;
  const std::string& to = form["To"];
  if (form["From"].empty() && form["MessagingServiceSid"].empty()) return {.answer = error(400, 21603, "A 'From' phone number is required.")};
  if (to == "+15005550001") return {.answer = error(400, 21211, "Invalid 'To' Phone Number: " + to)};
  if (to == "+15005550009") return {.answer = error(400, 21614, "'To' number: " + to + ", is not a valid mobile number")};
  if (to == "+15005550004") return {.answer = error(400, 21610, "Attempt to send to unsubscribed recipient " + to)};
  if (to == "+15005550003") return {.answer = error(400, 21408, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: " + to)};
  if (form["Body"].empty()) return {.answer = error(400, 21602, "Message body is required.")};
  const std::string& callback = form["StatusCallback"];
  const std::size_t mark = callback.find("?ref=");
  const std::string id = fmt::format("SM{:032}", ledger.size() + 1);
  ProviderPeer::Message message{.address = to, .key = mark == callback.npos ? "" : callback.substr(mark + 5), .id = id, .text = form["Body"], .more = mail_date_now()};
  return {.taken = message, .answer = ProviderPeer::json(201, fmt::format(R"({{"sid":"{}","status":"queued","to":"{}"}})", id, to))};
}

}  // namespace

std::unique_ptr<ProviderPeer> twilio_peer() { return std::make_unique<ProviderPeer>(judge, error(429, 20429, "Too Many Requests")); }

SignedCall twilio_call(const std::string& url, const std::vector<std::pair<std::string, std::string>>& fields) {
  std::map<std::string, std::string> sorted{fields.begin(), fields.end()};
  std::string text = url;
  for (const auto& [name, value] : sorted) text += name + value;
  const auto digest = base::hmac_sha1(kTwilioToken, text);
  return {.url = url,
          .headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=UTF-8"},
                      {"X-Twilio-Signature", base::to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()})}},
          .body = base::form_encode(fields)};
}

}  // namespace tests
