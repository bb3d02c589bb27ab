#include "adapter/push/open_apns.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "adapter/push/note.h"
#include "base/jwt.h"
#include "port/outcome.h"

namespace adapter::push {
namespace {

using base::Code;
using base::fail;
using base::Result;
using model::Delivery;
using model::Outcome;
using model::OutcomeKind;
using nlohmann::json;
using port::HttpClient;
using namespace std::chrono_literals;

// Apple takes a token for stale after an hour, and refuses new ones more often than every 20 minutes.
constexpr std::chrono::seconds kTokenAge = 40min, kLeastAge = 20min, kToday = 24h;

constexpr std::array<std::string_view, 9> kSetUp = {"BadCertificate",       "BadCertificateEnvironment", "BadTopic",
                                                    "DeviceTokenNotForTopic", "Forbidden",                 "InvalidProviderToken",
                                                    "MissingProviderToken", "MissingTopic",              "TopicDisallowed"};

/// The send key as a UUID in its canonical form; nothing for a key that is not 32 hexadecimal digits.
std::optional<std::string> uuid_of(std::string_view key) {
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (key.size() != 32 || !std::ranges::all_of(key, digit)) return std::nullopt;
  return fmt::format("{}-{}-{}-{}-{}", key.substr(0, 8), key.substr(8, 4), key.substr(12, 4), key.substr(16, 4), key.substr(20));
}

std::string header_of(const HttpClient::Answer& answer, std::string_view name) {
  const auto found = std::ranges::find(answer.headers, name, &std::pair<std::string, std::string>::first);
  return found == answer.headers.end() ? std::string{} : found->second;
}

/// Apple's word, letters only: it goes into logs.
std::string reason_of(const HttpClient::Answer& answer) {
  const json body = json::parse(answer.body, nullptr, false);
  if (!body.is_object() || !body.contains("reason") || !body["reason"].is_string()) return {};
  std::string reason = body["reason"];
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return reason.size() <= 60 && std::ranges::all_of(reason, letter) ? reason : std::string{};
}

class ApnsChannel final : public port::Channel {
 public:
  ApnsChannel(ApnsConfig config, base::JwtKey key, HttpClient& web, const port::Clock& clock)
      : config_(std::move(config)), key_(std::move(key)), web_(web), clock_(clock) {}

  std::string_view name() const override { return "push"; }

  std::vector<Outcome> send(std::span<const Delivery> deliveries) override {
    std::vector<Outcome> outcomes(deliveries.size());
    if (const auto ready = make_ready(); !ready) {
      std::ranges::fill(outcomes, Outcome{.kind = OutcomeKind::retryable, .detail = ready.error().message, .trouble = ready.error().message});
      return outcomes;
    }
    std::vector<HttpClient::Request> requests;
    std::vector<std::size_t> of;  // the delivery each request is for
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      if (auto made = request(deliveries[i])) {
        requests.push_back(std::move(*made));
        of.push_back(i);
      } else {
        outcomes[i] = {.kind = OutcomeKind::rejected, .detail = made.error().message};
      }
    }
    const auto exchanges = web_.exchange(requests);
    bool expired = false;
    for (std::size_t i = 0; i < exchanges.size(); ++i) {
      outcomes[of[i]] = judge(exchanges[i], *uuid_of(deliveries[of[i]].send_key));
      expired |= exchanges[i].answer && reason_of(*exchanges[i].answer) == "ExpiredProviderToken";
    }
    if (expired) token_.clear();
    return outcomes;
  }

  /// A token no device can have: what is wrong with it is said only after key and topic were found right.
  Result<void> check() override {
    WB_TRY(make_ready());
    Delivery nobody;
    nobody.send_key = std::string(32, '0');
    nobody.address = "apns:" + std::string(64, '0');
    nobody.at = clock_.now();
    WB_ASSIGN(const HttpClient::Request one, request(nobody));
    const auto exchange = web_.exchange({&one, 1}).front();
    if (!exchange.answer) return fail(Code::unavailable, "{}", exchange.problem);
    const std::string reason = reason_of(*exchange.answer);
    if (reason == "BadDeviceToken" || reason == "Unregistered") return {};
    if (reason == "ExpiredProviderToken") token_.clear();
    const Outcome outcome = judge(exchange, {});
    return fail(outcome.trouble.empty() ? Code::unavailable : Code::invalid_input, "{}", outcome.trouble.empty() ? outcome.detail : outcome.trouble);
  }

 private:
  Result<void> make_ready() {
    const base::Instant now = clock_.now();
    if (!token_.empty() && now >= signed_at_ && now - signed_at_ < kTokenAge) return {};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    WB_ASSIGN(token_, key_.sign(json{{"alg", "ES256"}, {"kid", config_.key_id}}.dump(), json{{"iss", config_.team_id}, {"iat", seconds}}.dump()));
    signed_at_ = now;
    return {};
  }

  Result<HttpClient::Request> request(const Delivery& delivery) const {
    WB_ASSIGN(const std::string token, device_token(delivery.address, "apns:"));
    const auto id = uuid_of(delivery.send_key);
    if (!id) return fail(Code::invalid_input, "the send key is not made of 32 hexadecimal digits");
    json note = {{"aps", {{"alert", {{"title", delivery.content.subject}, {"body", delivery.content.text}}}, {"sound", "default"}}}, {"send_key", delivery.send_key}};
    if (!delivery.content.link.empty()) note["link"] = delivery.content.link;
    std::string body = note.dump(-1, ' ', false, json::error_handler_t::replace);
    WB_TRY(check_size(body));
    const auto ends = std::chrono::floor<std::chrono::seconds>(delivery.at + kToday).time_since_epoch().count();
    return HttpClient::Request{.method = "POST",
                               .url = fmt::format("{}/3/device/{}", config_.server, token),
                               .headers = {{"authorization", "bearer " + token_},
                                           {"apns-id", *id},
                                           {"apns-collapse-id", delivery.send_key},
                                           {"apns-expiration", std::to_string(ends)},
                                           {"apns-priority", delivery.purpose == model::Purpose::transactional ? "10" : "5"},
                                           {"apns-push-type", "alert"},
                                           {"apns-topic", config_.topic},
                                           {"content-type", "application/json"}},
                               .body = std::move(body),
                               .http2 = true};
  }

  Outcome judge(const HttpClient::Exchange& exchange, const std::string& id) const {
    if (!exchange.answer) return port::outcome_without_answer(exchange);
    const HttpClient::Answer& answer = *exchange.answer;
    Outcome outcome;
    if (answer.status == 200) {
      outcome.kind = OutcomeKind::accepted;
      outcome.provider_id = header_of(answer, "apns-id");
      if (outcome.provider_id.empty()) outcome.provider_id = id;
      return outcome;
    }
    const std::string reason = reason_of(answer);
    outcome.detail = fmt::format("APNs: HTTP {}{}{}", answer.status, reason.empty() ? "" : " ", reason);
    if (answer.status == 410 || reason == "BadDeviceToken" || reason == "Unregistered") {
      outcome.kind = OutcomeKind::rejected;
      outcome.address_dead = true;
    } else if (reason == "ExpiredProviderToken") {
      outcome.kind = OutcomeKind::retryable;
      outcome.retry_after = 1s;
      if (clock_.now() - signed_at_ < kLeastAge) outcome.trouble = "APNs takes a token made minutes ago for expired: set this machine's clock";
    } else if (std::ranges::find(kSetUp, reason) != kSetUp.end() || answer.status == 403) {
      outcome.kind = OutcomeKind::retryable;
      outcome.trouble = trouble_of(reason);
    } else if (answer.status == 429 || answer.status == 503) {
      outcome.kind = OutcomeKind::retryable;
      outcome.throttled = true;
      outcome.retry_after = port::retry_after(answer).value_or(reason == "TooManyProviderTokenUpdates" ? kLeastAge : std::chrono::seconds{60s});
    } else if (reason == "IdleTimeout") {
      outcome.kind = OutcomeKind::retryable;
    } else if (answer.status < 500) {
      outcome.kind = OutcomeKind::rejected;
    }
    return outcome;
  }

  std::string trouble_of(const std::string& reason) const {
    if (reason.find("Topic") != std::string::npos)
      return fmt::format("APNs refuses the topic {} ({}): name the bundle id of the app, and a key of its team", config_.topic, reason);
    return fmt::format("APNs refuses the key {} of team {} ({}): check key, key_id and team_id under channels in winback.yaml, and that Apple has not revoked the key", config_.key_id,
                       config_.team_id, reason.empty() ? "HTTP 403" : reason);
  }

  const ApnsConfig config_;
  const base::JwtKey key_;
  HttpClient& web_;
  const port::Clock& clock_;
  std::string token_;
  base::Instant signed_at_{};
};

}  // namespace

Result<std::unique_ptr<port::Channel>> open_apns(const ApnsConfig& config, HttpClient& web, const port::Clock& clock) {
  auto key = base::JwtKey::open(config.key, base::JwtAlgorithm::es256);
  if (!key) return fail(Code::invalid_input, "the APNs key {}: {}; it is the .p8 file Apple made", config.key_id, key.error().message);
  if (config.key_id.empty() || config.team_id.empty() || config.topic.empty()) return fail(Code::invalid_input, "APNs needs key_id, team_id and topic");
  return std::make_unique<ApnsChannel>(config, std::move(*key), web, clock);
}

}  // namespace adapter::push
