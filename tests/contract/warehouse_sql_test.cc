// What every SQL text of the warehouse has to keep to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gen/sql_warehouse.h"
#include "tests/support/table_sql.h"

namespace tests {
namespace {

using testing::HasSubstr;

TEST(WarehouseSql, EveryTableIsDurable) {
  int tables = 0;
  for (const gen::warehouse::Sql& sql : gen::warehouse::kAll) {
    if (sql.text.find("CREATE TABLE") == sql.text.npos) continue;
    ++tables;
    EXPECT_TRUE(sql.text.ends_with(gen::warehouse::durable.text)) << sql.name;
  }
  EXPECT_GE(tables, 7);
  for (const std::string_view setting :
       {"fsync_after_insert = 1", "fsync_part_directory = 1", "old_parts_lifetime = 480",
        "min_rows_to_fsync_after_merge = 1", "non_replicated_deduplication_window = "})
    EXPECT_THAT(std::string{gen::warehouse::durable.text}, HasSubstr(std::string{setting}));
}

TEST(WarehouseSql, EveryTableKeepsOneRowAKey) {
  for (const gen::warehouse::Sql& sql : gen::warehouse::kAll) {
    const auto table = read_create_table(sql.text);
    if (!table) continue;
    EXPECT_NE(sql.text.find("ENGINE = ReplacingMergeTree"), sql.text.npos) << sql.name;
    EXPECT_FALSE(table->key.empty()) << sql.name;
    for (const std::string& name : table->key)
      EXPECT_TRUE(std::ranges::find(table->columns, name, &TableSql::Column::name) != table->columns.end())
          << sql.name << ": " << name;
  }
}

/// Files are read and written by the program, never by the engine: local and remote are one path.
TEST(WarehouseSql, NoStatementTouchesFiles) {
  for (const gen::warehouse::Sql& sql : gen::warehouse::kAll) {
    for (const std::string_view word : {"INTO OUTFILE", "FROM INFILE", "file(", "url("})
      EXPECT_EQ(sql.text.find(word), sql.text.npos) << sql.name << ": " << word;
  }
}

}  // namespace
}  // namespace tests
