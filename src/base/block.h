#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace base {

/// What a column holds, and how: the types the warehouse exchanges.
enum class ColumnKind : std::uint8_t {
  u8,
  u32,
  u64,
  i32,
  i64,
  f64,
  day,       ///< days since 1970-01-01 (warehouse type Date32), in i32
  instant,   ///< milliseconds since the epoch (DateTime64(3, 'UTC')), in i64
  amount,    ///< millionths (Decimal(18, 6)), in i64
  text,      ///< any bytes
  i32_list,  ///< Array(Int32)
  i64_list,  ///< Array(Int64)
  f64_list,  ///< Array(Float64)
  text_list  ///< Array(String)
};

/// Many byte strings in one piece of memory.
class TextData {
 public:
  void push_back(std::string_view value) {
    bytes_.append(value);
    ends_.push_back(bytes_.size());
  }
  std::string_view operator[](std::size_t row) const {
    const std::size_t begin = row == 0 ? 0 : ends_[row - 1];
    return {bytes_.data() + begin, ends_[row] - begin};
  }
  std::size_t size() const { return ends_.size(); }
  std::size_t bytes() const { return bytes_.size(); }
  void reserve(std::size_t rows, std::size_t total_bytes) {
    ends_.reserve(rows);
    bytes_.reserve(total_bytes);
  }
  void clear() {
    bytes_.clear();
    ends_.clear();
  }

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

/// Lists of numbers or texts, one list a row: list i is items [ends[i-1], ends[i]).
template <class Items>
struct ListData {
  Items items;
  std::vector<std::size_t> ends;

  std::size_t begin_of(std::size_t row) const { return row == 0 ? 0 : ends[row - 1]; }
  std::size_t end_of(std::size_t row) const { return ends[row]; }
};

/// One named column of a block. `data` holds the alternative that `kind` says; `nulls` is empty (no value is missing)
/// or has one byte a row, 1 = missing (the value beside it is then the type's zero).
struct Column {
  using Data = std::variant<std::vector<std::uint8_t>, std::vector<std::uint32_t>, std::vector<std::uint64_t>,
                            std::vector<std::int32_t>, std::vector<std::int64_t>, std::vector<double>, TextData,
                            ListData<std::vector<std::int32_t>>, ListData<std::vector<std::int64_t>>,
                            ListData<std::vector<double>>, ListData<TextData>>;

  Column(std::string column_name, ColumnKind column_kind);

  std::string name;
  ColumnKind kind;
  Data data;
  std::vector<std::uint8_t> nulls;

  std::size_t size() const;
  bool is_null(std::size_t row) const { return !nulls.empty() && nulls[row] != 0; }

  template <class T>
  std::vector<T>& as() {
    return std::get<std::vector<T>>(data);
  }
  template <class T>
  const std::vector<T>& as() const {
    return std::get<std::vector<T>>(data);
  }
  TextData& text() { return std::get<TextData>(data); }
  const TextData& text() const { return std::get<TextData>(data); }
  template <class T>
  ListData<std::vector<T>>& list() {
    return std::get<ListData<std::vector<T>>>(data);
  }
  template <class T>
  const ListData<std::vector<T>>& list() const {
    return std::get<ListData<std::vector<T>>>(data);
  }
  ListData<TextData>& text_list() { return std::get<ListData<TextData>>(data); }
  const ListData<TextData>& text_list() const { return std::get<ListData<TextData>>(data); }
};

/// Rows of a table, column by column; all columns have the same size.
struct Block {
  std::vector<Column> columns;

  std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }

  /// The column of that name, or nullptr.
  const Column* find(std::string_view name) const;

  /// The column of that name and kind; an error that names both when it is not there.
  Result<const Column*> need(std::string_view name, ColumnKind kind) const;
};

/// Takes blocks one after another; an error stops the source.
using BlockSink = std::function<Result<void>(Block&&)>;

/// Takes bytes one piece after another; an error stops the source.
using ByteSink = std::function<Result<void>(std::string_view)>;

/// Fills the block with the next rows and returns true, or returns false at the end.
using BlockSource = std::function<Result<bool>(Block&)>;

}  // namespace base
