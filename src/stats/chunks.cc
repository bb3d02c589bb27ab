#include "stats/chunks.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace stats {

void for_chunks(std::size_t rows, Threads threads,
                const std::function<void(std::size_t, std::size_t, std::size_t)>& work) {
  const std::size_t chunks = chunk_count(rows);
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (;;) {
      const std::size_t chunk = next.fetch_add(1, std::memory_order_relaxed);
      if (chunk >= chunks) return;
      work(chunk, chunk * kChunkRows, std::min(rows, (chunk + 1) * kChunkRows));
    }
  };
  const std::size_t helpers = std::min<std::size_t>(threads.count == 0 ? 1 : threads.count, chunks);
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < helpers; ++i) others.emplace_back(run);
  run();
}

double pairwise_sum(std::span<const double> values) {
  if (values.size() <= 8) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum;
  }
  const std::size_t half = values.size() / 2;
  return pairwise_sum(values.first(half)) + pairwise_sum(values.subspan(half));
}

void pairwise_sum_columns(std::span<const double> values, std::span<double> out) {
  const std::size_t columns = out.size();
  const std::size_t rows = columns == 0 ? 0 : values.size() / columns;
  std::vector<double> column(rows);
  for (std::size_t c = 0; c < columns; ++c) {
    for (std::size_t r = 0; r < rows; ++r) column[r] = values[r * columns + c];
    out[c] = pairwise_sum(column);
  }
}

}  // namespace stats
