#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include "adapter/sqlite/open_sqlite.h"

namespace adapter::sqlite {

using base::Code;
using base::fail;
using base::Result;

namespace {

struct Close {
  void operator()(sqlite3* handle) const { sqlite3_close(handle); }
};
using Handle = std::unique_ptr<sqlite3, Close>;

Result<Handle> open(const std::filesystem::path& file, int flags) {
  sqlite3* raw = nullptr;
  const int outcome = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
  Handle handle{raw};
  if (outcome != SQLITE_OK) {
    return fail(Code::unavailable, "the store {} cannot be opened: {}", file.string(), raw != nullptr ? sqlite3_errmsg(raw) : "no memory");
  }
  sqlite3_busy_timeout(raw, 10'000);
  return handle;
}

/// Whether every page of the copy is what it should be.
Result<void> check(sqlite3* copy, const std::filesystem::path& file) {
  std::string said;
  const auto note = [](void* to, int columns, char** values, char**) {
    if (columns > 0 && values[0] != nullptr && static_cast<std::string*>(to)->empty()) *static_cast<std::string*>(to) = values[0];
    return 0;
  };
  if (sqlite3_exec(copy, "PRAGMA quick_check", note, &said, nullptr) != SQLITE_OK) said = sqlite3_errmsg(copy);
  if (said == "ok") return {};
  return fail(Code::corrupt, "the store {} is damaged: {}; restore an earlier backup", file.string(), said);
}

}  // namespace

Result<void> copy_sqlite(const std::filesystem::path& from, const std::filesystem::path& to) {
  WB_ASSIGN(const Handle source, open(from, SQLITE_OPEN_READWRITE));
  if (const int made = ::open(to.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600); made >= 0) {
    ::close(made);
  } else {
    return fail(Code::conflict, "{} cannot be made; is it there already?", to.string());
  }
  {
    WB_ASSIGN(const Handle copy, open(to, SQLITE_OPEN_READWRITE));
    sqlite3_backup* backup = sqlite3_backup_init(copy.get(), "main", source.get(), "main");
    if (backup == nullptr) return fail(Code::internal, "the store cannot be copied: {}", sqlite3_errmsg(copy.get()));
    // All pages in one step: one moment's state, and those who write meanwhile wait for nothing.
    const int outcome = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (outcome != SQLITE_DONE) {
      return fail(outcome == SQLITE_FULL || outcome == SQLITE_IOERR ? Code::exhausted : Code::unavailable, "the store {} cannot be copied to {}: {}; is there room on the disk?",
                  from.string(), to.string(), sqlite3_errstr(outcome));
    }
    WB_TRY(check(copy.get(), from));
  }
  const int file = ::open(to.c_str(), O_RDONLY | O_CLOEXEC);
  const bool durable = file >= 0 && fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!durable) return fail(Code::exhausted, "{} cannot be brought to the disk", to.string());
  return {};
}

}  // namespace adapter::sqlite
