#include "tests/support/providers/apns.h"

#include <arpa/inet.h>
#include <nghttp2/nghttp2.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "base/jwt.h"
#include "tests/support/certificate.h"

namespace tests {
namespace {

using nlohmann::json;

std::string header(const FakeApns::Request& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

struct FakeApns::State {
  int listener = -1;
  std::uint16_t port = 0;
  SSL_CTX* tls = nullptr;
  std::mutex mutex;
  bool ending = false;
  std::map<std::size_t, int> open;
  std::size_t connections = 0;
  std::set<std::string> tokens;
  std::vector<std::thread> threads;
  std::thread accepting;
};

namespace {

/// One connection: frames in, frames out, a request answered when its stream ends.
class Connection {
 public:
  Connection(FakeApns& server, SSL_CTX* context, int socket) : server_(server), tls_(SSL_new(context)) { SSL_set_fd(tls_, socket); }
  ~Connection() {
    nghttp2_session_del(session_);
    SSL_free(tls_);
  }

  void serve() {
    if (SSL_accept(tls_) != 1) return;
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, &Connection::on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Connection::on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Connection::on_frame);
    nghttp2_session_server_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry streams{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, &streams, 1);
    if (!flush()) return;
    std::uint8_t piece[16384];
    for (int count = 0; !closing_ && (count = SSL_read(tls_, piece, sizeof piece)) > 0;) {
      if (nghttp2_session_mem_recv(session_, piece, static_cast<std::size_t>(count)) < 0 || closing_ || !flush()) return;
    }
  }

 private:
  static std::string text(const std::uint8_t* bytes, std::size_t size) { return {reinterpret_cast<const char*>(bytes), size}; }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* of) {
    FakeApns::Request& request = static_cast<Connection*>(of)->requests_[frame->hd.stream_id];
    const std::string key = text(name, name_size);
    if (key == ":method") request.method = text(value, value_size);
    else if (key == ":path") request.path = text(value, value_size);
    else request.headers.emplace_back(key, text(value, value_size));
    return 0;
  }
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes, std::size_t size, void* of) {
    static_cast<Connection*>(of)->requests_[stream].body += text(bytes, size);
    return 0;
  }
  static int on_frame(nghttp2_session* session, const nghttp2_frame* frame, void* of) {
    auto& self = *static_cast<Connection*>(of);
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) == 0 || !self.requests_.contains(frame->hd.stream_id)) return 0;
    const std::int32_t stream = frame->hd.stream_id;
    const FakeApns::Answer answer = self.server_.answer(self.requests_[stream]);
    if (answer.status == 0) {
      self.closing_ = true;
      return 0;
    }
    std::string& body = self.bodies_[stream];
    if (!answer.reason.empty()) body = json{{"reason", answer.reason}}.dump();
    const std::string status = std::to_string(answer.status);
    const auto field = [](std::string_view name, const std::string& value) {
      return nghttp2_nv{reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())), reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
                        NGHTTP2_NV_FLAG_NONE};
    };
    const nghttp2_nv fields[] = {field(":status", status), field("apns-id", answer.apns_id)};
    nghttp2_data_provider source{};
    source.source.ptr = &body;
    source.read_callback = [](nghttp2_session*, std::int32_t, std::uint8_t* into, std::size_t room, std::uint32_t* flags, nghttp2_data_source* from, void*) -> ssize_t {
      auto& rest = *static_cast<std::string*>(from->ptr);
      const std::size_t size = std::min(room, rest.size());
      std::memcpy(into, rest.data(), size);
      rest.erase(0, size);
      if (rest.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
      return static_cast<ssize_t>(size);
    };
    return nghttp2_submit_response(session, stream, fields, 2, body.empty() ? nullptr : &source);
  }

  bool flush() {
    const std::uint8_t* bytes = nullptr;
    for (;;) {
      const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
      if (size < 0) return false;
      if (size == 0) return true;
      if (SSL_write(tls_, bytes, static_cast<int>(size)) != static_cast<int>(size)) return false;
    }
  }

  FakeApns& server_;
  SSL* tls_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, FakeApns::Request> requests_;
  std::map<std::int32_t, std::string> bodies_;
  bool closing_ = false;
};

int choose_h2(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered, unsigned size, void*) {
  return nghttp2_select_next_protocol(const_cast<unsigned char**>(out), out_size, offered, size) == 1 ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

FakeApns::FakeApns(const std::filesystem::path& folder, base::Instant now)
    : key_(new_p256_key()), now_(base::millis(now)), certificate_(folder / "apns.pem"), state_(std::make_unique<State>()) {
  const auto key = folder / "apns-key.pem";
  write_certificate(certificate_, key, "apns");
  State& state = *state_;
  state.tls = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate_file(state.tls, certificate_.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file(state.tls, key.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_set_alpn_select_cb(state.tls, choose_h2, nullptr);
  state.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(state.listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(state.listener, 64) != 0 ||
      getsockname(state.listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    std::abort();
  state.port = ntohs(address.sin_port);
  state.accepting = std::thread{[this] {
    State& own = *state_;
    for (;;) {
      const int socket = accept4(own.listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      const std::lock_guard lock{own.mutex};
      if (own.ending) {
        close(socket);
        return;
      }
      const std::size_t number = own.connections++;
      own.open[number] = socket;
      own.threads.emplace_back([this, socket, number] {
        // OpenSSL writes to a socket its peer has closed without a care for the signal.
        sigset_t broken;
        sigemptyset(&broken);
        sigaddset(&broken, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &broken, nullptr);
        Connection{*this, state_->tls, socket}.serve();
        const std::lock_guard at_end{state_->mutex};
        state_->open.erase(number);
        close(socket);
      });
    }
  }};
}

FakeApns::~FakeApns() {
  State& state = *state_;
  {
    const std::lock_guard lock{state.mutex};
    state.ending = true;
    for (const auto& [number, socket] : state.open) shutdown(socket, SHUT_RDWR);
  }
  shutdown(state.listener, SHUT_RDWR);
  close(state.listener);
  state.accepting.join();
  for (std::thread& thread : state.threads) thread.join();
  SSL_CTX_free(state.tls);
}

std::string FakeApns::url() const { return "https://127.0.0.1:" + std::to_string(state_->port); }
std::size_t FakeApns::provider_tokens() const {
  const std::lock_guard lock{state_->mutex};
  return state_->tokens.size();
}
std::size_t FakeApns::connections() const {
  const std::lock_guard lock{state_->mutex};
  return state_->connections;
}

FakeApns::Answer FakeApns::answer(const Request& request) {
  const std::string id = header(request, "apns-id");
  if (request.method != "POST") return {405, id, "MethodNotAllowed"};
  constexpr std::string_view kPath = "/3/device/";
  if (!request.path.starts_with(kPath)) return {404, id, "BadPath"};
  const std::string device = request.path.substr(kPath.size());

  std::string bearer = header(request, "authorization");
  if (!bearer.starts_with("bearer ")) return {403, id, "MissingProviderToken"};
  bearer.erase(0, 7);
  const std::size_t first = bearer.find('.'), last = bearer.rfind('.');
  const json head = json::parse(base::from_base64url(bearer.substr(0, first)).value_or(""), nullptr, false);
  const json claims = json::parse(base::from_base64url(bearer.substr(first + 1, last - first - 1)).value_or(""), nullptr, false);
  if (!base::verify_jwt(bearer, key_.public_pem, base::JwtAlgorithm::es256) || !head.is_object() || head.value("alg", "") != "ES256" || head.value("kid", "") != setup_.key_id ||
      !claims.is_object() || claims.value("iss", "") != setup_.team_id)
    return {403, id, "InvalidProviderToken"};
  const std::int64_t age = now_ / 1000 - claims.value("iat", std::int64_t{0});
  if (age > 3600 || age < -60) return {403, id, "ExpiredProviderToken"};
  {
    const std::lock_guard lock{state_->mutex};
    state_->tokens.insert(bearer);
  }

  if (header(request, "apns-topic").empty()) return {400, id, "MissingTopic"};
  if (header(request, "apns-topic") != setup_.topic) return {400, id, "TopicDisallowed"};
  if (header(request, "apns-push-type") != "alert") return {400, id, "InvalidPushType"};
  if (id.size() != 36 || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-') return {400, id, "BadMessageId"};
  if (header(request, "apns-collapse-id").size() > 64) return {400, id, "BadCollapseId"};
  if (header(request, "apns-expiration").find_first_not_of("0123456789") != std::string::npos) return {400, id, "BadExpirationDate"};
  if (request.body.empty()) return {400, id, "PayloadEmpty"};
  if (request.body.size() > 4096) return {413, id, "PayloadTooLarge"};
  if (device == std::string(64, '0') || device.starts_with("bad")) return {400, id, "BadDeviceToken"};
  if (device.starts_with("dead")) return {410, id, "Unregistered"};

  const std::string fault = ledger.next_fault();
  if (fault == "429") return {429, id, "TooManyRequests"};
  if (fault == "503") return {503, id, "ServiceUnavailable"};
  if (fault == "expired") return {403, id, "ExpiredProviderToken"};
  const json payload = json::parse(request.body, nullptr, false);
  if (!payload.is_object() || !payload.contains("aps")) return {400, id, "BadRequest"};
  std::string noted;
  for (const char* name : {"apns-id", "apns-collapse-id", "apns-expiration", "apns-priority"}) noted += std::string{name} + ": " + header(request, name) + "\n";
  ledger.take({.to = device, .key = payload.value("send_key", ""), .id = id, .body = noted + request.body});
  if (fault == "drop") return {0, {}, {}};
  if (fault == "500 taken") return {500, id, "InternalServerError"};
  return {200, id, {}};
}

}  // namespace tests
