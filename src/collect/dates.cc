#include "collect/dates.h"

#include "base/decimal.h"
#include "collect/date_text.h"

namespace collect {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr std::int64_t kDayMillis = 86'400'000;
constexpr std::size_t kCachedDays = 2048;

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
