#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/block.h"

namespace adapter::clickhouse {

/// Bytes pulled from somewhere, piece by piece.
class ByteReader {
 public:
  /// Appends the next bytes to the buffer; false at the end.
  using More = std::function<base::Result<bool>(std::string& buffer)>;

  explicit ByteReader(More more) : more_(std::move(more)) {}

  /// True when nothing is left.
  base::Result<bool> at_end();
  base::Result<std::uint64_t> varint();
  base::Result<void> read(void* to, std::size_t size);

  /// A view of the next bytes, valid until the next call.
  base::Result<std::string_view> view(std::size_t size);

  /// Whether the source itself has failed: its error then is the one that counts.
  bool source_failed() const { return source_failed_; }

  /// The unread bytes that are here already.
  std::string_view ready() const { return std::string_view{buffer_}.substr(position_); }
  void skip_ready(std::size_t size) { position_ += size; }

 private:
  base::Result<void> fill(std::size_t size);
  base::Result<bool> more();
  More more_;
  std::string buffer_;
  std::size_t position_ = 0;
  bool source_failed_ = false;
};

/// Reads the next block of ClickHouse's Native format; false at the end of the bytes. Types between ours are widened
/// (UInt16 to u32, Float32 to f64, Enum to text, sums of decimals to amounts…); a type we have no column for, or a
/// value that does not fit, is an error that names the column.
base::Result<bool> read_native(ByteReader& bytes, base::Block& block);

/// Reads every block and hands those with rows to the sink. An engine that fails in the middle writes its report where
/// a block should stand; then the source's own error is returned.
base::Result<void> read_all_native(const ByteReader::More& more, const base::BlockSink& sink);

}  // namespace adapter::clickhouse
