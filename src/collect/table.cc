#include "collect/table.h"

#include <filesystem>

#include "collect/csv_reader.h"
#include "collect/json_lines.h"

namespace collect {

using base::Code;
using base::fail;
using base::Result;

Result<std::unique_ptr<TextSource>> Table::open_text() const {
  WB_ASSIGN(auto bytes, open_file(path_));
  return std::make_unique<TextSource>(std::move(bytes), options_.charset);
}

Result<Table> Table::open(std::string path, TableOptions options, port::Parquet* parquet) {
  Table table;
  table.path_ = std::move(path);
  table.name_ = std::filesystem::path{table.path_}.filename().string();
  table.options_ = std::move(options);
  table.parquet_ = parquet;
  WB_ASSIGN(const FileFacts facts, look_at(table.path_));
  table.facts_.bytes = facts.bytes;
  if (facts.form == FileForm::parquet) {
    if (parquet == nullptr)
      return fail(Code::unsupported, "{}: Parquet needs the local warehouse engine, which is not here", table.path_);
    table.facts_.format = "Parquet";
    WB_TRY(table.read_parquet([](const RowBatch&) { return false; }));
    if (table.heading_.empty()) return fail(Code::invalid_input, "{}: has no rows", table.name_);
    return table;
  }
  WB_ASSIGN(auto text, table.open_text());
  char start[4096];
  WB_ASSIGN(const std::size_t got, text->read(start, sizeof start));
  const std::string_view begin{start, got};
  const std::size_t first = begin.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return fail(Code::invalid_input, "{}: has no rows", table.name_);
  if (begin[first] == '[') {
    return fail(Code::unsupported, "{}: is one JSON list; write one object a line (jq -c '.[]' does it)", table.name_);
  }
  if (begin.find('\0') != std::string_view::npos) return fail(Code::unsupported, "{}: is no text file", table.name_);
  table.json_ = begin[first] == '{';
  table.facts_.format = table.json_ ? "JSON lines" : "CSV";
  if (facts.form == FileForm::gzip) table.facts_.format += " (gzip)";
  if (table.json_) {
    // a key may come first in the last line: the heading is known after one reading
    WB_ASSIGN(auto again, table.open_text());
    JsonLines lines{std::move(again), {}, table.name_};
    RowBatch batch;
    for (;;) {
      WB_ASSIGN(const bool more, lines.next(batch));
      if (!more) break;
    }
    table.heading_ = lines.heading();
    if (table.heading_.empty()) return fail(Code::invalid_input, "{}: no line holds a JSON object", table.name_);
  } else {
    WB_TRY(table.read_csv(nullptr));
  }
  return table;
}

Result<void> Table::read(const RowSink& sink) {
  if (facts_.format == "Parquet") return read_parquet(sink);
  return json_ ? read_json(sink) : read_csv(sink);
}

template <class Reader>
Result<void> Table::hand_on(Reader& reader, const TextSource& source, const RowSink& sink) {
  RowBatch batch;
  for (;;) {
    WB_ASSIGN(const bool more, reader.next(batch));
    facts_.replaced = source.replaced();
    facts_.charset = base::name_of(source.charset());
    if (!more) return {};
    batch.position = source.position();
    WB_ASSIGN(const bool wants_more, sink(batch));
    if (!wants_more) return {};
  }
}

Result<void> Table::read_csv(const RowSink& sink) {
  WB_ASSIGN(auto text, open_text());
  const TextSource& source = *text;
  WB_ASSIGN(CsvReader reader, CsvReader::open(std::move(text), options_.delimiter, options_.heading, name_));
  heading_ = reader.heading();
  facts_.delimiter = reader.dialect().delimiter;
  facts_.charset = base::name_of(source.charset());
  if (!sink) return {};
  return hand_on(reader, source, sink);
}

Result<void> Table::read_json(const RowSink& sink) {
  WB_ASSIGN(auto text, open_text());
  const TextSource& source = *text;
  JsonLines lines{std::move(text), heading_, name_};
  return hand_on(lines, source, sink);
}

Result<void> Table::read_parquet(const RowSink& sink) {
  bool enough = false;
  std::uint64_t row = 0;
  RowBatch batch;
  const auto take = [&](base::Block&& block) -> Result<void> {
    heading_.clear();
    for (const base::Column& column : block.columns) {
      if (column.kind != base::ColumnKind::text) {
        return fail(Code::internal, "{}: column '{}' was not read as text", name_, column.name);
      }
      heading_.push_back(column.name);
    }
    batch.clear();
    batch.width = block.columns.size();
    for (std::size_t i = 0; i < block.rows(); ++i) {
      for (const base::Column& column : block.columns) {
        batch.cells.push_back(column.is_null(i) ? std::string_view{} : column.text()[i]);
      }
      batch.lines.push_back(++row);
    }
    WB_ASSIGN(const bool more, sink(batch));
    enough = !more;
    if (enough) return fail(Code::internal, "enough");
    return {};
  };
  Result<void> done = parquet_->read(path_, take);
  if (enough) return {};
  return done;
}

}  // namespace collect
