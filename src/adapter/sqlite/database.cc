#include "adapter/sqlite/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace adapter::sqlite {

using base::Code;
using base::fail;

namespace {
constexpr int kPatienceMs = 5000;

// Sending touches a few pages of many tables for every message: they stay in memory (64 MB), and the log is brought into
// the file every 64 MB and not every 4.
constexpr const char* kManner =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON;"
    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16384";
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)), name_(other.name_), idle_(other.idle_) {}

Statement::~Statement() {
  if (statement_ != nullptr) database_->give_back(*idle_, statement_);
}

int Statement::index(const char* parameter) const {
  const int found = sqlite3_bind_parameter_index(statement_, parameter);
  WB_CHECK(found != 0);
  return found;
}

Statement& Statement::bind(const char* parameter, std::int64_t value) {
  sqlite3_bind_int64(statement_, index(parameter), value);
  return *this;
}

Statement& Statement::bind(const char* parameter, double value) {
  sqlite3_bind_double(statement_, index(parameter), value);
  return *this;
}

Statement& Statement::bind(const char* parameter, std::string_view value) {
  sqlite3_bind_text64(statement_, index(parameter), value.empty() ? "" : value.data(), value.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::bind_bytes(const char* parameter, std::string_view value) {
  sqlite3_bind_blob64(statement_, index(parameter), value.data(), value.size(), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind(const char* parameter, const std::optional<std::int64_t>& value) {
  if (value) return bind(parameter, *value);
  sqlite3_bind_null(statement_, index(parameter));
  return *this;
}

base::Result<bool> Statement::step() {
  const int outcome = sqlite3_step(statement_);
  if (outcome == SQLITE_ROW) return true;
  if (outcome == SQLITE_DONE) return false;
  return std::unexpected(database_->error(name_));
}

base::Result<void> Statement::run() {
  for (;;) {
    WB_ASSIGN(const bool more, step());
    if (!more) break;
  }
  sqlite3_reset(statement_);
  return {};
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::optional<std::int64_t> Statement::maybe_integer(int column) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return std::nullopt;
  return integer(column);
}

double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? std::string{} : std::string{bytes, size};
}

base::Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file) {
  std::error_code failed;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), failed);
  if (failed) {
    return fail(Code::unavailable,
                "cannot make the folder {}: {}; give the user rights there, or name another data folder",
                file.parent_path().string(), failed.message());
  }
  // It holds addresses of people: nobody else reads it. Only a file that is not there is opened and closed here: closing one
  // that this process has open already would let go of all its locks on it (POSIX), and another program's end would then
  // take the journal away under us.
  const bool in_memory = file == ":memory:";
  if (const int made = in_memory ? -1 : ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600); made >= 0) close(made);
  // SQLite counts its memory under one lock for all threads; nobody asks for the sum. Only heeded before its first use.
  static const int not_counted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(not_counted);
  sqlite3* handle = nullptr;
  // Without SQLite's own lock around every call: mutex_ is held over whole statements.
  const int outcome = sqlite3_open_v2(file.c_str(), &handle,
                                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Database> database{new Database{file, handle}};
  if (outcome != SQLITE_OK) return std::unexpected(database->error("open it"));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kPatienceMs);
  WB_TRY(database->run_script("open it", kManner));
  return database;
}

Database::~Database() {
  for (auto& [text, statements] : idle_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close(handle_);
}

base::Result<Statement> Database::prepare(const gen::store::Sql& sql) const {
  const std::lock_guard lock{mutex_};
  Statement::Idle& idle = idle_[sql.text];
  sqlite3_stmt* statement = nullptr;
  if (!idle.empty()) {
    statement = idle.back();
    idle.pop_back();
  } else if (sqlite3_prepare_v3(handle_, sql.text.data(), static_cast<int>(sql.text.size()), SQLITE_PREPARE_PERSISTENT,
                                &statement, nullptr) != SQLITE_OK) {
    return std::unexpected(error(sql.name));
  }
  return Statement{*this, statement, sql.name, idle};
}

void Database::give_back(Statement::Idle& idle, sqlite3_stmt* statement) const {
  const std::lock_guard lock{mutex_};
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  idle.push_back(statement);
}

base::Result<void> Database::run_script(std::string_view name, const std::string& sql) const {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return std::unexpected(error(name));
  return {};
}

base::Result<void> Database::transact(const std::function<base::Result<void>()>& work) const {
  return within("BEGIN IMMEDIATE", work);
}

base::Result<void> Database::look(const std::function<base::Result<void>()>& work) const { return within("BEGIN", work); }

base::Result<void> Database::within(const char* begin, const std::function<base::Result<void>()>& work) const {
  const std::lock_guard lock{mutex_};
  if (depth_ > 0) return work();
  WB_TRY(run_script("begin a change", begin));
  struct Depth {  // also when the work throws, as a simulated crash does
    int& depth;
    const Database& database;
    ~Depth() {
      --depth;
      if (std::uncaught_exceptions() > 0 && sqlite3_get_autocommit(database.handle_) == 0)
        sqlite3_exec(database.handle_, "ROLLBACK", nullptr, nullptr, nullptr);
    }
  };
  base::Result<void> outcome;
  {
    ++depth_;
    const Depth leave{depth_, *this};
    outcome = work();
  }
  if (outcome) outcome = run_script("commit a change", "COMMIT");
  // A failing statement may have ended the transaction already (a full disk does).
  if (!outcome && sqlite3_get_autocommit(handle_) == 0) sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  return outcome;
}

std::int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle_); }
std::int64_t Database::changed_rows() const { return sqlite3_changes64(handle_); }

base::Error Database::error(std::string_view doing) const {
  const std::string where = file_.string();
  const std::string why = sqlite3_errmsg(handle_);
  const auto make = [](Code code, std::string message) { return base::Error{code, std::move(message)}; };
  switch (sqlite3_errcode(handle_) & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return make(
          Code::conflict,
          fmt::format("the store {} is locked by another program; wait until it is done and run the same command again",
                      where));
    case SQLITE_FULL:
      return make(
          Code::exhausted,
          fmt::format(
              "the disk under the store {} is full; free space and run the same command again, nothing was lost",
              where));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return make(
          Code::corrupt,
          fmt::format("the store {} is damaged or no store of winback ({}); restore it from a backup", where, why));
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return make(
          Code::unavailable,
          fmt::format("the store {} cannot be opened for writing ({}); give the user rights there", where, why));
    case SQLITE_IOERR:
      return make(Code::unavailable,
                  fmt::format("the disk under the store {} failed ({}); check the disk and run the same command again",
                              where, why));
    case SQLITE_CONSTRAINT:
      return make(Code::conflict, fmt::format("the store {} refused '{}': {}", where, doing, why));
    default: return make(Code::internal, fmt::format("the store {} could not do '{}': {}", where, doing, why));
  }
}

}  // namespace adapter::sqlite
