#pragma once

#include <string>
#include <string_view>

#include "port/warehouse.h"

namespace adapter::clickhouse {

/// The value as the engine reads it from the wire: backslash, tab, newline and the like are escaped, except in values
/// of array, tuple and map types, whose text has its own quoting.
std::string parameter_text(std::string_view sql, const port::Parameter& parameter);

}  // namespace adapter::clickhouse
