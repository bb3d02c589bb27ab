#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

/// One whole, in the millionths that exact amounts are kept in.
inline constexpr std::int64_t kOne = 1'000'000;

/// Which sign parts the whole from the fraction in a column of numbers.
enum class DecimalMark : std::uint8_t {
  unknown,  ///< nothing decided: unmistakable values are read, "1.234" is 1.234 and "1,234" is 1234
  point,
  comma,
};

/// What one written number says about the mark of its column.
enum class MarkEvidence : std::uint8_t { none, point, comma, either };

/// Reads a number as people write it: thousands separated by comma, point, space or apostrophe, a currency sign or code
/// on either side, parentheses or a minus on either side for negatives, full-width digits, an exponent. Digits past the
/// sixth decimal are rounded half away from zero. Nothing when it is no number, does not fit the mark, or does not
/// fit an int64 of millionths.
std::optional<std::int64_t> parse_decimal(std::string_view text, DecimalMark mark);

/// What this value tells about its column's mark; `either` for values like "1,234". `none` when it is no number too.
MarkEvidence mark_evidence(std::string_view text);

/// a · b in millionths, rounded half away from zero; nothing on overflow.
std::optional<std::int64_t> multiply_decimal(std::int64_t a, std::int64_t b);

/// a / b in millionths, rounded half away from zero; nothing when b is 0 or on overflow.
std::optional<std::int64_t> divide_decimal(std::int64_t a, std::int64_t b);

/// "8911407.904", "-12", "0.000001": no trailing zeros, always a point.
std::string decimal_text(std::int64_t millionths);

}  // namespace base
