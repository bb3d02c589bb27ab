#include "collect/date_text.h"

#include <string>

namespace collect {
namespace {

/// A text read from left to right.
struct Cursor {
  const char* at;
  const char* end;

  bool done() const { return at == end; }
  char peek() const { return at == end ? '\0' : *at; }
  bool take(std::string_view word) {
    if (static_cast<std::size_t>(end - at) < word.size() || std::string_view{at, word.size()} != word) return false;
    at += word.size();
    return true;
  }
  bool take_any(std::string_view chars) {
    if (done() || chars.find(*at) == std::string_view::npos) return false;
    ++at;
    return true;
  }
  void skip_spaces() {
    while (take(" ") || take("\t") || take("\u00A0") || take("\u202F") || take("　")) {
    }
  }
  /// Up to nine digits; how many there were (0 = none).
  int number(int& value) {
    int count = 0;
    value = 0;
    while (!done() && is_digit(*at) && count < 9) {
      value = value * 10 + (*at++ - '0');
      ++count;
    }
    return count;
  }
  std::string word() {
    std::string text;
    while (!done() && is_letter(*at)) text += static_cast<char>(*at++ | 0x20);
    return text;
  }
};

int month_named(std::string_view word) {
  constexpr std::string_view months[] = {"january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december"};
  if (word.size() < 3) return 0;
  for (int i = 0; i < 12; ++i) {
    if (months[i].starts_with(word) || (word == "sept" && i == 8)) return i + 1;
  }
  return 0;
}

bool is_weekday(std::string_view word) {
  for (const std::string_view day : {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}) {
    if (word.size() >= 3 && day.starts_with(word)) return true;
  }
  return word == "tues" || word == "thur" || word == "thurs";
}

int full_year(int year, int digits) {
  if (digits > 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

bool read_zone(Cursor& c, Civil& out) {
  c.skip_spaces();
  if (c.done()) return true;
  out.has_zone = true;
  if (c.take("Z") || c.take("z")) return c.done();
  if (c.take("UTC") || c.take("GMT")) {
    if (c.done()) return true;
  }
  if (c.peek() != '+' && c.peek() != '-') return false;
  const int sign = *c.at++ == '-' ? -1 : 1;
  int hours = 0;
  int minutes = 0;
  const int digits = c.number(hours);
  if (digits == 4) {
    minutes = hours % 100;
    hours /= 100;
  } else if (digits == 1 || digits == 2) {
    if (c.take(":") && c.number(minutes) != 2) return false;
  } else {
    return false;
  }
  if (hours > 15 || minutes > 59) return false;
  out.offset_minutes = sign * (hours * 60 + minutes);
  return c.done();
}

/// "08:26", "8:26:05.250 PM", "下午8:26", "8时26分5秒", each with a zone or without.
bool read_time(Cursor& c, Civil& out) {
  c.skip_spaces();
  if (c.done()) return true;
  int half = 0;  // 1 = before noon, 2 = after noon
  if (c.take("上午") || c.take("凌晨") || c.take("早上"))
    half = 1;
  else if (c.take("下午") || c.take("晚上"))
    half = 2;
  else if (c.take("中午"))
    half = 2;
  c.skip_spaces();
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::int64_t millis = 0;
  if (const int digits = c.number(hour); digits < 1 || digits > 2) return false;
  const bool chinese = c.take("时") || c.take("時") || c.take("点") || c.take("點");
  if (chinese || c.take(":")) {
    if (!c.done() && is_digit(c.peek())) {
      if (c.number(minute) > 2) return false;
      if (chinese ? c.take("分") : c.take(":")) {
        if (is_digit(c.peek())) {
          if (c.number(second) > 2) return false;
          if (c.take_any(".,")) {
            std::int64_t scale = 100;
            if (!is_digit(c.peek())) return false;
            while (is_digit(c.peek())) {
              millis += (*c.at++ - '0') * scale;
              scale /= 10;
            }
          }
          if (chinese) c.take("秒");
        } else if (!chinese) {
          return false;
        }
      }
    } else if (!chinese) {
      return false;
    }
  }
  Cursor ahead = c;
  ahead.skip_spaces();
  const std::string letters = ahead.word();
  if (letters == "am" || letters == "pm") {
    half = letters == "am" ? 1 : 2;
    c = ahead;
  } else if ((letters == "a" || letters == "p") && ahead.take(".")) {
    if (ahead.word() != "m") return false;
    ahead.take(".");
    half = letters == "a" ? 1 : 2;
    c = ahead;
  }
  if (half != 0) {
    if (hour > 12 && half == 1) return false;
    if (hour <= 12) hour = hour % 12 + (half == 2 ? 12 : 0);
  }
  if (hour > 24 || minute > 59 || second > 60 || (hour == 24 && minute + second > 0)) return false;
  out.millis = ((hour * 60LL + minute) * 60 + second) * 1000 + millis;
  return read_zone(c, out);
}

bool all_digits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

int digits_at(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) value = value * 10 + (text[i] - '0');
  return value;
}

}  // namespace

bool day_of(int year, int month, int day, std::int32_t& out) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (month < 1 || day < 1 || !date.ok()) return false;
  out = base::day_number(base::Day{date});
  return out >= kFirstDay && out <= kLastDay;
}

bool read_civil(std::string_view text, Civil& out) {
  Cursor c{text.data(), text.data() + text.size()};
  c.skip_spaces();
  const auto separator = [&](char& which) {
    which = c.peek();
    if (c.take_any("-/.")) return true;
    which = ' ';
    if (c.take(",")) {
      c.skip_spaces();
      return true;
    }
    const char* const before = c.at;
    c.skip_spaces();
    return c.at != before;
  };
  char mark = 0;
  if (is_letter(c.peek())) {
    std::string word = c.word();
    c.take(".");
    if (is_weekday(word)) {
      c.take(",");
      c.skip_spaces();
      word = is_letter(c.peek()) ? c.word() : "";
    }
    if (!word.empty()) {  // Dec 9, 2011
      out.first = month_named(word);
      c.take(".");
      if (out.first == 0 || !separator(mark)) return false;
      if (const int digits = c.number(out.second); digits < 1 || digits > 2) return false;
      if (!(c.take("st") || c.take("nd") || c.take("rd"))) c.take("th");
      c.take(",");
      c.skip_spaces();
      c.take_any("-/");
      if (c.number(out.year) != 4) return false;
      c.take(",");
      c.take_any("T");
      if (!c.done() && c.peek() != ' ') return false;
      return read_time(c, out);
    }
  }
  int first = 0;
  const int first_digits = c.number(first);
  if (first_digits == 0) return false;
  if (c.take("年")) {
    out.year = full_year(first, first_digits);
    c.skip_spaces();
    if (c.number(out.first) == 0 || !c.take("月")) return false;
    c.skip_spaces();
    if (c.number(out.second) == 0) return false;
    if (!c.take("日")) c.take("号");
    return read_time(c, out);
  }
  if (first_digits == 4) {
    if (!separator(mark)) return false;
    out.year = first;
    if (is_letter(c.peek())) {
      out.first = month_named(c.word());
      if (out.first == 0) return false;
    } else if (const int digits = c.number(out.first); digits < 1 || digits > 2) {
      return false;
    }
    if (!separator(mark)) return false;
    if (const int digits = c.number(out.second); digits < 1 || digits > 2) return false;
    if (c.take("T") || c.take("t")) {
      if (!is_digit(c.peek())) return false;
    } else if (!c.done() && c.peek() != ' ' && c.peek() != ',' && static_cast<unsigned char>(c.peek()) < 0x80) {
      return false;
    }
    c.take(",");
    return read_time(c, out);
  }
  if (first_digits > 2) return false;
  if (!(c.take("st") || c.take("nd") || c.take("rd"))) c.take("th");
  if (!separator(mark)) return false;
  if (is_letter(c.peek())) {  // 9 Dec 2011
    out.first = month_named(c.word());
    out.second = first;
    c.take(".");
    c.take(",");
    if (out.first == 0 || !separator(mark)) return false;
  } else {
    if (mark == ' ') return false;
    int second = 0;
    if (const int digits = c.number(second); digits < 1 || digits > 2) return false;
    char other = 0;
    if (!separator(other) || other != mark) return false;
    out.first = first;
    out.second = second;
    out.order = mark == '.' ? Civil::Order::dots : Civil::Order::open;
  }
  const int year_digits = c.number(out.year);
  if (year_digits != 4 && year_digits != 2) return false;
  out.year = full_year(out.year, year_digits);
  if (c.take("T")) {
    if (!is_digit(c.peek())) return false;
  } else {
    c.take(",");
    if (!c.done() && c.peek() != ' ' && static_cast<unsigned char>(c.peek()) < 0x80) return false;
  }
  return read_time(c, out);
}

bool read_compact(std::string_view text, std::int32_t& day, std::int64_t& millis) {
  if ((text.size() != 8 && text.size() != 12 && text.size() != 14) || !all_digits(text)) return false;
  millis = 0;
  if (!day_of(digits_at(text, 0, 4), digits_at(text, 4, 2), digits_at(text, 6, 2), day)) return false;
  if (text.size() == 8) return true;
  const int hour = digits_at(text, 8, 2);
  const int minute = digits_at(text, 10, 2);
  const int second = text.size() == 14 ? digits_at(text, 12, 2) : 0;
  if (hour > 23 || minute > 59 || second > 59) return false;
  millis = ((hour * 60LL + minute) * 60 + second) * 1000;
  return true;
}

std::optional<DateKind> kind_of_digits(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (whole.empty() || !all_digits(whole)) return std::nullopt;
  if (point != std::string_view::npos && !all_digits(text.substr(point + 1))) return std::nullopt;
  if (whole.size() == 5 && whole[0] >= '1' && whole[0] <= '7') return DateKind::excel;
  if (whole.size() == 10 && (whole[0] == '1' || whole[0] == '2' || whole[0] == '9')) return DateKind::epoch_seconds;
  if (point != std::string_view::npos) return std::nullopt;
  std::int32_t day = 0;
  std::int64_t millis = 0;
  if (read_compact(text, day, millis)) return DateKind::compact;
  if (whole.size() == 13) return DateKind::epoch_millis;
  if (whole.size() == 16) return DateKind::epoch_micros;
  return std::nullopt;
}

}  // namespace collect
