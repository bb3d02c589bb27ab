#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "gen/sql_store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace adapter::sqlite {

class Database;

/// One prepared statement, lent by its database and given back at the end. Parameters are bound by name; a name the statement does not have is a defect of ours.
class Statement {
 public:
  using Idle = std::vector<sqlite3_stmt*>;
  Statement(const Database& database, sqlite3_stmt* statement, std::string_view name, Idle& idle)
      : database_(&database), statement_(statement), name_(name), idle_(&idle) {}
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(const char* parameter, std::int64_t value);
  Statement& bind(const char* parameter, double value);
  Statement& bind(const char* parameter, std::string_view value);
  Statement& bind_bytes(const char* parameter, std::string_view value);
  Statement& bind(const char* parameter, const std::optional<std::int64_t>& value);

  /// True when a row is there, false at the end.
  base::Result<bool> step();

  /// Runs it to the end and makes it ready to be bound anew.
  base::Result<void> run();

  std::int64_t integer(int column) const;
  std::optional<std::int64_t> maybe_integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;

 private:
  int index(const char* parameter) const;
  const Database* database_;
  sqlite3_stmt* statement_;
  std::string_view name_;
  Idle* idle_;  ///< where it is given back to
};

/// One SQLite file, one connection. Callers hold `mutex()` over what must not interleave.
class Database {
 public:
  static base::Result<std::unique_ptr<Database>> open(const std::filesystem::path& file);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Statements are compiled once and used again; their texts outlive this object.
  base::Result<Statement> prepare(const gen::store::Sql& sql) const;
  void give_back(Statement::Idle& idle, sqlite3_stmt* statement) const;

  /// Runs statements without results, one after another.
  base::Result<void> run_script(std::string_view name, const std::string& sql) const;

  /// Runs the work in one transaction; its error, or a failing commit, leaves everything as it was. Within another
  /// transaction the work becomes part of that one.
  base::Result<void> transact(const std::function<base::Result<void>()>& work) const;

  /// Runs the work on one state of the file: what others commit meanwhile is not seen. The work changes nothing.
  base::Result<void> look(const std::function<base::Result<void>()>& work) const;

  std::int64_t last_id() const;
  std::int64_t changed_rows() const;

  /// The last failure as one sentence that says what to do.
  base::Error error(std::string_view doing) const;

  const std::filesystem::path& file() const { return file_; }
  std::recursive_mutex& mutex() const { return mutex_; }

 private:
  /// The program's texts lie where they are: their place finds them faster than their hash.
  struct Place {
    std::size_t operator()(std::string_view text) const { return std::hash<const void*>{}(text.data()); }
  };
  Database(std::filesystem::path file, sqlite3* handle) : file_(std::move(file)), handle_(handle) {}
  std::filesystem::path file_;
  sqlite3* handle_;
  mutable std::unordered_map<std::string_view, Statement::Idle, Place> idle_;  // compiled, by text
  base::Result<void> within(const char* begin, const std::function<base::Result<void>()>& work) const;
  mutable int depth_ = 0;               // of transactions within transactions
  mutable std::recursive_mutex mutex_;  // recursive: a sink called with a row may ask the store something else
};

/// Brings the schema up to date with the migrations packed into the program, all in one transaction.
base::Result<void> migrate(Database& database);

}  // namespace adapter::sqlite
