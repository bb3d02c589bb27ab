#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace stats {

/// How many threads a computation may use. Results never depend on it: work is cut into chunks of fixed size, and the
/// chunks' sums are added in a fixed order.
struct Threads {
  unsigned count = 2;
};

inline constexpr std::size_t kChunkRows = 4096;

/// Number of chunks that `rows` rows make.
constexpr std::size_t chunk_count(std::size_t rows) { return (rows + kChunkRows - 1) / kChunkRows; }

/// Calls work(chunk, first row, end row) once for each chunk, on up to `threads.count` threads; returns when all are
/// done. `work` is called concurrently and must not throw.
void for_chunks(std::size_t rows, Threads threads,
                const std::function<void(std::size_t chunk, std::size_t begin, std::size_t end)>& work);

/// Pairwise sum: the error grows with the logarithm of the count, and the order is fixed.
double pairwise_sum(std::span<const double> values);

/// Pairwise sum of every column of a row-major table (values.size() / out.size() rows) into `out`.
void pairwise_sum_columns(std::span<const double> values, std::span<double> out);

}  // namespace stats
