#include <array>
#include <charconv>

#include "liquid/moment.h"

namespace liquid {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

/// Reads the parts of a date in whatever order they come.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<base::Instant> read(const base::Zone* zone) {
    while (skip(), at_ < text_.size()) {
      if (!part()) return {};
    }
    if (year_ < 0 || month_ == 0) return {};
    if (day_ == 0) day_ = 1;
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year_)}, std::chrono::month{static_cast<unsigned>(month_)},
                                           std::chrono::day{static_cast<unsigned>(day_)}};
    if (!date.ok() || hour_ > 23 || minute_ > 59 || second_ > 60) return {};
    const auto local = std::chrono::local_days{date} + std::chrono::hours{hour_} + std::chrono::minutes{minute_} +
                       std::chrono::seconds{second_} + std::chrono::milliseconds{milli_};
    if (has_offset_) return base::Instant{local.time_since_epoch() - std::chrono::minutes{offset_}};
    if (zone != nullptr) return zone->to_utc(local);
    return base::Instant{local.time_since_epoch()};
  }

 private:
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == ',' || text_[at_] == '\t')) ++at_;
  }
  bool next_is(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool accept(char c) {
    if (!next_is(c)) return false;
    ++at_;
    return true;
  }
  bool accept(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  /// Digits from here; -1 when there are none or too many.
  std::int64_t digits(std::size_t most, std::size_t* count = nullptr) {
    std::size_t end = at_;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    if (end == at_ || end - at_ > most) return -1;
    std::int64_t value = 0;
    std::from_chars(text_.data() + at_, text_.data() + end, value);
    if (count != nullptr) *count = end - at_;
    at_ = end;
    return value;
  }

  bool part() {
    if (is_digit(text_[at_])) return number();
    if (is_letter(text_[at_])) return word();
    return (text_[at_] == '+' || text_[at_] == '-') && has_time_ && offset();
  }

  bool number() {
    const std::size_t from = at_;
    std::size_t count = 0;
    const std::int64_t value = digits(8, &count);
    if (value < 0) return false;
    if (next_is(':')) {
      at_ = from;
      return time();
    }
    if (count == 8 && year_ < 0) {  // 20261121
      year_ = value / 10000;
      month_ = value / 100 % 100;
      day_ = value % 100;
      return true;
    }
    if (count == 4 && year_ < 0) {
      year_ = value;
      if (accept("年")) return chinese();
      for (const char mark : {'-', '/', '.'}) {
        if (!next_is(mark) || month_ != 0) continue;
        ++at_;
        if ((month_ = digits(2)) < 1) return false;
        if (accept(mark) && (day_ = digits(2)) < 1) return false;
        if (next_is('T') || next_is('t')) ++at_;
        return true;
      }
      return true;
    }
    if (count > 2 || day_ != 0 || value == 0) return false;
    day_ = value;
    for (const std::string_view ending : {"st", "nd", "rd", "th"}) {
      if (accept(ending)) break;
    }
    accept('-');
    return true;
  }

  bool chinese() {
    if ((month_ = digits(2)) < 1 || !accept("月")) return false;
    const std::size_t from = at_;
    if ((day_ = digits(2)) >= 1) return accept("日") || accept("号") || accept("號");
    at_ = from;
    day_ = 0;
    return true;
  }

  bool time() {
    hour_ = digits(2);
    if (!accept(':')) return false;
    minute_ = digits(2);
    if (hour_ < 0 || minute_ < 0) return false;
    if (accept(':')) {
      second_ = digits(2);
      if (second_ < 0) return false;
      if (accept('.')) {
        std::int64_t unit = 100;
        for (; at_ < text_.size() && is_digit(text_[at_]); ++at_, unit /= 10) milli_ += unit * (text_[at_] - '0');
      }
    }
    has_time_ = true;
    return true;
  }

  bool offset() {
    const std::int64_t sign = text_[at_++] == '-' ? -1 : 1;
    std::size_t count = 0;
    std::int64_t hours = digits(4, &count), minutes = 0;
    if (hours < 0) return false;
    if (count > 2) {
      minutes = hours % 100;
      hours /= 100;
    } else if (accept(':')) {
      minutes = digits(2);
    }
    if (hours > 18 || minutes < 0 || minutes > 59) return false;
    offset_ = sign * (hours * 60 + minutes);
    has_offset_ = true;
    return true;
  }

  bool word() {
    std::string word;
    while (at_ < text_.size() && is_letter(text_[at_])) word += lower(text_[at_++]);
    accept('.');
    if (word == "am" || word == "pm") {
      if (!has_time_ || hour_ < 1 || hour_ > 12) return false;
      hour_ = hour_ % 12 + (word == "pm" ? 12 : 0);
      return true;
    }
    if (word == "z" || word == "utc" || word == "gmt") {
      has_offset_ = true;
      offset_ = 0;
      return true;
    }
    if (word == "t") return true;
    if (word.size() < 3) return false;
    const std::string_view start = std::string_view(word).substr(0, 3);
    for (std::size_t m = 0; m < kMonths.size(); ++m) {
      if (start != kMonths[m] || month_ != 0) continue;
      month_ = static_cast<std::int64_t>(m + 1);
      accept('-');
      return true;
    }
    for (const std::string_view weekday : kWeekdays) {
      if (start == weekday) return true;
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::int64_t year_ = -1, month_ = 0, day_ = 0, hour_ = 0, minute_ = 0, second_ = 0, milli_ = 0, offset_ = 0;
  bool has_time_ = false, has_offset_ = false;
};

}  // namespace

std::optional<base::Instant> read_moment(std::string_view text, const base::Zone* zone) {
  const bool all_digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  if (all_digits && text.size() != 8) {
    std::int64_t seconds = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), seconds).ec != std::errc() || seconds > 253'402'300'799)
      return {};
    return base::instant_from_millis(seconds * 1000);
  }
  return Reader(text).read(zone);
}

}  // namespace liquid
