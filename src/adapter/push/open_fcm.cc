#include "adapter/push/open_fcm.h"

#include <algorithm>

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

constexpr std::string_view kScope = "https://www.googleapis.com/auth/firebase.messaging";
constexpr std::chrono::seconds kEarly = 5min;    // a token is renewed so long before its end
constexpr std::chrono::seconds kPatience = 60s;  // where Google names none

/// What Google says in an error: its status, FCM's own code, and whether the token itself is wrong.
struct Complaint {
  std::string code;
  bool of_token = false;
};

Complaint complaint_of(const HttpClient::Answer& answer) {
  Complaint complaint;
  const json body = json::parse(answer.body, nullptr, false);
  const json error = body.is_object() ? body.value("error", json::object()) : json::object();
  if (!error.is_object()) return complaint;
  const auto text = [](const json& from, const char* key) {
    const auto found = from.find(key);
    return found != from.end() && found->is_string() ? found->get<std::string>() : std::string{};
  };
  complaint.code = text(error, "status");
  complaint.of_token = text(error, "message").find("registration token") != std::string::npos;
  const auto details = error.find("details");
  if (details == error.end() || !details->is_array()) return complaint;
  for (const json& detail : *details) {
    if (!detail.is_object()) continue;
    if (std::string own = text(detail, "errorCode"); !own.empty()) complaint.code = std::move(own);
    const auto violations = detail.find("fieldViolations");
    if (violations == detail.end() || !violations->is_array()) continue;
    for (const json& one : *violations) complaint.of_token |= one.is_object() && text(one, "field") == "message.token";
  }
  return complaint;
}

class FcmChannel final : public port::Channel {
 public:
  FcmChannel(FcmConfig config, base::JwtKey key, HttpClient& web, const port::Clock& clock)
      : config_(std::move(config)), key_(std::move(key)), web_(web), clock_(clock) {}

  std::string_view name() const override { return "push"; }

  std::vector<Outcome> send(std::span<const Delivery> deliveries) override {
    std::vector<Outcome> outcomes(deliveries.size());
    if (const Outcome problem = make_ready(); !problem.detail.empty()) {
      std::ranges::fill(outcomes, problem);
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
    bool refused = false;
    for (std::size_t i = 0; i < exchanges.size(); ++i) {
      outcomes[of[i]] = judge(exchanges[i]);
      refused |= exchanges[i].answer && exchanges[i].answer->status == 401;
    }
    if (refused) token_.clear();
    fresh_ = false;
    return outcomes;
  }

  Result<void> check() override {
    token_.clear();
    const Outcome problem = make_ready();
    if (problem.detail.empty()) return {};
    return fail(problem.trouble.empty() ? Code::unavailable : Code::invalid_input, "{}", problem.trouble.empty() ? problem.detail : problem.trouble);
  }

 private:
  /// Fetches an access token where there is none that lasts; without one, what that means for every message.
  Outcome make_ready() {
    const base::Instant now = clock_.now();
    if (!token_.empty() && now < renew_at_ && now >= fetched_at_) return {};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    json header = {{"alg", "RS256"}, {"typ", "JWT"}};
    if (!config_.private_key_id.empty()) header["kid"] = config_.private_key_id;
    const json claims = {{"iss", config_.client_email}, {"scope", kScope}, {"aud", config_.token_url}, {"iat", seconds}, {"exp", seconds + 3600}};
    const auto assertion = key_.sign(header.dump(), claims.dump());
    if (!assertion) return {.kind = OutcomeKind::retryable, .detail = assertion.error().message, .trouble = assertion.error().message};
    const auto answer = web_.post_form(config_.token_url, {{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", *assertion}}, {}, {});
    // Nothing of a message has left yet: whatever goes wrong here, it was certainly not taken.
    if (!answer) return {.kind = OutcomeKind::retryable, .detail = fmt::format("no access token from Google: {}", answer.error().message)};
    const json body = json::parse(answer->body, nullptr, false);
    const auto text = [&](const char* key) { return body.is_object() && body.contains(key) && body[key].is_string() ? body[key].get<std::string>() : std::string{}; };
    token_ = text("access_token");
    if (answer->status == 200 && !token_.empty()) {
      const auto lasts = body.contains("expires_in") && body["expires_in"].is_number_integer() ? body["expires_in"].get<std::int64_t>() : 3600;
      fetched_at_ = now;
      renew_at_ = now + std::max(std::chrono::seconds{std::clamp<std::int64_t>(lasts, 0, 86400)} - kEarly, std::chrono::seconds{30s});
      fresh_ = true;
      return {};
    }
    token_.clear();
    Outcome outcome{.kind = OutcomeKind::retryable, .detail = fmt::format("no access token from Google: HTTP {}", answer->status)};
    if (answer->status == 429 || answer->status >= 500) {
      outcome.throttled = true;
      outcome.retry_after = port::retry_after(*answer);
      return outcome;
    }
    outcome.trouble = fmt::format(
        "Google does not accept the service account {} ({}): make a new key for it in the Firebase console, name its file under channels in "
        "winback.yaml, and check this machine's clock",
        config_.client_email, text("error").empty() ? fmt::format("HTTP {}", answer->status) : text("error"));
    return outcome;
  }

  Result<HttpClient::Request> request(const Delivery& delivery) const {
    WB_ASSIGN(const std::string token, device_token(delivery.address, "fcm:"));
    json note = {{"notification", {{"title", delivery.content.subject}, {"body", delivery.content.text}}}, {"data", {{"send_key", delivery.send_key}}}};
    if (!delivery.content.link.empty()) note["data"]["link"] = delivery.content.link;
    WB_TRY(check_size(note.dump(-1, ' ', false, json::error_handler_t::replace)));
    note["token"] = token;
    const bool urgent = delivery.purpose == model::Purpose::transactional;
    note["android"] = {{"collapse_key", delivery.send_key}, {"priority", urgent ? "HIGH" : "NORMAL"}, {"ttl", "86400s"}};
    note["apns"] = {{"headers", {{"apns-collapse-id", delivery.send_key}}}};
    return HttpClient::Request{.method = "POST",
                               .url = fmt::format("{}/v1/projects/{}/messages:send", config_.server, config_.project),
                               .headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + token_}},
                               .body = json{{"message", std::move(note)}}.dump(-1, ' ', false, json::error_handler_t::replace)};
  }

  Outcome judge(const HttpClient::Exchange& exchange) const {
    if (!exchange.answer) return port::outcome_without_answer(exchange);
    const HttpClient::Answer& answer = *exchange.answer;
    Outcome outcome;
    if (answer.status >= 200 && answer.status < 300) {
      outcome.kind = OutcomeKind::accepted;
      const json body = json::parse(answer.body, nullptr, false);
      if (body.is_object() && body.contains("name") && body["name"].is_string()) outcome.provider_id = body["name"];
      return outcome;
    }
    const Complaint complaint = complaint_of(answer);
    outcome.detail = fmt::format("FCM: HTTP {}{}{}", answer.status, complaint.code.empty() ? "" : " ", complaint.code);
    if (answer.status == 404 && complaint.code == "UNREGISTERED") {
      outcome.kind = OutcomeKind::rejected;
      outcome.address_dead = true;
      outcome.detail += ": the token is gone; a token unused for 270 days ends so too, it is no proof that the app was removed";
    } else if (answer.status == 401 && complaint.code != "THIRD_PARTY_AUTH_ERROR" && !fresh_) {
      outcome.kind = OutcomeKind::retryable;  // the access token ended early; a new one is fetched for the next attempt
      outcome.retry_after = 1s;
    } else if (answer.status == 401 || answer.status == 403 || answer.status == 404) {
      outcome.kind = OutcomeKind::retryable;
      outcome.trouble = trouble_of(complaint.code);
    } else if (answer.status == 429 || answer.status == 503) {
      outcome.kind = OutcomeKind::retryable;
      outcome.throttled = true;
      outcome.retry_after = port::retry_after(answer).value_or(kPatience);
    } else if (answer.status < 500) {
      outcome.kind = OutcomeKind::rejected;
      outcome.address_dead = answer.status == 400 && complaint.of_token;
      if (outcome.address_dead) outcome.detail += ": this is no registration token of FCM";
    }
    return outcome;
  }

  std::string trouble_of(const std::string& code) const {
    if (code == "SENDER_ID_MISMATCH")
      return fmt::format("FCM: customers' tokens belong to another project than {}: name the service account of the app's own project", config_.project);
    if (code == "THIRD_PARTY_AUTH_ERROR") return "FCM cannot reach Apple: upload a valid APNs key in the Firebase console (Project settings, Cloud Messaging)";
    if (code == "NOT_FOUND") return fmt::format("FCM knows no project {}: name the service account of the app's own project", config_.project);
    return fmt::format("FCM refuses the service account {}: enable the Firebase Cloud Messaging API for {} and give the account the role to send", config_.client_email, config_.project);
  }

  const FcmConfig config_;
  const base::JwtKey key_;
  HttpClient& web_;
  const port::Clock& clock_;
  std::string token_;
  base::Instant fetched_at_{}, renew_at_{};
  bool fresh_ = false;  // fetched for the messages now on their way: then a refusal is no matter of age
};

}  // namespace

Result<FcmConfig> read_service_account(std::string_view text) {
  const json file = json::parse(text, nullptr, false);
  if (!file.is_object()) return fail(Code::invalid_input, "the service account is no JSON file; take the one the Firebase console makes (Project settings, Service accounts)");
  FcmConfig config;
  const auto read = [&](const char* key, std::string& into, bool required) -> Result<void> {
    if (file.contains(key) && file[key].is_string()) into = file[key];
    if (required && into.empty()) return fail(Code::invalid_input, "the service account has no {}; take the file the Firebase console makes (Project settings, Service accounts)", key);
    return {};
  };
  WB_TRY(read("project_id", config.project, true));
  WB_TRY(read("client_email", config.client_email, true));
  WB_TRY(read("private_key", config.private_key, true));
  WB_TRY(read("private_key_id", config.private_key_id, false));
  WB_TRY(read("token_uri", config.token_url, false));
  return config;
}

Result<std::unique_ptr<port::Channel>> open_fcm(const FcmConfig& config, HttpClient& web, const port::Clock& clock) {
  auto key = base::JwtKey::open(config.private_key, base::JwtAlgorithm::rs256);
  if (!key) return fail(Code::invalid_input, "the service account {}: {}", config.client_email, key.error().message);
  const bool plain = !config.project.empty() && std::ranges::all_of(config.project, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':'; });
  if (!plain) return fail(Code::invalid_input, "'{}' is no name of a Firebase project", config.project);
  return std::make_unique<FcmChannel>(config, std::move(*key), web, clock);
}

}  // namespace adapter::push
