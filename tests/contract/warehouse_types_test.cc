// The engine's types that are not ours: widened when read, refused by name when they cannot be. And Parquet files.
#include <gtest/gtest.h>

#include "gen/sql_warehouse.h"
#include "tests/contract/peers.h"
#include "tests/support/fake_warehouse.h"

namespace tests {
namespace {

using base::Block;
using base::Code;
using base::Column;
using base::ColumnKind;

class EngineTypes : public testing::Test {
 protected:
  static void SetUpTestSuite() { folder_ = new LocalFolder; }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }
  void SetUp() override {
    WB_NEED_ENGINE();
    auto opened = adapter::clickhouse::open_clickhouse(local_config(folder_->path()));
    ASSERT_TRUE(opened) << opened.error().message;
    warehouse_ = std::move(*opened);
    auto parquet = adapter::clickhouse::open_parquet(local_config(folder_->path()));
    ASSERT_TRUE(parquet) << parquet.error().message;
    parquet_ = std::move(*parquet);
  }

  base::Result<Block> ask(std::string_view sql) {
    Block all;
    WB_TRY(warehouse_->select({.name = "types", .sql = sql}, [&](Block&& block) -> base::Result<void> {
      all = std::move(block);
      return {};
    }));
    return all;
  }

  base::Result<Block> read_parquet(const std::string& path) {
    Block all;
    const auto done = parquet_->read(path, [&](Block&& block) -> base::Result<void> {
      append_block(all, std::move(block));
      return {};
    });
    if (!done) return std::unexpected(done.error());
    return all;
  }

  std::unique_ptr<port::Warehouse> warehouse_;
  std::unique_ptr<port::Parquet> parquet_;
  static LocalFolder* folder_;
};
LocalFolder* EngineTypes::folder_ = nullptr;

struct Case {
  const char* sql;
  ColumnKind kind;
  const char* value;
};

TEST_F(EngineTypes, AreWidenedToOurs) {
  using enum ColumnKind;
  const Case cases[] = {
      {"toUInt16(65535)", u32, "65535"},
      {"true", u8, "1"},
      {"toInt8(-128)", i32, "-128"},
      {"toInt16(-32768)", i32, "-32768"},
      {"toFloat32(0.5)", f64, "0.5"},
      {"toDate('2023-03-04')", day, "2023-03-04"},
      {"toDate32('1950-03-04')", day, "1950-03-04"},
      {"toDateTime('2023-03-04 05:06:07', 'UTC')", instant, "2023-03-04T05:06:07Z"},
      {"toDateTime('2023-03-04 05:06:07', 'Asia/Shanghai')", instant, "2023-03-03T21:06:07Z"},
      {"toDateTime64('1960-01-01 00:00:00.123456', 6, 'UTC')", instant, "1960-01-01T00:00:00Z"},
      {"toDateTime64('2023-03-04 05:06:07', 0, 'UTC')", instant, "2023-03-04T05:06:07Z"},
      {"toDecimal32('-12.34', 2)", amount, "-12.34"},
      {"toDecimal64('12.345678', 6)", amount, "12.345678"},
      {"sum(toDecimal64('0.1', 6))", amount, "0.1"},  // the engine makes it Decimal(38, 6)
      {"toDecimal128('-5', 20)", amount, "-5"},
      {"toFixedString('ab', 2)", text, "ab"},
      {"CAST('b', 'Enum8(\\'a\\' = -1, \\'b\\' = 2)')", text, "b"},
      {"CAST('it\\'s', 'Enum16(\\'it\\\\\\'s\\' = 1000)')", text, "it's"},
      {"toLowCardinality('low')", text, "low"},
      {"CAST('x', 'LowCardinality(Nullable(String))')", text, "x"},
      {"CAST(NULL, 'LowCardinality(Nullable(String))')", text, "\\N"},
      {"arrayMap(x -> toLowCardinality(toString(x)), range(0))", text_list, "[]"},
      {"NULL", text, "\\N"},
      {"toNullable(toUInt8(7))", u8, "7"},
      {"CAST(NULL, 'Nullable(Float64)')", f64, "\\N"},
      {"[toUInt8(1), 2]", i32_list, "[1,2]"},
      {"[toUInt32(4294967295)]", i64_list, "[4294967295]"},
      {"[toUInt64(1)]", i64_list, "[1]"},
      {"[toFloat32(0.25)]", f64_list, "[0.25]"},
      {"groupArray(toLowCardinality('g'))", text_list, "[g]"},
      {"[toDate('1970-01-03')]", i32_list, "[2]"},
      {"[toDecimal64('1.5', 2)]", i64_list, "[1500000]"},
      {"[]", text_list, "[]"},
  };
  for (const Case& c : cases) {
    const auto got = ask(fmt::format("SELECT {} AS x", c.sql));
    ASSERT_TRUE(got) << c.sql << ": " << got.error().message;
    ASSERT_EQ(got->rows(), 1U) << c.sql;
    EXPECT_EQ(got->columns[0].kind, c.kind) << c.sql;
    EXPECT_EQ(value_text(got->columns[0], 0), c.value) << c.sql;
  }
}

TEST_F(EngineTypes, OthersAreRefusedByName) {
  for (const char* sql : {"(1, 2)", "map('a', 1)", "[[1]]", "[NULL, 1]", "toInt128(1)", "generateUUIDv4()",
                          "toDecimal128('0.0000001', 7)", "toDecimal128('99999999999999', 6)"}) {
    const auto got = ask(fmt::format("SELECT {} AS strange_column", sql));
    ASSERT_FALSE(got) << sql;
    EXPECT_NE(got.error().message.find("strange_column"), std::string::npos) << got.error().message;
    EXPECT_TRUE(got.error().code == Code::unsupported || got.error().code == Code::invalid_input)
        << got.error().message;
  }
}

TEST_F(EngineTypes, LowCardinalityColumnsTakePlainText) {
  const auto made = warehouse_->execute(
      {.name = "create",
       .sql = fmt::format(
           "CREATE TABLE low (id UInt64, word LowCardinality(String)) ENGINE = MergeTree ORDER BY id SETTINGS {}",
           gen::warehouse::durable.text)});
  ASSERT_TRUE(made) << made.error().message;
  Block block;
  block.columns = {Column{"id", ColumnKind::u32}, Column{"word", ColumnKind::text}};
  for (std::uint32_t i = 0; i < 1000; ++i) {
    block.columns[0].as<std::uint32_t>().push_back(i);
    block.columns[1].text().push_back(i % 2 == 0 ? "even" : "odd");
  }
  const auto inserted = warehouse_->insert("low", "t", block);
  ASSERT_TRUE(inserted) << inserted.error().message;
  const auto got = ask("SELECT word, count() AS n FROM low GROUP BY word ORDER BY word");
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->find("word")->text()[0], "even");
  EXPECT_EQ(got->find("n")->as<std::uint64_t>()[1], 500U);
}

TEST_F(EngineTypes, ListParametersKeepTheirOwnQuoting) {
  Block all;
  const auto done = warehouse_->select({.name = "list",
                                        .sql = "SELECT {words:Array(String)} AS words, {n:Array(Int64)} AS n",
                                        .parameters = {{"words", R"(['a','it\'s','tab\t'])"}, {"n", "[1,-2]"}}},
                                       [&](Block&& block) -> base::Result<void> {
                                         all = std::move(block);
                                         return {};
                                       });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(value_text(*all.find("words"), 0), "[a,it's,tab\t]");
  EXPECT_EQ(value_text(*all.find("n"), 0), "[1,-2]");
}

TEST_F(EngineTypes, JoinsWork) {
  // full_sorting_merge is the first choice, but what it cannot do must still be done.
  for (const char* sql :
       {"SELECT count() AS n FROM numbers(1000) AS a CROSS JOIN numbers(10) AS b",
        "SELECT count() AS n FROM numbers(10000) AS a JOIN numbers(10000) AS b ON a.number = b.number",
        "SELECT count() AS n FROM numbers(10000) AS a LEFT JOIN numbers(10000) AS b USING number",
        "SELECT count() AS n FROM numbers(10000) AS a SEMI LEFT JOIN numbers(20000) AS b ON a.number = b.number",
        "SELECT count() AS n FROM numbers(10000) AS a LEFT JOIN numbers(10) AS b ON a.number = b.number OR a.number = "
        "b.number + 10000"}) {
    const auto got = ask(sql);
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->find("n")->as<std::uint64_t>()[0], 10000U);
  }
}

Block table(std::uint32_t rows) {
  using enum ColumnKind;
  Block block;
  block.columns = {Column{"id", u32},    Column{"day", day},   Column{"at", instant},       Column{"paid", amount},
                   Column{"文字", text}, Column{"share", f64}, Column{"reasons", text_list}};
  block.columns[4].nulls.assign(rows, 0);
  for (std::uint32_t i = 0; i < rows; ++i) {
    block.columns[0].as<std::uint32_t>().push_back(i);
    block.columns[1].as<std::int32_t>().push_back(static_cast<std::int32_t>(i) - 4000);
    block.columns[2].as<std::int64_t>().push_back(1323506760123 + std::int64_t{i} * 1000);
    block.columns[3].as<std::int64_t>().push_back(std::int64_t{i} * 1500000 - 1);
    block.columns[4].text().push_back(i % 3 == 0 ? "" : "有赞\n🎁");
    block.columns[4].nulls[i] = i % 3 == 0 ? 1 : 0;
    block.columns[5].as<double>().push_back(i / 8.0);
    auto& list = block.columns[6].text_list();
    list.items.push_back("r");
    list.ends.push_back(list.items.size());
  }
  return block;
}

TEST_F(EngineTypes, ParquetGoesOutAndComesBackAsText) {
  TemporaryFolder out;
  const std::string path = (out.path() / "decisions '1'.parquet").string();
  int blocks = 0;
  const auto written = parquet_->write(path, [&](Block& block) -> base::Result<bool> {
    block = table(70000);
    return ++blocks <= 3;
  });
  ASSERT_TRUE(written) << written.error().message;
  EXPECT_EQ(read_file(path).substr(0, 4), "PAR1");
  const auto got = read_parquet(path);
  ASSERT_TRUE(got) << got.error().message;
  ASSERT_EQ(got->rows(), 210000U);
  for (const Column& column : got->columns) EXPECT_EQ(column.kind, ColumnKind::text) << column.name;
  EXPECT_EQ(got->find("id")->text()[70001], "1");
  EXPECT_EQ(got->find("day")->text()[0], "1959-01-19");
  EXPECT_EQ(got->find("at")->text()[1], "2011-12-10 08:46:01.123");
  EXPECT_EQ(got->find("paid")->text()[2], "2.999999");
  EXPECT_TRUE(got->find("文字")->is_null(0));
  EXPECT_EQ(got->find("文字")->text()[1], "有赞\n🎁");
  EXPECT_EQ(got->find("share")->text()[3], "0.375");
  EXPECT_EQ(got->find("reasons")->text()[0], "['r']");
}

TEST_F(EngineTypes, AParquetFileAppearsWholeOrNotAtAll) {
  TemporaryFolder out;
  const std::string path = (out.path() / "x.parquet").string();
  int blocks = 0;
  const auto broken = parquet_->write(path, [&](Block& block) -> base::Result<bool> {
    if (++blocks == 3) return base::fail(Code::timeout, "the source broke");
    block = table(1000);
    return true;
  });
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().message, "the source broke");
  EXPECT_TRUE(std::filesystem::is_empty(out.path()));
  const auto nothing = parquet_->write(path, [](Block&) -> base::Result<bool> { return false; });
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, Code::invalid_input);
  const auto nowhere = parquet_->write((out.path() / "no" / "x.parquet").string(),
                                       [first = true](Block& block) mutable -> base::Result<bool> {
                                         block = table(10);
                                         return std::exchange(first, false);
                                       });
  ASSERT_FALSE(nowhere);
  const auto empty = parquet_->write(path, [first = true](Block& block) mutable -> base::Result<bool> {
    block = table(0);
    return std::exchange(first, false);
  });
  ASSERT_TRUE(empty) << empty.error().message;
  const auto got = read_parquet(path);
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->rows(), 0U);
}

TEST_F(EngineTypes, WhatIsNoParquetIsSaidSo) {
  TemporaryFolder out;
  const std::string path = (out.path() / "orders.parquet").string();
  for (const std::string& bytes : {std::string{"order,amount\n1,2\n"}, std::string{}, std::string{"PAR1garbagePAR1"}}) {
    write_file(path, bytes);
    const auto got = read_parquet(path);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().code, Code::invalid_input) << got.error().message;
    EXPECT_NE(got.error().message.find(path), std::string::npos) << got.error().message;
    EXPECT_EQ(got.error().message.find('\n'), std::string::npos) << got.error().message;
  }
  const auto absent = read_parquet((out.path() / "absent.parquet").string());
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::not_found);
}

}  // namespace
}  // namespace tests
