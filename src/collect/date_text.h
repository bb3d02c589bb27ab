#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "collect/dates.h"

namespace collect {

/// The days a moment may fall on: 1900-01-01 to 2199-12-31, since 1970-01-01.
inline constexpr std::int32_t kFirstDay = -25'567;
inline constexpr std::int32_t kLastDay = 84'005;

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// What a text says whose year, month and day stand apart.
struct Civil {
  int year = 0;
  int first = 0;   ///< month, or what stands first of day and month
  int second = 0;  ///< day, or what stands second
  enum class Order : std::uint8_t {
    known,
    dots,
    open
  } order = Order::known;  ///< open: day and month as the column says
  std::int64_t millis = 0;
  bool has_zone = false;
  int offset_minutes = 0;
};

/// Days since 1970-01-01; false for a day the calendar does not have, or outside kFirstDay … kLastDay.
bool day_of(int year, int month, int day, std::int32_t& out);

/// Reads a moment whose year, month and day stand apart, in any of the usual orders.
bool read_civil(std::string_view text, Civil& out);

/// Reads 20111209, 201112090826 and 20111209082600.
bool read_compact(std::string_view text, std::int32_t& day, std::int64_t& millis);

/// The kind a value written in digits alone has; nothing when it is no moment.
std::optional<DateKind> kind_of_digits(std::string_view text);

}  // namespace collect
