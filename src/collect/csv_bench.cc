#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include "base/random.h"
#include "collect/csv_reader.h"
#include "collect/import.h"
#include "tests/support/fake_store.h"
#include "tests/support/places.h"

namespace collect {
namespace {

/// Order lines as Online Retail writes them, by time; about 90 bytes each.
std::string order_lines_csv(std::size_t rows) {
  base::Rng rng{1};
  std::string text = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";
  std::int64_t minute = 0;
  std::size_t order = 536'365;
  std::size_t left = 0;
  std::uint64_t customer = 0;
  std::string when;
  for (std::size_t i = 0; i < rows; ++i) {
    if (left-- == 0) {
      left = 1 + rng.below(20);
      ++order;
      customer = 12'000 + rng.below(100'000);
      minute += static_cast<std::int64_t>(rng.below(3));
      when = base::to_string(base::Instant{std::chrono::minutes{21'500'000 + minute}});
      when = when.substr(0, 10) + " " + when.substr(11, 5);
    }
    const std::uint64_t sku = 20'000 + rng.below(4000);
    fmt::format_to(std::back_inserter(text), "{},{},PRODUCT NUMBER {} OF THE RANGE,{},{},{}.{:02},{},United Kingdom\n",
                   order, sku, sku, 1 + rng.below(24), when, rng.below(20), rng.below(100), customer);
  }
  return text;
}

/// The whole import but for the engine: this warehouse only counts.
class Sink : public port::Warehouse {
 public:
  base::Result<void> execute(const port::Statement&) override { return {}; }
  base::Result<void> select(const port::Statement&, const base::BlockSink&) override { return {}; }
  base::Result<void> insert(std::string_view, std::string_view, const base::Block& block) override {
    rows += block.rows();
    return {};
  }
  base::Result<void> stream(const port::Statement&, std::string_view, const base::ByteSink&) override { return {}; }
  base::Result<void> stream_readonly(const port::Statement&, std::string_view, const base::ByteSink&) override {
    return {};
  }
  base::Result<port::WarehouseInfo> info() override { return port::WarehouseInfo{}; }
  std::size_t rows = 0;
};

void parse_csv(benchmark::State& state) {
  const std::string text = order_lines_csv(200'000);
  for (auto _ : state) {
    auto reader = *CsvReader::open(source_of(text), 0, {}, "bench.csv");
    RowBatch batch;
    std::size_t rows = 0;
    while (*reader.next(batch)) rows += batch.rows();
    if (rows != 200'000) state.SkipWithError("rows were lost");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 200'000);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * text.size()));
}
BENCHMARK(parse_csv)->Unit(benchmark::kMillisecond);

/// Items are order lines: parsed, typed, keyed and put into columns, the file read from disk.
void import_orders(benchmark::State& state) {
  const auto rows = static_cast<std::size_t>(state.range(0));
  const tests::TemporaryFolder folder;
  tests::write_file(folder.path() / "orders.csv", order_lines_csv(rows));
  ImportRequest request;
  request.path = folder.path() / "orders.csv";
  request.zone = *base::Zone::open("Europe/London");
  request.currency = "GBP";
  for (auto _ : state) {
    Sink sink;
    tests::FakeStore store;
    const auto summary = import_file(request, sink, store.imports(), store.contacts(), nullptr, {});
    if (!summary || sink.rows != rows) state.SkipWithError("the import failed");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_MB"] = static_cast<double>(usage.ru_maxrss) / 1024;
}
BENCHMARK(import_orders)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace collect
