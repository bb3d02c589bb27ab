#include "tests/support/http_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace tests {

std::string HttpPeer::status(int code, const std::string& more_headers) {
  return "HTTP/1.1 " + std::to_string(code) + " x\r\nContent-Length: 0\r\n" + more_headers + "\r\n";
}

HttpPeer::HttpPeer(Script script) : script_(std::move(script)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);  // a program under test inherits none of them
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    std::abort();
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread{[this] {
    for (;;) {
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      const std::lock_guard lock{mutex_};
      if (ending_) {
        close(socket);
        return;
      }
      const std::size_t number = connections_++;
      open_[number] = socket;
      threads_.emplace_back([this, socket, number] { serve(socket, number); });
    }
  }};
}

HttpPeer::~HttpPeer() {
  {
    const std::lock_guard lock{mutex_};
    ending_ = true;
    for (const auto& [number, socket] : open_) shutdown(socket, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  close(listener_);
  accepting_.join();
  for (std::thread& thread : threads_) thread.join();
}

std::vector<HttpRequest> HttpPeer::requests() const {
  const std::lock_guard lock{mutex_};
  return requests_;
}
std::size_t HttpPeer::connections() const {
  const std::lock_guard lock{mutex_};
  return connections_;
}

void HttpPeer::serve(int socket, std::size_t number) {
  std::string buffer;
  const auto receive = [&] {
    char piece[16384];
    const ssize_t count = recv(socket, piece, sizeof piece, 0);
    if (count > 0) buffer.append(piece, static_cast<std::size_t>(count));
    return count > 0;
  };
  for (bool more = true; more;) {
    std::size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos && (more = receive())) {
    }
    if (!more) break;
    HttpRequest request;
    std::string head = buffer.substr(0, end + 2);
    buffer.erase(0, end + 4);
    request.line = head.substr(0, head.find("\r\n"));
    for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
      const std::size_t stop = head.find("\r\n", at);
      const std::string line = head.substr(at, stop - at);
      at = stop + 2;
      std::string name = line.substr(0, line.find(':'));
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      request.headers[name] = line.substr(std::min(line.find(':') + 2, line.size()));
    }
    const std::size_t size =
        request.headers.contains("content-length") ? std::stoul(request.headers["content-length"]) : 0;
    while (buffer.size() < size && (more = receive())) {
    }
    if (!more) break;
    request.body = buffer.substr(0, size);
    buffer.erase(0, size);
    {
      const std::lock_guard lock{mutex_};
      requests_.push_back(request);
    }
    const std::string answer = script_(request);
    if (answer == "drop") break;
    if (answer == "hang") {
      while (receive()) {
      }
      break;
    }
    more = send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(answer.size());
  }
  const std::lock_guard lock{mutex_};
  open_.erase(number);
  close(socket);
}

}  // namespace tests
