#pragma once

#include <optional>

#include "collect/row_converter.h"

namespace collect {

inline constexpr std::int32_t kNoDay = -25'567;  ///< 1900-01-01 stands for "not given"

/// A table whose rows are few and wide: each row puts its values column after column, in the order of `columns`.
class TableRows : public RowConverter {
 public:
  using RowConverter::RowConverter;

  base::Result<void> add(const RowBatch& batch) override;
  base::Result<void> finish() override;

 protected:
  /// Names the table's columns by `column`; import_id, line and version follow by themselves.
  virtual void columns() = 0;

  void column(const char* name, base::ColumnKind kind) { block_.columns.emplace_back(name, kind); }
  void put(std::string_view value) { next().text().push_back(value); }
  template <class T>
  void put_number(T value) {
    next().template as<T>().push_back(value);
  }
  template <class T>
  void put_optional(T value, bool given) {
    base::Column& target = next();
    target.template as<T>().push_back(given ? value : T{});
    target.nulls.push_back(given ? 0 : 1);
  }
  void put_list(std::string_view text);
  base::Result<void> end_row();

  /// The columns without a known meaning as one JSON object; cells that look like contact data are left out. Valid
  /// until the next call.
  std::string_view rest_as_json();

  base::Result<std::string_view> customer(std::optional<bool> accepts_email = {}, std::optional<bool> accepts_sms = {});

  /// `kNoDay` where the cell is empty; false where it is no day.
  bool optional_day(Role role, std::int32_t& day);

 private:
  void start();
  base::Result<void> send();
  base::Column& next() { return block_.columns[at_++]; }

  base::Block block_;
  std::size_t at_ = 0;
  std::string json_;
};

}  // namespace collect
