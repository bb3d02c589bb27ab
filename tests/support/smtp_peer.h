#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tests {

/// A letter as the peer received it.
struct Received {
  std::string from;   ///< the whole MAIL command
  std::string to;     ///< the whole RCPT command
  std::string bytes;  ///< after undoing the dots
  std::size_t connection = 0;
  bool refused = false;  ///< the final dot was answered with 4yz or 5yz: not taken
  std::chrono::system_clock::time_point at;  ///< when the final dot came
};

/// A scripted SMTP server on 127.0.0.1, a thread a connection. It ends with the object.
class SmtpPeer {
 public:
  /// What to answer at a stage: "greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "body" (asked once half of the
  /// letter is there) or "dot", with the command's text. Empty: the usual good answer; "drop": the connection is
  /// closed; "hang": no answer, but the connection stays. May sleep.
  using Script = std::function<std::string(const std::string& stage, const std::string& text)>;

  explicit SmtpPeer(Script script = {}, std::vector<std::string> extensions = {"SMTPUTF8", "ENHANCEDSTATUSCODES"});
  ~SmtpPeer();
  SmtpPeer(const SmtpPeer&) = delete;
  SmtpPeer& operator=(const SmtpPeer&) = delete;

  std::uint16_t port() const { return port_; }
  std::vector<Received> received() const;
  std::size_t connections() const;
  std::size_t most_at_once() const;  ///< connections open at the same time

 private:
  void serve(int socket, std::size_t number);
  bool answer(int socket, const std::string& stage, const std::string& text, const std::string& usual, std::string& said);

  Script script_;
  std::vector<std::string> extensions_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  bool ending_ = false;
  std::vector<Received> received_;
  std::map<std::size_t, int> open_;
  std::size_t connections_ = 0;
  std::size_t most_at_once_ = 0;
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

}  // namespace tests
