#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace adapter::chdb {

/// What the engine said went wrong: its number (0 = none was given) and its own words.
struct EngineError {
  int code = 0;
  std::string text;
};

template <class T>
using EngineResult = std::expected<T, EngineError>;

/// `--name=value` given to a connection: lives and ends with it.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// `{name:Type}` values, escaped as ClickHouse's HTTP interface expects them.
using Parameters = std::vector<std::pair<std::string, std::string>>;

/// What a statement would do, by the engine's own parser.
enum class StatementClass : std::uint32_t {
  read_only = 0,
  mutating = 1,
  mutating_global = 2,
  control = 3,
  unknown = 4
};

struct Analysis {
  StatementClass kind = StatementClass::unknown;
  std::uint32_t statements = 0;
};

struct Api;  // the library's functions; engine.cc

/// The bytes of a whole result.
class Bytes {
 public:
  Bytes(const Api& api, void* result) : api_(&api), result_(result) {}
  Bytes(Bytes&& other) noexcept : api_(other.api_), result_(std::exchange(other.result_, nullptr)) {}
  Bytes& operator=(Bytes&& other) noexcept {
    std::swap(result_, other.result_);
    return *this;
  }
  ~Bytes();
  std::string_view view() const;

 private:
  const Api* api_;
  void* result_;
};

class Connection;

/// A running SELECT, read piece by piece. The connection does nothing else meanwhile.
class Cursor {
 public:
  Cursor(const Api& api, void* connection, void* result) : api_(&api), connection_(connection), result_(result) {}
  Cursor(Cursor&& other) noexcept
      : api_(other.api_),
        connection_(other.connection_),
        result_(std::exchange(other.result_, nullptr)),
        ended_(other.ended_) {}
  ~Cursor();  ///< cancels what has not been read

  /// The next piece; empty at the end.
  EngineResult<std::optional<Bytes>> next();

 private:
  const Api* api_;
  void* connection_;
  void* result_;
  bool ended_ = false;
};

/// A running INSERT that takes raw bytes of a format. Nothing of it is promised before `finish`.
class Inserter {
 public:
  Inserter(const Api& api, void* stream) : api_(&api), stream_(stream) {}
  Inserter(Inserter&& other) noexcept : api_(other.api_), stream_(std::exchange(other.stream_, nullptr)) {}
  ~Inserter();  ///< cancels when not finished

  /// False when the engine has refused; `finish` then says why.
  bool append(std::string_view bytes);
  EngineResult<void> finish();

 private:
  const Api* api_;
  void* stream_;
};

/// One session of the engine with its own settings. Used by one thread at a time.
class Connection {
 public:
  Connection(const Api& api, void** handle) : api_(&api), handle_(handle) {}
  Connection(Connection&& other) noexcept : api_(other.api_), handle_(std::exchange(other.handle_, nullptr)) {}
  Connection(const Connection&) = delete;
  ~Connection();

  /// Runs a statement and keeps its whole result in memory.
  EngineResult<Bytes> query(std::string_view sql, std::string_view format, const Parameters& parameters = {});

  /// Starts a SELECT whose result is fetched in pieces. Every piece is formatted by itself (headers repeat).
  EngineResult<Cursor> stream(std::string_view sql, std::string_view format, const Parameters& parameters);

  /// Starts an INSERT; the SQL has neither FORMAT nor data.
  EngineResult<Inserter> insert(std::string_view sql, std::string_view format, const Parameters& parameters);

  Analysis analyse(std::string_view sql) const;

 private:
  const Api* api_;
  void** handle_;
};

/// The engine of this process on one folder. Connections are cheap (0.2 ms) while one, kept inside, stays open.
class Engine {
 public:
  struct Config {
    std::filesystem::path library;  ///< empty: searched
    std::filesystem::path folder;   ///< absolute
    std::filesystem::path temporary;
    std::uint64_t memory_bytes = 0;  ///< of the whole engine
  };

  /// Loads the library and opens the folder; the error is one line that says what to do.
  static base::Result<std::unique_ptr<Engine>> open(const Config& config);
  ~Engine();

  /// A session with these settings over the engine's defaults.
  EngineResult<Connection> connect(const Settings& settings) const;

  /// Stops the query whose connection carries this tag (`kTagSetting`); returns at once. Any thread.
  void cancel(std::string_view tag);

  std::string version() const;

 private:
  Engine() = default;
  struct State;
  std::unique_ptr<State> state_;
};

/// A setting without any effect of its own, by which a running query is found to be cancelled.
inline constexpr std::string_view kTagSetting = "query_cache_tag";

}  // namespace adapter::chdb
