#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "adapter/chdb/service.h"

namespace adapter::chdb {

/// The sockets: one thread a client, HTTP/1.1 with kept connections.
class Server {
 public:
  struct Config {
    std::filesystem::path socket;  ///< Unix socket, empty: none
    std::string listen_host;       ///< TCP, empty: none
    std::uint16_t listen_port = 0;
    Credentials tcp_credentials;
    std::chrono::milliseconds idle{30000};  ///< ends this long after the last client left; 0 = stays
  };

  /// Listens; the error is one line that says what to do.
  static base::Result<std::unique_ptr<Server>> open(const Config& config);
  ~Server();

  /// The TCP port in use (the system chooses one for port 0); 0 without TCP.
  std::uint16_t port() const;

  /// Serves until nobody has been connected for the idle time, or `stop`. Running queries get three seconds to end.
  void run(Engine& engine, Folder& folder);

  /// Makes `run` return. May be called from a signal handler.
  void stop();

 private:
  Server() = default;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adapter::chdb
