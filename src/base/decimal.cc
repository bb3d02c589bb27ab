#include "base/decimal.h"

#include <fmt/format.h>

#include <limits>

namespace base {
namespace {

constexpr std::size_t kLongest = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "123", "-4.5": what nearly every cell holds. `done` tells whether the text was of that shape.
std::optional<std::int64_t> parse_plain(std::string_view text, DecimalMark mark, bool& done) {
  const char* at = text.data();
  const char* const end = at + text.size();
  done = false;
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  if (end - at > 18 || at == end || !is_digit(*at)) return std::nullopt;
  std::int64_t whole = 0;
  const char* const first = at;
  while (at != end && is_digit(*at)) whole = whole * 10 + (*at++ - '0');
  if (at - first > 12) return std::nullopt;
  std::int64_t value = whole * kOne;
  if (at != end) {
    const char point = mark == DecimalMark::comma ? ',' : '.';
    if (*at != point || end - at > 7 || end - at < 2) return std::nullopt;
    std::int64_t scale = kOne / 10;
    for (++at; at != end; ++at, scale /= 10) {
      if (!is_digit(*at)) return std::nullopt;
      value += (*at - '0') * scale;
    }
  }
  done = true;
  return negative ? -value : value;
}

/// The number reduced to [0-9.,e-] with its sign apart: currency, spaces, width and parentheses taken away.
struct Bare {
  char text[kLongest];
  std::size_t size = 0;
  bool negative = false;
  std::string_view view() const { return {text, size}; }
};

struct Mark {
  std::string_view bytes;
  char plain;  ///< what it stands for; '\0' = nothing
};
constexpr Mark kMarks[] = {{"$", 0},    {"£", 0},  {"€", 0},  {"¥", 0},    {"￥", 0},     {"₩", 0},
                           {"₹", 0},    {"元", 0}, {"円", 0}, {" ", 0},    {"\u00A0", 0}, {"\u202F", 0},
                           {"'", 0},    {"’", 0},  {"＄", 0}, {"−", '-'},  {"－", '-'},   {"，", ','},
                           {"．", '.'}, {"\t", 0}, {"　", 0}, {"＋", '+'}, {"（", '('},   {"）", ')'}};

std::optional<Bare> strip(std::string_view text) {
  Bare bare;
  int signs = 0;
  bool open = false;
  bool digits_seen = false;
  std::size_t letters = 0;
  while (!text.empty()) {
    char c = text.front();
    std::size_t used = 1;
    bool skip = false;
    if (text.size() >= 3 && text[0] == '\xEF' && text[1] == '\xBC' && text[2] >= '\x90' && text[2] <= '\x99') {
      c = static_cast<char>('0' + (text[2] - '\x90'));  // full-width digit
      used = 3;
    } else {
      for (const Mark& mark : kMarks) {
        if (text.starts_with(mark.bytes)) {
          used = mark.bytes.size();
          c = mark.plain;
          skip = c == 0;
          break;
        }
      }
    }
    text.remove_prefix(used);
    if (skip) continue;
    if (is_digit(c) || c == '.' || c == ',') {
      digits_seen = digits_seen || is_digit(c);
      if (bare.size + 1 >= kLongest) return std::nullopt;
      bare.text[bare.size++] = c;
    } else if (c == '-' || c == '+') {
      if (++signs > 1) return std::nullopt;
      if (digits_seen && !text.empty()) return std::nullopt;  // "3-1" is no number; "31-" is
      bare.negative = c == '-';
    } else if (c == '(') {
      if (open || digits_seen) return std::nullopt;
      open = true;
      ++signs;
      bare.negative = true;
    } else if (c == ')') {
      if (!open) return std::nullopt;
      open = false;
    } else if ((c == 'e' || c == 'E') && digits_seen && !text.empty() &&
               (is_digit(text.front()) || ((text.front() == '-' || text.front() == '+') && text.size() > 1))) {
      bare.text[bare.size++] = 'e';
      if (text.front() == '-') bare.text[bare.size++] = '-';
      if (!is_digit(text.front())) text.remove_prefix(1);
      if (text.size() > 3) return std::nullopt;
      for (const char digit : text) {
        if (!is_digit(digit)) return std::nullopt;
        if (bare.size + 1 >= kLongest) return std::nullopt;
        bare.text[bare.size++] = digit;
      }
      break;
    } else if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
      if (++letters > 3) return std::nullopt;  // a currency code, no word
    } else {
      return std::nullopt;
    }
  }
  if (!digits_seen || open) return std::nullopt;
  return bare;
}

struct Shape {
  std::size_t points = 0;
  std::size_t commas = 0;
  std::size_t last_point = std::string_view::npos;
  std::size_t last_comma = std::string_view::npos;
};

Shape shape_of(std::string_view mantissa) {
  Shape shape;
  for (std::size_t i = 0; i < mantissa.size(); ++i) {
    if (mantissa[i] == '.') ++shape.points, shape.last_point = i;
    if (mantissa[i] == ',') ++shape.commas, shape.last_comma = i;
  }
  return shape;
}

/// Whether every group after a separator has three digits and the first one to three: "1,234,567".
bool is_grouped(std::string_view whole, char separator) {
  std::size_t run = 0;
  bool first = true;
  for (std::size_t i = 0; i <= whole.size(); ++i) {
    if (i == whole.size() || whole[i] == separator) {
      if (first ? (run == 0 || run > 3) : run != 3) return false;
      first = false;
      run = 0;
    } else {
      ++run;
    }
  }
  return true;
}

MarkEvidence evidence_of(std::string_view mantissa) {
  const Shape shape = shape_of(mantissa);
  if (shape.points > 0 && shape.commas > 0) {
    return shape.last_point > shape.last_comma ? MarkEvidence::point : MarkEvidence::comma;
  }
  if (shape.points == 0 && shape.commas == 0) return MarkEvidence::none;
  if (shape.points > 1) return MarkEvidence::comma;  // points part thousands
  if (shape.commas > 1) return MarkEvidence::point;
  const bool is_point = shape.points == 1;
  const std::size_t at = is_point ? shape.last_point : shape.last_comma;
  const bool like_thousands = mantissa.size() - at - 1 == 3 && at >= 1 && at <= 3 && mantissa[0] != '0';
  if (like_thousands) return MarkEvidence::either;
  return is_point ? MarkEvidence::point : MarkEvidence::comma;
}

}  // namespace

std::optional<std::int64_t> parse_decimal(std::string_view text, DecimalMark mark) {
  bool done = false;
  const auto plain = parse_plain(text, mark, done);
  if (done) return plain;  // with nothing decided, a single point is a decimal point
  const auto bare = strip(text);
  if (!bare) return std::nullopt;
  std::string_view mantissa = bare->view();
  int exponent = 0;
  if (const std::size_t e = mantissa.find('e'); e != std::string_view::npos) {
    bool down = false;
    for (const char c : mantissa.substr(e + 1)) {
      if (c == '-') {
        down = true;
      } else {
        exponent = exponent * 10 + (c - '0');
      }
    }
    if (exponent > 40) return std::nullopt;
    if (down) exponent = -exponent;
    mantissa = mantissa.substr(0, e);
  }
  char point = mark == DecimalMark::comma ? ',' : '.';
  if (mark == DecimalMark::unknown && evidence_of(mantissa) == MarkEvidence::comma) point = ',';
  const char group = point == '.' ? ',' : '.';
  const std::size_t split = mantissa.find(point);
  const std::string_view whole = mantissa.substr(0, split);
  const std::string_view fraction = split == std::string_view::npos ? std::string_view{} : mantissa.substr(split + 1);
  if (fraction.find_first_of(".,") != std::string_view::npos) return std::nullopt;
  if (whole.find(group) != std::string_view::npos && !is_grouped(whole, group)) return std::nullopt;

  // digits, scaled to millionths with the exponent, the first dropped digit rounding away from zero
  unsigned __int128 value = 0;
  constexpr unsigned __int128 limit = std::numeric_limits<std::int64_t>::max();
  int decimals = 0;
  const int wanted = 6 + exponent;
  bool round_up = false;
  const auto take = [&](char c) {
    value = value * 10 + static_cast<unsigned>(c - '0');
    return value <= limit;
  };
  int whole_digits_left = 0;
  for (const char c : whole) whole_digits_left += is_digit(c) ? 1 : 0;
  for (const char c : whole) {
    if (!is_digit(c)) continue;
    --whole_digits_left;
    if (wanted < 0 && whole_digits_left + wanted < 0) {
      if (whole_digits_left + wanted == -1) round_up = c >= '5';
      continue;
    }
    if (!take(c)) return std::nullopt;
  }
  for (const char c : fraction) {
    if (decimals < wanted) {
      if (!take(c)) return std::nullopt;
    } else if (decimals == wanted) {
      round_up = c >= '5';
    }
    ++decimals;
  }
  for (int i = decimals; i < wanted; ++i) {
    value *= 10;
    if (value > limit) return std::nullopt;
  }
  if (round_up) ++value;
  if (value > limit) return std::nullopt;
  const auto signed_value = static_cast<std::int64_t>(value);
  return bare->negative ? -signed_value : signed_value;
}

MarkEvidence mark_evidence(std::string_view text) {
  if (text.find_first_of(".,") == std::string_view::npos && text.find('\xEF') == std::string_view::npos) {
    return MarkEvidence::none;
  }
  const auto bare = strip(text);
  if (!bare) return MarkEvidence::none;
  std::string_view mantissa = bare->view();
  mantissa = mantissa.substr(0, mantissa.find('e'));
  return evidence_of(mantissa);
}

std::optional<std::int64_t> multiply_decimal(std::int64_t a, std::int64_t b) {
  std::int64_t small = 0;
  if (!__builtin_mul_overflow(a, b, &small)) {  // the usual case, without a 128-bit division
    const std::int64_t quotient = small / kOne;
    const std::int64_t rest = small % kOne;
    if (rest >= kOne / 2) return quotient + 1;
    if (rest <= -kOne / 2) return quotient - 1;
    return quotient;
  }
  const __int128 product = static_cast<__int128>(a) * b;
  const __int128 half = product < 0 ? -kOne / 2 : kOne / 2;
  const __int128 rounded = (product + half) / kOne;
  if (rounded > std::numeric_limits<std::int64_t>::max() || rounded < -std::numeric_limits<std::int64_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(rounded);
}

std::optional<std::int64_t> divide_decimal(std::int64_t a, std::int64_t b) {
  if (b == 0) return std::nullopt;
  const __int128 scaled = static_cast<__int128>(a) * kOne;
  const __int128 divisor = b;
  const __int128 half = (scaled < 0) == (divisor < 0) ? divisor / 2 : -(divisor / 2);
  const __int128 rounded = (scaled + half) / divisor;
  if (rounded > std::numeric_limits<std::int64_t>::max() || rounded < -std::numeric_limits<std::int64_t>::max()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(rounded);
}

std::string decimal_text(std::int64_t millionths) {
  const bool negative = millionths < 0;
  const std::uint64_t size =
      negative ? 0 - static_cast<std::uint64_t>(millionths) : static_cast<std::uint64_t>(millionths);
  std::string text = fmt::format("{}{}.{:06}", negative ? "-" : "", size / kOne, size % kOne);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace base
