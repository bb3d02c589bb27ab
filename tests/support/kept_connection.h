#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tests {

/// One kept HTTP connection to a server on 127.0.0.1, as SDKs hold them. Not for several threads.
class KeptConnection {
 public:
  explicit KeptConnection(std::uint16_t port);
  ~KeptConnection();
  KeptConnection(const KeptConnection&) = delete;
  KeptConnection& operator=(const KeptConnection&) = delete;

  /// The status of the answer to a POST; 0 when there was none (the server died, or ten seconds went by). Connects anew when it must.
  int post(std::string_view path, std::string_view head_lines, std::string_view body);

  /// Body of the last answer.
  const std::string& body() const { return body_; }

 private:
  bool connect();
  void close();
  std::uint16_t port_;
  int socket_ = -1;
  std::string buffer_, body_;
};

}  // namespace tests
