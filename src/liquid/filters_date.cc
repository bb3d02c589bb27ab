// Dates.
#include <array>
#include <cmath>

#include "liquid/compare.h"
#include "liquid/filter.h"
#include "liquid/moment.h"

namespace liquid {
namespace {

std::optional<base::Instant> moment_of(FilterContext& c, const Cell& input) {
  constexpr std::int64_t kMost = 253'402'300'799;  // the end of the year 9999
  if (input.type == Type::integer) {
    if (input.integer < -kMost || input.integer > kMost) return {};
    return base::instant_from_millis(input.integer * 1000);
  }
  if (input.type == Type::real) {
    if (!(std::abs(input.real) < static_cast<double>(kMost))) return {};
    return base::instant_from_millis(static_cast<std::int64_t>(input.real * 1000));
  }
  if (input.type != Type::string || input.size > 64) return {};
  if (input.view() == "now" || input.view() == "today") return c.options.now;
  return read_moment(input.view(), c.options.zone);
}

/// What is no date is shown as it is, as the reference implementation does.
Cell date(FilterContext& c, const Cell& input, std::span<const Cell> arguments) {
  const std::string_view format = c.text(arguments[0]);
  if (format.empty()) return input;
  c.charge(format.size() / 4);
  const auto at = moment_of(c, input);
  if (!at) return input;
  std::string made;
  write_moment(*at, c.options.zone, format, made);
  return c.arena.copy(made);
}

constexpr std::array kFilters{Filter{"date", date, 1, 1}};

}  // namespace

std::span<const Filter> date_filters() { return kFilters; }

}  // namespace liquid
