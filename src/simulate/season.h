#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "simulate/world.h"

namespace simulate {

/// Price sensitivity in three steps: peaks move those more who look at prices.
inline constexpr std::size_t kSeasonLevels = 3;

/// How much is bought on each day against an average day, and the clock that runs by it. Times are days since the
/// world's start, with fractions; season time is what a renewal process with constant rates lives in.
class Season {
 public:
  /// `name`: of the market's season; `level`: 0 … kSeasonLevels − 1.
  Season(const World& world, std::string_view name, std::size_t level);

  /// Days the tables cover, from the start: the world's and the longest outlook beyond.
  std::int32_t days() const { return static_cast<std::int32_t>(factor_.size()); }

  double factor(std::int32_t day) const { return factor_[static_cast<std::size_t>(day)]; }

  /// Share off a list price, averaged over lines.
  double discount(std::int32_t day) const {
    return discount_[static_cast<std::size_t>(day)] * discounted_[static_cast<std::size_t>(day)];
  }
  double discount_depth(std::int32_t day) const { return discount_[static_cast<std::size_t>(day)]; }
  double discounted_share(std::int32_t day) const { return discounted_[static_cast<std::size_t>(day)]; }

  /// Season time at `t`; t within the tables.
  double at(double t) const;

  /// The moment `gap` of season time after `t`; +∞ past the tables.
  double after(double t, double gap) const;

 private:
  std::vector<double> factor_, sum_, discount_, discounted_;
};

/// Days beyond the world's end that an outlook may need.
inline constexpr std::int32_t kBeyond = 120;

/// The customer's shop clock: from a time of day as the season sees it (uniform) to when people order.
std::int32_t second_of_day(double fraction);

}  // namespace simulate
