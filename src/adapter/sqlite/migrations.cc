#include <charconv>
#include <map>

#include "adapter/sqlite/database.h"
#include "base/hash.h"
#include "gen/files.h"

namespace adapter::sqlite {

using base::Code;
using base::fail;

namespace {

constexpr std::string_view kFolder = "sql/store/migrations/";

struct Migration {
  std::int64_t number = 0;
  std::string name;
  std::string_view text;
  std::string checksum;
};

/// "sql/store/migrations/0001_workspace.sql" in the order of their numbers.
std::map<std::int64_t, Migration> packed_migrations() {
  std::map<std::int64_t, Migration> migrations;
  for (const gen::File& file : gen::files()) {
    if (!file.path.starts_with(kFolder)) continue;
    Migration migration{.name = std::string{file.path.substr(kFolder.size())},
                        .text = file.text,
                        .checksum = base::to_hex(base::sha256(file.text))};
    std::from_chars(migration.name.data(), migration.name.data() + migration.name.size(), migration.number);
    WB_CHECK(migration.number > 0 && !migrations.contains(migration.number));
    migrations.emplace(migration.number, std::move(migration));
  }
  return migrations;
}

base::Result<bool> is_foreign(const Database& database) {
  static constexpr gen::store::Sql kTables{
      "look for tables",
      "SELECT COUNT(*), COALESCE(SUM(name = 'schema_migration'), 0) FROM sqlite_master WHERE type = 'table'"};
  WB_ASSIGN(Statement tables, database.prepare(kTables));
  WB_TRY(tables.step());
  return tables.integer(0) > 0 && tables.integer(1) == 0;
}

base::Result<void> bring_up_to_date(const Database& database) {
  WB_ASSIGN(const bool foreign, is_foreign(database));
  if (foreign) {
    return fail(Code::corrupt, "{} is a database of another program, not a store of winback; name another data folder",
                database.file().string());
  }
  WB_ASSIGN(Statement create, database.prepare(gen::store::create_migration_table));
  WB_TRY(create.run());

  auto migrations = packed_migrations();
  WB_ASSIGN(Statement applied, database.prepare(gen::store::list_migrations));
  for (;;) {
    WB_ASSIGN(const bool more, applied.step());
    if (!more) break;
    const auto known = migrations.find(applied.integer(0));
    if (known == migrations.end()) {
      return fail(Code::unsupported,
                  "the store {} was written by a newer winback (schema step {}); use the newer program",
                  database.file().string(), applied.text(1));
    }
    if (known->second.checksum != applied.text(2)) {
      return fail(Code::corrupt,
                  "the store {} was made with another version of schema step {}; use the program that made it, or "
                  "restore a backup",
                  database.file().string(), known->second.name);
    }
    migrations.erase(known);
  }
  for (const auto& [number, migration] : migrations) {
    WB_TRY(database.run_script(migration.name, std::string{migration.text}));
    WB_ASSIGN(Statement record, database.prepare(gen::store::record_migration));
    WB_TRY(record.bind("$number", number).bind("$name", migration.name).bind("$checksum", migration.checksum).run());
  }
  return {};
}

}  // namespace

base::Result<void> migrate(Database& database) {
  return database.transact([&] { return bring_up_to_date(database); });
}

}  // namespace adapter::sqlite
