#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/block.h"

namespace adapter::clickhouse {

/// A column type as the engine writes it, taken apart.
struct WireType {
  enum class Kind : std::uint8_t {
    unsigned_integer,
    integer,
    real,
    date,    ///< days in 16 bits
    date32,  ///< days in 32 bits
    date_time,
    date_time64,
    decimal,
    string,
    fixed_string,
    enumeration,
    nothing,
    array
  };
  Kind kind = Kind::string;
  std::size_t size = 0;  ///< bytes of one value
  int scale = 0;         ///< of decimals and DateTime64
  bool nullable = false;
  bool dictionary = false;  ///< LowCardinality: sent as keys and positions
  std::vector<std::pair<std::string, int>> names = {};  ///< of an enumeration
  std::vector<WireType> items = {};                     ///< of an array: one
};

/// Nothing when it is a type we do not read.
std::optional<WireType> read_wire_type(std::string_view text);

/// The column kind that holds every value of the type.
std::optional<base::ColumnKind> kind_of(const WireType& type);

}  // namespace adapter::clickhouse
