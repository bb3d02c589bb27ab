#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace http {

/// What a server bears.
struct Limits {
  std::uint32_t head_bytes = 16 * 1024;
  std::uint64_t body_bytes = 256 * 1024;
  std::chrono::seconds request_time{15};  ///< from the first byte awaited to the last one read, and for writing
  std::size_t connections = 1000;         ///< more are turned away
  std::size_t threads = 2;
  bool behind_proxy = false;              ///< believe the last address of X-Forwarded-For
};

/// Where the certificate chain and its private key are, two PEM files.
struct Tls {
  std::string certificate;
  std::string key;
};

/// HTTP/1.1 with kept connections. Handlers run on the server's threads, several at once; what they throw becomes a 500
/// without a word about the inside. HEAD gets the head of GET's answer.
class Server {
 public:
  /// Listens on "127.0.0.1:8080" or "[::1]:8080" (port 0: the system chooses) and begins to serve; with `tls` over TLS 1.2
  /// or 1.3 alone, with ciphers that give forward secrecy.
  static base::Result<std::unique_ptr<Server>> open(std::string_view listen, Handler handler, Limits limits = {}, std::optional<Tls> tls = {});

  /// Stops.
  ~Server();

  std::uint16_t port() const;

  /// Reads the certificate and its key again, for connections from now on. When they cannot be used the old ones stay.
  base::Result<void> renew_certificate();

  /// Takes no more connections, lets requests being served end for at most three seconds, closes the rest. Idempotent.
  void stop();

 private:
  Server();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace http
