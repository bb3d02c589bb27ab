#pragma once

#include <span>
#include <string>
#include <string_view>

namespace collect {

/// Whether a spreadsheet could take the cell for a formula: after blanks, quotes and separators comes =, +, - or @
/// (also full-width), and it is neither a number nor a lone sign nor a plain @name.
bool is_formula(std::string_view cell);

/// The cell with a ' in front when `is_formula`.
std::string guard(std::string_view cell);

/// Takes away the ' that `guard` put there; any other cell is unchanged. unguard(guard(x)) == x for every x.
std::string_view unguard(std::string_view cell);

/// Appends one row of RFC 4180 CSV with LF, cells guarded against formulas and quoted where needed.
void append_csv_row(std::string& out, std::span<const std::string_view> cells, char delimiter = ',');

}  // namespace collect
