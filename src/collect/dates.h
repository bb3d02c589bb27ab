#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace collect {

/// Which of day and month stands first where only numbers are written.
enum class DateOrder : std::uint8_t { unknown, day_first, month_first };

/// How the moments of a column are written.
enum class DateKind : std::uint8_t {
  civil,          ///< year, month and day apart: 2011-12-09 08:26, 9.12.2011, Dec 9, 2011 8:26 AM, 2011年12月9日
  compact,        ///< 20111209 or 20111209082600
  epoch_seconds,  ///< since 1970-01-01 UTC
  epoch_millis,
  epoch_micros,
  excel,  ///< days since 1899-12-30, with a fraction
};

struct DateFormat {
  DateKind kind = DateKind::civil;
  DateOrder order = DateOrder::unknown;
};

/// "year-month-day", "day/month/year", "Unix seconds", … for the summary.
std::string describe(DateFormat format);

/// What the values of a column say about how its moments are written.
class DateEvidence {
 public:
  void add(std::string_view cell);

  std::uint64_t seen() const { return seen_; }  ///< cells that are not empty
  std::uint64_t dates() const;                  ///< of them: moments in the kind most have
  bool undecided() const;                       ///< day and month could be either: look at more values
  const std::string& ambiguous_example() const { return ambiguous_example_; }

  /// The format most values have. An error that asks for the order when no value decides it, or values contradict.
  base::Result<DateFormat> decide(std::string_view file, std::string_view heading, DateOrder told) const;

 private:
  DateKind best() const;
  std::uint64_t seen_ = 0;
  std::uint64_t kinds_[6] = {};
  std::uint64_t day_first_ = 0;
  std::uint64_t month_first_ = 0;
  std::uint64_t ambiguous_ = 0;
  std::string ambiguous_example_;
  std::string day_first_example_;
  std::string month_first_example_;
};

/// A moment and the calendar day it falls on in the shop's zone.
struct Moment {
  std::int64_t millis = 0;
  std::int32_t local_day = 0;
};

/// Reads the moments of one column. Times without a zone of their own are wall clocks of the shop's zone. Fast when
/// values repeat or share their day. Used from one thread.
class DateReader {
 public:
  DateReader(DateFormat format, base::Zone zone);

  /// False when the text is no moment of the column's format between the years 1900 and 2200; `reason` then says why.
  bool read(std::string_view text, Moment& out);
  std::string_view reason() const { return reason_; }

 private:
  struct DayEntry {
    std::int32_t day = INT32_MIN;
    bool constant = false;  ///< one offset all day
    std::int64_t offset_millis = 0;
  };
  bool read_new(std::string_view text, Moment& out);
  bool finish_utc(std::int64_t millis, Moment& out);
  bool finish_local(std::int32_t day, std::int64_t millis_of_day, Moment& out);
  const DayEntry& offset_of_local_day(std::int32_t day);

  DateFormat format_;
  base::Zone zone_;
  std::vector<DayEntry> local_days_;
  std::vector<DayEntry> utc_days_;
  std::string last_text_;
  Moment last_;
  bool last_good_ = false;
  std::string_view reason_;
};

}  // namespace collect
