#include "collect/dates.h"

#include "base/decimal.h"

namespace collect {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::int64_t kDayMillis = 86'400'000;
constexpr std::int32_t kFirstDay = -25'567;  // 1900-01-01
constexpr std::int32_t kLastDay = 84'005;    // 2199-12-31
constexpr std::size_t kCachedDays = 2048;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Days since 1970-01-01, or nothing for a day the calendar does not have.
bool day_of(int year, int month, int day, std::int32_t& out) {
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (month < 1 || day < 1 || !date.ok()) return false;
  out = base::day_number(base::Day{date});
  return out >= kFirstDay && out <= kLastDay;
}

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

/// Reads a moment whose year, month and day stand apart, in any of the usual orders.
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

bool all_digits(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

int digits_at(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) value = value * 10 + (text[i] - '0');
  return value;
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

/// The kind a value written in digits alone has; nothing when it is no moment.
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

bool to_day(const Civil& civil, DateOrder order, std::int32_t& day, std::string_view& reason) {
  int month = civil.first;
  int of_month = civil.second;
  if (civil.order == Civil::Order::dots || (civil.order == Civil::Order::open && order == DateOrder::day_first)) {
    std::swap(month, of_month);
  } else if (civil.order == Civil::Order::open && order == DateOrder::unknown) {
    if (month > 12) {
      std::swap(month, of_month);
    } else if (of_month <= 12 && month != of_month) {
      reason = "day and month cannot be told apart; say --date-format dmy or mdy";
      return false;
    }
  }
  reason = "is no day of the calendar";
  return day_of(civil.year, month, of_month, day);
}

}  // namespace

std::string describe(DateFormat format) {
  switch (format.kind) {
    case DateKind::civil:
      if (format.order == DateOrder::day_first) return "day/month/year";
      if (format.order == DateOrder::month_first) return "month/day/year";
      return "year-month-day";
    case DateKind::compact: return "yyyymmdd";
    case DateKind::epoch_seconds: return "Unix seconds";
    case DateKind::epoch_millis: return "Unix milliseconds";
    case DateKind::epoch_micros: return "Unix microseconds";
    case DateKind::excel: return "Excel day number";
  }
  return "";
}

void DateEvidence::add(std::string_view cell) {
  if (cell.empty()) return;
  ++seen_;
  if (const auto kind = kind_of_digits(cell)) {
    ++kinds_[static_cast<std::size_t>(*kind)];
    return;
  }
  Civil civil;
  if (!is_digit(cell.front()) && !is_letter(cell.front()) && cell.front() != ' ') return;
  if (!read_civil(cell, civil)) return;
  if (civil.order == Civil::Order::open) {
    if (civil.first > 12 && civil.second <= 12) {
      ++day_first_;
      if (day_first_example_.empty()) day_first_example_ = cell;
    } else if (civil.second > 12 && civil.first <= 12) {
      ++month_first_;
      if (month_first_example_.empty()) month_first_example_ = cell;
    } else if (civil.first > 12) {
      return;
    } else if (civil.first != civil.second) {
      ++ambiguous_;
      if (ambiguous_example_.empty()) ambiguous_example_ = cell;
    }
  } else {
    std::int32_t day = 0;
    std::string_view reason;
    if (!to_day(civil, DateOrder::unknown, day, reason)) return;
  }
  ++kinds_[static_cast<std::size_t>(DateKind::civil)];
}

DateKind DateEvidence::best() const {
  return static_cast<DateKind>(std::max_element(std::begin(kinds_), std::end(kinds_)) - std::begin(kinds_));
}

std::uint64_t DateEvidence::dates() const { return kinds_[static_cast<std::size_t>(best())]; }

bool DateEvidence::undecided() const {
  return best() == DateKind::civil && ambiguous_ > 0 && day_first_ == 0 && month_first_ == 0;
}

Result<DateFormat> DateEvidence::decide(std::string_view file, std::string_view heading, DateOrder told) const {
  if (seen_ == 0) return fail(Code::invalid_input, "{}: column '{}' should hold dates and is empty", file, heading);
  if (dates() == 0) {
    return fail(Code::invalid_input,
                "{}: column '{}' should hold dates and holds none that can be read; name another with --map", file,
                heading);
  }
  DateFormat format{best(), DateOrder::unknown};
  if (format.kind != DateKind::civil) return format;
  if (told != DateOrder::unknown) {
    format.order = told;
    return day_first_ + month_first_ + ambiguous_ > 0 ? format : DateFormat{best(), DateOrder::unknown};
  }
  if (day_first_ > 0 && month_first_ > 0) {
    return fail(
        Code::invalid_input,
        "{}: column '{}' has dates with the day first ('{}') and with the month first ('{}'); say --date-format dmy or "
        "mdy, the others will be rejected",
        file, heading, day_first_example_, month_first_example_);
  }
  if (undecided()) {
    return fail(Code::invalid_input,
                "{}: in column '{}' day and month cannot be told apart ('{}', and no value in the file decides); say "
                "--date-format dmy or --date-format mdy",
                file, heading, ambiguous_example_);
  }
  if (day_first_ > 0) format.order = DateOrder::day_first;
  if (month_first_ > 0) format.order = DateOrder::month_first;
  return format;
}

DateReader::DateReader(DateFormat format, base::Zone zone)
    : format_(format), zone_(std::move(zone)), local_days_(kCachedDays), utc_days_(kCachedDays) {}

bool DateReader::read(std::string_view text, Moment& out) {
  if (text == last_text_ && last_good_) {  // lines of one order share their moment
    out = last_;
    return true;
  }
  last_good_ = read_new(text, out);
  if (last_good_) {
    last_ = out;
    last_text_ = text;
  }
  return last_good_;
}

const DateReader::DayEntry& DateReader::offset_of_local_day(std::int32_t day) {
  DayEntry& entry = local_days_[static_cast<std::size_t>(day - kFirstDay) % kCachedDays];
  if (entry.day != day) {
    using std::chrono::milliseconds;
    const std::chrono::local_time<milliseconds> midnight{milliseconds{day * kDayMillis}};
    const std::int64_t start = day * kDayMillis - base::millis(zone_.to_utc(midnight));
    const auto last = midnight + milliseconds{kDayMillis - 1};
    const std::int64_t stop = (day + 1) * kDayMillis - 1 - base::millis(zone_.to_utc(last));
    entry = {day, start == stop, start};
  }
  return entry;
}

bool DateReader::finish_local(std::int32_t day, std::int64_t millis_of_day, Moment& out) {
  if (millis_of_day >= kDayMillis) {  // 24:00
    ++day;
    millis_of_day -= kDayMillis;
  }
  const DayEntry& entry = offset_of_local_day(day);
  const std::int64_t local = day * kDayMillis + millis_of_day;
  out.local_day = day;
  if (entry.constant) {
    out.millis = local - entry.offset_millis;
    return true;
  }
  using std::chrono::milliseconds;
  out.millis = base::millis(zone_.to_utc(std::chrono::local_time<milliseconds>{milliseconds{local}}));
  return true;
}

bool DateReader::finish_utc(std::int64_t millis, Moment& out) {
  const std::int64_t day64 = millis >= 0 ? millis / kDayMillis : -((-millis + kDayMillis - 1) / kDayMillis);
  if (day64 < kFirstDay || day64 > kLastDay) {
    reason_ = "is no moment between the years 1900 and 2200";
    return false;
  }
  const auto day = static_cast<std::int32_t>(day64);
  out.millis = millis;
  DayEntry& entry = utc_days_[static_cast<std::size_t>(day - kFirstDay) % kCachedDays];
  if (entry.day != day) {
    const std::int64_t start = zone_.offset_millis(base::instant_from_millis(day * kDayMillis));
    const std::int64_t stop = zone_.offset_millis(base::instant_from_millis((day + 1) * kDayMillis - 1));
    entry = {day, start == stop, start};
  }
  if (entry.constant) {
    const std::int64_t local = millis + entry.offset_millis;
    out.local_day =
        static_cast<std::int32_t>(local >= 0 ? local / kDayMillis : -((-local + kDayMillis - 1) / kDayMillis));
  } else {
    out.local_day = base::day_number(zone_.local_day(base::instant_from_millis(millis)));
  }
  return true;
}

bool DateReader::read_new(std::string_view text, Moment& out) {
  reason_ = "is no date that can be read";
  switch (format_.kind) {
    case DateKind::civil: {
      // yyyy-mm-dd[ hh:mm[:ss]]: by far the most frequent
      const std::size_t size = text.size();
      const auto two = [&](std::size_t i, int& value) {
        value = (text[i] - '0') * 10 + (text[i + 1] - '0');
        return is_digit(text[i]) && is_digit(text[i + 1]);
      };
      if ((size == 10 || size == 16 || size == 19) && text[4] == '-' && text[7] == '-') {
        int century = 0, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
        bool good = two(0, century) && two(2, year) && two(5, month) && two(8, day);
        if (size > 10)
          good = good && (text[10] == ' ' || text[10] == 'T') && text[13] == ':' && two(11, hour) && two(14, minute);
        if (size > 16) good = good && text[16] == ':' && two(17, second);
        if (good && hour < 24 && minute < 60 && second < 60) {
          std::int32_t number = 0;
          if (!day_of(century * 100 + year, month, day, number)) {
            reason_ = "is no day of the calendar";
            return false;
          }
          return finish_local(number, ((hour * 60LL + minute) * 60 + second) * 1000, out);
        }
      }
      Civil civil;
      if (!read_civil(text, civil)) return false;
      std::int32_t day = 0;
      if (!to_day(civil, format_.order, day, reason_)) return false;
      if (civil.has_zone) return finish_utc(day * kDayMillis + civil.millis - civil.offset_minutes * 60'000LL, out);
      return finish_local(day, civil.millis, out);
    }
    case DateKind::compact: {
      std::int32_t day = 0;
      std::int64_t millis = 0;
      if (!read_compact(text, day, millis)) return false;
      return finish_local(day, millis, out);
    }
    case DateKind::excel: {
      if (kind_of_digits(text) != DateKind::excel) return false;
      const auto value = base::parse_decimal(text, base::DecimalMark::point);
      if (!value) return false;
      const auto day = static_cast<std::int32_t>(*value / base::kOne) - 25'569;
      // millionths of a day are 86 ms: rounded to the second, as the sheet meant it
      const std::int64_t second = (*value % base::kOne * 86'400 + base::kOne / 2) / base::kOne;
      return finish_local(day, second * 1000, out);
    }
    default: break;
  }
  const auto kind = kind_of_digits(text);
  if (kind != format_.kind) return false;
  const std::size_t point = text.find('.');
  std::int64_t value = 0;
  for (const char c : text.substr(0, point)) value = value * 10 + (c - '0');
  if (format_.kind == DateKind::epoch_millis) return finish_utc(value, out);
  if (format_.kind == DateKind::epoch_micros) return finish_utc(value / 1000, out);
  std::int64_t millis = value * 1000;
  if (point != std::string_view::npos) {
    std::int64_t scale = 100;
    for (const char c : text.substr(point + 1)) {
      millis += (c - '0') * scale;
      scale /= 10;
    }
  }
  return finish_utc(millis, out);
}

}  // namespace collect
