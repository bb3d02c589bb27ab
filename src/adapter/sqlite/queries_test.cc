// Every named query is prepared against the schema the migrations make: a typo in SQL fails here, not at a user's.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "adapter/sqlite/database.h"
#include "gen/files.h"
#include "tests/support/places.h"

namespace adapter::sqlite {
namespace {

/// The texts of the blocks "-- name: x" as gen.py sees them.
std::vector<std::pair<std::string, std::string>> named_queries() {
  std::vector<std::pair<std::string, std::string>> queries;
  for (const auto& entry : std::filesystem::directory_iterator{tests::source_dir() / "sql/store"}) {
    if (entry.path().extension() != ".sql") continue;
    const std::string text = tests::read_file(entry.path());
    for (std::size_t at = text.find("-- name: "); at != text.npos;) {
      const std::size_t line = text.find('\n', at);
      const std::size_t next = text.find("-- name: ", line);
      queries.emplace_back(text.substr(at + 9, line - at - 9), text.substr(line, next - line));
      at = next;
    }
  }
  return queries;
}

TEST(StoreQueries, EveryOneIsValidOnTheMigratedSchema) {
  tests::TemporaryFolder folder;
  auto database = Database::open(folder.path() / "store.sqlite");
  ASSERT_TRUE(database) << database.error().message;
  const auto migrated = migrate(**database);
  ASSERT_TRUE(migrated) << migrated.error().message;
  const auto queries = named_queries();
  EXPECT_GE(queries.size(), 15U);
  for (const auto& [name, text] : queries) {
    const gen::store::Sql sql{name, text};
    const auto prepared = (*database)->prepare(sql);
    EXPECT_TRUE(prepared) << prepared.error().message;
  }
}

TEST(StoreQueries, AllParametersHaveNames) {
  for (const auto& [name, text] : named_queries()) EXPECT_EQ(text.find('?'), std::string::npos) << name;
}

}  // namespace
}  // namespace adapter::sqlite
