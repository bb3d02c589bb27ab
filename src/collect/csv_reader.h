#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "collect/byte_source.h"
#include "collect/rows.h"

namespace collect {

/// How the rows of a text file are parted.
struct CsvDialect {
  char delimiter = ',';
  bool cr_rows =
      false;  ///< rows end with a lone CR (old Mac files); otherwise with LF, a CR before it belongs to the end
};

/// Recognises delimiter (comma, semicolon, tab or pipe) and row end from the first bytes of a text: the delimiter that
/// parts the first rows, quotes respected, into the same number of cells, the most of them.
CsvDialect recognise_dialect(std::string_view start);

/// Reads RFC 4180 and what real programs write: quoted cells with newlines and doubled quotes, rows ending in LF, CRLF
/// or CR, a missing last newline, blank rows (skipped), too many cells when the extra ones are empty. Rows of another
/// width and quotes that never close are bad rows; reading goes on at the next line. The source gives UTF-8 without
/// mark.
class CsvReader {
 public:
  /// Longest row; a quote left open is given up after so many bytes.
  static constexpr std::size_t kLongestRow = 4 << 20;

  /// `delimiter` 0 = recognise. `heading` empty = the first row that is not blank is the heading.
  static base::Result<CsvReader> open(std::unique_ptr<ByteSource> source, char delimiter,
                                      std::vector<std::string> heading, std::string file_name);

  const std::vector<std::string>& heading() const { return heading_; }
  CsvDialect dialect() const { return dialect_; }
  const ByteSource& source() const { return *source_; }

  /// Fills the batch with the next rows and returns true; false at the end. A file that repeats its heading, or starts
  /// a second table after a blank line, is an error: one table in one file.
  base::Result<bool> next(RowBatch& batch);

 private:
  CsvReader(std::unique_ptr<ByteSource> source, std::string file_name)
      : source_(std::move(source)), file_name_(std::move(file_name)) {}
  base::Result<void> fill();
  const char* parse_row(const char* row, const char* end);
  base::Result<void> parse_rows(RowBatch& batch);
  base::Result<void> take_row(RowBatch& batch, const char* row, const char* next);
  void give_up_row(RowBatch& batch);

  struct Cell {
    const char* begin;
    std::uint32_t size;
    bool doubled;  ///< holds doubled quotes
  };

  std::unique_ptr<ByteSource> source_;
  std::string file_name_;
  CsvDialect dialect_;
  std::vector<std::string> heading_;
  bool heading_given_ = false;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  ///< unread bytes are buffer_[begin_, end_)
  std::size_t end_ = 0;
  bool ended_ = false;
  std::uint64_t line_ = 1;
  std::uint64_t row_newlines_ = 0;  ///< inside the quoted cells of the row just parsed
  bool skipping_ = false;           ///< the line just given up has not ended yet
  bool after_blank_ = false;
  std::size_t suspect_width_ = 0;  ///< a row of this width, not the heading's, came right after a blank line
  std::vector<Cell> row_;
};

}  // namespace collect
