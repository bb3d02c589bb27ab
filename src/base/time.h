#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace base {

/// A moment, UTC, in milliseconds. Zones exist only where people read or write times.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// A calendar day.
using Day = std::chrono::sys_days;

inline std::int32_t day_number(Day day) { return static_cast<std::int32_t>(day.time_since_epoch().count()); }
inline Day day_from_number(std::int32_t number) { return Day{std::chrono::days{number}}; }
inline std::int64_t millis(Instant at) { return at.time_since_epoch().count(); }
inline Instant instant_from_millis(std::int64_t value) { return Instant{std::chrono::milliseconds{value}}; }

/// "2011-12-10"
std::string to_string(Day day);

/// "2011-12-10T08:26:00Z"
std::string to_string(Instant at);

/// Reads "2011-12-10"; anything else is an error.
Result<Day> parse_day(std::string_view text);

/// Reads a moment as RFC 3339 writes it ("2026-11-22T10:15:00.250+08:00"); nothing for any other text.
std::optional<Instant> parse_moment(std::string_view text);

/// Local clock time to UTC and back for one IANA zone ("Europe/London"). Immutable, safe to share between threads.
class Zone {
 public:
  /// Fails with the name and what names look like when the zone is unknown.
  static Result<Zone> open(std::string_view name);
  static Zone utc();

  /// The moment a wall clock in this zone shows `local`. A time skipped by a change to summer time is moved forward by
  /// the gap; a time that occurs twice is the first of the two.
  Instant to_utc(std::chrono::local_time<std::chrono::milliseconds> local) const;

  /// The calendar day in this zone.
  Day local_day(Instant at) const;

  /// Milliseconds to add to UTC at this moment.
  std::int64_t offset_millis(Instant at) const;

  const std::string& name() const { return name_; }

 private:
  struct Rules;
  std::string name_;
  std::shared_ptr<const Rules> rules_;  // shared: a Zone is a value, its rule table is immutable
};

/// The zone to assume for someone of whom only the country (ISO code or English or Chinese name) is known: the fallback
/// when it lies there, else the country's only zone, else the one in the middle of its zones. Empty for an unknown country.
std::string usual_zone(std::string_view country, std::string_view fallback);

/// The ISO code ("CN") of a country written as its code or its English or Chinese name; empty for an unknown one.
std::string country_code(std::string_view country);

/// The ISO code of the country a zone lies in; empty for zones of no one country ("UTC").
std::string zone_country(std::string_view zone);

}  // namespace base
