#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapter/chdb/engine.h"
#include "adapter/chdb/folder.h"

namespace adapter::chdb {

/// The head of one HTTP request.
struct Request {
  std::string method;
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded
  std::string user;
  std::string key;
};

/// One request on the wire. The service reads the body, then begins and ends one answer.
class Exchange {
 public:
  virtual ~Exchange() = default;

  /// The next bytes of the body into `to`; 0 at its end. An error means the client is gone or sent half a body.
  virtual std::expected<std::size_t, std::string> read(char* to, std::size_t size) = 0;

  /// Sends a whole short answer. `code` is the engine's number, 0 for none.
  virtual void answer(int status, int code, std::string_view text) = 0;

  /// Starts an answer of unknown length.
  virtual void begin(std::string_view content_type) = 0;

  /// False when the client is gone.
  virtual bool write(std::string_view bytes) = 0;

  /// Ends the answer.
  virtual void end() = 0;

  /// Breaks the answer off, so that nobody takes it for whole; `text` says why.
  virtual void abort(std::string_view text) = 0;

  /// The client's socket, to see whether it is still there while the engine works.
  virtual int descriptor() const = 0;
};

/// Who may ask. Empty password: everybody who can reach the socket.
struct Credentials {
  std::string user = "default";
  std::string password;
};

/// Watches the clients of running queries and cancels the queries of those that left.
class Watch {
 public:
  virtual ~Watch() = default;
  virtual void add(int descriptor, const std::string& tag) = 0;
  virtual void remove(const std::string& tag) = 0;
};

/// ClickHouse's HTTP interface over one engine. Safe for any number of threads.
class Service {
 public:
  Service(Engine& engine, Folder& folder, Watch& watch) : engine_(engine), folder_(folder), watch_(watch) {}

  /// Answers one request, always.
  void handle(const Request& request, const Credentials& credentials, Exchange& exchange);

 private:
  struct Job;
  void run(Job& job);
  EngineResult<void> connect(Job& job);
  bool falls_back(Job& job, const EngineError& error);
  void run_insert(Job& job, std::string_view sql, std::string_view format);
  void run_stream(Job& job, std::string_view sql);
  void run_whole(Job& job, std::string_view sql);
  void join_pieces(Job& job, std::string_view sql, std::string_view format);
  void convert(Job& job, std::string_view from, std::string_view to);

  Engine& engine_;
  Folder& folder_;
  Watch& watch_;
};

}  // namespace adapter::chdb
