#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "liquid/cell.h"

namespace liquid {

/// A member's name written in the program: hashed by the compiler, never copied.
class Name {
 public:
  template <std::size_t N>
  consteval Name(const char (&text)[N]) : key_(std::string_view(text, N - 1)) {}  // NOLINT: meant to convert
  const Key& key() const { return key_; }

 private:
  Key key_;
};

/// What a template is rendered with: nil, a truth value, an int64, a double, a UTF-8 string, an array, or an object
/// whose members keep their order. Owns what it holds unless it was borrowed; moved, not copied. Reading a value from
/// several threads is safe while none changes it. Strings, arrays and objects hold at most 2³²−1 bytes or items.
class Value {
 public:
  Value() = default;
  template <std::same_as<bool> T>
  Value(T value) : cell_(Cell::of_bool(value)) {}  // NOLINT: values are written as they are
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Value(T value) : cell_(Cell::of_int(static_cast<std::int64_t>(value))) {}  // NOLINT
  Value(double value) : cell_(Cell::of_real(value)) {}                       // NOLINT
  Value(std::string_view text);                                              // NOLINT: copies the text
  Value(const char* text) : Value(std::string_view(text)) {}                 // NOLINT
  Value(const std::string& text) : Value(std::string_view(text)) {}          // NOLINT
  ~Value() { clear(); }
  Value(Value&& other) noexcept : cell_(other.cell_) { other.cell_ = {}; }
  Value& operator=(Value&& other) noexcept {
    if (this != &other) {
      clear();
      cell_ = other.cell_;
      other.cell_ = {};
    }
    return *this;
  }
  Value(const Value&) = delete;
  Value& operator=(const Value&) = delete;

  static Value array(std::size_t reserve = 0);
  static Value object(std::size_t reserve = 0);
  /// A string that somebody else keeps until the value is gone.
  static Value borrowed(std::string_view text);
  /// A string that is HTML already and is not escaped when it is shown.
  static Value safe(std::string_view html);

  /// Appends to an array and returns the element's place in it. Aborts when this is no array.
  Value& push(Value item);
  /// Sets a member of an object, replacing one of that name; returns this object. Aborts when this is no object.
  Value& set(Name name, Value item) { return set_member(name.key(), std::move(item), false); }
  /// The same for a name only known now, which is copied.
  Value& set_copied(std::string_view name, Value item) { return set_member(Key(name), std::move(item), true); }

  Type type() const { return cell_.type; }
  /// Bytes of a string, items of an array, members of an object; 0 for the rest.
  std::size_t size() const;
  /// The bytes of a string; empty for everything else.
  std::string_view text() const { return cell_.type == Type::string ? cell_.view() : std::string_view{}; }
  /// The member of an object, nil where there is none.
  Cell find(std::string_view name) const;

  const Cell& cell() const { return cell_; }

 private:
  Value& set_member(Key key, Value item, bool copy);
  void clear();

  Cell cell_;
};

/// The member of an object cell; nullptr where there is none.
const Cell* find_member(const Object& object, const Key& key);

/// The members of an object in their order.
struct Member {
  Key key;
  Cell value;
  bool owns_key = false;
};
std::size_t member_count(const Object& object);
const Member& member_at(const Object& object, std::size_t index);

}  // namespace liquid
