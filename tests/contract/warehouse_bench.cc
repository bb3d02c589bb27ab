// The whole way of an insert and of a large read: our encoder, the socket, the child, the engine, the disk.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "base/random.h"
#include "gen/sql_warehouse.h"
#include "tests/contract/peers.h"

namespace tests {
namespace {

using base::ColumnKind;

struct Bench {
  LocalFolder folder;
  std::unique_ptr<port::Warehouse> warehouse;
};

Bench& bench() {
  static Bench one;  // one engine for all benchmarks of the program
  if (one.warehouse == nullptr) {
    auto opened = adapter::clickhouse::open_clickhouse(local_config(one.folder.path()));
    if (!opened) return one;
    one.warehouse = std::move(*opened);
    const auto made = one.warehouse->execute(
        {.name = "create",
         .sql = fmt::format(
             "CREATE TABLE lines (source LowCardinality(String), order_id String, line_id String, customer_id String, "
             "product_id String, at DateTime64(3, 'UTC'), quantity Float64, amount Decimal(18, 6), import_id UInt32) "
             "ENGINE = ReplacingMergeTree ORDER BY (customer_id, order_id, line_id) SETTINGS {}",
             gen::warehouse::durable.text)});
    if (!made) one.warehouse.reset();
  }
  return one;
}

base::Block lines(std::size_t rows) {
  using enum ColumnKind;
  base::Block block;
  for (const char* name : {"source", "order_id", "line_id", "customer_id", "product_id"})
    block.columns.emplace_back(name, text);
  block.columns.emplace_back("at", instant);
  block.columns.emplace_back("quantity", f64);
  block.columns.emplace_back("amount", amount);
  block.columns.emplace_back("import_id", u32);
  base::Rng rng{1};
  for (std::size_t i = 0; i < rows; ++i) {
    block.columns[0].text().push_back("shop");
    block.columns[1].text().push_back(std::to_string(500000 + i / 3));
    block.columns[2].text().push_back(std::to_string(i % 3));
    block.columns[3].text().push_back(std::to_string(10000 + base::mix(i / 3) % 100000));
    block.columns[4].text().push_back(std::to_string(20000 + rng.below(4000)));
    block.columns[5].as<std::int64_t>().push_back(1300000000000 + static_cast<std::int64_t>(i) * 1000);
    block.columns[6].as<double>().push_back(static_cast<double>(rng.below(10)));
    block.columns[7].as<std::int64_t>().push_back(static_cast<std::int64_t>(rng.below(100000000)));
    block.columns[8].as<std::uint32_t>().push_back(1);
  }
  return block;
}

/// CPU seconds the child has used so far: unlike the clock it says the same on a busy machine.
double child_seconds() {
  std::ifstream in{fmt::format("/proc/{}/stat", child_of(bench().folder.path()))};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  std::istringstream fields{text.substr(text.rfind(')') + 2)};
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

void BM_Insert(benchmark::State& state) {
  if (!engine_is_here() || bench().warehouse == nullptr)
    return state.SkipWithError("skipped: the engine libchdb.so is not installed");
  const base::Block block = lines(static_cast<std::size_t>(state.range(0)));
  static int token = 0;
  const double before = child_seconds();
  for (auto _ : state) {
    const auto done = bench().warehouse->insert("lines", fmt::format("t{}", ++token), block);
    if (!done) return state.SkipWithError(done.error().message.c_str());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
  state.counters["child_cpu_s_per_million"] =
      (child_seconds() - before) * 1e6 / static_cast<double>(state.iterations() * state.range(0));
}
BENCHMARK(BM_Insert)->Arg(50000)->Arg(250000)->Arg(500000)->Unit(benchmark::kMillisecond)->UseRealTime();

void BM_Select(benchmark::State& state) {
  if (!engine_is_here() || bench().warehouse == nullptr)
    return state.SkipWithError("skipped: the engine libchdb.so is not installed");
  for (auto _ : state) {
    std::size_t rows = 0;
    const auto done = bench().warehouse->select(
        {.name = "read", .sql = "SELECT number AS n, toString(number) AS t, number / 3 AS x FROM numbers(5000000)"},
        [&](base::Block&& block) -> base::Result<void> {
          rows += block.rows();
          return {};
        });
    if (!done || rows != 5000000) return state.SkipWithError("the rows did not come");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 5000000);
}
BENCHMARK(BM_Select)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace tests
