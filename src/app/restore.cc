#include <fstream>

#include "adapter/clickhouse/native_file.h"
#include "app/archive.h"
#include "app/backup.h"

namespace app {

namespace fs = std::filesystem;
using base::Code;
using base::fail;
using base::Result;

namespace {

constexpr std::string_view kFiles = "files/", kSpool = "spool/";

Result<void> put(const fs::path& from, const fs::path& to) {
  std::error_code problem;
  fs::create_directories(to.parent_path(), problem);
  fs::permissions(to.parent_path(), fs::perms::owner_all, problem);
  fs::copy_file(from, to, problem);
  if (problem) return fail(Code::exhausted, "{} cannot be written: {}", to.string(), problem.message());
  fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, problem);
  return make_durable(to);
}

Result<void> fill_table(const fs::path& folder, const BackupManifest& manifest, const BackupManifest::Table& table, port::Warehouse& warehouse) {
  const std::string ask = fmt::format("SELECT count() AS rows FROM `{}`", table.name);
  std::uint64_t there = 0;
  WB_TRY(warehouse.select({"rows that are there", ask}, [&](base::Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* rows, block.need("rows", base::ColumnKind::u64));
    for (const std::uint64_t one : rows->as<std::uint64_t>()) there += one;
    return {};
  }));
  if (there > 0) {
    return fail(Code::conflict, "the warehouse of the settings holds rows already ({} in {}); restore into an empty one", there, table.name);
  }
  std::size_t piece = 0;
  WB_ASSIGN(const std::uint64_t rows, adapter::clickhouse::read_native_file(folder / table.file, [&](base::Block&& block) {
    const std::string token = fmt::format("restore:{}:{}:{}:{}", manifest.workspace, manifest.began_at, table.name, piece++);
    return warehouse.insert(table.name, token, block);
  }));
  if (rows != table.rows) return fail(Code::corrupt, "{} rows of {} were restored where the backup says {}", rows, table.name, table.rows);
  return {};
}

/// Tables with their rows, then views; a view that needs another one waits for it.
Result<void> fill_warehouse(const fs::path& folder, const BackupManifest& manifest, port::Warehouse& warehouse) {
  std::vector<const BackupManifest::Table*> views;
  for (const auto& table : manifest.tables) {
    std::string definition = table.definition;
    if (const std::size_t at = definition.find("CREATE TABLE "); at == 0) definition.insert(13, "IF NOT EXISTS ");
    if (table.file.empty()) {
      views.push_back(&table);
      continue;
    }
    WB_TRY(warehouse.execute({"restore a table", definition}));
    WB_TRY(fill_table(folder, manifest, table, warehouse));
  }
  while (!views.empty()) {
    std::vector<const BackupManifest::Table*> waiting;
    std::optional<base::Error> why;
    for (const auto* view : views) {
      std::string definition = view->definition;
      if (definition.starts_with("CREATE VIEW ")) definition.replace(0, 12, "CREATE OR REPLACE VIEW ");
      if (auto made = warehouse.execute({"restore a view", definition}); !made) {
        why = made.error();
        waiting.push_back(view);
      }
    }
    if (waiting.size() == views.size()) return std::unexpected(*why);
    views = std::move(waiting);
  }
  return {};
}

Result<std::size_t> pause_all(port::ActStore& store, const std::string& taken) {
  std::size_t paused = 0;
  WB_ASSIGN(const auto campaigns, store.campaigns().list());
  for (model::Campaign campaign : campaigns) {
    if (campaign.state != model::CampaignState::running) continue;
    campaign.state = model::CampaignState::paused;
    campaign.pause_reason = fmt::format("restored from the backup of {}", taken);
    WB_TRY(store.campaigns().save(campaign));
    ++paused;
  }
  return paused;
}

Result<Restored> restore_folder(const CommonOptions& common, const fs::path& folder, bool moved) {
  Restored restored;
  WB_ASSIGN(restored.manifest, read_checked_manifest(folder));
  const BackupManifest& manifest = restored.manifest;
  const fs::path data = fs::absolute(common.data).lexically_normal();
  std::error_code problem;
  fs::create_directories(data, problem);
  if (problem) return fail(Code::exhausted, "the data folder {} cannot be made: {}", data.string(), problem.message());
  fs::permissions(data, fs::perms::owner_all, problem);
  // Settings first: they say where the warehouse is. The store last: a folder without it holds no workspace.
  for (const auto& file : manifest.files) {
    if (file.path.starts_with(kFiles)) WB_TRY(put(folder / file.path, data / file.path.substr(kFiles.size())));
    if (file.path.starts_with(kSpool)) WB_TRY(put(folder / file.path, data / file.path));
  }
  WB_ASSIGN(const auto context, Context::open(common, true));
  {
    std::ofstream mark{data / kRestoring};
    if (!mark.flush()) return fail(Code::exhausted, "{} cannot be written", (data / kRestoring).string());
  }
  WB_ASSIGN(port::Warehouse* const warehouse, context->warehouse());
  WB_TRY(fill_warehouse(folder, manifest, *warehouse));
  WB_TRY(put(folder / "store.sqlite", data / "store.sqlite"));
  WB_ASSIGN(port::ActStore* const store, context->store());
  if (!moved) {
    WB_ASSIGN(restored.paused, pause_all(*store, manifest.began_at));
  }
  fs::remove(data / kRestoring, problem);
  WB_TRY(make_durable(data));
  return restored;
}

}  // namespace

Result<Restored> restore(const CommonOptions& common, const fs::path& backup, bool moved) {
  std::error_code problem;
  if (fs::exists(common.data, problem) && !fs::is_empty(common.data, problem)) {
    return fail(Code::conflict, "{} is not empty; a restore makes a data folder of its own: name a new one with --data", common.data);
  }
  if (fs::is_directory(backup, problem)) return restore_folder(common, backup, moved);
  if (!fs::is_regular_file(backup, problem)) return fail(Code::not_found, "there is no backup {}", backup.string());
  const fs::path unpacked = fs::absolute(common.data).lexically_normal().concat(".unpacked");
  if (fs::exists(unpacked, problem)) return fail(Code::conflict, "{} is there already, left by a restore that was cut off; delete it and repeat the command", unpacked.string());
  fs::create_directories(unpacked, problem);
  if (problem) return fail(Code::exhausted, "the folder {} cannot be made: {}", unpacked.string(), problem.message());
  fs::permissions(unpacked, fs::perms::owner_all, problem);
  auto restored = [&]() -> Result<Restored> {
    WB_TRY(unpack(backup, unpacked));
    return restore_folder(common, unpacked, moved);
  }();
  fs::remove_all(unpacked, problem);
  return restored;
}

}  // namespace app
