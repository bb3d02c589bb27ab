#include "adapter/webhook/open_webhook.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/webhook_signature.h"

namespace adapter::webhook {
namespace {

using base::Code;
using base::fail;
using base::Result;
using model::Delivery;
using model::Outcome;
using model::OutcomeKind;

constexpr std::size_t kMostAnswer = 64 << 10;  // more than this of an answer is not waited for

/// One call under way.
struct Call {
  CURL* easy = curl_easy_init();
  curl_slist* headers = nullptr;
  std::size_t index = 0;
  bool judged_allowed = false;  // the operator named the host
  bool refused_address = false;
  std::size_t answered = 0;
  char reason[CURL_ERROR_SIZE] = {};

  Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() {
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
  }

  void header(const std::string& line) { headers = curl_slist_append(headers, line.c_str()); }

  static curl_socket_t open_socket(void* of, curlsocktype, curl_sockaddr* address) {
    auto& call = *static_cast<Call*>(of);
    if (!call.judged_allowed && !base::is_public_socket_address(&address->addr, address->addrlen)) {
      call.refused_address = true;
      return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }
  static std::size_t on_body(char*, std::size_t, std::size_t size, void* of) {
    auto& call = *static_cast<Call*>(of);
    call.answered += size;
    return call.answered > kMostAnswer ? 0 : size;
  }
};

class WebhookChannel final : public port::Channel {
 public:
  WebhookChannel(WebhookConfig config, base::WebhookSecret secret)
      : config_(std::move(config)), secret_(std::move(secret)), multi_(curl_multi_init()) {
    for (const std::string& entry : config_.resolve) resolve_ = curl_slist_append(resolve_, entry.c_str());
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(2 * config_.connections));
  }
  ~WebhookChannel() override {
    curl_multi_cleanup(multi_);
    curl_slist_free_all(resolve_);
  }
  WebhookChannel(const WebhookChannel&) = delete;
  WebhookChannel& operator=(const WebhookChannel&) = delete;

  std::string_view name() const override { return "webhook"; }
  std::chrono::seconds replay_window() const override { return config_.replay_window; }

  std::vector<Outcome> send(std::span<const Delivery> deliveries) override {
    std::vector<Outcome> outcomes(deliveries.size());
    std::vector<std::unique_ptr<Call>> calls;
    std::size_t next = 0;
    while (next < deliveries.size() || !calls.empty()) {
      while (next < deliveries.size() && calls.size() < config_.connections) {
        if (auto call = begin(deliveries[next], outcomes[next])) {
          call->index = next;
          curl_multi_add_handle(multi_, call->easy);
          calls.push_back(std::move(call));
        }
        ++next;
      }
      if (calls.empty()) continue;
      int running = 0, left = 0;
      curl_multi_perform(multi_, &running);
      bool any_ended = false;
      while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode result = message->data.result;
        const auto found = std::ranges::find(calls, message->easy_handle, [](const auto& call) { return call->easy; });
        outcomes[(*found)->index] = judge(**found, result);
        curl_multi_remove_handle(multi_, (*found)->easy);
        calls.erase(found);
        any_ended = true;
      }
      if (!any_ended) curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }
    return outcomes;
  }

 private:
  /// The call ready to go, or nothing and its outcome.
  std::unique_ptr<Call> begin(const Delivery& delivery, Outcome& outcome) {
    const auto url = base::judge_outgoing_url(delivery.address, config_.rules);
    if (!url) {
      outcome.kind = OutcomeKind::rejected;
      outcome.detail = url.error().message;
      return nullptr;
    }
    const bool plain_key = std::ranges::all_of(delivery.send_key, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    if (delivery.send_key.empty() || !plain_key) {
      outcome.kind = OutcomeKind::rejected;
      outcome.detail = "the send key is not made of letters and digits";
      return nullptr;
    }
    auto call = std::make_unique<Call>();
    call->judged_allowed = url->allowed;
    const std::string timestamp =
        std::to_string(std::chrono::floor<std::chrono::seconds>(delivery.at).time_since_epoch().count());
    call->header("Content-Type: application/json");
    call->header("webhook-id: " + delivery.send_key);
    call->header("webhook-timestamp: " + timestamp);
    call->header("webhook-signature: " + secret_.sign(delivery.send_key, timestamp, delivery.content.text));
    call->header("Expect:");
    CURL* easy = call->easy;
    curl_easy_setopt(easy, CURLOPT_URL, url->text.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!config_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, config_.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "winback");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
    curl_easy_setopt(easy, CURLOPT_RESOLVE, resolve_);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(delivery.content.text.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, delivery.content.text.c_str());  // not copied: the delivery outlives it
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Call::open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call.get());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Call::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call.get());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(config_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(config_.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->reason);
    // A kept connection is not judged again; it led to an address that was.
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 20L);
    return call;
  }

  static Outcome judge(const Call& call, CURLcode result) {
    Outcome outcome;
    long status = 0, sent = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(call.easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(call.easy, CURLINFO_REQUEST_SIZE, &sent);
    curl_easy_getinfo(call.easy, CURLINFO_RETRY_AFTER, &retry_after);
    if (call.refused_address && sent == 0) {
      outcome.kind = OutcomeKind::rejected;
      outcome.detail = "the name leads to an address that is not public";
    } else if (status < 200) {
      outcome.kind = sent > 0 ? OutcomeKind::unknown : OutcomeKind::retryable;
      outcome.detail = call.reason[0] != '\0' && sent == 0 ? call.reason : curl_easy_strerror(result);
    } else {
      outcome.detail = fmt::format("HTTP {}", status);
      if (status < 300) {
        outcome.kind = OutcomeKind::accepted;  // also when the rest of the answer broke off: the head said it
      } else if (status == 408 || status == 425 || status == 429 || status == 503) {
        outcome.kind = OutcomeKind::retryable;
        outcome.throttled = status == 429 || status == 503;
        if (retry_after > 0)
          outcome.retry_after =
              std::min(std::chrono::seconds{retry_after}, std::chrono::seconds{std::chrono::hours{24}});
      } else if (status < 500) {
        outcome.kind = OutcomeKind::rejected;
        outcome.address_dead = status == 410;
        if (status < 400) outcome.detail += ": redirects are not followed";
      }
    }
    return outcome;
  }

  const WebhookConfig config_;
  const base::WebhookSecret secret_;
  CURLM* multi_;
  curl_slist* resolve_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<port::Channel>> open_webhook(const WebhookConfig& config) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) return fail(Code::internal, "libcurl did not start");
  WB_ASSIGN(base::WebhookSecret secret, base::WebhookSecret::open(config.secret));
  WebhookConfig own = config;
  own.connections = std::clamp<std::size_t>(own.connections, 1, 64);
  return std::make_unique<WebhookChannel>(std::move(own), std::move(secret));
}

}  // namespace adapter::webhook
