#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tests {

/// A request as the peer received it.
struct HttpRequest {
  std::string line;                            ///< "POST /in HTTP/1.1"
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// A scripted HTTP/1.1 server on 127.0.0.1, a thread a connection. It ends with the object.
class HttpPeer {
 public:
  /// The whole answer to a request; "drop": the connection is closed without one; "hang": it stays open without one.
  using Script = std::function<std::string(const HttpRequest& request)>;

  explicit HttpPeer(Script script);
  ~HttpPeer();
  HttpPeer(const HttpPeer&) = delete;
  HttpPeer& operator=(const HttpPeer&) = delete;

  /// A whole answer without body.
  static std::string status(int code, const std::string& more_headers = {});

  std::uint16_t port() const { return port_; }
  std::vector<HttpRequest> requests() const;
  std::size_t connections() const;

 private:
  void serve(int socket, std::size_t number);

  Script script_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  bool ending_ = false;
  std::vector<HttpRequest> requests_;
  std::map<std::size_t, int> open_;
  std::size_t connections_ = 0;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace tests
