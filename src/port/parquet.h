#pragma once

#include <string>

#include "base/block.h"
#include "base/error.h"

namespace port {

/// Parquet files in and out. Conversion happens in the local warehouse child, whichever warehouse holds the facts.
class Parquet {
 public:
  virtual ~Parquet() = default;

  /// Reads every row, each column as text (times as "YYYY-MM-DD hh:mm:ss.sss" in UTC, NULL as missing).
  virtual base::Result<void> read(const std::string& path, const base::BlockSink& sink) = 0;

  /// Writes all blocks of the source to a new file; the file appears whole or not at all.
  virtual base::Result<void> write(const std::string& path, const base::BlockSource& source) = 0;
};

}  // namespace port
