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

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

#include "adapter/chdb/connection.h"

namespace adapter::chdb {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kBacklog = 128;

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
          const Credentials credentials = unix_socket ? Credentials{} : state.config.tcp_credentials;
          serve_connection(descriptor, unix_socket, state.stopping, credentials, service);
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
