#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace adapter::clickhouse {

/// The server's address and who we are there.
struct Endpoint {
  std::string url;     ///< "http://host:8123", no path
  std::string socket;  ///< a Unix socket to go through; empty = TCP
  std::string user;
  std::string password;
};

/// Returned by an upload to break the call off: the server never sees the end of the body.
inline constexpr std::size_t kAbortUpload = 0x10000000;

/// What to send: the body is `text`, which must outlive the answer, or is produced by `upload` (fills the buffer, 0 at
/// the end) before the answer begins.
struct Call {
  std::string_view name;  ///< of the statement, for errors; like `text` it must outlive the call
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> query;
  std::string_view text;
  std::function<std::size_t(char*, std::size_t)> upload = {};
};

struct Wire;  // one kept connection; transport.cc

/// A successful answer being received. Dropping it unread breaks the connection, which cancels the query.
class Reply {
 public:
  explicit Reply(std::unique_ptr<Wire> wire, std::function<void(std::unique_ptr<Wire>)> give_back, std::string name);
  Reply(Reply&&) noexcept;
  ~Reply();

  /// Appends the next bytes; false at the end of a whole answer. An answer broken off is an error with the engine's own
  /// reason where it left one, `unavailable` otherwise.
  base::Result<bool> more(std::string& to);

 private:
  std::unique_ptr<Wire> wire_;
  std::function<void(std::unique_ptr<Wire>)> give_back_;
  std::string name_;
  std::string tail_;  // the last bytes received: an engine that must break off says there why
};

/// HTTP to one server over kept connections, for any number of threads.
class Transport {
 public:
  explicit Transport(Endpoint endpoint);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Sends the call and waits for the head of the answer. `unavailable` = nobody answered; the engine's refusals are
  /// mapped by engine_error.
  base::Result<Reply> start(const Call& call);

  /// The same, and the whole answer.
  base::Result<std::string> finish(const Call& call);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adapter::clickhouse
