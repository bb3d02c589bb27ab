#include "adapter/xlsx/open_xlsx.h"

#include <cstdio>
#include <filesystem>

#include <xlsxwriter.h>

#include "base/time.h"

namespace adapter::xlsx {
namespace {

using base::Code;
using base::Column;
using base::ColumnKind;
using base::fail;
using base::Result;

constexpr std::uint32_t kMostRows = 1048576;

struct Formats {
  lxw_format* head;
  lxw_format* money;
  lxw_format* day;
};

/// One cell; lists and raw ids are written as text, a missing value as an empty cell.
void write_cell(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t col, const Column& column, std::size_t i, const Formats& formats) {
  if (column.is_null(i)) return;
  switch (column.kind) {
    case ColumnKind::u8: worksheet_write_number(sheet, row, col, column.as<std::uint8_t>()[i], nullptr); break;
    case ColumnKind::u32: worksheet_write_number(sheet, row, col, column.as<std::uint32_t>()[i], nullptr); break;
    case ColumnKind::i32: worksheet_write_number(sheet, row, col, column.as<std::int32_t>()[i], nullptr); break;
    case ColumnKind::u64:
      worksheet_write_number(sheet, row, col, static_cast<double>(column.as<std::uint64_t>()[i]), nullptr);
      break;
    case ColumnKind::i64:
      worksheet_write_number(sheet, row, col, static_cast<double>(column.as<std::int64_t>()[i]), nullptr);
      break;
    case ColumnKind::amount:
      worksheet_write_number(sheet, row, col, static_cast<double>(column.as<std::int64_t>()[i]) * 1e-6, formats.money);
      break;
    case ColumnKind::f64: worksheet_write_number(sheet, row, col, column.as<double>()[i], formats.money); break;
    case ColumnKind::day:
      // A spreadsheet counts days from 1899-12-30.
      worksheet_write_number(sheet, row, col, column.as<std::int32_t>()[i] + 25569, formats.day);
      break;
    case ColumnKind::instant:
      worksheet_write_string(sheet, row, col, base::to_string(base::instant_from_millis(column.as<std::int64_t>()[i])).c_str(), nullptr);
      break;
    case ColumnKind::text: {
      std::string value{column.text()[i].substr(0, 32000)};
      std::erase(value, '\0');
      worksheet_write_string(sheet, row, col, value.c_str(), nullptr);
      break;
    }
    case ColumnKind::i32_list:
    case ColumnKind::i64_list:
    case ColumnKind::f64_list:
    case ColumnKind::text_list: break;
  }
}

class XlsxSpreadsheet : public port::Spreadsheet {
 public:
  Result<void> write(const std::string& path, const std::vector<port::Sheet>& sheets) override {
    const std::string partial = path + ".part";
    lxw_workbook_options options{};
    options.constant_memory = LXW_TRUE;
    lxw_workbook* book = workbook_new_opt(partial.c_str(), &options);
    if (book == nullptr) return fail(Code::exhausted, "{} cannot be written; is there room on the disk?", path);
    Formats formats{workbook_add_format(book), workbook_add_format(book), workbook_add_format(book)};
    format_set_bold(formats.head);
    format_set_num_format(formats.money, "#,##0.00");
    format_set_num_format(formats.day, "yyyy-mm-dd");
    Result<void> written;
    for (const port::Sheet& sheet : sheets) {
      if (written) written = fill(book, sheet, formats);
    }
    const lxw_error closed = workbook_close(book);
    std::error_code ignored;
    if (!written) {
      std::filesystem::remove(partial, ignored);
      return written;
    }
    if (closed != LXW_NO_ERROR) {
      std::filesystem::remove(partial, ignored);
      return fail(Code::exhausted, "{} cannot be written: {}", path, lxw_strerror(closed));
    }
    if (std::rename(partial.c_str(), path.c_str()) != 0) return fail(Code::exhausted, "{} cannot be put in place", path);
    return {};
  }

 private:
  static Result<void> fill(lxw_workbook* book, const port::Sheet& sheet, const Formats& formats) {
    lxw_worksheet* page = workbook_add_worksheet(book, sheet.title.empty() ? nullptr : sheet.title.c_str());
    if (page == nullptr) return fail(Code::invalid_input, "'{}' cannot be the title of a sheet", sheet.title);
    for (std::size_t c = 0; c < sheet.heads.size(); ++c) {
      worksheet_write_string(page, 0, static_cast<lxw_col_t>(c), sheet.heads[c].c_str(), formats.head);
      worksheet_set_column(page, static_cast<lxw_col_t>(c), static_cast<lxw_col_t>(c), 16, nullptr);
    }
    worksheet_freeze_panes(page, 1, 0);
    std::uint32_t row = 1;
    for (;;) {
      base::Block block;
      WB_ASSIGN(const bool more, sheet.rows(block));
      if (!more) return {};
      for (std::size_t i = 0; i < block.rows(); ++i, ++row) {
        if (row >= kMostRows) return fail(Code::exhausted, "a sheet holds no more than {} rows; use the CSV or Parquet file", kMostRows - 1);
        for (std::size_t c = 0; c < block.columns.size(); ++c) {
          write_cell(page, row, static_cast<lxw_col_t>(c), block.columns[c], i, formats);
        }
      }
    }
  }
};

}  // namespace

std::unique_ptr<port::Spreadsheet> open_xlsx() { return std::make_unique<XlsxSpreadsheet>(); }

}  // namespace adapter::xlsx
