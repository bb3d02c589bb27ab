#include "tests/support/fake_warehouse.h"

#include <chrono>

#include "base/decimal.h"
#include "base/time.h"

namespace tests {

using base::Code;
using base::Column;
using base::ColumnKind;
using base::fail;

namespace {

template <class Items>
void append_items(Items& to, const Items& from, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) to.push_back(from[i]);
}

void append_default(Column& to) {
  const Column empty{"", to.kind};
  std::visit(
      []<class Data>(Data& data) {
        if constexpr (requires { data.ends; }) {
          data.ends.push_back(data.ends.empty() ? 0 : data.ends.back());
        } else {
          data.push_back({});
        }
      },
      to.data);
  if (!to.nulls.empty()) to.nulls.push_back(0);
}

std::string csv_field(const Column& column, std::size_t row) {
  const std::string text = value_text(column, row);
  if (column.is_null(row) ||
      (column.kind != ColumnKind::text && column.kind != ColumnKind::day && column.kind != ColumnKind::instant))
    return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string{"\"\""} : std::string{c};
  return quoted + "\"";
}

}  // namespace

void append_row(Column& to, const Column& from, std::size_t row) {
  const std::size_t before = to.size();
  std::visit(
      [&]<class Data>(Data& data) {
        const Data& source = std::get<Data>(from.data);
        if constexpr (requires { data.ends; }) {
          append_items(data.items, source.items, source.begin_of(row), source.end_of(row));
          data.ends.push_back(data.items.size());
        } else {
          data.push_back(source[row]);
        }
      },
      to.data);
  if (from.is_null(row) && to.nulls.empty()) to.nulls.assign(before, 0);
  if (!to.nulls.empty()) to.nulls.push_back(from.is_null(row) ? 1 : 0);
}

void append_block(base::Block& to, base::Block&& block) {
  if (to.columns.empty()) {
    to = std::move(block);
    return;
  }
  for (std::size_t i = 0; i < to.columns.size(); ++i) {
    for (std::size_t row = 0; row < block.rows(); ++row) append_row(to.columns[i], block.columns[i], row);
  }
}

std::string value_text(const Column& column, std::size_t row) {
  if (column.is_null(row)) return "\\N";
  switch (column.kind) {
    case ColumnKind::day: return base::to_string(base::day_from_number(column.as<std::int32_t>()[row]));
    case ColumnKind::instant: return base::to_string(base::instant_from_millis(column.as<std::int64_t>()[row]));
    case ColumnKind::amount: return base::decimal_text(column.as<std::int64_t>()[row]);
    default: break;
  }
  return std::visit(
      [&]<class Data>(const Data& data) -> std::string {
        if constexpr (requires { data.ends; }) {
          std::string text = "[";
          for (std::size_t i = data.begin_of(row); i < data.end_of(row); ++i) {
            text += fmt::format("{}{}", i == data.begin_of(row) ? "" : ",", data.items[i]);
          }
          return text + "]";
        } else {
          return fmt::format("{}", data[row]);
        }
      },
      column.data);
}

void FakeWarehouse::answer(std::string name, Answer answer) {
  const std::lock_guard lock{mutex_};
  answers_[std::move(name)] = {std::move(answer), false};
}

void FakeWarehouse::answer_write(std::string name, Answer answer) {
  const std::lock_guard lock{mutex_};
  answers_[std::move(name)] = {std::move(answer), true};
}

void FakeWarehouse::create(const TableSql& sql) {
  const std::lock_guard lock{mutex_};
  if (tables_.contains(sql.name)) return;
  Table made;
  for (const TableSql::Column& column : sql.columns) made.rows.columns.emplace_back(column.name, column.kind);
  made.key = sql.key;
  tables_.emplace(sql.name, std::move(made));
}

base::Result<void> FakeWarehouse::erase(const DeleteSql& sql, const port::Statement& statement) {
  const std::lock_guard lock{mutex_};
  const auto found = tables_.find(sql.table);
  if (found == tables_.end()) return fail(Code::not_found, "there is no table '{}'", sql.table);
  const auto parameter = std::ranges::find(statement.parameters, sql.parameter, &port::Parameter::name);
  const Column* column = found->second.rows.find(sql.column);
  if (column == nullptr || parameter == statement.parameters.end())
    return fail(Code::invalid_input, "'{}' names what is not there", statement.name);
  // Rows that a later one of their key replaced are gone, as after a merge: the engine may have done one.
  const auto last = final_rows(found->second);
  base::Block kept;
  for (const Column& from : found->second.rows.columns) {
    Column& to = kept.columns.emplace_back(from.name, from.kind);
    for (const auto& [value, row] : last) {
      if (value_text(*column, row) != parameter->value) append_row(to, from, row);
    }
  }
  found->second.rows = std::move(kept);
  return {};
}

base::Result<base::Block> FakeWarehouse::read(const std::string& table) const {
  const std::lock_guard lock{mutex_};
  const auto found = tables_.find(table);
  if (found == tables_.end()) return fail(Code::not_found, "there is no table '{}'", table);
  return found->second.rows;
}

std::map<std::string, std::size_t> FakeWarehouse::final_rows(const Table& table) {
  std::map<std::string, std::size_t> last;
  for (std::size_t row = 0; row < table.rows.rows(); ++row) {
    std::string value;
    for (const std::string& name : table.key) value += value_text(*table.rows.find(name), row) + '\x1F';
    last[value] = row;
  }
  return last;
}

base::Result<base::Block> FakeWarehouse::read_final(const std::string& table) const {
  const std::lock_guard lock{mutex_};
  const auto found = tables_.find(table);
  if (found == tables_.end()) return fail(Code::not_found, "there is no table '{}'", table);
  const auto last = final_rows(found->second);
  base::Block result;
  for (const Column& column : found->second.rows.columns) {
    Column& to = result.columns.emplace_back(column.name, column.kind);
    for (const auto& [value, row] : last) append_row(to, column, row);
  }
  return result;
}

std::map<std::string, FakeWarehouse::Row> FakeWarehouse::rows() const {
  const std::lock_guard lock{mutex_};
  std::map<std::string, Row> result;
  for (const auto& [name, table] : tables_) {
    for (const auto& [value, index] : final_rows(table)) {
      Row& row = result[name + '\x1F' + value];
      for (const Column& column : table.rows.columns) row[column.name] = value_text(column, index);
    }
  }
  return result;
}

std::size_t FakeWarehouse::inserts() const {
  const std::lock_guard lock{mutex_};
  std::size_t count = 0;
  for (const auto& [name, table] : tables_) count += table.tokens.size();
  return count;
}

void FakeWarehouse::fail_insert(std::size_t number) {
  const std::lock_guard lock{mutex_};
  inserts_until_failure_ = number;
}

void FakeWarehouse::clear() {
  const std::lock_guard lock{mutex_};
  for (auto& [name, table] : tables_) {
    table.tokens.clear();
    for (Column& column : table.rows.columns) column = Column{column.name, column.kind};
  }
}

base::Result<FakeWarehouse::Registered> FakeWarehouse::find(const port::Statement& statement) const {
  const std::lock_guard lock{mutex_};
  const auto found = answers_.find(statement.name);
  if (found == answers_.end())
    return fail(Code::invalid_input, "the fake warehouse has no answer to '{}'", statement.name);
  return found->second;
}

base::Result<void> FakeWarehouse::execute(const port::Statement& statement) {
  if (const auto table = read_create_table(statement.sql)) {
    create(*table);
    return {};
  }
  if (const auto rows = read_delete(statement.sql)) return erase(*rows, statement);
  WB_ASSIGN(const Registered found, find(statement));
  return found.answer(statement, [](base::Block&&) -> base::Result<void> { return {}; });
}

base::Result<void> FakeWarehouse::select(const port::Statement& statement, const base::BlockSink& sink) {
  WB_ASSIGN(const Registered found, find(statement));
  return found.answer(statement, [&](base::Block&& block) -> base::Result<void> {
    if (block.rows() == 0) return {};
    return sink(std::move(block));
  });
}

base::Result<void> FakeWarehouse::insert(std::string_view table, std::string_view token, const base::Block& block) {
  const std::lock_guard lock{mutex_};
  const auto found = tables_.find(table);
  if (found == tables_.end()) return fail(Code::not_found, "there is no table '{}'", table);
  if (inserts_until_failure_ != 0 && --inserts_until_failure_ == 0)
    return fail(Code::unavailable, "the warehouse went away");
  Table& to = found->second;
  for (const Column& column : block.columns) {
    const Column* known = to.rows.find(column.name);
    if (known == nullptr) return fail(Code::invalid_input, "table '{}' has no column '{}'", table, column.name);
    if (known->kind != column.kind)
      return fail(Code::invalid_input, "column '{}' of '{}' has another type", column.name, table);
    if (column.size() != block.rows())
      return fail(Code::internal, "column '{}' has another length than its block", column.name);
  }
  if (block.rows() == 0 || !to.tokens.emplace(token).second) return {};
  for (Column& column : to.rows.columns) {
    const Column* from = block.find(column.name);
    for (std::size_t row = 0; row < block.rows(); ++row) {
      if (from != nullptr) {
        append_row(column, *from, row);
      } else {
        append_default(column);
      }
    }
  }
  return {};
}

base::Result<void> FakeWarehouse::stream(const port::Statement& statement, std::string_view format,
                                         const base::ByteSink& sink) {
  const bool csv = format == "CSV" || format == "CSVWithNames";
  if (!csv && format != "TSV" && format != "TabSeparated")
    return fail(Code::unsupported, "the fake warehouse does not write {}", format);
  WB_ASSIGN(const Registered found, find(statement));
  bool heading = format == "CSVWithNames";
  return found.answer(statement, [&](base::Block&& block) -> base::Result<void> {
    std::string text;
    if (std::exchange(heading, false)) {
      for (const Column& column : block.columns) text += (text.empty() ? "\"" : ",\"") + column.name + "\"";
      text += '\n';
    }
    for (std::size_t row = 0; row < block.rows(); ++row) {
      for (std::size_t i = 0; i < block.columns.size(); ++i) {
        if (i != 0) text += csv ? ',' : '\t';
        text += csv ? csv_field(block.columns[i], row) : value_text(block.columns[i], row);
      }
      text += '\n';
    }
    return sink(text);
  });
}

base::Result<void> FakeWarehouse::stream_readonly(const port::Statement& statement, std::string_view format,
                                                  const base::ByteSink& sink) {
  WB_ASSIGN(const Registered found, find(statement));
  if (found.writes) return fail(Code::invalid_input, "'{}' may only read", statement.name);
  return stream(statement, format, sink);
}

base::Result<port::WarehouseInfo> FakeWarehouse::info() {
  return port::WarehouseInfo{.version = "fake", .local = true};
}

}  // namespace tests
