#include "liquid/number.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace liquid {
namespace {

/// mantissa · 10^-scale, exactly.
struct Decimal {
  __int128 mantissa = 0;
  int scale = 0;
};

constexpr int kMostScale = 18;

__int128 power_of_ten(int n) {
  __int128 power = 1;
  while (n-- > 0) power *= 10;
  return power;
}

/// The shortest decimal that reads as the same double; nothing for the very large and the very small.
std::optional<Decimal> decimal_of(const Number& number) {
  if (number.is_int) return Decimal{number.integer, 0};
  if (!std::isfinite(number.real) || (number.real != 0 && (std::abs(number.real) >= 1e17 || std::abs(number.real) < 1e-10)))
    return {};
  char text[64];
  const auto end = std::to_chars(text, text + sizeof(text), number.real, std::chars_format::fixed).ptr;
  Decimal decimal;
  bool fraction = false;
  const char* at = text;
  const bool negative = *at == '-';
  if (negative) ++at;
  for (; at < end; ++at) {
    if (*at == '.') {
      fraction = true;
      continue;
    }
    decimal.mantissa = decimal.mantissa * 10 + (*at - '0');
    if (fraction) ++decimal.scale;
  }
  if (decimal.scale > kMostScale) return {};
  if (negative) decimal.mantissa = -decimal.mantissa;
  return decimal;
}

double real_of(Decimal value) {
  char digits[64];
  char* at = digits + sizeof(digits);
  const bool negative = value.mantissa < 0;
  auto rest = static_cast<unsigned __int128>(negative ? -value.mantissa : value.mantissa);
  char exponent[8];
  char* const exponent_end = std::to_chars(exponent, exponent + sizeof(exponent), -value.scale).ptr;
  at -= exponent_end - exponent;
  std::memcpy(at, exponent, static_cast<std::size_t>(exponent_end - exponent));
  *--at = 'e';
  do *--at = static_cast<char>('0' + static_cast<int>(rest % 10));
  while ((rest /= 10) != 0);
  if (negative) *--at = '-';
  double real = 0;
  std::from_chars(at, digits + sizeof(digits), real);
  return real;
}

/// Both at the scale of the finer one; nothing when a digit would be lost.
bool align(Decimal& a, Decimal& b) {
  Decimal& coarse = a.scale < b.scale ? a : b;
  const int scale = std::max(a.scale, b.scale);
  __int128 wide;
  if (__builtin_mul_overflow(coarse.mantissa, power_of_ten(scale - coarse.scale), &wide)) return false;
  coarse = {wide, scale};
  return true;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

char* write_int(char* at, std::int64_t value) { return std::to_chars(at, at + kNumberRoom, value).ptr; }

char* write_real(char* at, double value) {
  if (!std::isfinite(value)) {
    const std::string_view word = std::isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
    std::memcpy(at, word.data(), word.size());
    return at + word.size();
  }
  const double size = std::abs(value);
  if (value == 0 || (size >= 1e-4 && size < 1e16)) {
    char* end = std::to_chars(at, at + kNumberRoom, value, std::chars_format::fixed).ptr;
    if (std::memchr(at, '.', static_cast<std::size_t>(end - at)) == nullptr) {
      *end++ = '.';
      *end++ = '0';
    }
    return end;
  }
  char text[kNumberRoom];
  char* const end = std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific).ptr;
  const auto* const e = static_cast<const char*>(std::memchr(text, 'e', static_cast<std::size_t>(end - text)));
  std::memcpy(at, text, static_cast<std::size_t>(e - text));
  at += e - text;
  if (std::memchr(text, '.', static_cast<std::size_t>(e - text)) == nullptr) {
    *at++ = '.';
    *at++ = '0';
  }
  std::memcpy(at, e, static_cast<std::size_t>(end - e));
  return at + (end - e);
}

Number to_number(const Cell& cell) {
  if (cell.type == Type::integer) return Number::of(cell.integer);
  if (cell.type == Type::real) return Number::of(cell.real);
  if (cell.type != Type::string) return {};
  std::string_view text = cell.view();
  while (!text.empty() && (text[0] == ' ' || (text[0] >= '\t' && text[0] <= '\r'))) text.remove_prefix(1);
  std::size_t end = !text.empty() && text[0] == '-' ? 1 : 0;
  while (end < text.size() && is_digit(text[end])) ++end;
  std::size_t fraction = end + 1;
  while (fraction < text.size() && is_digit(text[fraction])) ++fraction;
  std::int64_t integer = 0;
  const bool fits = std::from_chars(text.data(), text.data() + end, integer).ec == std::errc();
  const bool decimal = end < text.size() && text[end] == '.' && fraction == text.size() && fraction > end + 1;
  if (fits && !decimal) return Number::of(integer);
  double real = 0;
  if (std::from_chars(text.data(), text.data() + (decimal ? fraction : end), real).ec == std::errc()) return Number::of(real);
  return {};
}

Number add(Number a, Number b) {
  std::int64_t sum;
  if (a.is_int && b.is_int && !__builtin_add_overflow(a.integer, b.integer, &sum)) return Number::of(sum);
  auto x = decimal_of(a), y = decimal_of(b);
  if (!x || !y || !align(*x, *y)) return Number::of(a.real + b.real);
  return Number::of(real_of({x->mantissa + y->mantissa, x->scale}));
}

Number subtract(Number a, Number b) {
  std::int64_t difference;
  if (a.is_int && b.is_int && !__builtin_sub_overflow(a.integer, b.integer, &difference)) return Number::of(difference);
  auto x = decimal_of(a), y = decimal_of(b);
  if (!x || !y || !align(*x, *y)) return Number::of(a.real - b.real);
  return Number::of(real_of({x->mantissa - y->mantissa, x->scale}));
}

Number multiply(Number a, Number b) {
  std::int64_t product;
  if (a.is_int && b.is_int && !__builtin_mul_overflow(a.integer, b.integer, &product)) return Number::of(product);
  const auto x = decimal_of(a), y = decimal_of(b);
  __int128 wide;
  if (!x || !y || __builtin_mul_overflow(x->mantissa, y->mantissa, &wide)) return Number::of(a.real * b.real);
  return Number::of(real_of({wide, x->scale + y->scale}));
}

std::optional<Number> divide(Number a, Number b) {
  if (b.real == 0) return {};
  if (!a.is_int || !b.is_int || b.integer == -1) {
    if (a.is_int && b.is_int) return subtract(Number::of(std::int64_t{0}), a);
    return Number::of(a.real / b.real);
  }
  std::int64_t quotient = a.integer / b.integer;
  if (a.integer % b.integer != 0 && (a.integer < 0) != (b.integer < 0)) --quotient;
  return Number::of(quotient);
}

std::optional<Number> modulo(Number a, Number b) {
  if (b.real == 0) return {};
  if (a.is_int && b.is_int) {
    if (b.integer == -1) return Number::of(std::int64_t{0});
    const std::int64_t rest = a.integer % b.integer;
    return Number::of(rest != 0 && (rest < 0) != (b.integer < 0) ? rest + b.integer : rest);
  }
  auto x = decimal_of(a), y = decimal_of(b);
  if (!x || !y || !align(*x, *y) || y->mantissa == 0) {
    const double rest = std::fmod(a.real, b.real);
    return Number::of(rest != 0 && (rest < 0) != (b.real < 0) ? rest + b.real : rest);
  }
  __int128 rest = x->mantissa % y->mantissa;
  if (rest != 0 && (rest < 0) != (y->mantissa < 0)) rest += y->mantissa;
  return Number::of(real_of({rest, x->scale}));
}

Number whole(double value) {
  if (value >= -9.2e18 && value <= 9.2e18) return Number::of(static_cast<std::int64_t>(value));
  return Number::of(value);
}

Number round_to(Number value, std::int64_t decimals) {
  if (value.is_int && decimals >= 0) return value;
  const auto decimal = decimal_of(value);
  if (decimals > kMostScale || !decimal) return decimals <= 0 ? whole(std::round(value.real)) : value;
  if (decimals < -kMostScale) return Number::of(std::int64_t{0});
  const int drop = decimal->scale - static_cast<int>(decimals);
  if (drop <= 0) return value;
  if (drop > 37) return Number::of(std::int64_t{0});
  const __int128 unit = power_of_ten(drop);
  __int128 kept = decimal->mantissa / unit;
  const __int128 rest = decimal->mantissa % unit;
  if ((rest < 0 ? -rest : rest) * 2 >= unit) kept += decimal->mantissa < 0 ? -1 : 1;
  if (decimals <= 0) return whole(static_cast<double>(kept * power_of_ten(static_cast<int>(-decimals))));
  return Number::of(real_of({kept, static_cast<int>(decimals)}));
}

std::optional<std::int64_t> to_integer(const Cell& cell) {
  if (cell.type == Type::integer) return cell.integer;
  if (cell.type != Type::string) return {};
  std::int64_t integer = 0;
  const char* const end = cell.text + cell.size;
  const auto read = std::from_chars(cell.text, end, integer);
  if (read.ec != std::errc() || read.ptr != end || cell.size == 0) return {};
  return integer;
}

}  // namespace liquid
