#include "adapter/web/open_web.h"

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
  std::string body;
  bool allowed = false;  ///< the operator named the host
  bool refused_address = false;
  char reason[CURL_ERROR_SIZE] = {};

  Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call() { curl_easy_cleanup(easy); }

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
    if (call.body.size() + size > kMostAnswer) return 0;
    call.body.append(bytes, size);
    return size;
  }
};

class WebClient final : public port::HttpClient {
 public:
  explicit WebClient(WebConfig config) : config_(std::move(config)) {
    for (const std::string& entry : config_.resolve) resolve_ = curl_slist_append(resolve_, entry.c_str());
  }
  ~WebClient() override { curl_slist_free_all(resolve_); }
  WebClient(const WebClient&) = delete;
  WebClient& operator=(const WebClient&) = delete;

  Result<Answer> get(std::string_view url) override {
    Call call;
    return run(call, url);
  }

  Result<Answer> post_form(std::string_view url, const std::vector<std::pair<std::string, std::string>>& fields, std::string_view user,
                           std::string_view password) override {
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

 private:
  static std::string escaped(const Call& call, const std::string& text) {
    char* made = curl_easy_escape(call.easy, text.data(), static_cast<int>(text.size()));
    std::string out = made == nullptr ? "" : made;
    curl_free(made);
    return out;
  }

  Result<Answer> run(Call& call, std::string_view address) {
    WB_ASSIGN(const base::OutgoingUrl url, base::judge_outgoing_url(address, config_.rules));
    call.allowed = url.allowed;
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
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(config_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(config_.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call.reason);
    const CURLcode result = curl_easy_perform(easy);
    if (call.refused_address) return fail(Code::invalid_input, "{} leads to an address that is not public; name the host among those allowed if that is meant", url.host);
    if (result != CURLE_OK) return fail(Code::unavailable, "{} does not answer: {}", url.host, call.reason[0] != '\0' ? call.reason : curl_easy_strerror(result));
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return Answer{static_cast<int>(status), std::move(call.body)};
  }

  const WebConfig config_;
  curl_slist* resolve_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<port::HttpClient>> open_web(const WebConfig& config) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) return fail(Code::internal, "libcurl did not start");
  return std::make_unique<WebClient>(config);
}

}  // namespace adapter::web
