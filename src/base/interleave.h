#pragma once

#include <string>
#include <vector>

#include "base/block.h"
#include "base/error.h"

namespace base {

/// Rows [from, to) of a block.
Block slice(const Block& block, std::size_t from, std::size_t to);

/// Hands on a stream of blocks sorted by a text column, byte by byte, with other rows of the same columns, sorted the same way, put in
/// where they belong. Rows with equal texts keep together: first the others, then the stream's.
class Interleave {
 public:
  Interleave(std::string column, std::vector<Block> others, BlockSink sink);

  /// The next block of the stream.
  Result<void> add(Block&& block);

  /// Hands on what is left of the others.
  Result<void> finish();

 private:
  /// Hands on the others up to and with `limit`; all of them when there is no limit.
  Result<void> others_until(const std::string_view* limit);

  std::string column_;
  std::vector<Block> others_;
  BlockSink sink_;
  std::size_t block_ = 0, row_ = 0;  // of the others, not handed on yet
};

}  // namespace base
