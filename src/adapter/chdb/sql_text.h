#pragma once

#include <string>
#include <string_view>

namespace adapter::chdb {

/// A statement taken apart as far as the child must understand it: the rest is the engine's business.
struct SqlText {
  std::string_view head;           ///< the first word, as written
  std::string_view format;         ///< of a FORMAT clause at the outermost level, empty when there is none
  std::string_view before_format;  ///< the text up to the FORMAT clause (or all of it)
  std::string_view after_format;   ///< what follows it
  bool has_outfile = false;        ///< the word OUTFILE stands outside strings and comments
};

SqlText read_sql(std::string_view sql);

/// The name in "CREATE TABLE IF NOT EXISTS name", as written; empty for any other statement.
std::string_view created_if_absent(std::string_view sql);

/// Equal but for ASCII case.
bool same_word(std::string_view a, std::string_view b);

/// How many lines of a format's output are a heading that the engine repeats with every piece; 0 = pieces simply follow
/// one another; -1 = the format has one frame round all rows, so pieces cannot be joined.
int heading_lines(std::string_view format);

/// The size of the first `lines` lines of the output of a format (quotes of CSV-like formats may hold newlines).
std::size_t heading_size(std::string_view output, std::string_view format, int lines);

}  // namespace adapter::chdb
