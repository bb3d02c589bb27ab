#include "tests/contract/contract_facts.h"

#include <limits>
#include <string>

#include "gen/sql_warehouse.h"

namespace tests {

using base::Block;
using base::Column;
using base::ColumnKind;
using port::Statement;

namespace {

const std::string create_facts =
    "CREATE TABLE IF NOT EXISTS facts (id Int64, version UInt32, flag UInt8, small UInt32, large UInt64, signed_small "
    "Int32, real Float64,"
    " day Date32, instant DateTime64(3, 'UTC'), amount Decimal(18, 6), text String,"
    " i32s Array(Int32), i64s Array(Int64), reals Array(Float64), texts Array(String),"
    " maybe_number Nullable(Float64), maybe_text Nullable(String), maybe_day Nullable(Date32))"
    " ENGINE = ReplacingMergeTree(version) ORDER BY id SETTINGS " +
    std::string{gen::warehouse::durable.text};

template <class T>
void fill(Block& block, const char* name, ColumnKind kind, std::vector<T> values) {
  block.columns.emplace_back(name, kind).as<T>() = std::move(values);
}

template <class T>
void fill_lists(Block& block, const char* name, ColumnKind kind, const std::vector<std::vector<T>>& lists) {
  auto& data = block.columns.emplace_back(name, kind).list<T>();
  for (const auto& list : lists) {
    data.items.insert(data.items.end(), list.begin(), list.end());
    data.ends.push_back(data.items.size());
  }
}

}  // namespace

const std::string_view kCreateFacts = create_facts;
const std::string_view kSelectFacts = "SELECT * FROM facts FINAL ORDER BY id";

Block facts_of_every_kind() {
  constexpr auto kLowest = std::numeric_limits<std::int64_t>::min();
  constexpr auto kHighest = std::numeric_limits<std::int64_t>::max();
  Block block;
  fill<std::int64_t>(block, "id", ColumnKind::i64, {kLowest, 0, kHighest});
  fill<std::uint8_t>(block, "flag", ColumnKind::u8, {0, 1, 255});
  fill<std::uint32_t>(block, "small", ColumnKind::u32, {0, 1, 4294967295U});
  fill<std::uint64_t>(block, "large", ColumnKind::u64, {0, 1, std::numeric_limits<std::uint64_t>::max()});
  fill<std::int32_t>(block, "signed_small", ColumnKind::i32,
                     {std::numeric_limits<std::int32_t>::min(), -1, std::numeric_limits<std::int32_t>::max()});
  fill<double>(block, "real", ColumnKind::f64, {-0.1, 1e308, 5e-324});
  fill<std::int32_t>(block, "day", ColumnKind::day,
                     {-25567, 0, 47481});  // 1900-01-01 … 2099-12-31: birthdays and far ends
  fill<std::int64_t>(block, "instant", ColumnKind::instant, {-2208988800000, 1323506760123, 4102444799999});
  fill<std::int64_t>(block, "amount", ColumnKind::amount, {-999999999999999999, 1, 999999999999999999});
  auto& text = block.columns.emplace_back("text", ColumnKind::text).text();
  text.push_back("");
  text.push_back({"nul \0 tab \t line \n quote ' \" ` back \\ end", 41});
  std::string long_text(300000, 'x');
  long_text.append("有赞 🎁 \xff\xfe not UTF-8; FORMAT Native");
  text.push_back(long_text);
  fill_lists<std::int32_t>(block, "i32s", ColumnKind::i32_list,
                           {{}, {1, -2, 3}, {std::numeric_limits<std::int32_t>::min()}});
  fill_lists<std::int64_t>(block, "i64s", ColumnKind::i64_list, {{kLowest, kHighest}, {}, {0}});
  fill_lists<double>(block, "reals", ColumnKind::f64_list, {{0.5}, {1, 2, 3}, {}});
  auto& texts = block.columns.emplace_back("texts", ColumnKind::text_list).text_list();
  for (const char* item : {"a", "", "it's", "🎁\n"}) texts.items.push_back(item);
  texts.ends = {2, 2, 4};
  return block;
}

void answer_contract(FakeWarehouse& fake) {
  using Sink = base::BlockSink;
  const auto sorted = [&fake]() -> base::Result<Block> {
    WB_ASSIGN(const Block all, fake.read_final("facts"));
    std::vector<std::size_t> order(all.rows());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto& id = all.find("id")->as<std::int64_t>();
    std::ranges::sort(order, {}, [&](std::size_t row) { return id[row]; });
    Block result;
    for (const Column& column : all.columns) {
      Column& to = result.columns.emplace_back(column.name, column.kind);
      for (const std::size_t row : order) append_row(to, column, row);
    }
    return result;
  };
  fake.answer("all_facts", [sorted](const Statement&, const Sink& sink) -> base::Result<void> {
    WB_ASSIGN(Block all, sorted());
    return sink(std::move(all));
  });
  fake.answer("two_columns", [sorted](const Statement&, const Sink& sink) -> base::Result<void> {
    WB_ASSIGN(Block all, sorted());
    Block two;
    for (const char* name : {"id", "text"}) two.columns.push_back(*all.find(name));
    return sink(std::move(two));
  });
  fake.answer("count_facts", [&fake](const Statement&, const Sink& sink) -> base::Result<void> {
    WB_ASSIGN(const Block all, fake.read_final("facts"));
    Block block;
    block.columns.emplace_back("n", ColumnKind::u64).as<std::uint64_t>() = {all.rows()};
    return sink(std::move(block));
  });
  fake.answer("from_nowhere", [&fake](const Statement&, const Sink& sink) -> base::Result<void> {
    WB_ASSIGN(Block all, fake.read("nowhere"));
    return sink(std::move(all));
  });
  fake.answer("echo", [](const Statement& statement, const Sink& sink) -> base::Result<void> {
    Block block;
    block.columns.emplace_back("value", ColumnKind::text).text().push_back(statement.parameters[0].value);
    block.columns.emplace_back("other", ColumnKind::i64).as<std::int64_t>() = {
        std::stoll(statement.parameters[1].value)};
    return sink(std::move(block));
  });
  const auto numbers = [](std::uint64_t end) {
    return [end](const Statement&, const Sink& sink) -> base::Result<void> {
      constexpr std::uint64_t kPiece = 65536;
      for (std::uint64_t first = 0; first < 5000000; first += kPiece) {
        Block block;
        block.columns = {Column{"n", ColumnKind::u64}, Column{"t", ColumnKind::text}};
        auto& n = block.columns[0].as<std::uint64_t>();
        Column& t = block.columns[1];
        if (first + kPiece > end) return base::fail(base::Code::invalid_input, "it broke here");
        for (std::uint64_t i = first; i < std::min<std::uint64_t>(first + kPiece, 5000000); ++i) {
          n.push_back(i);
          t.text().push_back(std::to_string(i));
        }
        WB_TRY(sink(std::move(block)));
      }
      return {};
    };
  };
  fake.answer("numbers", numbers(std::numeric_limits<std::uint64_t>::max()));
  fake.answer("numbers_that_break", numbers(3000000));
  fake.answer_write("empty_facts", [](const Statement&, const Sink&) -> base::Result<void> { return {}; });
}

}  // namespace tests
