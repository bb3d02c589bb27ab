#include "adapter/clickhouse/wire_type.h"

#include <charconv>

namespace adapter::clickhouse {

namespace {

using Kind = WireType::Kind;

struct Plain {
  std::string_view name;
  Kind kind;
  std::size_t size;
};
constexpr Plain kPlain[] = {{"UInt8", Kind::unsigned_integer, 1},
                            {"Bool", Kind::unsigned_integer, 1},
                            {"UInt16", Kind::unsigned_integer, 2},
                            {"UInt32", Kind::unsigned_integer, 4},
                            {"UInt64", Kind::unsigned_integer, 8},
                            {"Int8", Kind::integer, 1},
                            {"Int16", Kind::integer, 2},
                            {"Int32", Kind::integer, 4},
                            {"Int64", Kind::integer, 8},
                            {"Float32", Kind::real, 4},
                            {"Float64", Kind::real, 8},
                            {"Date", Kind::date, 2},
                            {"Date32", Kind::date32, 4},
                            {"DateTime", Kind::date_time, 4},
                            {"String", Kind::string, 0},
                            {"Nothing", Kind::nothing, 1}};

/// "Nullable(X)" with head "Nullable(" gives X.
std::optional<std::string_view> inside(std::string_view text, std::string_view head) {
  if (!text.starts_with(head) || !text.ends_with(')')) return std::nullopt;
  return text.substr(head.size(), text.size() - head.size() - 1);
}

std::optional<int> number(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  int value = 0;
  const auto end = text.data() + text.size();
  if (std::from_chars(text.data(), end, value).ptr != end || text.empty()) return std::nullopt;
  return value;
}

/// 'a' = 1, 'it\'s' = 2
std::optional<WireType> read_enumeration(std::string_view text, std::size_t size) {
  WireType type{.kind = Kind::enumeration, .size = size};
  std::size_t i = 0;
  while (i < text.size()) {
    if (text[i] != '\'') return std::nullopt;
    std::string name;
    for (++i; i < text.size() && text[i] != '\''; ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      name += text[i];
    }
    const std::size_t equals = text.find('=', i);
    if (equals == text.npos) return std::nullopt;
    const std::size_t comma = std::min(text.find(',', equals), text.size());
    const auto value = number(text.substr(equals + 1, comma - equals - 1));
    if (!value) return std::nullopt;
    type.names.emplace_back(std::move(name), *value);
    i = comma + 1;
    while (i < text.size() && text[i] == ' ') ++i;
  }
  return type;
}

}  // namespace

std::optional<WireType> read_wire_type(std::string_view text) {
  for (const Plain& plain : kPlain) {
    if (text == plain.name) return WireType{.kind = plain.kind, .size = plain.size};
  }
  if (const auto inner = inside(text, "Nullable(")) {
    auto type = read_wire_type(*inner);
    if (type) type->nullable = true;
    return type;
  }
  if (const auto inner = inside(text, "LowCardinality(")) {
    auto type = read_wire_type(*inner);
    if (type) type->dictionary = true;
    return type;
  }
  if (const auto inner = inside(text, "Array(")) {
    auto item = read_wire_type(*inner);
    if (!item || item->nullable || item->kind == Kind::array) return std::nullopt;
    return WireType{.kind = Kind::array, .items = {std::move(*item)}};
  }
  if (const auto inner = inside(text, "SimpleAggregateFunction(")) {
    const auto comma = inner->find(", ");
    return comma == inner->npos ? std::nullopt : read_wire_type(inner->substr(comma + 2));
  }
  if (inside(text, "DateTime(")) return WireType{.kind = Kind::date_time, .size = 4};
  if (const auto inner = inside(text, "DateTime64(")) {
    const auto scale = number(inner->substr(0, inner->find(',')));
    if (!scale || *scale < 0 || *scale > 9) return std::nullopt;
    return WireType{.kind = Kind::date_time64, .size = 8, .scale = *scale};
  }
  if (const auto inner = inside(text, "Decimal(")) {
    const auto comma = inner->find(',');
    if (comma == inner->npos) return std::nullopt;
    const auto precision = number(inner->substr(0, comma));
    const auto scale = number(inner->substr(comma + 1));
    if (!precision || !scale || *precision > 38) return std::nullopt;
    return WireType{.kind = Kind::decimal, .size = *precision <= 9 ? 4U : *precision <= 18 ? 8U : 16U, .scale = *scale};
  }
  if (const auto inner = inside(text, "FixedString(")) {
    const auto size = number(*inner);
    if (!size || *size < 0) return std::nullopt;
    return WireType{.kind = Kind::fixed_string, .size = static_cast<std::size_t>(*size)};
  }
  if (const auto inner = inside(text, "Enum8(")) return read_enumeration(*inner, 1);
  if (const auto inner = inside(text, "Enum16(")) return read_enumeration(*inner, 2);
  return std::nullopt;
}

std::optional<base::ColumnKind> kind_of(const WireType& type) {
  using enum base::ColumnKind;
  switch (type.kind) {
    case Kind::unsigned_integer: return type.size == 1 ? u8 : type.size <= 4 ? u32 : u64;
    case Kind::integer: return type.size <= 4 ? i32 : i64;
    case Kind::real: return f64;
    case Kind::date:
    case Kind::date32: return day;
    case Kind::date_time:
    case Kind::date_time64: return instant;
    case Kind::decimal: return amount;
    case Kind::string:
    case Kind::fixed_string:
    case Kind::enumeration:
    case Kind::nothing: return text;
    case Kind::array: {
      const WireType& item = type.items.front();
      switch (item.kind) {
        case Kind::unsigned_integer: return item.size <= 2 ? i32_list : i64_list;
        case Kind::integer: return item.size <= 4 ? i32_list : i64_list;
        case Kind::date:
        case Kind::date32: return i32_list;
        case Kind::date_time:
        case Kind::date_time64:
        case Kind::decimal: return i64_list;
        case Kind::real: return f64_list;
        case Kind::array: return std::nullopt;
        default: return text_list;
      }
    }
  }
  return std::nullopt;
}

}  // namespace adapter::clickhouse
