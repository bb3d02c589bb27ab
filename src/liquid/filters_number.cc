// Arithmetic.
#include <array>
#include <cmath>

#include "liquid/filter.h"
#include "liquid/number.h"

namespace liquid {
namespace {

using Arguments = std::span<const Cell>;

Cell abs(FilterContext&, const Cell& input, Arguments) {
  const Number number = to_number(input);
  return (number.real < 0 ? subtract(Number::of(std::int64_t{0}), number) : number).cell();
}
Cell plus(FilterContext&, const Cell& input, Arguments a) { return add(to_number(input), to_number(a[0])).cell(); }
Cell minus(FilterContext&, const Cell& input, Arguments a) { return subtract(to_number(input), to_number(a[0])).cell(); }
Cell times(FilterContext&, const Cell& input, Arguments a) { return multiply(to_number(input), to_number(a[0])).cell(); }

Cell or_fail(const std::optional<Number>& number) {
  if (!number) {
    throw Failure{base::Code::invalid_input, "a number is divided by 0 or by what is no number; test it with 'if' first",
                  Failure::kHere};
  }
  return number->cell();
}
Cell divided_by(FilterContext&, const Cell& input, Arguments a) { return or_fail(divide(to_number(input), to_number(a[0]))); }
Cell modulo_by(FilterContext&, const Cell& input, Arguments a) { return or_fail(modulo(to_number(input), to_number(a[0]))); }

Cell ceil_of(FilterContext&, const Cell& input, Arguments) {
  const Number number = to_number(input);
  return number.is_int ? number.cell() : whole(std::ceil(number.real)).cell();
}
Cell floor_of(FilterContext&, const Cell& input, Arguments) {
  const Number number = to_number(input);
  return number.is_int ? number.cell() : whole(std::floor(number.real)).cell();
}
Cell round_of(FilterContext&, const Cell& input, Arguments a) {
  const Number digits = a.empty() ? Number{} : to_number(a[0]);
  const double clamped = std::clamp(digits.real, -100.0, 100.0);
  return round_to(to_number(input), digits.is_int ? static_cast<std::int64_t>(clamped) : static_cast<std::int64_t>(std::trunc(clamped))).cell();
}

bool below(const Number& a, const Number& b) { return a.is_int && b.is_int ? a.integer < b.integer : a.real < b.real; }
Cell at_least(FilterContext&, const Cell& input, Arguments a) {
  const Number number = to_number(input), limit = to_number(a[0]);
  return (below(number, limit) ? limit : number).cell();
}
Cell at_most(FilterContext&, const Cell& input, Arguments a) {
  const Number number = to_number(input), limit = to_number(a[0]);
  return (below(limit, number) ? limit : number).cell();
}

constexpr std::array kFilters{
    Filter{"abs", abs, 0, 0},
    Filter{"plus", plus, 1, 1},
    Filter{"minus", minus, 1, 1},
    Filter{"times", times, 1, 1},
    Filter{"divided_by", divided_by, 1, 1},
    Filter{"modulo", modulo_by, 1, 1},
    Filter{"ceil", ceil_of, 0, 0},
    Filter{"floor", floor_of, 0, 0},
    Filter{"round", round_of, 0, 1},
    Filter{"at_least", at_least, 1, 1},
    Filter{"at_most", at_most, 1, 1},
};

}  // namespace

std::span<const Filter> number_filters() { return kFilters; }

}  // namespace liquid
