#include "base/block.h"

namespace base {
namespace {

Column::Data empty_data(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::u8: return std::vector<std::uint8_t>{};
    case ColumnKind::u32: return std::vector<std::uint32_t>{};
    case ColumnKind::u64: return std::vector<std::uint64_t>{};
    case ColumnKind::i32:
    case ColumnKind::day: return std::vector<std::int32_t>{};
    case ColumnKind::i64:
    case ColumnKind::instant:
    case ColumnKind::amount: return std::vector<std::int64_t>{};
    case ColumnKind::f64: return std::vector<double>{};
    case ColumnKind::text: return TextData{};
    case ColumnKind::i32_list: return ListData<std::vector<std::int32_t>>{};
    case ColumnKind::i64_list: return ListData<std::vector<std::int64_t>>{};
    case ColumnKind::f64_list: return ListData<std::vector<double>>{};
    case ColumnKind::text_list: return ListData<TextData>{};
  }
  return TextData{};
}

template <class T>
std::size_t rows_of(const std::vector<T>& values) {
  return values.size();
}
std::size_t rows_of(const TextData& values) { return values.size(); }
template <class Items>
std::size_t rows_of(const ListData<Items>& lists) {
  return lists.ends.size();
}

}  // namespace

Column::Column(std::string column_name, ColumnKind column_kind)
    : name(std::move(column_name)), kind(column_kind), data(empty_data(column_kind)) {}

std::size_t Column::size() const {
  return std::visit([](const auto& values) { return rows_of(values); }, data);
}

const Column* Block::find(std::string_view name) const {
  for (const Column& column : columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

Result<const Column*> Block::need(std::string_view name, ColumnKind kind) const {
  const Column* column = find(name);
  if (column == nullptr) return fail(Code::internal, "the warehouse's answer has no column '{}'", name);
  if (column->kind != kind) return fail(Code::internal, "the warehouse's column '{}' has another type than asked", name);
  return column;
}

}  // namespace base
