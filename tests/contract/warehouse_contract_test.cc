// What every Warehouse promises, run on the fake, on the local child over its socket and on the child as a remote peer.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <limits>
#include <numeric>
#include <thread>

#include "tests/contract/contract_facts.h"
#include "tests/contract/peers.h"
#include "tests/support/fake_warehouse.h"

namespace tests {
namespace {

using base::Block;
using base::Code;
using base::Column;
using base::ColumnKind;
using port::Statement;

enum class Peer { fake, local, remote };

/// The engines start once for the whole suite; each test has a database of its own.
struct Engines {
  LocalFolder local;
  RemotePeer remote;
};

class WarehouseContract : public testing::TestWithParam<Peer> {
 protected:
  static void SetUpTestSuite() {
    if (engine_is_here()) engines_ = new Engines;
  }
  static void TearDownTestSuite() {
    delete engines_;
    engines_ = nullptr;
  }

  void SetUp() override {
    if (GetParam() == Peer::fake) {
      auto fake = std::make_unique<FakeWarehouse>();
      answer_contract(*fake);
      warehouse_ = std::move(fake);
      return;
    }
    WB_NEED_ENGINE();
    auto config = GetParam() == Peer::local ? local_config(engines_->local.path()) : engines_->remote.config();
    static int count = 0;
    config.database = "contract_" + std::to_string(++count);
    auto opened = adapter::clickhouse::open_clickhouse(config);
    ASSERT_TRUE(opened) << opened.error().message;
    warehouse_ = std::move(*opened);
  }

  bool is_fake() const { return GetParam() == Peer::fake; }

  void create_facts() {
    const auto made = warehouse_->execute({.name = "create_facts", .sql = kCreateFacts});
    ASSERT_TRUE(made) << made.error().message;
  }

  void insert(std::string_view token, const Block& block) {
    const auto done = warehouse_->insert("facts", token, block);
    ASSERT_TRUE(done) << done.error().message;
  }

  /// The whole answer as one block.
  Block ask(const Statement& statement) {
    Block all;
    const auto done = warehouse_->select(statement, [&](Block&& block) -> base::Result<void> {
      append_block(all, std::move(block));
      return {};
    });
    EXPECT_TRUE(done) << done.error().message;
    return all;
  }

  std::uint64_t count() {
    const Block block = ask({.name = "count_facts", .sql = "SELECT count() AS n FROM facts FINAL"});
    const Column* n = block.find("n");
    return n == nullptr ? 0 : n->as<std::uint64_t>().at(0);
  }

  std::unique_ptr<port::Warehouse> warehouse_;
  static Engines* engines_;
};

Engines* WarehouseContract::engines_ = nullptr;

const Statement kAllFacts{.name = "all_facts", .sql = kSelectFacts};

Block ids(std::int64_t first, std::int64_t size) {
  Block block;
  block.columns = {Column{"id", ColumnKind::i64}, Column{"text", ColumnKind::text}};
  auto& id = block.columns[0].as<std::int64_t>();
  auto& text = block.columns[1].text();
  for (std::int64_t i = first; i < first + size; ++i) {
    id.push_back(i);
    text.push_back(fmt::format("row {}", i));
  }
  return block;
}

void expect_same(const Block& got, const Block& sent) {
  ASSERT_EQ(got.rows(), sent.rows());
  for (const Column& column : sent.columns) {
    const Column* other = got.find(column.name);
    ASSERT_NE(other, nullptr) << column.name;
    ASSERT_EQ(other->kind, column.kind) << column.name;
    for (std::size_t row = 0; row < sent.rows(); ++row) {
      EXPECT_EQ(other->is_null(row), column.is_null(row)) << column.name << " row " << row;
      EXPECT_EQ(value_text(*other, row), value_text(column, row)) << column.name << " row " << row;
    }
  }
}

TEST_P(WarehouseContract, SaysItsVersion) {
  const auto info = warehouse_->info();
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_FALSE(info->version.empty());
  EXPECT_EQ(info->local, GetParam() != Peer::remote);
}

TEST_P(WarehouseContract, EveryKindComesBackAsItWas) {
  create_facts();
  const Block sent = facts_of_every_kind();
  insert("all", sent);
  const Block got = ask(kAllFacts);
  expect_same(got, sent);
  EXPECT_EQ(got.find("text")->text()[1], std::string_view("nul \0 tab \t line \n quote ' \" ` back \\ end", 41));
}

TEST_P(WarehouseContract, MissingValuesStayMissing) {
  create_facts();
  Block sent = ids(1, 3);
  const auto add = [&]<class Fill>(const char* name, ColumnKind kind, Fill fill) {
    Column& column = sent.columns.emplace_back(name, kind);
    fill(column);
    column.nulls = {0, 1, 0};
  };
  add("maybe_number", ColumnKind::f64, [](Column& c) { c.as<double>() = {1.5, 0, -2}; });
  add("maybe_text", ColumnKind::text, [](Column& c) {
    for (const char* text : {"", "", "x"}) c.text().push_back(text);
  });
  add("maybe_day", ColumnKind::day, [](Column& c) { c.as<std::int32_t>() = {-1600, 0, 15000}; });
  insert("missing", sent);
  const Block got = ask(kAllFacts);
  expect_same(got, sent);
  EXPECT_EQ(got.find("maybe_number")->as<double>()[1], 0);
  EXPECT_EQ(got.find("maybe_text")->text()[1], "");
}

TEST_P(WarehouseContract, ATokenSeenBeforeAddsNothing) {
  create_facts();
  insert("one", ids(1, 5));
  insert("one", ids(1, 5));
  EXPECT_EQ(count(), 5U);
  insert("one", ids(100, 5));  // the token names the rows, whatever they are
  EXPECT_EQ(count(), 5U);
  insert("two", ids(6, 5));
  EXPECT_EQ(count(), 10U);
}

TEST_P(WarehouseContract, TheSameRowsUnderAnotherTokenAreOneByKey) {
  create_facts();
  insert("one", ids(1, 5));
  Block newer = ids(3, 1);
  newer.columns[1].text().clear();
  newer.columns[1].text().push_back("newer");
  newer.columns.emplace_back("version", ColumnKind::u32).as<std::uint32_t>() = {7};
  insert("two", newer);
  const Block got = ask(kAllFacts);
  ASSERT_EQ(got.rows(), 5U);
  EXPECT_EQ(got.find("text")->text()[2], "newer");
}

TEST_P(WarehouseContract, AbsentColumnsTakeTheirDefaults) {
  create_facts();
  insert("one", ids(1, 1));
  const Block got = ask(kAllFacts);
  ASSERT_EQ(got.rows(), 1U);
  EXPECT_EQ(got.find("amount")->as<std::int64_t>()[0], 0);
  EXPECT_EQ(got.find("texts")->text_list().items.size(), 0U);
}

TEST_P(WarehouseContract, AnEmptyBlockIsNothing) {
  create_facts();
  insert("one", ids(1, 0));
  EXPECT_EQ(count(), 0U);
  EXPECT_EQ(ask(kAllFacts).rows(), 0U);
}

void expect_one_line(const base::Error& error, std::string_view name) {
  EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
  EXPECT_NE(error.message.find(name), std::string::npos) << error.message;
}

TEST_P(WarehouseContract, AnUnknownTableIsNotFound) {
  const auto inserted = warehouse_->insert("nowhere", "token", ids(1, 2));
  ASSERT_FALSE(inserted);
  EXPECT_EQ(inserted.error().code, Code::not_found) << inserted.error().message;
  expect_one_line(inserted.error(), "nowhere");
  const auto read = warehouse_->select({.name = "from_nowhere", .sql = "SELECT * FROM nowhere"},
                                       [](Block&&) -> base::Result<void> { return {}; });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::not_found) << read.error().message;
  expect_one_line(read.error(), "nowhere");
}

TEST_P(WarehouseContract, BadSqlIsInvalidAndNamesTheStatement) {
  for (const Statement& statement : {Statement{.name = "bad_sql", .sql = "SELEKT 1\nFRM x"},
                                     Statement{.name = "bad_words", .sql = "SELECT 1 FROM (SELECT"}}) {
    const auto done = warehouse_->select(statement, [](Block&&) -> base::Result<void> { return {}; });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::invalid_input) << done.error().message;
    expect_one_line(done.error(), statement.name);
    EXPECT_FALSE(warehouse_->execute(statement));
  }
}

TEST_P(WarehouseContract, AnUnknownColumnIsInvalid) {
  create_facts();
  Block block = ids(1, 2);
  block.columns[1].name = "texd";
  const auto done = warehouse_->insert("facts", "token", block);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::invalid_input) << done.error().message;
  expect_one_line(done.error(), "texd");
  EXPECT_EQ(count(), 0U);
}

TEST_P(WarehouseContract, ColumnsOfUnequalLengthAreRefused) {
  create_facts();
  Block block = ids(1, 2);
  block.columns[0].as<std::int64_t>().push_back(3);
  EXPECT_FALSE(warehouse_->insert("facts", "token", block));
  EXPECT_EQ(count(), 0U);
}

TEST_P(WarehouseContract, ParametersArriveUnchanged) {
  for (const std::string& value :
       {std::string{"plain"}, std::string{""}, std::string{"line\nline\r\n"}, std::string{"tab\there"},
        std::string{"back\\slash \\n \\N"}, std::string{"it's \"quoted\" `so`"}, std::string{"50% + a&b=c?#{x}"},
        std::string{"有赞 🎁"}}) {
    const Block got = ask({.name = "echo",
                           .sql = "SELECT {value:String} AS value, {other: Int64} AS other",
                           .parameters = {{"value", value}, {"other", "-7"}}});
    ASSERT_EQ(got.rows(), 1U);
    EXPECT_EQ(got.find("value")->text()[0], value);
    EXPECT_EQ(got.find("other")->as<std::int64_t>()[0], -7);
  }
}

std::size_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) << 10;
}

TEST_P(WarehouseContract, ABigResultComesInPiecesOfFlatMemory) {
  const std::size_t before = peak_memory();
  std::uint64_t rows = 0, sum = 0;
  int pieces = 0;
  const auto done =
      warehouse_->select({.name = "numbers", .sql = "SELECT number AS n, toString(number) AS t FROM numbers(5000000)"},
                         [&](Block&& block) -> base::Result<void> {
                           ++pieces;
                           rows += block.rows();
                           const auto& n = block.find("n")->as<std::uint64_t>();
                           sum = std::accumulate(n.begin(), n.end(), sum);
                           EXPECT_EQ(block.find("t")->text()[0], std::to_string(n[0]));
                           return {};
                         });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(rows, 5000000U);
  EXPECT_EQ(sum, 5000000ULL * 4999999 / 2);
  EXPECT_GT(pieces, 10);
  if (!kSanitized) {
    EXPECT_LT(peak_memory() - before, 40U << 20) << "the whole result is 75 MB";
  }
}

TEST_P(WarehouseContract, ASinksErrorEndsTheQuery) {
  int pieces = 0;
  const auto done =
      warehouse_->select({.name = "numbers", .sql = "SELECT number AS n, toString(number) AS t FROM numbers(5000000)"},
                         [&](Block&&) -> base::Result<void> {
                           ++pieces;
                           return base::fail(Code::conflict, "enough of it");
                         });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::conflict);
  EXPECT_EQ(done.error().message, "enough of it");
  EXPECT_EQ(pieces, 1);
  ASSERT_TRUE(warehouse_->info());  // the warehouse goes on
}

TEST_P(WarehouseContract, StreamsCsvWithOneHeading) {
  create_facts();
  insert("one", ids(1, 3));
  std::string text;
  const auto done = warehouse_->stream({.name = "two_columns", .sql = "SELECT id, text FROM facts FINAL ORDER BY id"},
                                       "CSVWithNames", [&](std::string_view piece) -> base::Result<void> {
                                         text += piece;
                                         return {};
                                       });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(text, "\"id\",\"text\"\n1,\"row 1\"\n2,\"row 2\"\n3,\"row 3\"\n");

  text.clear();
  const auto large = warehouse_->stream_readonly(
      {.name = "numbers", .sql = "SELECT number AS n, toString(number) AS t FROM numbers(5000000)"}, "CSVWithNames",
      [&](std::string_view piece) -> base::Result<void> {
        text += piece;
        return {};
      });
  ASSERT_TRUE(large) << large.error().message;
  EXPECT_EQ(std::ranges::count(text, '\n'), 5000001);
  EXPECT_EQ(text.find("\"n\"", 1), std::string::npos);
  EXPECT_TRUE(text.ends_with("4999999,\"4999999\"\n"));
}

TEST_P(WarehouseContract, ReadOnlyRefusesToWrite) {
  create_facts();
  insert("one", ids(1, 3));
  const auto ignore = [](std::string_view) -> base::Result<void> { return {}; };
  std::vector<Statement> refused{{.name = "empty_facts", .sql = "TRUNCATE TABLE facts"}};
  if (!is_fake()) {
    for (const char* sql :
         {"DROP TABLE facts", "CREATE TABLE other (a Int8) ENGINE = Memory", "INSERT INTO facts (id) VALUES (9)",
          "ALTER TABLE facts DELETE WHERE 1", "SELECT * FROM file('/etc/passwd', 'LineAsString')",
          "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')", "SELECT 1 INTO OUTFILE '/tmp/winback-outfile'",
          "SELECT 1 SETTINGS readonly = 0", "SELECT 1; DROP TABLE facts", "SET readonly = 0", "KILL QUERY WHERE 1",
          "SYSTEM STOP MERGES"}) {
      refused.push_back({.name = "read_only", .sql = sql});
    }
  }
  for (const Statement& statement : refused) {
    const auto done = warehouse_->stream_readonly(statement, "TSV", ignore);
    EXPECT_FALSE(done) << statement.sql;
    if (done) continue;
    EXPECT_TRUE(done.error().code == Code::invalid_input || done.error().code == Code::unsupported)
        << done.error().message;
  }
  EXPECT_FALSE(std::filesystem::exists("/tmp/winback-outfile"));
  EXPECT_EQ(count(), 3U);
  EXPECT_TRUE(warehouse_->stream_readonly(
      {.name = "two_columns", .sql = "SELECT id, text FROM facts FINAL ORDER BY id"}, "TSV", ignore));
}

TEST_P(WarehouseContract, SeveralThreadsAtOnce) {
  create_facts();
  std::atomic<int> failures{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i) {
        if (t % 2 == 0) {
          if (!warehouse_->insert("facts", fmt::format("{}-{}", t, i), ids(t * 1000 + i * 100, 100))) ++failures;
        } else {
          std::uint64_t rows = 0;
          const auto done = warehouse_->select(kAllFacts, [&](Block&& block) -> base::Result<void> {
            rows += block.rows();
            return {};
          });
          if (!done || rows % 100 != 0) ++failures;
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(count(), 1000U);
}

TEST_P(WarehouseContract, AFailureInTheMiddleIsAnErrorWithItsReason) {
  std::uint64_t rows = 0;
  const Statement statement{
      .name = "numbers_that_break",
      .sql = "SELECT number AS n, throwIf(number = 3000000, 'it broke here') AS t FROM numbers(5000000)"};
  const auto done = warehouse_->select(statement, [&](Block&& block) -> base::Result<void> {
    rows += block.rows();
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_GT(rows, 0U);
  EXPECT_LT(rows, 3000001U);
  expect_one_line(done.error(), "it broke here");
  std::size_t bytes = 0;
  const auto streamed = warehouse_->stream(statement, "CSV", [&](std::string_view piece) -> base::Result<void> {
    bytes += piece.size();
    return {};
  });
  ASSERT_FALSE(streamed);
  EXPECT_GT(bytes, 0U);
}

std::string peer_name(const testing::TestParamInfo<Peer>& peer) {
  return peer.param == Peer::fake ? "fake" : peer.param == Peer::local ? "local" : "remote";
}
INSTANTIATE_TEST_SUITE_P(On, WarehouseContract, testing::Values(Peer::fake, Peer::local, Peer::remote), peer_name);

}  // namespace
}  // namespace tests
