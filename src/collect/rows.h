#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace collect {

/// A row that cannot be used, with the reason in a few words.
struct BadRow {
  std::uint64_t line = 0;
  std::string column;  ///< its heading; empty when the whole row is meant
  std::string value;
  std::string reason;
};

/// Rows of a file as text, row after row, all of one width. The views live until the reader is asked for the next
/// batch.
struct RowBatch {
  std::size_t width = 0;
  std::vector<std::string_view> cells;
  std::vector<std::uint64_t>
      lines;  ///< where each row begins: physical line of a text file, row number of a Parquet one
  std::vector<BadRow> bad;
  std::uint64_t position = 0;  ///< bytes of the file used so far

  std::size_t rows() const { return lines.size(); }
  const std::string_view* row(std::size_t index) const { return cells.data() + index * width; }
  void clear() {
    cells.clear();
    lines.clear();
    bad.clear();
  }
};

/// Takes batch after batch and says whether it wants more; an error stops the reading and is handed on.
using RowSink = std::function<base::Result<bool>(const RowBatch&)>;

}  // namespace collect
