#include "tests/support/kept_connection.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

#include <fmt/core.h>

namespace tests {

KeptConnection::KeptConnection(std::uint16_t port) : port_(port) {}
KeptConnection::~KeptConnection() { close(); }

void KeptConnection::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  buffer_.clear();
}

bool KeptConnection::connect() {
  close();
  socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval most{10, 0};
  const int yes = 1;
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
  close();
  return false;
}

int KeptConnection::post(std::string_view path, std::string_view head_lines, std::string_view body) {
  body_.clear();
  if (socket_ < 0 && !connect()) return 0;
  std::string request = fmt::format("POST {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}Content-Length: {}\r\n\r\n", path, head_lines, body.size());
  request += body;
  for (std::string_view rest = request; !rest.empty();) {
    const ssize_t sent = send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) return close(), 0;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  std::size_t head_end = std::string::npos, length = 0;
  for (;;) {
    if (head_end == std::string::npos && (head_end = buffer_.find("\r\n\r\n")) != std::string::npos) {
      const std::size_t at = buffer_.find("Content-Length: ");
      if (at < head_end) std::from_chars(buffer_.data() + at + 16, buffer_.data() + head_end, length);
    }
    if (head_end != std::string::npos && buffer_.size() >= head_end + 4 + length) break;
    char piece[16384];
    const ssize_t got = recv(socket_, piece, sizeof piece, 0);
    if (got <= 0) return close(), 0;
    buffer_.append(piece, static_cast<std::size_t>(got));
  }
  const int status = buffer_.size() > 12 ? std::atoi(buffer_.c_str() + 9) : 0;
  body_ = buffer_.substr(head_end + 4, length);
  const bool ends = buffer_.find("Connection: close") < head_end;
  buffer_.erase(0, head_end + 4 + length);
  if (ends) close();
  return status;
}

}  // namespace tests
