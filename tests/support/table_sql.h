#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/block.h"

namespace tests {

/// What a CREATE TABLE of the warehouse says: names, kinds (as the program writes them: an Enum8 is a u8) and sorting
/// key.
struct TableSql {
  struct Column {
    std::string name;
    base::ColumnKind kind;
  };
  std::string name;
  std::vector<Column> columns;
  std::vector<std::string> key;  ///< ORDER BY
};

/// Nothing when the text is no CREATE TABLE; a type it does not know aborts the test.
std::optional<TableSql> read_create_table(std::string_view sql);

/// "ALTER TABLE facts DELETE WHERE column = {parameter:Type}"; nothing for any other text.
struct DeleteSql {
  std::string table;
  std::string column;
  std::string parameter;
};
std::optional<DeleteSql> read_delete(std::string_view sql);

}  // namespace tests
