#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "collect/byte_source.h"
#include "collect/rows.h"

namespace collect {

/// Reads one JSON object a line. Nested objects are flattened with dots ("properties.plan"), lists of plain values are
/// joined with commas, lists of objects are numbered ("items.0.sku"); null is empty, numbers keep their digits.
/// Lines that are no JSON object are bad rows.
class JsonLines {
 public:
  static constexpr std::size_t kMostColumns = 2000;
  static constexpr std::size_t kLongestLine = 16 << 20;

  /// `heading` empty = it grows with every key seen: read once to learn it, then read with it.
  JsonLines(std::unique_ptr<ByteSource> source, std::vector<std::string> heading, std::string file_name);

  const std::vector<std::string>& heading() const { return heading_; }

  /// Fills the batch with the next rows (as wide as the heading is at its end) and returns true; false at the end.
  base::Result<bool> next(RowBatch& batch);

 private:
  base::Result<bool> next_line(std::string& line);

  std::unique_ptr<ByteSource> source_;
  std::string file_name_;
  std::vector<std::string> heading_;
  std::unordered_map<std::string, std::size_t> places_;
  bool growing_;
  std::string buffer_;
  std::size_t at_ = 0;
  bool ended_ = false;
  std::uint64_t line_ = 0;
  std::vector<std::vector<std::string>> values_;  ///< of the rows of the batch, owned while it lives
};

}  // namespace collect
