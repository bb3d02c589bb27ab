#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "port/warehouse.h"

namespace console {

/// A segment's condition (decide::parse_where) as an expression over the table of profiles; its values are parameters, so
/// that no text of anybody becomes SQL.
struct ConditionSql {
  std::string sql = "1";
  std::vector<port::Parameter> parameters;
};

/// Fails with the sentence that names the place, as `plan --where` does. Empty text: everybody.
base::Result<ConditionSql> condition_sql(std::string_view text);

}  // namespace console
