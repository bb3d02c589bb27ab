#include "tests/support/smtp_peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace tests {
namespace {

/// Reads lines and data off one socket.
class Reader {
 public:
  explicit Reader(int socket) : socket_(socket) {}
  bool line(std::string& out) { return until("\r\n", out); }
  bool until(const std::string& end, std::string& out) {
    for (;;) {
      const std::size_t at = buffer_.find(end);
      if (at != std::string::npos) {
        out = buffer_.substr(0, at);
        buffer_.erase(0, at + end.size());
        return true;
      }
      char piece[16384];
      const ssize_t count = recv(socket_, piece, sizeof piece, 0);
      if (count <= 0) return false;
      buffer_.append(piece, static_cast<std::size_t>(count));
    }
  }
  bool wait_for_any() {
    if (!buffer_.empty()) return true;
    char piece[16384];
    const ssize_t count = recv(socket_, piece, sizeof piece, 0);
    if (count <= 0) return false;
    buffer_.append(piece, static_cast<std::size_t>(count));
    return true;
  }

 private:
  int socket_;
  std::string buffer_;
};

bool put(int socket, const std::string& text) {
  return send(socket, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

std::string without_dots(const std::string& text) {
  std::string out;
  bool start = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (start && text[i] == '.') {
      start = false;
      continue;
    }
    out += text[i];
    start = text[i] == '\n';
  }
  return out;
}

}  // namespace

SmtpPeer::SmtpPeer(Script script, std::vector<std::string> extensions)
    : script_(std::move(script)), extensions_(std::move(extensions)) {
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
      most_at_once_ = std::max(most_at_once_, open_.size());
      threads_.emplace_back([this, socket, number] { serve(socket, number); });
    }
  }};
}

SmtpPeer::~SmtpPeer() {
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

std::vector<Received> SmtpPeer::received() const {
  const std::lock_guard lock{mutex_};
  return received_;
}
std::size_t SmtpPeer::connections() const {
  const std::lock_guard lock{mutex_};
  return connections_;
}
std::size_t SmtpPeer::most_at_once() const {
  const std::lock_guard lock{mutex_};
  return most_at_once_;
}

bool SmtpPeer::answer(int socket, const std::string& stage, const std::string& text, const std::string& usual,
                      std::string& said) {
  const std::string scripted = script_ ? script_(stage, text) : std::string{};
  said = scripted.empty() ? usual : scripted;
  if (scripted == "drop") return false;
  if (scripted == "hang") {
    char byte = 0;
    while (recv(socket, &byte, 1, 0) > 0) {
    }
    return false;
  }
  return put(socket, said + "\r\n");
}

void SmtpPeer::serve(int socket, std::size_t number) {
  Reader reader{socket};
  std::string line, from, to, said;
  bool more = answer(socket, "greeting", "", "220 peer ESMTP", said);
  while (more && reader.line(line)) {
    std::string verb = line.substr(0, line.find_first_of(" :"));
    std::ranges::transform(verb, verb.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (verb == "EHLO") {
      std::string reply = "250-peer";
      for (const std::string& extension : extensions_) reply += "\r\n250-" + extension;
      more = answer(socket, "EHLO", line, reply + "\r\n250 HELP", said);
    } else if (verb == "AUTH") {
      more = answer(socket, "AUTH", line, "235 2.7.0 ok", said);
    } else if (verb == "MAIL") {
      from = line;
      more = answer(socket, "MAIL", line, "250 2.1.0 ok", said);
    } else if (verb == "RCPT") {
      to = line;
      more = answer(socket, "RCPT", line, "250 2.1.5 ok", said);
    } else if (verb == "DATA") {
      more = answer(socket, "DATA", line, "354 go on", said);
      if (!more || !said.starts_with('3')) continue;
      if (script_ && script_("body", "") == "drop") {
        reader.wait_for_any();
        break;
      }
      std::string bytes;
      if (!reader.until("\r\n.\r\n", bytes)) break;
      const auto at = std::chrono::system_clock::now();
      std::string reply = "250 2.0.0 Ok: queued as Q" + std::to_string(number);
      more = answer(socket, "dot", to, reply, said);
      // Taken, whatever was or was not answered: the test compares this ledger with what the sender believes.
      const std::lock_guard lock{mutex_};
      received_.push_back({from, to, without_dots(bytes + "\r\n"), number,
                           said.starts_with('4') || said.starts_with('5'), at});
    } else if (verb == "QUIT") {
      put(socket, "221 bye\r\n");
      break;
    } else {
      more = put(socket, verb == "RSET" || verb == "NOOP" ? "250 ok\r\n" : "502 no\r\n");
    }
  }
  const std::lock_guard lock{mutex_};
  open_.erase(number);
  close(socket);
}

}  // namespace tests
