#include "app/backup.h"

#include <algorithm>
#include <array>
#include <fstream>

#include <sys/stat.h>

#include "adapter/clickhouse/native_file.h"
#include "adapter/sqlite/open_sqlite.h"
#include "app/archive.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;

namespace {

/// Beside the store, the warehouse and the spool: what is made anew when it is needed, or is on its way in.
constexpr std::array<std::string_view, 8> kNotFiles = {"warehouse", "spool", "store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "letters-cache", "uploads", kRestoring};

Result<void> make_folder(const fs::path& folder) {
  std::error_code problem;
  fs::create_directories(folder, problem);
  if (problem) return fail(Code::exhausted, "the folder {} cannot be made: {}", folder.string(), problem.message());
  fs::permissions(folder, fs::perms::owner_all, problem);
  return {};
}

/// Copies one file; false when it is not there (any more).
Result<bool> take_copy(const fs::path& from, const fs::path& to) {
  std::ifstream in{from, std::ios::binary};
  if (!in) {
    std::error_code problem;
    if (!fs::exists(from, problem)) return false;
    return fail(Code::unavailable, "{} cannot be read", from.string());
  }
  WB_TRY(make_folder(to.parent_path()));
  {
    std::ofstream out{to, std::ios::binary | std::ios::trunc};
    std::error_code ignored;
    fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, ignored);
    std::string piece(1 << 20, '\0');
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) out.write(piece.data(), in.gcount());
    if (in.bad()) return fail(Code::unavailable, "{} cannot be read to its end", from.string());
    if (!out.flush()) return fail(Code::exhausted, "{} cannot be written; is there room on the disk?", to.string());
  }
  WB_TRY(make_durable(to));
  return true;
}

class Backup {
 public:
  Backup(Context& context, fs::path folder) : context_(context), folder_(std::move(folder)) {}

  Result<BackupManifest> run(base::Instant now) {
    manifest_.program = kProgramVersion;
    manifest_.began_at = base::to_string(now);
    WB_TRY(make_folder(folder_));
    // This order is what makes the parts agree; docs/operate.md gives the reasons.
    WB_TRY(take_log("spool"));
    WB_TRY(take_log("spool/ids"));
    WB_TRY(adapter::sqlite::copy_sqlite(context_.data() / "store.sqlite", folder_ / "store.sqlite"));
    WB_TRY(note("store.sqlite"));
    WB_TRY(take_warehouse());
    WB_TRY(take_files());
    WB_ASSIGN(port::ActStore* const store, context_.store());
    manifest_.workspace = store->workspace_id();
    WB_TRY(write_manifest(folder_, manifest_));
    return std::move(manifest_);
  }

 private:
  Result<void> note(const std::string& path) {
    WB_ASSIGN(auto file, measure_file(folder_, path));
    manifest_.files.push_back(std::move(file));
    return {};
  }

  /// The segments of a log, oldest first. One that goes while it is copied was worked off, and so were all before it.
  Result<void> take_log(const std::string& log) {
    std::vector<std::string> names;
    std::error_code problem;
    for (fs::directory_iterator at{context_.data() / log, problem}, end; !problem && at != end; at.increment(problem)) {
      if (at->is_regular_file(problem) && at->path().extension() == ".seg") names.push_back(at->path().filename().string());
    }
    std::ranges::sort(names);
    std::vector<std::string> taken;
    for (const std::string& name : names) {
      const std::string path = log + "/" + name;
      WB_ASSIGN(const bool there, take_copy(context_.data() / path, folder_ / path));
      if (there) {
        taken.push_back(path);
        continue;
      }
      for (const std::string& before : taken) fs::remove(folder_ / before, problem);
      taken.clear();
    }
    for (const std::string& path : taken) WB_TRY(note(path));
    return {};
  }

  Result<void> take_warehouse() {
    WB_ASSIGN(port::Warehouse* const warehouse, context_.warehouse());
    struct Found {
      std::string name, engine, definition;
    };
    std::vector<Found> found;
    WB_TRY(warehouse->select({"tables to back up",
                              "SELECT name, engine, create_table_query FROM system.tables WHERE database = currentDatabase() AND NOT is_temporary ORDER BY engine LIKE '%View', name"},
                             [&](base::Block&& block) -> Result<void> {
      WB_ASSIGN(const auto* name, block.need("name", base::ColumnKind::text));
      WB_ASSIGN(const auto* engine, block.need("engine", base::ColumnKind::text));
      WB_ASSIGN(const auto* definition, block.need("create_table_query", base::ColumnKind::text));
      for (std::size_t i = 0; i < block.rows(); ++i) found.push_back({std::string{name->text()[i]}, std::string{engine->text()[i]}, std::string{definition->text()[i]}});
      return {};
    }));
    WB_TRY(make_folder(folder_ / "warehouse"));
    for (const Found& table : found) {
      BackupManifest::Table taken{.name = table.name, .definition = table.definition, .file = {}, .rows = 0};
      if (!table.engine.ends_with("View")) WB_TRY(take_table(*warehouse, taken));
      manifest_.tables.push_back(std::move(taken));
    }
    return {};
  }

  Result<void> take_table(port::Warehouse& warehouse, BackupManifest::Table& table) {
    table.file = fmt::format("warehouse/{}.native", table.name);
    const fs::path file = folder_ / table.file;
    {
      std::ofstream out{file, std::ios::binary | std::ios::trunc};
      std::error_code ignored;
      fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, ignored);
      const std::string sql = fmt::format("SELECT * FROM `{}`", table.name);
      WB_TRY(warehouse.stream({"back up a table", sql}, "Native", [&](std::string_view bytes) -> Result<void> {
        if (!out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
          return fail(Code::exhausted, "{} cannot be written; is there room on the disk?", file.string());
        }
        return {};
      }));
      if (!out.flush()) return fail(Code::exhausted, "{} cannot be written; is there room on the disk?", file.string());
    }
    WB_TRY(make_durable(file));
    // Read back as a restore will: what cannot be read is found now.
    WB_ASSIGN(table.rows, adapter::clickhouse::read_native_file(file, [](base::Block&&) -> Result<void> { return {}; }));
    return note(table.file);
  }

  Result<void> take_files() {
    std::error_code problem;
    for (fs::recursive_directory_iterator at{context_.data(), problem}, end; !problem && at != end; at.increment(problem)) {
      const fs::path relative = at->path().lexically_relative(context_.data());
      if (std::ranges::find(kNotFiles, relative.begin()->string()) != kNotFiles.end()) {
        at.disable_recursion_pending();
        continue;
      }
      if (!at->is_regular_file(problem)) continue;
      const std::string path = (fs::path{"files"} / relative).string();
      WB_ASSIGN(const bool there, take_copy(at->path(), folder_ / path));
      if (there) WB_TRY(note(path));
    }
    if (problem) return fail(Code::unavailable, "{} cannot be read: {}", context_.data().string(), problem.message());
    return {};
  }

  Context& context_;
  const fs::path folder_;
  BackupManifest manifest_;
};

}  // namespace

Result<BackupManifest> back_up(Context& context, const fs::path& named, base::Instant now) {
  const fs::path target = fs::absolute(named).lexically_normal();
  std::error_code problem;
  if (fs::exists(target, problem)) return fail(Code::conflict, "{} is there already; name a new folder or file", target.string());
  const fs::path relative = target.lexically_relative(context.data());
  if (!relative.empty() && *relative.begin() != "..") return fail(Code::invalid_input, "{} lies in the data folder; keep backups elsewhere, best on another disk", target.string());
  if (!fs::exists(context.data() / "store.sqlite", problem)) return fail(Code::not_found, "{} holds no workspace yet; there is nothing to back up", context.data().string());
  const bool one_file = target.extension() == ".tar";
  const fs::path folder = one_file ? fs::path{target}.concat(".part") : target;
  if (one_file && fs::exists(folder, problem)) return fail(Code::conflict, "{} is there already; delete it and repeat the command", folder.string());
  auto manifest = Backup{context, folder}.run(now);
  if (manifest && one_file) {
    if (const auto packed = pack(folder, target); !packed) manifest = std::unexpected(packed.error());
  }
  if (!manifest || one_file) fs::remove_all(folder, problem);
  if (!manifest && one_file) fs::remove(target, problem);
  return manifest;
}

}  // namespace app
