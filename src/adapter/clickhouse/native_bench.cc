// The Native format itself, without an engine: what one core encodes and decodes.
#include <benchmark/benchmark.h>

#include "adapter/clickhouse/native_reader.h"
#include "adapter/clickhouse/native_writer.h"
#include "base/random.h"

namespace adapter::clickhouse {
namespace {

/// Order lines as an import sends them.
base::Block order_lines(std::size_t rows) {
  using enum base::ColumnKind;
  base::Block block;
  for (const char* name : {"customer", "order", "product", "line"}) block.columns.emplace_back(name, text);
  block.columns.emplace_back("at", instant);
  block.columns.emplace_back("quantity", f64);
  block.columns.emplace_back("amount", amount);
  base::Rng rng{1};
  for (std::size_t i = 0; i < rows; ++i) {
    block.columns[0].text().push_back(std::to_string(10000 + rng.below(100000)));
    block.columns[1].text().push_back(std::to_string(500000 + i / 3));
    block.columns[2].text().push_back(std::to_string(20000 + rng.below(4000)));
    block.columns[3].text().push_back(std::to_string(i % 3));
    block.columns[4].as<std::int64_t>().push_back(1300000000000 + static_cast<std::int64_t>(i) * 1000);
    block.columns[5].as<double>().push_back(static_cast<double>(rng.below(10)));
    block.columns[6].as<std::int64_t>().push_back(static_cast<std::int64_t>(rng.below(100000000)));
  }
  return block;
}

std::string encode(const base::Block& block) {
  auto writer = NativeWriter::open(block);
  std::string bytes;
  std::string piece(512 << 10, '\0');
  for (std::size_t size = writer->read(piece.data(), piece.size()); size > 0;
       size = writer->read(piece.data(), piece.size()))
    bytes.append(piece, 0, size);
  return bytes;
}

void BM_Encode(benchmark::State& state) {
  const base::Block block = order_lines(250000);
  std::string piece(512 << 10, '\0');
  for (auto _ : state) {
    auto writer = NativeWriter::open(block);
    while (writer->read(piece.data(), piece.size()) > 0) benchmark::DoNotOptimize(piece.data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 250000);
}
BENCHMARK(BM_Encode)->Unit(benchmark::kMillisecond);

void BM_Decode(benchmark::State& state) {
  const std::string bytes = encode(order_lines(250000));
  for (auto _ : state) {
    std::size_t at = 0;
    ByteReader reader{[&](std::string& to) -> base::Result<bool> {
      if (at == bytes.size()) return false;
      const std::size_t part = std::min<std::size_t>(256 << 10, bytes.size() - at);
      to.append(bytes, at, part);
      at += part;
      return true;
    }};
    base::Block block;
    auto more = read_native(reader, block);
    if (!more || block.rows() != 250000) state.SkipWithError("the block did not come back");
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 250000);
}
BENCHMARK(BM_Decode)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace adapter::clickhouse
