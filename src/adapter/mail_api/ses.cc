#include "adapter/mail_api/ses.h"

#include <algorithm>
#include <array>

#include "adapter/mail_api/aws_signature.h"
#include "base/json.h"
#include "port/outcome.h"
#include "port/provider_words.h"

namespace adapter::mail_api {
namespace {

using base::Code;
using base::fail;
using base::Json;
using base::json_string;
using base::Result;
using model::Delivery;
using model::Outcome;
using model::OutcomeKind;
using port::HttpClient;

/// The name of an error: "MessageRejected", without namespace and address.
std::string error_type(const HttpClient::Answer& answer, const Json& json) {
  std::string type = port::header(answer.headers, "x-amzn-errortype");
  if (type.empty()) type = json.text("__type");
  type.resize(std::min(type.find(':'), type.size()));
  return type.substr(type.find('#') == type.npos ? 0 : type.find('#') + 1);
}

/// Errors a person must mend; the letters wait.
struct Trouble {
  std::string_view type, sentence;
};
constexpr std::array kTroubles = {
    Trouble{"UnrecognizedClientException", "AWS does not know the key: check key_id in winback.yaml"},
    Trouble{"InvalidClientTokenId", "AWS does not know the key: check key_id in winback.yaml"},
    Trouble{"InvalidSignatureException", "AWS refuses the key's secret, or this machine's clock is off: check key_secret in winback.yaml and the clock"},
    Trouble{"SignatureDoesNotMatch", "AWS refuses the key's secret, or this machine's clock is off: check key_secret in winback.yaml and the clock"},
    Trouble{"AccessDeniedException", "the key may not send letters: allow it ses:SendEmail and ses:GetAccount"},
    Trouble{"AccountSuspendedException", "Amazon suspended sending for this account: look at it in the SES console"},
    Trouble{"SendingPausedException", "sending is paused for this account or configuration set: look at it in the SES console"},
    Trouble{"MailFromDomainNotVerifiedException", "the MAIL FROM domain is not verified: look at it in the SES console"},
    Trouble{"NotFoundException", "SES does not know the configuration set: check configuration_set in winback.yaml"},
};

Outcome judge(const HttpClient::Exchange& exchange) {
  if (!exchange.answer) return port::outcome_without_answer(exchange);
  const HttpClient::Answer& answer = *exchange.answer;
  const Json json = Json::parse(answer.body).value_or(Json{});
  if (answer.status >= 200 && answer.status < 300) return {.kind = OutcomeKind::accepted, .provider_id = json.text("MessageId")};
  const std::string type = error_type(answer, json);
  const std::string words = port::without_addresses(json.has("message") ? json.text("message") : json.text("Message"));
  Outcome outcome{.detail = type.empty() ? fmt::format("SES answered HTTP {}", answer.status) : fmt::format("SES {}{}{}", type, words.empty() ? "" : ": ", words)};
  if (answer.status >= 500) return outcome;
  const auto known = std::ranges::find(kTroubles, type, &Trouble::type);
  if (answer.status == 429 || type == "TooManyRequestsException" || type == "LimitExceededException" || type == "ThrottlingException") {
    outcome.kind = OutcomeKind::retryable;
    outcome.throttled = true;
    outcome.retry_after = port::retry_after(answer);
  } else if (known != kTroubles.end()) {
    outcome.kind = OutcomeKind::retryable;
    outcome.trouble = known->sentence;
  } else if (type == "MessageRejected" && words.find("not verified") != words.npos) {
    outcome.kind = OutcomeKind::retryable;
    outcome.trouble = "SES has not verified the sender, or the account is still in the sandbox: look at it in the SES console";
  } else if (answer.status == 401 || answer.status == 403) {
    outcome.kind = OutcomeKind::retryable;
    outcome.trouble = "AWS refuses the key: check key_id and key_secret in winback.yaml";
  } else {
    outcome.kind = OutcomeKind::rejected;
    // SES judges an address by its spelling alone when it is handed over; whether somebody is there comes as a bounce.
    constexpr std::array<std::string_view, 4> spelling = {"Illegal address", "Missing final", "Domain contains", "Local address contains"};
    outcome.address_dead = std::ranges::any_of(spelling, [&](std::string_view part) { return words.find(part) != words.npos; });
  }
  return outcome;
}

std::string text_part(std::string_view text) { return fmt::format(R"({{"Data":{},"Charset":"UTF-8"}})", json_string(text)); }

class SesChannel final : public port::Channel {
 public:
  SesChannel(const SesConfig& config, HttpClient& web) : config_(config), key_{config.key_id, config.key_secret, config.region, "ses"}, web_(web) {
    if (config_.endpoint.empty()) config_.endpoint = fmt::format("https://email.{}.amazonaws.com{}", config_.region, config_.region.starts_with("cn-") ? ".cn" : "");
    if (!config_.now) config_.now = [] { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); };
    host_ = config_.endpoint.substr(config_.endpoint.find("://") + 3);
  }

  std::string_view name() const override { return "email"; }

  std::vector<Outcome> send(std::span<const Delivery> deliveries) override {
    std::vector<Outcome> outcomes(deliveries.size());
    std::vector<HttpClient::Request> requests;
    std::vector<std::size_t> of;  // the delivery each request is for
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      const auto to = recipient(deliveries[i]);
      if (!to) {
        outcomes[i] = {.kind = OutcomeKind::rejected, .detail = to.error().message};
        continue;
      }
      requests.push_back(request("POST", "/v2/email/outbound-emails", body(deliveries[i], *to)));
      of.push_back(i);
    }
    const auto exchanges = web_.exchange(requests);
    for (std::size_t i = 0; i < exchanges.size(); ++i) outcomes[of[i]] = judge(exchanges[i]);
    return outcomes;
  }

  Result<void> check() override {
    const auto asked = request("GET", "/v2/email/account", "");
    const auto exchange = web_.exchange(std::span{&asked, 1}).front();
    if (!exchange.answer) return fail(Code::unavailable, "Amazon SES cannot be reached: {}", exchange.problem);
    const Outcome outcome = judge(exchange);
    if (!outcome.trouble.empty()) return fail(Code::invalid_input, "{}", outcome.trouble);
    if (outcome.kind != OutcomeKind::accepted) return fail(Code::unavailable, "Amazon SES does not show its account: {}", outcome.detail);
    const Json account = Json::parse(exchange.answer->body).value_or(Json{});
    if (account.text("SendingEnabled") != "true") return fail(Code::invalid_input, "sending is switched off for this account in region {}: look at it in the SES console", config_.region);
    if (account.text("ProductionAccessEnabled") == "false")
      return fail(Code::invalid_input, "the account is in the sandbox of SES in region {}: ask Amazon for production access", config_.region);
    return {};
  }

 private:
  std::string body(const Delivery& delivery, const std::string& to) const {
    std::string parts;
    if (!delivery.content.text.empty()) parts += "\"Text\":" + text_part(delivery.content.text);
    if (!delivery.content.html.empty()) parts += fmt::format("{}\"Html\":{}", parts.empty() ? "" : ",", text_part(delivery.content.html));
    std::string headers;
    if (const auto one_click = unsubscribe_headers(delivery)) {
      headers = fmt::format(R"({{"Name":"List-Unsubscribe","Value":{}}},{{"Name":"List-Unsubscribe-Post","Value":{}}})", json_string(one_click->link), json_string(one_click->post));
    }
    std::string more;
    if (!config_.sender.reply_to.empty()) more += fmt::format(R"(,"ReplyToAddresses":[{}])", json_string(config_.sender.reply_to));
    if (!config_.configuration_set.empty()) more += fmt::format(R"(,"ConfigurationSetName":{})", json_string(config_.configuration_set));
    return fmt::format(
        R"({{"FromEmailAddress":{},"Destination":{{"ToAddresses":[{}]}},"Content":{{"Simple":{{"Subject":{},"Body":{{{}}},"Headers":[{}]}}}},"EmailTags":[{{"Name":"reference","Value":{}}}]{}}})",
        json_string(mailbox(config_.sender.name, config_.sender.address)), json_string(to), text_part(delivery.content.subject), parts, headers, json_string(delivery.reference), more);
  }

  HttpClient::Request request(const std::string& method, const std::string& path, std::string text) const {
    const base::Instant now = config_.now();
    HttpClient::Fields headers{{"X-Amz-Date", amz_date(now)}};
    if (!text.empty()) headers.emplace_back("Content-Type", "application/json");
    HttpClient::Fields signed_headers = headers;
    signed_headers.emplace_back("Host", host_);  // the client sends it by itself
    headers.emplace_back("Authorization", aws_authorization(key_, method, path, {}, std::move(signed_headers), text, now));
    return {.method = method, .url = config_.endpoint + path, .headers = std::move(headers), .body = std::move(text)};
  }

  SesConfig config_;
  const AwsKey key_;
  std::string host_;
  HttpClient& web_;
};

}  // namespace

Result<std::unique_ptr<port::Channel>> open_ses(const SesConfig& config, HttpClient& web) {
  if (config.key_id.empty() || config.key_secret.empty()) return fail(Code::invalid_input, "key_id and key_secret must be an access key of AWS");
  const bool plain = !config.region.empty() && std::ranges::all_of(config.region, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!plain) return fail(Code::invalid_input, "region must be one of AWS, such as eu-west-1");
  WB_TRY(check_sender(config.sender));
  return std::make_unique<SesChannel>(config, web);
}

}  // namespace adapter::mail_api
