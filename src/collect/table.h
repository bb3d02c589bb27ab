#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/charset.h"
#include "base/error.h"
#include "collect/byte_source.h"
#include "collect/rows.h"
#include "port/parquet.h"

namespace collect {

/// What the caller says about the file's form; everything left out is recognised.
struct TableOptions {
  char delimiter = 0;
  std::optional<base::Charset> charset;
  std::vector<std::string> heading;  ///< names for the columns of a file without a heading
};

/// What the file's form turned out to be.
struct TableFacts {
  std::string format;   ///< "CSV", "JSON lines", "Parquet", with " (gzip)"
  std::string charset;  ///< empty for Parquet
  char delimiter = 0;   ///< 0 but for CSV
  std::uint64_t bytes = 0;
  std::uint64_t replaced = 0;  ///< wrong byte sequences of the last reading
};

/// A file as rows of text, whatever its form. Can be read several times; the file is opened anew each time.
class Table {
 public:
  /// Recognises the form and learns the heading. `parquet` may be null: then a Parquet file is an error.
  static base::Result<Table> open(std::string path, TableOptions options, port::Parquet* parquet);

  const std::vector<std::string>& heading() const { return heading_; }
  const TableFacts& facts() const { return facts_; }

  /// All rows from the first on, until the sink has enough. Memory does not depend on the file's size.
  base::Result<void> read(const RowSink& sink);

 private:
  base::Result<std::unique_ptr<TextSource>> open_text() const;
  template <class Reader>
  base::Result<void> hand_on(Reader& reader, const TextSource& source, const RowSink& sink);
  base::Result<void> read_csv(const RowSink& sink);
  base::Result<void> read_json(const RowSink& sink);
  base::Result<void> read_parquet(const RowSink& sink);

  std::string path_;
  std::string name_;
  TableOptions options_;
  port::Parquet* parquet_ = nullptr;
  bool json_ = false;
  std::vector<std::string> heading_;
  TableFacts facts_;
};

}  // namespace collect
