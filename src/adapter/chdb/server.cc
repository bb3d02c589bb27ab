#include "adapter/chdb/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/detail/base64.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <limits>
#include <map>
#include <mutex>
#include <thread>
#include <utility>  // before Asio: its 1.74 headers use std::exchange without it

namespace adapter::chdb {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Socket = asio::generic::stream_protocol::socket;
using Parser = http::request_parser<http::buffer_body>;
using Clock = std::chrono::steady_clock;

constexpr int kBacklog = 128;
constexpr std::uint32_t kLongestHead = 4 << 20;  // statements and their parameters may stand in the URL

std::string decode(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 && digit(text[i + 2]) >= 0) {
      out += static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Request read_head(const Parser& parser) {
  const auto& message = parser.get();
  Request request;
  request.method = std::string{message.method_string()};
  const std::string_view target{message.target().data(), message.target().size()};
  const auto mark = target.find('?');
  request.path = std::string{target.substr(0, mark)};
  std::string_view rest = mark == target.npos ? std::string_view{} : target.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (!pair.empty()) {
      request.query.emplace_back(decode(pair.substr(0, equals)),
                                 equals == pair.npos ? std::string{} : decode(pair.substr(equals + 1)));
    }
  }
  request.user = std::string{message["X-ClickHouse-User"]};
  request.key = std::string{message["X-ClickHouse-Key"]};
  const auto authorization = message[http::field::authorization];
  if (authorization.starts_with("Basic ")) {
    const auto coded = authorization.substr(6);
    std::string pair(beast::detail::base64::decoded_size(coded.size()), '\0');
    pair.resize(beast::detail::base64::decode(pair.data(), coded.data(), coded.size()).first);
    const auto colon = pair.find(':');
    request.user = pair.substr(0, colon);
    request.key = colon == pair.npos ? std::string{} : pair.substr(colon + 1);
  }
  return request;
}

class BeastExchange final : public Exchange {
 public:
  BeastExchange(Socket& socket, beast::flat_buffer& buffer, Parser& parser, int descriptor)
      : socket_(socket), buffer_(buffer), parser_(parser), descriptor_(descriptor) {}

  std::expected<std::size_t, std::string> read(char* to, std::size_t size) override {
    if (parser_.is_done()) return 0;
    if (!std::exchange(continued_, true) && beast::iequals(parser_.get()[http::field::expect], "100-continue")) {
      if (!send("HTTP/1.1 100 Continue\r\n\r\n")) return std::unexpected("the client is gone");
    }
    auto& body = parser_.get().body();
    body.data = to;
    body.size = size;
    body.more = true;
    beast::error_code error;
    http::read(socket_, buffer_, parser_, error);
    if (error == http::error::need_buffer) error = {};
    if (error) {
      broken_ = true;
      return std::unexpected("the body ended early: " + error.message());
    }
    return size - body.size;
  }

  void answer(int status, int code, std::string_view text) override {
    const std::string line = text.empty() || text.back() == '\n' || code == 0 ? "" : "\n";
    std::string head =
        fmt::format("HTTP/1.1 {} {}\r\n{}Content-Type: text/plain; charset=UTF-8\r\nContent-Length: {}\r\n", status,
                    reason(status), server_header(), text.size() + line.size());
    if (code != 0) head += fmt::format("X-ClickHouse-Exception-Code: {}\r\n", code);
    if (!keeps()) head += "Connection: close\r\n";
    send(head + "\r\n" + std::string{text} + line);
  }

  void begin(std::string_view content_type) override {
    begun_ = true;
    send(
        fmt::format("HTTP/1.1 200 OK\r\n{}Content-Type: {}\r\nTransfer-Encoding: "
                    "chunked\r\nX-ClickHouse-Exception-Tag: {}\r\n{}\r\n",
                    server_header(), content_type, kTag, keeps() ? "" : "Connection: close\r\n"));
  }

  bool write(std::string_view bytes) override {
    if (bytes.empty()) return !broken_;
    const std::string head = fmt::format("{:x}\r\n", bytes.size());
    const std::array<asio::const_buffer, 3> parts{asio::buffer(head), asio::buffer(bytes.data(), bytes.size()),
                                                  asio::buffer("\r\n", 2)};
    beast::error_code error;
    asio::write(socket_, parts, error);
    if (error) broken_ = true;
    return !error;
  }

  void end() override { send("0\r\n\r\n"); }

  void abort(std::string_view text) override {
    // ClickHouse names the reason between marks at the end of what it sent, then leaves the chunks without an end.
    if (begun_ && !broken_) {
      write(
          fmt::format("\r\n__exception__\r\n{}\r\n{}\n{} {}\r\n__exception__\r\n", kTag, text, text.size() + 1, kTag));
    }
    broken_ = true;
  }

  int descriptor() const override { return descriptor_; }

  /// Whether the connection may carry another request.
  bool keeps() const { return !broken_ && parser_.get().keep_alive(); }

 private:
  static constexpr std::string_view kTag = "winbackwarehouse";
  static std::string_view server_header() { return "X-ClickHouse-Server-Display-Name: winback-warehouse\r\n"; }
  static std::string_view reason(int status) {
    const auto text = http::obsolete_reason(static_cast<http::status>(status));
    return {text.data(), text.size()};
  }

  bool send(std::string_view bytes) {
    beast::error_code error;
    asio::write(socket_, asio::buffer(bytes.data(), bytes.size()), error);
    if (error) broken_ = true;
    return !error;
  }

  Socket& socket_;
  beast::flat_buffer& buffer_;
  Parser& parser_;
  int descriptor_;
  bool continued_ = false;
  bool begun_ = false;
  bool broken_ = false;
};

/// Looks ten times a second whether the clients of running queries are still there.
class PollingWatch final : public Watch {
 public:
  explicit PollingWatch(Engine& engine)
      : engine_(engine), thread_([this](const std::stop_token& stop) { watch(stop); }) {}

  void add(int descriptor, const std::string& tag) override {
    const std::lock_guard lock{mutex_};
    running_[tag] = descriptor;
    changed_.notify_one();
  }
  void remove(const std::string& tag) override {
    const std::lock_guard lock{mutex_};
    running_.erase(tag);
  }
  void cancel_all() {
    const std::lock_guard lock{mutex_};
    for (const auto& [tag, descriptor] : running_) engine_.cancel(tag);
  }

 private:
  void watch(const std::stop_token& stop) {
    std::unique_lock lock{mutex_};
    while (!stop.stop_requested()) {
      changed_.wait(lock, stop, [&] { return !running_.empty(); });
      for (const auto& [tag, descriptor] : running_) {
        pollfd poll{.fd = descriptor, .events = POLLRDHUP, .revents = 0};
        if (::poll(&poll, 1, 0) == 1 && (poll.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) engine_.cancel(tag);
      }
      lock.unlock();
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
      lock.lock();
    }
  }

  Engine& engine_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, int> running_;
  std::jthread thread_;
};

bool wait_readable(int descriptor, int other, int timeout_ms) {
  pollfd polls[2] = {{.fd = descriptor, .events = POLLIN, .revents = 0}, {.fd = other, .events = POLLIN, .revents = 0}};
  while (::poll(polls, 2, timeout_ms) < 0) {
    if (errno != EINTR) return false;
  }
  return polls[1].revents == 0 && polls[0].revents != 0;
}

}  // namespace

struct Server::State {
  Config config;
  int unix_listener = -1;
  int tcp_listener = -1;
  int stopping = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);  // becomes readable, and stays so, when the server is to end
  int left = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);      // a client has gone
  std::uint16_t port = 0;
  std::mutex mutex;
  std::condition_variable gone;
  std::size_t clients = 0;
  Clock::time_point last_seen = Clock::now();

  void serve(int descriptor, bool unix_socket, Service& service) {
    asio::io_context context{1};
    Socket socket{context};
    beast::error_code error;
    socket.assign(
        unix_socket ? asio::generic::stream_protocol{AF_UNIX, 0} : asio::generic::stream_protocol{AF_INET, IPPROTO_TCP},
        descriptor, error);
    if (error) {
      ::close(descriptor);
      return;
    }
    const Credentials credentials = unix_socket ? Credentials{} : config.tcp_credentials;
    beast::flat_buffer buffer;
    for (;;) {
      if (buffer.size() == 0 && !wait_readable(descriptor, stopping, -1)) return;
      Parser parser;
      parser.body_limit(std::numeric_limits<std::uint64_t>::max());
      parser.header_limit(kLongestHead);
      http::read_header(socket, buffer, parser, error);
      if (error) return;
      BeastExchange exchange{socket, buffer, parser, descriptor};
      service.handle(read_head(parser), credentials, exchange);
      if (!exchange.keeps() || !parser.is_done()) return;
    }
  }
};

base::Result<std::unique_ptr<Server>> Server::open(const Config& config) {
  std::unique_ptr<Server> server{new Server};
  server->state_ = std::make_unique<State>();
  State& state = *server->state_;
  state.config = config;
  if (!config.socket.empty()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = config.socket.string();
    if (path.size() >= sizeof address.sun_path) {
      return base::fail(base::Code::invalid_input,
                        "the socket path {} is longer than {} bytes; give a shorter one with --socket", path,
                        sizeof address.sun_path - 1);
    }
    std::memcpy(address.sun_path, path.c_str(), path.size());
    state.unix_listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(path.c_str());  // left by a child that was killed; the folder's lock is ours, so nobody listens there
    const mode_t mask = umask(0177);
    const bool bound = bind(state.unix_listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    umask(mask);
    if (!bound || listen(state.unix_listener, kBacklog) != 0) {
      return base::fail(base::Code::unavailable, "cannot listen on {}: {}", path, std::strerror(errno));
    }
  }
  if (!config.listen_host.empty()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(config.listen_port);
    if (inet_pton(AF_INET, config.listen_host.c_str(), &address.sin_addr) != 1) {
      return base::fail(base::Code::invalid_input,
                        "'{}' is no IPv4 address to listen on; write --listen 127.0.0.1:8123", config.listen_host);
    }
    state.tcp_listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(state.tcp_listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    socklen_t size = sizeof address;
    if (bind(state.tcp_listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        listen(state.tcp_listener, kBacklog) != 0 ||
        getsockname(state.tcp_listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      return base::fail(base::Code::conflict, "cannot listen on {}:{}: {}; choose another port", config.listen_host,
                        config.listen_port, std::strerror(errno));
    }
    state.port = ntohs(address.sin_port);
  }
  return server;
}

Server::~Server() {
  for (const int descriptor : {state_->unix_listener, state_->tcp_listener, state_->stopping, state_->left}) {
    if (descriptor >= 0) close(descriptor);
  }
}

std::uint16_t Server::port() const { return state_->port; }

void Server::stop() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(state_->stopping, &one, sizeof one);
}

void Server::run(Engine& engine, Folder& folder) {
  State& state = *state_;
  PollingWatch watch{engine};
  Service service{engine, folder, watch};
  state.last_seen = Clock::now();
  const bool ends = state.config.idle.count() > 0;
  for (;;) {
    int timeout = -1;
    if (ends) {
      const std::lock_guard lock{state.mutex};
      if (state.clients == 0) {
        const auto rest =
            std::chrono::duration_cast<std::chrono::milliseconds>(state.last_seen + state.config.idle - Clock::now());
        if (rest.count() <= 0) break;
        timeout = static_cast<int>(rest.count()) + 1;
      }
    }
    pollfd polls[4] = {{.fd = state.stopping, .events = POLLIN, .revents = 0},
                       {.fd = state.left, .events = POLLIN, .revents = 0},
                       {.fd = state.unix_listener, .events = POLLIN, .revents = 0},
                       {.fd = state.tcp_listener, .events = POLLIN, .revents = 0}};
    if (::poll(polls, 4, timeout) < 0 && errno != EINTR) break;
    if (polls[0].revents != 0) break;
    if (polls[1].revents != 0) {
      std::uint64_t count = 0;
      [[maybe_unused]] const ssize_t size = read(state.left, &count, sizeof count);
    }
    for (const bool unix_socket : {true, false}) {
      if ((unix_socket ? polls[2] : polls[3]).revents == 0) continue;
      const int descriptor =
          accept4(unix_socket ? state.unix_listener : state.tcp_listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0) continue;
      if (!unix_socket) {
        const int on = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on,
                   sizeof on);  // a peer that vanished does not keep us alive
      }
      {
        const std::lock_guard lock{state.mutex};
        ++state.clients;
      }
      std::thread{[&state, &service, descriptor, unix_socket] {
        try {
          state.serve(descriptor, unix_socket, service);
        } catch (const std::exception& failure) {
          fmt::print(stderr, "winback-warehouse: a request failed: {}\n", failure.what());
        }
        const std::lock_guard lock{state.mutex};
        --state.clients;
        state.last_seen = Clock::now();
        state.gone.notify_all();
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t written = write(state.left, &one, sizeof one);
      }}.detach();
    }
  }
  // From here on nobody finds us; whoever stands in the backlog gets a closed connection and starts a successor.
  if (!state.config.socket.empty()) unlink(state.config.socket.c_str());
  stop();
  std::unique_lock lock{state.mutex};
  if (!state.gone.wait_for(lock, std::chrono::seconds{3}, [&] { return state.clients == 0; })) {
    lock.unlock();
    watch.cancel_all();
    lock.lock();
    // A client that neither reads nor leaves cannot hold us: main ends the process anyway.
    state.gone.wait_for(lock, std::chrono::seconds{2}, [&] { return state.clients == 0; });
  }
}

}  // namespace adapter::chdb
