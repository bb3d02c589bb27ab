#include "adapter/web/open_web.h"

#include <algorithm>
#include <memory>
#include <mutex>

#include <curl/curl.h>
#include <sys/socket.h>

namespace adapter::web {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::size_t kMostAnswer = 1 << 20;

/// One call.
struct Call {
  CURL* easy = curl_easy_init();
  curl_slist* sent_headers = nullptr;
  std::size_t index = 0;
  std::string_view unsent;  ///< of the body
  port::HttpClient::Answer answer;
  std::string host;
  bool allowed = false;  ///< the operator named the host
  bool refused_address = false;
  char reason[CURL_ERROR_SIZE] = {};

  Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() {
    curl_easy_cleanup(easy);
    curl_slist_free_all(sent_headers);
  }

  void header(const std::string& line) { sent_headers = curl_slist_append(sent_headers, line.c_str()); }

  static curl_socket_t open_socket(void* of, curlsocktype, curl_sockaddr* address) {
    auto& call = *static_cast<Call*>(of);
    if (!call.allowed && !base::is_public_socket_address(&address->addr, address->addrlen)) {
      call.refused_address = true;
      return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }
  static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* of) {
    auto& call = *static_cast<Call*>(of);
    if (call.answer.body.size() + size > kMostAnswer) return 0;
    call.answer.body.append(bytes, size);
    return size;
  }
  static std::size_t on_read(char* into, std::size_t, std::size_t room, void* of) {
    auto& call = *static_cast<Call*>(of);
    const std::size_t size = std::min(room, call.unsent.size());
    call.unsent.copy(into, size);
    call.unsent.remove_prefix(size);
    return size;
  }
  static std::size_t on_header(char* bytes, std::size_t, std::size_t size, void* of) {
    auto& call = *static_cast<Call*>(of);
    const std::string_view line{bytes, size};
    if (line.starts_with("HTTP/")) call.answer.headers.clear();  // of the answer before, such as 100 Continue
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || call.answer.headers.size() >= 100) return size;
    std::string name{line.substr(0, colon)};
    std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    std::string_view value = line.substr(colon + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == '\r' || value.back() == '\n' || value.back() == ' ')) value.remove_suffix(1);
    call.answer.headers.emplace_back(std::move(name), value);
    return size;
  }
};

bool plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
}

class WebClient final : public port::HttpClient {
 public:
  explicit WebClient(WebConfig config) : config_(std::move(config)), multi_(curl_multi_init()) {
    for (const std::string& entry : config_.resolve) resolve_ = curl_slist_append(resolve_, entry.c_str());
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(2 * config_.connections));
  }
  ~WebClient() override {
    curl_multi_cleanup(multi_);
    curl_slist_free_all(resolve_);
  }
  WebClient(const WebClient&) = delete;
  WebClient& operator=(const WebClient&) = delete;

  Result<Answer> get(std::string_view url) override {
    Call call;
    return run(call, url);
  }

  Result<Answer> post_form(std::string_view url, const Fields& fields, std::string_view user, std::string_view password) override {
    Call call;
    std::string form;
    for (const auto& [name, value] : fields) form += (form.empty() ? "" : "&") + escaped(call, name) + "=" + escaped(call, value);
    curl_easy_setopt(call.easy, CURLOPT_POST, 1L);
    curl_easy_setopt(call.easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(form.size()));
    curl_easy_setopt(call.easy, CURLOPT_COPYPOSTFIELDS, form.c_str());
    if (!user.empty()) {
      curl_easy_setopt(call.easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
      curl_easy_setopt(call.easy, CURLOPT_USERNAME, std::string{user}.c_str());
      curl_easy_setopt(call.easy, CURLOPT_PASSWORD, std::string{password}.c_str());
    }
    return run(call, url);
  }

  std::vector<Exchange> exchange(std::span<const Request> requests) override {
    const std::lock_guard lock{mutex_};
    std::vector<Exchange> exchanges(requests.size());
    std::vector<std::unique_ptr<Call>> calls;
    std::size_t next = 0;
    while (next < requests.size() || !calls.empty()) {
      while (next < requests.size() && calls.size() < config_.connections) {
        if (auto call = begin(requests[next], exchanges[next])) {
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
        exchanges[(*found)->index] = judge(**found, result);
        curl_multi_remove_handle(multi_, (*found)->easy);
        calls.erase(found);
        any_ended = true;
      }
      if (!any_ended) curl_multi_poll(multi_, nullptr, 0, 1000, nullptr);
    }
    return exchanges;
  }

 private:
  static std::string escaped(const Call& call, const std::string& text) {
    char* made = curl_easy_escape(call.easy, text.data(), static_cast<int>(text.size()));
    std::string out = made == nullptr ? "" : made;
    curl_free(made);
    return out;
  }

  Result<void> set_up(Call& call, std::string_view address) const {
    WB_ASSIGN(const base::OutgoingUrl url, base::judge_outgoing_url(address, config_.rules));
    call.allowed = url.allowed;
    call.host = url.host;
    CURL* easy = call.easy;
    curl_easy_setopt(easy, CURLOPT_URL, url.text.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!config_.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, config_.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "winback");
    curl_easy_setopt(easy, CURLOPT_RESOLVE, resolve_);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Call::open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Call::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &call);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Call::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &call);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(config_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(config_.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call.reason);
    // A kept connection is not judged again; it led to an address that was.
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, 20L);
    return {};
  }

  Result<Answer> run(Call& call, std::string_view address) const {
    WB_TRY(set_up(call, address));
    const CURLcode result = curl_easy_perform(call.easy);
    if (call.refused_address) return fail(Code::invalid_input, "{}", not_public(call));
    if (result != CURLE_OK) return fail(Code::unavailable, "{}", no_answer(call, result));
    return answered(call);
  }

  /// The call ready to go, or nothing and what became of it.
  std::unique_ptr<Call> begin(const Request& request, Exchange& exchange) const {
    auto call = std::make_unique<Call>();
    if (const auto allowed = set_up(*call, request.url); !allowed) {
      exchange.forbidden = true;
      exchange.problem = allowed.error().message;
      return nullptr;
    }
    for (const auto& [name, value] : request.headers) {
      if (!plain(name) || !plain(value)) {
        exchange.forbidden = true;
        exchange.problem = fmt::format("a line break stands in the header {} for {}", plain(name) ? name : "?", call->host);
        return nullptr;
      }
      call->header(value.empty() ? name + ";" : name + ": " + value);
    }
    call->header("Expect:");
    CURL* easy = call->easy;
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(request.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    if (request.http2) curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->sent_headers);
    // libcurl sends a request anew when a kept connection turns out to be dead, although the server may have read it. It
    // cannot where the body is only read forward: such a call ends in doubt, as it should.
    call->unsent = request.body;
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Call::on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, call.get());
    if (request.method == "POST") {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    } else if (request.method != "GET") {
      if (!request.body.empty()) {
        curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      }
      curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    return call;
  }

  static Exchange judge(Call& call, CURLcode result) {
    long status = 0, sent = 0;
    curl_easy_getinfo(call.easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(call.easy, CURLINFO_REQUEST_SIZE, &sent);
    Exchange exchange;
    if (call.refused_address && sent == 0) {
      exchange.forbidden = true;
      exchange.problem = not_public(call);
    } else if (status >= 200) {
      exchange.answer = answered(call);  // also when the rest broke off: the head said what became of it
    } else {
      exchange.may_have_arrived = sent > 0;
      exchange.problem = no_answer(call, result);
    }
    return exchange;
  }

  static Answer answered(Call& call) {
    long status = 0;
    curl_easy_getinfo(call.easy, CURLINFO_RESPONSE_CODE, &status);
    call.answer.status = static_cast<int>(status);
    return std::move(call.answer);
  }
  static std::string not_public(const Call& call) {
    return fmt::format("{} leads to an address that is not public; name the host among those allowed if that is meant", call.host);
  }
  static std::string no_answer(const Call& call, CURLcode result) {
    return fmt::format("{} does not answer: {}", call.host, call.reason[0] != '\0' ? call.reason : curl_easy_strerror(result));
  }

  const WebConfig config_;
  std::mutex mutex_;  // of multi_
  CURLM* multi_;
  curl_slist* resolve_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<port::HttpClient>> open_web(const WebConfig& config) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) return fail(Code::internal, "libcurl did not start");
  WebConfig own = config;
  own.connections = std::clamp<std::size_t>(own.connections, 1, 64);
  return std::make_unique<WebClient>(std::move(own));
}

}  // namespace adapter::web
