#include "simulate/season.h"

#include <cmath>
#include <limits>

namespace simulate {
namespace {

struct Civil {
  int year, month, day;
};

Civil civil(base::Day day) {
  const std::chrono::year_month_day date{day};
  return {static_cast<int>(date.year()), static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day()))};
}

/// Between the middles of months, a straight line: no jump at a month's end.
double monthly(const std::array<double, 12>& factors, const Civil& c) {
  const double position = c.month - 1 + (c.day - 15.5) / 30.5;
  const double below = std::floor(position);
  const auto month = [&](double m) { return factors[static_cast<std::size_t>((static_cast<int>(m) + 12) % 12)]; };
  return month(below) + (position - below) * (month(below + 1) - month(below));
}

bool within(const Peak& peak, const Civil& c) {
  const int today = c.month * 100 + c.day;
  return peak.from <= peak.to ? today >= peak.from && today <= peak.to : today >= peak.from || today <= peak.to;
}

}  // namespace

Season::Season(const World& world, std::string_view name, std::size_t level) {
  const double strength = level == 0 ? 0.5 : level == 1 ? 1 : 1.6;
  const auto size = static_cast<std::size_t>(world.days + kBeyond);
  double first_year = 0;
  for (std::size_t d = 0; d < size; ++d) {
    const base::Day day = world.start + std::chrono::days{d};
    const Civil c = civil(day);
    const std::chrono::weekday weekday{day};
    double factor = monthly(world.season.monthly, c) * world.season.weekly[(weekday.iso_encoding() - 1) % 7];
    double discount = world.season.promotion_discount, discounted = world.season.promotion_share;
    for (const Peak& peak : world.season.peaks) {
      if ((peak.season != "all" && peak.season != name) || !within(peak, c)) continue;
      factor *= std::pow(peak.lift, strength);
      if (peak.discount * peak.discounted > discount * discounted) {
        discount = peak.discount;
        discounted = peak.discounted;
      }
    }
    factor_.push_back(factor);
    discount_.push_back(discount);
    discounted_.push_back(discounted);
    if (d < 365) first_year += factor;
  }
  // An average day of the first year counts as one, so that rates a year mean what they say.
  const double scale = static_cast<double>(std::min<std::size_t>(size, 365)) / first_year;
  double sum = 0;
  sum_.push_back(0);
  for (double& factor : factor_) {
    factor *= scale;
    sum_.push_back(sum += factor);
  }
}

double Season::at(double t) const {
  const double whole = std::floor(t);
  const auto day = std::min(static_cast<std::size_t>(whole), factor_.size() - 1);
  return sum_[day] + (t - static_cast<double>(day)) * factor_[day];
}

double Season::after(double t, double gap) const {
  const double target = at(t) + gap;
  if (!(target < sum_.back())) return std::numeric_limits<double>::infinity();
  const auto from = sum_.begin() + static_cast<std::ptrdiff_t>(t);
  const auto above = std::upper_bound(from, sum_.end(), target);
  const auto day = static_cast<std::size_t>(above - sum_.begin()) - 1;
  return std::max(t, static_cast<double>(day) + (target - sum_[day]) / factor_[day]);
}

std::int32_t second_of_day(double fraction) {
  // Share of orders by hour; little at night, most around noon and in the evening.
  static constexpr std::array<double, 24> kHours = {1.2, 0.6, 0.3, 0.2, 0.2, 0.4, 1.0, 2.4, 4.0, 5.2, 5.8, 6.2,
                                                    6.6, 6.0, 5.4, 5.0, 5.0, 5.2, 5.8, 7.2, 8.6, 8.4, 6.2, 3.1};
  static const std::array<double, 25> sums = [] {
    std::array<double, 25> out{};
    for (std::size_t h = 0; h < 24; ++h) out[h + 1] = out[h] + kHours[h];
    return out;
  }();
  const double target = fraction * sums[24];
  std::size_t hour = 0;
  while (hour < 23 && sums[hour + 1] <= target) ++hour;
  return std::min(86'399,
                  static_cast<std::int32_t>((static_cast<double>(hour) + (target - sums[hour]) / kHours[hour]) * 3600));
}

}  // namespace simulate
