#include "adapter/mail_api/sendgrid.h"

#include <algorithm>
#include <charconv>

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

/// SendGrid says when its limit ends as seconds since 1970, and when it says so.
std::optional<std::chrono::seconds> until_reset(const HttpClient::Answer& answer) {
  if (const auto wish = port::retry_after(answer)) return wish;
  const std::string text = port::header(answer.headers, "x-ratelimit-reset");
  std::int64_t reset = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), reset);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()).time_since_epoch();
  return std::clamp(std::chrono::seconds{reset} - now, std::chrono::seconds{1}, std::chrono::seconds{std::chrono::hours{24}});
}

Outcome judge(const HttpClient::Exchange& exchange) {
  if (!exchange.answer) return port::outcome_without_answer(exchange);
  const HttpClient::Answer& answer = *exchange.answer;
  if (answer.status >= 200 && answer.status < 300) return {.kind = OutcomeKind::accepted, .provider_id = port::header(answer.headers, "x-message-id")};
  std::string words, field;
  const auto errors = Json::parse(answer.body).value_or(Json{}).at("errors").items();
  if (!errors.empty()) {
    words = port::without_addresses(errors.front().text("message"));
    field = errors.front().text("field");
  }
  Outcome outcome{.detail = fmt::format("SendGrid answered HTTP {}{}{}", answer.status, words.empty() ? "" : ": ", words)};
  if (answer.status >= 500) return outcome;
  if (answer.status == 429) {
    outcome.kind = OutcomeKind::retryable;
    outcome.throttled = true;
    outcome.retry_after = until_reset(answer);
  } else if (answer.status == 401 || answer.status == 403) {
    outcome.kind = OutcomeKind::retryable;
    outcome.trouble = words.find("credits") != words.npos  ? "the SendGrid account has no credits left: look at its plan"
                      : words.find("Identity") != words.npos ? "SendGrid has not verified the sender: check from in winback.yaml and Sender Authentication at SendGrid"
                                                             : "SendGrid refuses the key: check key in winback.yaml, it needs the permission to send mail";
  } else {
    outcome.kind = OutcomeKind::rejected;
    outcome.address_dead = field.starts_with("personalizations.0.to");
  }
  return outcome;
}

class SendgridChannel final : public port::Channel {
 public:
  SendgridChannel(const SendgridConfig& config, HttpClient& web) : config_(config), authorization_("Bearer " + config.key), web_(web) {}

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
      requests.push_back({.method = "POST",
                          .url = config_.endpoint + "/v3/mail/send",
                          .headers = {{"Authorization", authorization_}, {"Content-Type", "application/json"}},
                          .body = body(deliveries[i], *to)});
      of.push_back(i);
    }
    const auto exchanges = web_.exchange(requests);
    for (std::size_t i = 0; i < exchanges.size(); ++i) outcomes[of[i]] = judge(exchanges[i]);
    return outcomes;
  }

  Result<void> check() override {
    const HttpClient::Request asked{.url = config_.endpoint + "/v3/scopes", .headers = {{"Authorization", authorization_}}};
    const auto exchange = web_.exchange(std::span{&asked, 1}).front();
    if (!exchange.answer) return fail(Code::unavailable, "SendGrid cannot be reached: {}", exchange.problem);
    const Outcome outcome = judge(exchange);
    if (!outcome.trouble.empty()) return fail(Code::invalid_input, "{}", outcome.trouble);
    if (outcome.kind != OutcomeKind::accepted) return fail(Code::unavailable, "SendGrid does not answer for its key: {}", outcome.detail);
    for (const Json& scope : Json::parse(exchange.answer->body).value_or(Json{}).at("scopes").items()) {
      if (scope.text() == "mail.send") return {};
    }
    return fail(Code::invalid_input, "SendGrid's key may not send mail: give it the permission mail.send");
  }

 private:
  std::string body(const Delivery& delivery, const std::string& to) const {
    std::string content;
    if (!delivery.content.text.empty()) content += fmt::format(R"({{"type":"text/plain","value":{}}})", json_string(delivery.content.text));
    if (!delivery.content.html.empty()) content += fmt::format(R"({}{{"type":"text/html","value":{}}})", content.empty() ? "" : ",", json_string(delivery.content.html));
    std::string more;
    if (const auto one_click = unsubscribe_headers(delivery))
      more += fmt::format(R"(,"headers":{{"List-Unsubscribe":{},"List-Unsubscribe-Post":{}}})", json_string(one_click->link), json_string(one_click->post));
    if (!config_.sender.reply_to.empty()) more += fmt::format(R"(,"reply_to":{{"email":{}}})", json_string(config_.sender.reply_to));
    const std::string name = config_.sender.name.empty() ? "" : fmt::format(R"(,"name":{})", json_string(config_.sender.name));
    return fmt::format(
        R"({{"personalizations":[{{"to":[{{"email":{}}}],"custom_args":{{"reference":{},"send_key":{}}}}}],"from":{{"email":{}{}}},"subject":{},"content":[{}]{},)"
        R"("tracking_settings":{{"click_tracking":{{"enable":false}},"open_tracking":{{"enable":false}},"subscription_tracking":{{"enable":false}}}}}})",
        json_string(to), json_string(delivery.reference), json_string(delivery.send_key), json_string(config_.sender.address), name, json_string(delivery.content.subject), content,
        more);
  }

  const SendgridConfig config_;
  const std::string authorization_;
  HttpClient& web_;
};

}  // namespace

Result<std::unique_ptr<port::Channel>> open_sendgrid(const SendgridConfig& config, HttpClient& web) {
  if (config.key.empty()) return fail(Code::invalid_input, "key must be an API key of SendGrid");
  WB_TRY(check_sender(config.sender));
  return std::make_unique<SendgridChannel>(config, web);
}

}  // namespace adapter::mail_api
