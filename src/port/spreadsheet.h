#pragma once

#include <string>
#include <vector>

#include "base/block.h"
#include "base/error.h"

namespace port {

/// One sheet of a workbook: a title and rows that come block by block; all blocks have the columns of the first.
struct Sheet {
  std::string title;
  std::vector<std::string> heads;  ///< as people read them, one per column
  base::BlockSource rows;
};

/// Writes workbooks people open in a spreadsheet. Texts stay texts, whatever they begin with; numbers are numbers.
class Spreadsheet {
 public:
  virtual ~Spreadsheet() = default;

  /// Writes all sheets to a new file, which appears whole or not at all. Memory stays flat. More than 1,048,575 rows in
  /// a sheet are an `exhausted` error.
  virtual base::Result<void> write(const std::string& path, const std::vector<Sheet>& sheets) = 0;
};

}  // namespace port
