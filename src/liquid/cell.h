#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace liquid {

/// What a value is. The ones after `object` exist only while a template is rendered.
enum class Type : std::uint8_t { nil, boolean, integer, real, string, array, object, range, empty, blank, loop, table_loop };

struct Object;
struct Range;
struct Loop;

/// The hash names are found by, the same when the program is compiled and when it runs.
constexpr std::uint32_t hash_of(const char* text, std::size_t size) {
  std::uint32_t hash = 2166136261U;
  for (std::size_t i = 0; i < size; ++i) hash = (hash ^ static_cast<unsigned char>(text[i])) * 16777619U;
  return hash;
}

/// A name with its hash. Borrows its bytes.
struct Key {
  const char* data = nullptr;
  std::uint32_t size = 0;
  std::uint32_t hash = 0;

  constexpr Key() = default;
  constexpr explicit Key(std::string_view text)
      : data(text.data()), size(static_cast<std::uint32_t>(text.size())), hash(hash_of(text.data(), text.size())) {}
  constexpr std::string_view view() const { return {data, size}; }
  bool operator==(const Key& other) const {
    return hash == other.hash && size == other.size && (data == other.data || std::memcmp(data, other.data, size) == 0);
  }
};

/// Sixteen bytes that say what a value is and where its content lies; copied freely, owns nothing. What a template
/// works with: cells of the caller's Value, of the template's constants and of the memory of one rendering.
struct Cell {
  Type type = Type::nil;
  bool safe = false;   ///< a string that needs no escaping any more
  bool owned = false;  ///< only inside a Value: the content is freed with it
  std::uint32_t size = 0;
  union {
    bool boolean;
    std::int64_t integer;
    double real;
    const char* text;
    const Cell* items;
    const Object* object;
    const Range* range;
    const Loop* loop;
  };

  Cell() : integer(0) {}
  static Cell of_bool(bool value) {
    Cell cell;
    cell.type = Type::boolean;
    cell.boolean = value;
    return cell;
  }
  static Cell of_int(std::int64_t value) {
    Cell cell;
    cell.type = Type::integer;
    cell.integer = value;
    return cell;
  }
  static Cell of_real(double value) {
    Cell cell;
    cell.type = Type::real;
    cell.real = value;
    return cell;
  }
  static Cell of_text(std::string_view value, bool is_safe = false) {
    Cell cell;
    cell.type = Type::string;
    cell.safe = is_safe;
    cell.size = static_cast<std::uint32_t>(value.size());
    cell.text = value.data();
    return cell;
  }
  static Cell of_items(const Cell* items, std::size_t count) {
    Cell cell;
    cell.type = Type::array;
    cell.size = static_cast<std::uint32_t>(count);
    cell.items = items;
    return cell;
  }
  static Cell of_type(Type type) {
    Cell cell;
    cell.type = type;
    return cell;
  }

  std::string_view view() const { return {text, size}; }
  bool is_nil() const { return type == Type::nil; }
  bool is_true() const { return type != Type::nil && (type != Type::boolean || boolean); }
};
static_assert(sizeof(Cell) == 16);

/// (first..last), both included; empty when last < first.
struct Range {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::uint64_t size() const {
    return last < first ? 0 : static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(first) + 1;
  }
};

}  // namespace liquid
