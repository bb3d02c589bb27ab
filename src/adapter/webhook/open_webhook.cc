#include "adapter/webhook/open_webhook.h"

#include <algorithm>

#include "base/webhook_signature.h"
#include "port/outcome.h"

namespace adapter::webhook {
namespace {

using base::Result;
using model::Delivery;
using model::Outcome;
using model::OutcomeKind;
using port::HttpClient;

bool plain_key(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

Outcome judge(const HttpClient::Exchange& exchange) {
  if (!exchange.answer) return port::outcome_without_answer(exchange);
  Outcome outcome;
  const int status = exchange.answer->status;
  outcome.detail = fmt::format("HTTP {}", status);
  if (status < 300) {
    outcome.kind = OutcomeKind::accepted;
  } else if (status == 408 || status == 425 || status == 429 || status == 503) {
    outcome.kind = OutcomeKind::retryable;
    outcome.throttled = status == 429 || status == 503;
    outcome.retry_after = port::retry_after(*exchange.answer);
  } else if (status < 500) {
    outcome.kind = OutcomeKind::rejected;
    outcome.address_dead = status == 410;
    if (status < 400) outcome.detail += ": redirects are not followed";
  }
  return outcome;
}

class WebhookChannel final : public port::Channel {
 public:
  WebhookChannel(const WebhookConfig& config, base::WebhookSecret secret, HttpClient& web)
      : replay_window_(config.replay_window), secret_(std::move(secret)), web_(web) {}

  std::string_view name() const override { return "webhook"; }
  std::chrono::seconds replay_window() const override { return replay_window_; }

  std::vector<Outcome> send(std::span<const Delivery> deliveries) override {
    std::vector<Outcome> outcomes(deliveries.size());
    std::vector<HttpClient::Request> requests;
    std::vector<std::size_t> of;  // the delivery each request is for
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      if (plain_key(deliveries[i].send_key)) {
        requests.push_back(request(deliveries[i]));
        of.push_back(i);
      } else {
        outcomes[i] = {.kind = OutcomeKind::rejected, .detail = "the send key is not made of letters and digits"};
      }
    }
    const auto exchanges = web_.exchange(requests);
    for (std::size_t i = 0; i < exchanges.size(); ++i) outcomes[of[i]] = judge(exchanges[i]);
    return outcomes;
  }

 private:
  HttpClient::Request request(const Delivery& delivery) const {
    const std::string timestamp =
        std::to_string(std::chrono::floor<std::chrono::seconds>(delivery.at).time_since_epoch().count());
    return {.method = "POST",
            .url = delivery.address,
            .headers = {{"Content-Type", "application/json"},
                        {"webhook-id", delivery.send_key},
                        {"webhook-timestamp", timestamp},
                        {"webhook-signature", secret_.sign(delivery.send_key, timestamp, delivery.content.text)}},
            .body = delivery.content.text};
  }

  const std::chrono::seconds replay_window_;
  const base::WebhookSecret secret_;
  HttpClient& web_;
};

}  // namespace

Result<std::unique_ptr<port::Channel>> open_webhook(const WebhookConfig& config, HttpClient& web) {
  WB_ASSIGN(base::WebhookSecret secret, base::WebhookSecret::open(config.secret));
  return std::make_unique<WebhookChannel>(config, std::move(secret), web);
}

}  // namespace adapter::webhook
