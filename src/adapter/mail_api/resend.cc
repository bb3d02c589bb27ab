#include "adapter/mail_api/resend.h"

#include <algorithm>

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

Outcome judge(const HttpClient::Exchange& exchange) {
  if (!exchange.answer) return port::outcome_without_answer(exchange);
  const HttpClient::Answer& answer = *exchange.answer;
  const Json json = Json::parse(answer.body).value_or(Json{});
  if (answer.status >= 200 && answer.status < 300) return {.kind = OutcomeKind::accepted, .provider_id = json.text("id")};
  const std::string name = json.text("name");
  const std::string words = port::without_addresses(json.text("message"));
  Outcome outcome{.detail = fmt::format("Resend {}{}{}", name.empty() ? fmt::format("answered HTTP {}", answer.status) : port::without_addresses(name), words.empty() ? "" : ": ", words)};
  // 409: an earlier call with this key is still going on, or had other bytes; either way a letter may be on its way.
  if (answer.status >= 500 || answer.status == 409) return outcome;
  if (name == "monthly_quota_exceeded") {
    outcome.kind = OutcomeKind::retryable;
    outcome.trouble = "the month's letters at Resend are used up: raise the plan";
  } else if (answer.status == 429) {
    outcome.kind = OutcomeKind::retryable;
    outcome.throttled = true;
    outcome.retry_after = port::retry_after(answer);
  } else if (name == "validation_error" && answer.status == 403) {
    outcome.kind = OutcomeKind::retryable;
    outcome.trouble = "Resend has not verified the sender's domain: check from in winback.yaml and the domains at Resend";
  } else if (answer.status == 401 || answer.status == 403) {
    outcome.kind = OutcomeKind::retryable;
    outcome.trouble = "Resend refuses the key: check key in winback.yaml";
  } else {
    outcome.kind = OutcomeKind::rejected;
    outcome.address_dead = words.find("`to`") != words.npos;
  }
  return outcome;
}

class ResendChannel final : public port::Channel {
 public:
  ResendChannel(const ResendConfig& config, HttpClient& web) : config_(config), authorization_("Bearer " + config.key), web_(web) {}

  std::string_view name() const override { return "email"; }
  std::chrono::seconds replay_window() const override { return std::chrono::hours{24}; }

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
                          .url = config_.endpoint + "/emails",
                          .headers = {{"Authorization", authorization_}, {"Content-Type", "application/json"}, {"Idempotency-Key", deliveries[i].send_key}},
                          .body = body(deliveries[i], *to)});
      of.push_back(i);
    }
    const auto exchanges = web_.exchange(requests);
    for (std::size_t i = 0; i < exchanges.size(); ++i) outcomes[of[i]] = judge(exchanges[i]);
    return outcomes;
  }

  Result<void> check() override {
    const HttpClient::Request asked{.url = config_.endpoint + "/domains", .headers = {{"Authorization", authorization_}}};
    const auto exchange = web_.exchange(std::span{&asked, 1}).front();
    if (!exchange.answer) return fail(Code::unavailable, "Resend cannot be reached: {}", exchange.problem);
    const Json json = Json::parse(exchange.answer->body).value_or(Json{});
    if (json.text("name") == "restricted_api_key") return {};  // a key for sending alone: right, and may not look at domains
    const Outcome outcome = judge(exchange);
    if (!outcome.trouble.empty()) return fail(Code::invalid_input, "{}", outcome.trouble);
    if (outcome.kind != OutcomeKind::accepted) return fail(Code::unavailable, "Resend does not show its domains: {}", outcome.detail);
    const std::string& from = config_.sender.address;
    const std::string domain = from.substr(from.find('@') + 1);
    for (const Json& one : json.at("data").items()) {
      if (one.text("name") == domain && one.text("status") == "verified") return {};
    }
    return fail(Code::invalid_input, "Resend has not verified the domain {}: look at the domains at Resend", domain);
  }

 private:
  /// The same delivery gives the same bytes whatever attempt it is: Resend compares them under one key.
  std::string body(const Delivery& delivery, const std::string& to) const {
    std::string more;
    if (!delivery.content.text.empty()) more += fmt::format(R"(,"text":{})", json_string(delivery.content.text));
    if (!delivery.content.html.empty()) more += fmt::format(R"(,"html":{})", json_string(delivery.content.html));
    if (!config_.sender.reply_to.empty()) more += fmt::format(R"(,"reply_to":{})", json_string(config_.sender.reply_to));
    if (const auto one_click = unsubscribe_headers(delivery))
      more += fmt::format(R"(,"headers":{{"List-Unsubscribe":{},"List-Unsubscribe-Post":{}}})", json_string(one_click->link), json_string(one_click->post));
    return fmt::format(R"({{"from":{},"to":[{}],"subject":{}{},"tags":[{{"name":"reference","value":{}}}]}})", json_string(mailbox(config_.sender.name, config_.sender.address)),
                       json_string(to), json_string(delivery.content.subject), more, json_string(delivery.reference));
  }

  const ResendConfig config_;
  const std::string authorization_;
  HttpClient& web_;
};

}  // namespace

Result<std::unique_ptr<port::Channel>> open_resend(const ResendConfig& config, HttpClient& web) {
  if (config.key.empty()) return fail(Code::invalid_input, "key must be an API key of Resend");
  WB_TRY(check_sender(config.sender));
  return std::make_unique<ResendChannel>(config, web);
}

}  // namespace adapter::mail_api
