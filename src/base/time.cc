#include "base/time.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <unicode/locid.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include <fmt/format.h>

namespace base {

using namespace std::chrono;

std::string to_string(Day day) {
  const year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string to_string(Instant at) {
  const Day day = floor<days>(at);
  const hh_mm_ss clock{floor<seconds>(at - day)};
  return fmt::format("{}T{:02}:{:02}:{:02}Z", to_string(day), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

namespace {

bool digits(std::string_view text, std::size_t at, std::size_t count, int& value) {
  value = 0;
  if (at + count > text.size()) return false;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  return true;
}

}  // namespace

std::optional<Instant> parse_moment(std::string_view text) {
  int year, month, day, hour, minute, second;
  if (!digits(text, 0, 4, year) || !digits(text, 5, 2, month) || !digits(text, 8, 2, day) || !digits(text, 11, 2, hour) ||
      !digits(text, 14, 2, minute) || !digits(text, 17, 2, second)) {
    return std::nullopt;
  }
  if (text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') || text[13] != ':' || text[16] != ':') return std::nullopt;
  const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  text.remove_prefix(19);
  int fraction = 0;
  if (text.starts_with('.')) {
    std::size_t count = 0;
    while (count + 1 < text.size() && text[count + 1] >= '0' && text[count + 1] <= '9') {
      if (count < 3) fraction = fraction * 10 + (text[count + 1] - '0');
      ++count;
    }
    if (count == 0) return std::nullopt;
    for (std::size_t i = count; i < 3; ++i) fraction *= 10;
    text.remove_prefix(count + 1);
  }
  std::chrono::minutes ahead{0};
  if (text != "Z" && text != "z") {
    int hours, minutes;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' || !digits(text, 1, 2, hours) || !digits(text, 4, 2, minutes) ||
        hours > 23 || minutes > 59) {
      return std::nullopt;
    }
    ahead = std::chrono::minutes{(text[0] == '-' ? -1 : 1) * (hours * 60 + minutes)};
  }
  return Instant{sys_days{date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second} +
         milliseconds{fraction} - ahead;
}

Result<Day> parse_day(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-';
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9}) shaped = shaped && digit(i);
  if (!shaped) return fail(Code::invalid_input, "'{}' is no date; write it as 2011-12-10", text);
  const auto number = [&](std::size_t from, std::size_t count) {
    int value = 0;
    for (std::size_t i = from; i < from + count; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  const year_month_day date{year{number(0, 4)}, month{static_cast<unsigned>(number(5, 2))},
                            std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  if (!date.ok()) return fail(Code::invalid_input, "'{}' is no day of the calendar", text);
  return Day{date};
}

struct Zone::Rules {
  std::unique_ptr<icu::TimeZone> zone;
};

Result<Zone> Zone::open(std::string_view name) {
  const icu::UnicodeString id = icu::UnicodeString::fromUTF8(icu::StringPiece(name.data(), static_cast<int>(name.size())));
  std::unique_ptr<icu::TimeZone> zone{icu::TimeZone::createTimeZone(id)};
  if (zone == nullptr || (*zone == icu::TimeZone::getUnknown() && name != "Etc/Unknown")) {
    return fail(Code::invalid_input, "'{}' is no time zone; names look like Europe/London or Asia/Shanghai", name);
  }
  Zone result;
  result.name_ = name;
  auto rules = std::make_shared<Rules>();
  rules->zone = std::move(zone);
  result.rules_ = std::move(rules);
  return result;
}

Zone Zone::utc() {
  Zone result;
  result.name_ = "UTC";
  return result;
}

std::int64_t Zone::offset_millis(Instant at) const {
  if (rules_ == nullptr) return 0;
  std::int32_t raw = 0;
  std::int32_t summer = 0;
  UErrorCode status = U_ZERO_ERROR;
  rules_->zone->getOffset(static_cast<double>(millis(at)), false, raw, summer, status);
  return static_cast<std::int64_t>(raw) + summer;
}

Instant Zone::to_utc(local_time<milliseconds> local) const {
  const Instant as_if_utc{local.time_since_epoch()};
  if (rules_ == nullptr) return as_if_utc;
  // The offset before any change near this time decides: it gives the first of two equal wall clocks, and moves a
  // skipped one forward by the gap.
  const std::int64_t before = offset_millis(as_if_utc - hours{26});
  const std::int64_t after = offset_millis(as_if_utc + hours{26});
  const Instant early = as_if_utc - milliseconds{before};
  if (before == after) {
    // Two changes within a day are unknown in practice; one change and back is covered by checking the guess.
    return offset_millis(early) == before ? early : as_if_utc - milliseconds{offset_millis(early)};
  }
  if (offset_millis(early) == before) return early;
  const Instant late = as_if_utc - milliseconds{after};
  return offset_millis(late) == after ? late : early;
}

Day Zone::local_day(Instant at) const { return floor<days>(at + milliseconds{offset_millis(at)}); }

namespace {

std::string utf8(const icu::UnicodeString& text) {
  std::string bytes;
  text.toUTF8String(bytes);
  return bytes;
}

std::string lower_case(std::string_view text) {
  const auto unicode = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
  return utf8(icu::UnicodeString{unicode}.foldCase());
}

/// Codes and names of countries to codes.
const std::map<std::string, std::string, std::less<>>& countries() {
  static const auto known = [] {
    std::map<std::string, std::string, std::less<>> names;
    for (const char* const* code = icu::Locale::getISOCountries(); *code != nullptr; ++code) {
      names.emplace(lower_case(*code), *code);
      const icu::Locale country{"", *code};
      for (const char* language : {"en", "zh", "zh_Hant"}) {
        icu::UnicodeString name;
        country.getDisplayCountry(icu::Locale{language}, name);
        names.emplace(lower_case(utf8(name)), *code);
      }
    }
    for (const auto& [name, code] : {std::pair{"uk", "GB"}, {"usa", "US"}, {"eire", "IE"}, {"中國", "CN"}}) names.emplace(name, code);
    return names;
  }();
  return known;
}

}  // namespace

std::string country_code(std::string_view country) {
  const auto code = countries().find(lower_case(country));
  return code == countries().end() ? std::string{} : code->second;
}

std::string zone_country(std::string_view zone) {
  UErrorCode status = U_ZERO_ERROR;
  char region[8] = {};
  const auto name = icu::UnicodeString::fromUTF8(icu::StringPiece(zone.data(), static_cast<int>(zone.size())));
  icu::TimeZone::getRegion(name, region, sizeof region, status);
  return U_FAILURE(status) || std::string_view{region} == "001" ? std::string{} : std::string{region};
}

std::string usual_zone(std::string_view country, std::string_view fallback) {
  const auto code = countries().find(lower_case(country));
  if (code == countries().end()) return {};
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::StringEnumeration> all{icu::TimeZone::createTimeZoneIDEnumeration(
      UCAL_ZONE_TYPE_CANONICAL_LOCATION, code->second.c_str(), nullptr, status)};
  if (U_FAILURE(status) || all == nullptr) return {};
  std::vector<std::pair<std::int32_t, std::string>> zones;
  while (const icu::UnicodeString* id = all->snext(status)) {
    if (U_FAILURE(status)) break;
    std::string name = utf8(*id);
    if (name == fallback) return name;
    const std::unique_ptr<icu::TimeZone> zone{icu::TimeZone::createTimeZone(*id)};
    zones.emplace_back(zone->getRawOffset(), std::move(name));
  }
  if (zones.empty()) return {};
  std::ranges::sort(zones);
  return zones[zones.size() / 2].second;
}

}  // namespace base
