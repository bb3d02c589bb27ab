#include "adapter/chdb/sql_text.h"

#include <gtest/gtest.h>

namespace adapter::chdb {
namespace {

TEST(SqlText, FindsTheFormatOfAnInsert) {
  const SqlText text = read_sql("INSERT INTO t (`format`, b) FORMAT Native");
  EXPECT_EQ(text.head, "INSERT");
  EXPECT_EQ(text.format, "Native");
  EXPECT_EQ(text.before_format, "INSERT INTO t (`format`, b) ");
  EXPECT_EQ(text.after_format, "");
}

TEST(SqlText, DataAfterTheFormatIsNoSql) {
  const SqlText text = read_sql("insert into t format CSV\n1,'x' FORMAT y");
  EXPECT_EQ(text.format, "CSV");
  EXPECT_EQ(text.after_format, "\n1,'x' FORMAT y");
}

TEST(SqlText, WordsInStringsCommentsAndBracketsAreNotSeen) {
  EXPECT_EQ(read_sql("SELECT 'a FORMAT b', \"FORMAT c\" /* FORMAT d */ -- FORMAT e\n, (SELECT 1 FORMAT f)").format, "");
  EXPECT_EQ(read_sql("SELECT format('{}', 1)").format, "");
  EXPECT_EQ(read_sql("SELECT 'it\\'s FORMAT x' FORMAT JSON;").format, "JSON");
  EXPECT_FALSE(read_sql("SELECT 'INTO OUTFILE'").has_outfile);
  EXPECT_TRUE(read_sql("SELECT 1 into outFile 'x'").has_outfile);
}

TEST(SqlText, TheLastFormatOfASelectCounts) {
  const SqlText text = read_sql("-- heading\nSELECT 1 AS a FORMAT CSV SETTINGS max_threads = 1");
  EXPECT_EQ(text.head, "SELECT");
  EXPECT_EQ(text.format, "CSV");
  EXPECT_EQ(text.after_format, " SETTINGS max_threads = 1");
}

TEST(SqlText, UnendedTextEndsTheScan) {
  EXPECT_EQ(read_sql("SELECT 'open FORMAT x").format, "");
  EXPECT_EQ(read_sql("SELECT 1 /* open FORMAT x").format, "");
  EXPECT_EQ(read_sql("").head, "");
}

TEST(SqlText, KnowsWhatACreateMakes) {
  EXPECT_EQ(created_if_absent("CREATE TABLE IF NOT EXISTS facts (a Int8)"), "facts");
  EXPECT_EQ(created_if_absent(" create table\n if not exists winback.facts(a Int8)"), "winback.facts");
  EXPECT_EQ(created_if_absent("CREATE TABLE facts (a Int8)"), "");
  EXPECT_EQ(created_if_absent("CREATE VIEW IF NOT EXISTS v AS SELECT 1"), "");
}

TEST(Headings, KnownFormats) {
  EXPECT_EQ(heading_lines("Native"), 0);
  EXPECT_EQ(heading_lines("jsoneachrow"), 0);
  EXPECT_EQ(heading_lines("CSVWithNames"), 1);
  EXPECT_EQ(heading_lines("TSVWithNamesAndTypes"), 2);
  EXPECT_EQ(heading_lines("Parquet"), -1);
  EXPECT_EQ(heading_lines("JSON"), -1);
  EXPECT_EQ(heading_lines("PrettyCompact"), -1);
}

TEST(Headings, NewlinesInQuotedNamesBelongToTheHeading) {
  EXPECT_EQ(heading_size("\"a\nb\",\"c\"\"\n\"\n1,2\n", "CSVWithNames", 1), 13U);
  EXPECT_EQ(heading_size("a\tb\nInt8\tInt8\n1\t2\n", "TSVWithNamesAndTypes", 2), 14U);
}

}  // namespace
}  // namespace adapter::chdb
