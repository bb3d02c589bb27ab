#pragma once

#include <atomic>
#include <memory>

#include "adapter/smtp/mime.h"
#include "adapter/smtp/open_smtp.h"
#include "adapter/smtp/reply.h"

namespace adapter::smtp {

/// What the lines of one channel know of the server together.
struct ServerFacts {
  std::atomic<bool> greeted{false};   ///< an EHLO was answered
  std::atomic<bool> smtputf8{false};  ///< and offered SMTPUTF8
};

/// How one transaction ended.
struct Transaction {
  model::Outcome outcome;
  Stage stage = Stage::connect;  ///< with `connect` the server, not the letter, is at fault
  Reply reply;
};

/// One kept connection to the server, used by one thread at a time. libcurl waits for the reply to the final dot inside
/// its multi interface, so letters go in parallel over several lines, each with its own thread.
class Line {
 public:
  Line(const SmtpConfig& config, ServerFacts& facts);
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  /// Sends the letter once.
  Transaction send(const Letter& letter);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adapter::smtp
