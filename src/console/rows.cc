#include "console/rows.h"

#include "base/time.h"

namespace console {

using base::Column;
using base::ColumnKind;
using base::Result;

const Column& Row::column(std::string_view name) const {
  const Column* found = block_.find(name);
  WB_CHECK(found != nullptr);
  return *found;
}

std::string Row::text(std::string_view name) const {
  const Column& c = column(name);
  WB_CHECK(c.kind == ColumnKind::text);
  return std::string{c.text()[row_]};
}

double Row::number(std::string_view name) const {
  const Column& c = column(name);
  if (c.is_null(row_)) return 0;
  switch (c.kind) {
    case ColumnKind::u8: return c.as<std::uint8_t>()[row_];
    case ColumnKind::u32: return c.as<std::uint32_t>()[row_];
    case ColumnKind::u64: return static_cast<double>(c.as<std::uint64_t>()[row_]);
    case ColumnKind::i32: return c.as<std::int32_t>()[row_];
    case ColumnKind::i64: return static_cast<double>(c.as<std::int64_t>()[row_]);
    case ColumnKind::amount: return static_cast<double>(c.as<std::int64_t>()[row_]) * 1e-6;
    case ColumnKind::f64: return c.as<double>()[row_];
    default: break;
  }
  WB_CHECK(c.kind == ColumnKind::f64);
  return 0;
}

std::int64_t Row::whole(std::string_view name) const {
  const Column& c = column(name);
  if (c.kind == ColumnKind::i64) return c.as<std::int64_t>()[row_];
  if (c.kind == ColumnKind::u64) return static_cast<std::int64_t>(c.as<std::uint64_t>()[row_]);
  return static_cast<std::int64_t>(number(name));
}

std::string Row::day(std::string_view name) const {
  const Column& c = column(name);
  WB_CHECK(c.kind == ColumnKind::day || c.kind == ColumnKind::i32);
  return base::to_string(base::day_from_number(c.as<std::int32_t>()[row_]));
}

std::string Row::moment(std::string_view name) const {
  const Column& c = column(name);
  WB_CHECK(c.kind == ColumnKind::instant);
  return base::to_string(base::instant_from_millis(c.as<std::int64_t>()[row_]));
}

bool Row::missing(std::string_view name) const { return column(name).is_null(row_); }

std::vector<std::string> Row::texts(std::string_view name) const {
  const Column& c = column(name);
  WB_CHECK(c.kind == ColumnKind::text_list);
  const auto& list = c.text_list();
  std::vector<std::string> texts;
  for (std::size_t i = list.begin_of(row_); i < list.end_of(row_); ++i) texts.emplace_back(list.items[i]);
  return texts;
}

Result<void> each_row(port::Warehouse& warehouse, const port::Statement& statement, const std::function<void(const Row&)>& take) {
  return warehouse.select(statement, [&](base::Block&& block) -> Result<void> {
    for (std::size_t row = 0; row < block.rows(); ++row) take(Row{block, row});
    return {};
  });
}

std::string with(std::string_view sql, std::string_view mark, std::string_view text) {
  const std::string wanted = fmt::format("/* {} */ 1", mark);
  std::string out{sql};
  std::size_t found = 0;
  for (std::size_t at = out.find(wanted); at != std::string::npos; at = out.find(wanted, at + text.size())) {
    out.replace(at, wanted.size(), text);
    ++found;
  }
  WB_CHECK(found > 0);
  return out;
}

}  // namespace console
