#include "app/journey_words.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace app {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  constexpr std::string_view kGaps = " \t,";
  for (std::size_t at = text.find_first_not_of(kGaps); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(kGaps, at), text.size());
    found.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kGaps, end);
  }
  return found;
}

template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<double> parse_share(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  const auto value = number<double>(text);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return percent ? *value / 100 : *value;
}

std::optional<model::WaitUntilStep> parse_clock(std::string_view text) {
  const auto parts = words(text);
  if (parts.empty()) return std::nullopt;
  const std::size_t colon = parts[0].find(':');
  if (colon == std::string_view::npos || parts[0].size() - colon != 3) return std::nullopt;
  const auto hour = number<std::int32_t>(parts[0].substr(0, colon));
  const auto minute = number<std::int32_t>(parts[0].substr(colon + 1));
  if (!hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59) return std::nullopt;
  model::WaitUntilStep step{*hour * 60 + *minute, 0x7F};
  if (parts.size() == 1) return step;
  if (parts[1] != "on" || parts.size() == 2) return std::nullopt;
  unsigned days = 0;
  for (std::size_t i = 2; i < parts.size(); ++i) {
    const auto* day = std::ranges::find(kDays, parts[i]);
    if (parts[i] == "weekdays") {
      days |= 0x1FU;
    } else if (parts[i] == "weekends") {
      days |= 0x60U;
    } else if (day != kDays.end()) {
      days |= 1U << (day - kDays.begin());
    } else {
      return std::nullopt;
    }
  }
  step.weekdays = static_cast<std::uint8_t>(days);
  return step;
}

bool is_name(std::string_view text, std::string_view extra) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || extra.find(c) != std::string_view::npos;
  });
}

std::optional<std::uint32_t> parse_times(std::string_view text) {
  const auto parts = words(text);
  const bool shaped = parts.size() == 1 || (parts.size() == 2 && (parts[1] == "times" || parts[1] == "time"));
  const auto count = shaped ? number<std::uint32_t>(parts[0]) : std::nullopt;
  return count && *count >= 1 && *count <= 1000 ? count : std::nullopt;
}

base::Result<std::chrono::seconds> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kUnits = {
      {{"second", 1}, {"minute", 60}, {"hour", 3600}, {"day", 86400}, {"week", 604800}}};
  const auto parts = words(text);
  if (parts.size() == 2) {
    const auto count = number<std::int64_t>(parts[0]);
    std::string_view unit = parts[1];
    if (unit.ends_with('s')) unit.remove_suffix(1);
    const auto* known = std::ranges::find(kUnits, unit, &std::pair<std::string_view, std::int64_t>::first);
    if (count && *count >= 0 && *count <= 100'000 && known != kUnits.end() && *count * known->second <= 3660LL * 86400) {
      return std::chrono::seconds{*count * known->second};
    }
  }
  return base::fail(base::Code::invalid_input, "'{}' is no time; write 4 days, 36 hours, 90 minutes or 2 weeks (at most ten years)", text);
}

}  // namespace app
