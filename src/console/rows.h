#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/block.h"
#include "base/error.h"
#include "port/warehouse.h"

namespace console {

/// One row of a result, read by column name. A column that is not there, or of a kind that cannot be read so, aborts: SQL
/// and code stand side by side.
class Row {
 public:
  Row(const base::Block& block, std::size_t row) : block_(block), row_(row) {}

  std::string text(std::string_view column) const;
  double number(std::string_view column) const;  ///< of any number or amount; 0 where it is missing
  std::int64_t whole(std::string_view column) const;
  std::string day(std::string_view column) const;  ///< 2011-12-10
  std::string moment(std::string_view column) const;
  bool missing(std::string_view column) const;
  std::vector<std::string> texts(std::string_view column) const;

 private:
  const base::Column& column(std::string_view name) const;
  const base::Block& block_;
  std::size_t row_;
};

/// Runs the query and hands over its rows.
base::Result<void> each_row(port::Warehouse& warehouse, const port::Statement& statement, const std::function<void(const Row&)>& take);

/// The SQL with the comment `/* mark */ 1` replaced by `text`: a condition or a list of names made by us.
std::string with(std::string_view sql, std::string_view mark, std::string_view text);

}  // namespace console
