#pragma once

#include <memory>

#include "port/spreadsheet.h"

namespace adapter::xlsx {

/// Workbooks by libxlsxwriter.
std::unique_ptr<port::Spreadsheet> open_xlsx();

}  // namespace adapter::xlsx
