#include "tests/support/http_call.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace tests {

HttpAnswer http_call(std::uint16_t port, const std::string& method, const std::string& path, const std::string& body,
                     const std::string& more_headers) {
  HttpAnswer answer;
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{10, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  std::string request = method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + more_headers;
  const bool typed = more_headers.find("Content-Type:") != std::string::npos;
  if (method == "POST" && !typed) request += "Content-Type: application/x-www-form-urlencoded\r\n";
  if (method == "POST" || !body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  request += "\r\n" + body;
  if (connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
      send(socket, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
    char piece[16384];
    for (ssize_t count = 0; (count = recv(socket, piece, sizeof piece, 0)) > 0;)
      answer.text.append(piece, static_cast<std::size_t>(count));
  }
  close(socket);
  if (answer.text.starts_with("HTTP/1.") && answer.text.size() > 12) answer.status = std::atoi(answer.text.c_str() + 9);
  return answer;
}

}  // namespace tests
