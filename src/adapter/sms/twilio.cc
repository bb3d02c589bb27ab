#include "adapter/sms/twilio.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "adapter/sms/segments.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/percent.h"
#include "port/outcome.h"
#include "port/provider_words.h"

namespace adapter::sms {
namespace {

using base::Code;
using base::fail;
using base::Json;
using base::Result;
using model::Delivery;
using model::Outcome;
using model::OutcomeKind;
using port::HttpClient;

enum class Meaning : std::uint8_t { refused, opted_out, dead, slower, trouble };

/// Twilio's error codes that say more than their HTTP status (its "Error and Warning Dictionary").
struct KnownCode {
  int code;
  Meaning meaning;
  std::string_view sentence;
};
constexpr std::array kCodes = {
    KnownCode{20003, Meaning::trouble, "Twilio refuses the credentials: check account and token in winback.yaml"},
    KnownCode{20404, Meaning::trouble, "Twilio does not know this account: check account in winback.yaml"},
    KnownCode{20005, Meaning::trouble, "the Twilio account is not active: look at its page at Twilio"},
    KnownCode{30002, Meaning::trouble, "the Twilio account is suspended: look at its page at Twilio"},
    KnownCode{21212, Meaning::trouble, "Twilio refuses the sender: check from in winback.yaml"},
    KnownCode{21603, Meaning::trouble, "Twilio misses the sender: set from or service in winback.yaml"},
    KnownCode{21606, Meaning::trouble, "the sender's number cannot send text messages: check from in winback.yaml"},
    KnownCode{21659, Meaning::trouble, "the sender's number is not the account's: check from in winback.yaml"},
    KnownCode{21660, Meaning::trouble, "the sender's number is another account's: check from in winback.yaml"},
    KnownCode{21701, Meaning::trouble, "Twilio does not know the messaging service: check service in winback.yaml"},
    KnownCode{21703, Meaning::trouble, "the messaging service has no number to send from: add one at Twilio"},
    KnownCode{20429, Meaning::slower, "too many requests"},
    KnownCode{14107, Meaning::slower, "too many messages"},
    KnownCode{30001, Meaning::slower, "the queue of the sender is full"},
    KnownCode{21610, Meaning::opted_out, "opted_out"},
    KnownCode{21211, Meaning::dead, "no telephone number"},
    KnownCode{21217, Meaning::dead, "no telephone number"},
    KnownCode{21614, Meaning::dead, "not a mobile number"},
    KnownCode{21408, Meaning::refused, "the account may not send to this country: allow it at Twilio under geo permissions"},
    KnownCode{21612, Meaning::refused, "this sender does not reach this number"},
    KnownCode{21617, Meaning::refused, "longer than 1600 characters"},
};

int number(const std::string& text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Outcome judge(const HttpClient::Exchange& exchange) {
  if (!exchange.answer) return port::outcome_without_answer(exchange);
  const HttpClient::Answer& answer = *exchange.answer;
  const Json json = Json::parse(answer.body).value_or(Json{});
  Outcome outcome;
  if (answer.status >= 200 && answer.status < 300) {
    outcome.kind = OutcomeKind::accepted;
    outcome.provider_id = json.text("sid");
    outcome.detail = json.text("status");
    return outcome;
  }
  const int code = number(json.text("code"));
  outcome.detail = code != 0 ? fmt::format("Twilio error {}", code) : fmt::format("Twilio answered HTTP {}", answer.status);
  if (answer.status >= 500) return outcome;
  outcome.kind = OutcomeKind::rejected;
  const auto known = std::ranges::find(kCodes, code, &KnownCode::code);
  Meaning meaning = Meaning::refused;
  if (known != kCodes.end()) {
    meaning = known->meaning;
    outcome.detail += fmt::format(": {}", known->sentence);
  } else if (answer.status == 429) {
    meaning = Meaning::slower;
  } else if (answer.status == 401 || answer.status == 403) {
    meaning = Meaning::trouble;
  } else {
    const std::string words = port::without_addresses(json.text("message"));
    if (!words.empty()) outcome.detail += fmt::format(": {}", words);
  }
  switch (meaning) {
    case Meaning::refused: break;
    case Meaning::opted_out: outcome.detail = "opted_out"; break;
    case Meaning::dead: outcome.address_dead = true; break;
    case Meaning::slower:
      outcome.kind = OutcomeKind::retryable;
      outcome.throttled = true;
      outcome.retry_after = port::retry_after(answer);
      break;
    case Meaning::trouble:
      outcome.kind = OutcomeKind::retryable;
      outcome.trouble = known != kCodes.end() ? std::string{known->sentence} : "Twilio refuses the credentials: check account and token in winback.yaml";
      break;
  }
  return outcome;
}

/// "Thu, 24 Aug 2023 05:01:45 +0000"
std::optional<base::Instant> mail_date(const std::string& text) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  int day = 0, year = 0, hour = 0, minute = 0, second = 0;
  char month[4] = {};
  if (std::sscanf(text.c_str(), "%*3s, %2d %3s %4d %2d:%2d:%2d +0000", &day, month, &year, &hour, &minute, &second) != 6) return std::nullopt;
  const std::size_t at = months.find(month);
  if (at == months.npos || at % 3 != 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(at / 3 + 1)}, std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok()) return std::nullopt;
  return base::Instant{std::chrono::sys_days{date} + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second}};
}

class TwilioChannel final : public port::Channel {
 public:
  TwilioChannel(const TwilioConfig& config, HttpClient& web)
      : config_(config),
        account_(fmt::format("{}/2010-04-01/Accounts/{}", config.endpoint, base::percent_encode(config.account))),
        authorization_("Basic " + base::to_base64(config.account + ":" + config.token)),
        web_(web) {}

  std::string_view name() const override { return "sms"; }

  std::vector<Outcome> send(std::span<const Delivery> deliveries) override {
    std::vector<Outcome> outcomes(deliveries.size());
    std::vector<HttpClient::Request> requests;
    std::vector<std::size_t> of;  // the delivery each request is for
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      const std::size_t parts = segments(deliveries[i].content.text).count;
      if (parts == 0 || parts > kMostSegments) {
        outcomes[i] = {.kind = OutcomeKind::rejected,
                       .detail = parts == 0 ? std::string{"the text is empty"} : fmt::format("the text is {} messages long, at most {} go at once: shorten it", parts, kMostSegments)};
        continue;
      }
      requests.push_back(request(deliveries[i]));
      of.push_back(i);
    }
    const auto exchanges = web_.exchange(requests);
    for (std::size_t i = 0; i < exchanges.size(); ++i) outcomes[of[i]] = judge(exchanges[i]);
    return outcomes;
  }

  Result<void> check() override {
    const HttpClient::Request request{.url = account_ + ".json", .headers = {{"Authorization", authorization_}}};
    const auto exchange = web_.exchange(std::span{&request, 1}).front();
    if (!exchange.answer) return fail(Code::unavailable, "Twilio cannot be reached: {}", exchange.problem);
    if (exchange.answer->status == 200) {
      const std::string status = Json::parse(exchange.answer->body).value_or(Json{}).text("status");
      if (status == "active") return {};
      return fail(Code::unavailable, "the Twilio account is {}: look at its page at Twilio", status.empty() ? "in no known state" : status);
    }
    const Outcome outcome = judge(exchange);
    if (!outcome.trouble.empty()) return fail(Code::invalid_input, "{}", outcome.trouble);
    return fail(Code::unavailable, "Twilio does not show its account: {}", outcome.detail);
  }

  Outcome look_up(const Delivery& delivery) override {
    const std::string since = base::to_string(std::chrono::floor<std::chrono::days>(delivery.at));
    const HttpClient::Request request{
        .url = fmt::format("{}/Messages.json?To={}&DateSent%3E={}&PageSize=100", account_, base::percent_encode(delivery.address), since),
        .headers = {{"Authorization", authorization_}}};
    const auto exchange = web_.exchange(std::span{&request, 1}).front();
    if (!exchange.answer || exchange.answer->status != 200) return {};
    for (const Json& message : Json::parse(exchange.answer->body).value_or(Json{}).at("messages").items()) {
      if (message.text("body") != delivery.content.text || message.text("to") != delivery.address) continue;
      const auto created = mail_date(message.text("date_created"));
      // Twilio shows whole seconds; an older message with the same text is not this one.
      if (!created || *created + std::chrono::seconds{1} < delivery.at) continue;
      return {.kind = OutcomeKind::accepted, .provider_id = message.text("sid"), .detail = "found at Twilio by number and text"};
    }
    return {};
  }

 private:
  HttpClient::Request request(const Delivery& delivery) const {
    HttpClient::Fields form{{"To", delivery.address}, {"Body", delivery.content.text}};
    if (config_.service.empty()) form.emplace_back("From", config_.from);
    else form.emplace_back("MessagingServiceSid", config_.service);
    if (!config_.callback_url.empty()) form.emplace_back("StatusCallback", fmt::format("{}?ref={}", config_.callback_url, delivery.reference));
    return {.method = "POST",
            .url = account_ + "/Messages.json",
            .headers = {{"Authorization", authorization_}, {"Content-Type", "application/x-www-form-urlencoded"}},
            .body = base::form_encode(form)};
  }

  const TwilioConfig config_;
  const std::string account_;
  const std::string authorization_;
  HttpClient& web_;
};

}  // namespace

Result<std::unique_ptr<port::Channel>> open_twilio(const TwilioConfig& config, HttpClient& web) {
  if (!config.account.starts_with("AC") || config.account.size() != 34) return fail(Code::invalid_input, "account must be Twilio's account SID: AC and 32 digits");
  if (config.token.empty()) return fail(Code::invalid_input, "token must be the account's Auth Token");
  if (config.from.empty() == config.service.empty()) return fail(Code::invalid_input, "Twilio needs one of from (a number) and service (MG…)");
  return std::make_unique<TwilioChannel>(config, web);
}

}  // namespace adapter::sms
