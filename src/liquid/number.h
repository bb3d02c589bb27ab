#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "liquid/cell.h"

namespace liquid {

/// Room for any number as text.
inline constexpr std::size_t kNumberRoom = 40;

/// Writes a number the way Liquid shows it: "5", "5.0", "1.0e+20"; returns the end.
char* write_int(char* at, std::int64_t value);
char* write_real(char* at, double value);

/// A whole number or a decimal one, as arithmetic needs it.
struct Number {
  bool is_int = true;
  std::int64_t integer = 0;
  double real = 0;

  static Number of(std::int64_t value) { return {true, value, static_cast<double>(value)}; }
  static Number of(double value) { return {false, 0, value}; }
  Cell cell() const { return is_int ? Cell::of_int(integer) : Cell::of_real(real); }
};

/// What a value counts as: numbers themselves, strings by the number they begin with ("10.1", "7 apples"), others 0.
Number to_number(const Cell& cell);

/// Exact in decimals: 10.1 − 2.2 is 7.9. Whole results that do not fit become decimal ones.
Number add(Number a, Number b);
Number subtract(Number a, Number b);
Number multiply(Number a, Number b);
/// Whole numbers are divided with the remainder dropped downwards; nothing when b is 0.
std::optional<Number> divide(Number a, Number b);
std::optional<Number> modulo(Number a, Number b);
/// Rounded half away from zero to so many decimals; to a whole number when there are none.
Number round_to(Number value, std::int64_t decimals);
/// A decimal number without a fraction, as whole where it fits.
Number whole(double value);

/// A whole number: an integer, or a string that is one throughout.
std::optional<std::int64_t> to_integer(const Cell& cell);

}  // namespace liquid
