#include <array>

#include "liquid/moment.h"

namespace liquid {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"January", "February", "March",     "April",   "May",      "June",
                                                   "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                    "Thursday", "Friday", "Saturday"};

/// A directive's flags and width.
struct Style {
  char padding = '\0';  ///< ' ', '0' or '-' for none; '\0' as the directive has it
  bool upper = false;
  bool swap = false;
  std::size_t width = 0;
};

class Writer {
 public:
  Writer(base::Instant at, const base::Zone* zone, std::string& out) : out_(out) {
    offset_ = zone == nullptr ? 0 : zone->offset_millis(at) / 60000;
    zone_ = zone == nullptr ? "UTC" : std::string_view(zone->name());
    instant_ = base::millis(at);
    local_ = instant_ + offset_ * 60000;
    const auto days = std::chrono::floor<std::chrono::days>(base::instant_from_millis(local_));
    const std::chrono::year_month_day date{days};
    year_ = static_cast<int>(date.year());
    month_ = static_cast<unsigned>(date.month());
    day_ = static_cast<unsigned>(date.day());
    weekday_ = std::chrono::weekday{days}.c_encoding();
    year_day_ = static_cast<int>((days - std::chrono::sys_days{date.year() / std::chrono::January / 1}).count());
    const std::int64_t of_day = local_ - days.time_since_epoch().count() * 86'400'000;
    hour_ = of_day / 3'600'000;
    minute_ = of_day / 60'000 % 60;
    second_ = of_day / 1000 % 60;
    milli_ = of_day % 1000;
  }

  void write(std::string_view format) {
    for (std::size_t at = 0; at < format.size(); ++at) {
      if (format[at] != '%' || at + 1 == format.size()) {
        out_ += format[at];
        continue;
      }
      const std::size_t start = at++;
      Style style;
      std::size_t colons = 0;
      for (; at < format.size(); ++at) {
        const char c = format[at];
        if (c == '-') style.padding = '-';
        else if (c == '0' && style.width == 0) style.padding = '0';
        else if (c == '_') style.padding = ' ';
        else if (c == '^') style.upper = true;
        else if (c == '#') style.swap = true;
        else if (c == ':') ++colons;
        else if (c >= '0' && c <= '9') style.width = std::min<std::size_t>(style.width * 10 + static_cast<std::size_t>(c - '0'), 64);
        else break;
      }
      if (at == format.size() || !directive(format[at], style, colons)) {
        at = std::min(at, format.size() - 1);
        out_ += format.substr(start, at - start + 1);
      }
    }
  }

 private:
  void text(std::string_view value, const Style& style) {
    if (style.width > value.size()) out_.append(style.width - value.size(), style.padding == '0' ? '0' : ' ');
    for (const char c : value) {
      const bool small = c >= 'a' && c <= 'z', capital = c >= 'A' && c <= 'Z';
      out_ += (style.upper || style.swap) && small ? static_cast<char>(c - 32)
              : style.swap && capital && !style.upper && value.size() == 2 ? static_cast<char>(c + 32)
                                                                          : c;
    }
  }
  void number(std::int64_t value, std::size_t width, const Style& style, char padding = '0') {
    const std::string digits = fmt::format("{}", value < 0 ? -value : value);
    if (style.padding != '\0') padding = style.padding;
    const std::size_t wanted = padding == '-' ? 0 : style.width != 0 ? style.width : width;
    if (value < 0) out_ += '-';
    if (wanted > digits.size()) out_.append(wanted - digits.size(), padding);
    out_ += digits;
  }
  void composite(std::string_view format, const Style& style) {
    const std::size_t from = out_.size();
    write(format);
    const std::string made = out_.substr(from);
    out_.resize(from);
    text(made, style);
  }
  void zone_offset(std::size_t colons) {
    const std::int64_t size = offset_ < 0 ? -offset_ : offset_;
    out_ += fmt::format("{}{:02}{}{:02}{}", offset_ < 0 ? '-' : '+', size / 60, colons > 0 ? ":" : "", size % 60, colons > 1 ? ":00" : "");
  }
  std::int64_t hour_of_12() const { return (hour_ + 11) % 12 + 1; }

  /// Week of ISO 8601 and the year it belongs to.
  std::pair<int, int> iso_week() const {
    const int monday_first = static_cast<int>((weekday_ + 6) % 7);
    const int week = (year_day_ - monday_first + 10) / 7;
    const auto weeks_of = [](int year) {
      const std::chrono::weekday first{std::chrono::sys_days{std::chrono::year{year} / std::chrono::January / 1}};
      const bool leap = std::chrono::year{year}.is_leap();
      return first == std::chrono::Thursday || (leap && first == std::chrono::Wednesday) ? 53 : 52;
    };
    if (week < 1) return {year_ - 1, weeks_of(year_ - 1)};
    if (week > weeks_of(year_)) return {year_ + 1, 1};
    return {year_, week};
  }

  bool directive(char c, const Style& style, std::size_t colons) {
    switch (c) {
      case 'a': text(kWeekdays[weekday_].substr(0, 3), style); return true;
      case 'A': text(kWeekdays[weekday_], style); return true;
      case 'b':
      case 'h': text(kMonths[month_ - 1].substr(0, 3), style); return true;
      case 'B': text(kMonths[month_ - 1], style); return true;
      case 'c': composite("%a %b %e %H:%M:%S %Y", style); return true;
      case 'C': number(year_ / 100, 2, style); return true;
      case 'd': number(day_, 2, style); return true;
      case 'D':
      case 'x': composite("%m/%d/%y", style); return true;
      case 'e': number(day_, 2, style, ' '); return true;
      case 'F': composite("%Y-%m-%d", style); return true;
      case 'g': number(iso_week().first % 100, 2, style); return true;
      case 'G': number(iso_week().first, 4, style); return true;
      case 'H': number(hour_, 2, style); return true;
      case 'I': number(hour_of_12(), 2, style); return true;
      case 'j': number(year_day_ + 1, 3, style); return true;
      case 'k': number(hour_, 2, style, ' '); return true;
      case 'l': number(hour_of_12(), 2, style, ' '); return true;
      case 'L': number(milli_, 3, style); return true;
      case 'm': number(month_, 2, style); return true;
      case 'M': number(minute_, 2, style); return true;
      case 'n': out_ += '\n'; return true;
      case 'N': out_ += fmt::format("{:03}000000", milli_).substr(0, style.width == 0 ? 9 : std::min<std::size_t>(style.width, 9)); return true;
      case 'p': text(hour_ < 12 ? "AM" : "PM", style); return true;
      case 'P': text(hour_ < 12 ? "am" : "pm", style); return true;
      case 'r': composite("%I:%M:%S %p", style); return true;
      case 'R': composite("%H:%M", style); return true;
      case 's': number((instant_ - milli_) / 1000, 1, style); return true;
      case 'S': number(second_, 2, style); return true;
      case 't': out_ += '\t'; return true;
      case 'T':
      case 'X': composite("%H:%M:%S", style); return true;
      case 'u': number(weekday_ == 0 ? 7 : weekday_, 1, style); return true;
      case 'U': number((year_day_ + 7 - static_cast<int>(weekday_)) / 7, 2, style); return true;
      case 'v': composite("%e-%^b-%Y", style); return true;
      case 'V': number(iso_week().second, 2, style); return true;
      case 'w': number(weekday_, 1, style); return true;
      case 'W': number((year_day_ + 7 - static_cast<int>((weekday_ + 6) % 7)) / 7, 2, style); return true;
      case 'y': number(year_ % 100, 2, style); return true;
      case 'Y': number(year_, year_ < 0 ? 5 : 4, style); return true;
      case 'z': zone_offset(colons); return true;
      case 'Z': text(zone_, style); return true;
      case '%': out_ += '%'; return true;
      default: return false;
    }
  }

  std::string& out_;
  std::string_view zone_;
  std::int64_t offset_ = 0, instant_ = 0, local_ = 0;
  int year_ = 0, year_day_ = 0;
  unsigned month_ = 1, day_ = 1, weekday_ = 0;
  std::int64_t hour_ = 0, minute_ = 0, second_ = 0, milli_ = 0;
};

}  // namespace

void write_moment(base::Instant at, const base::Zone* zone, std::string_view format, std::string& out) {
  Writer(at, zone, out).write(format);
}

}  // namespace liquid
