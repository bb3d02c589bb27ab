#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/svg.h"

namespace report {

/// One horizontal bar from `from` to `to`, named, with its figure beside it and, where high > low, an interval.
struct Bar {
  std::string name;
  double from = 0;
  double to = 0;
  std::string figure;
  std::string_view css;
  double low = 0;
  double high = 0;
  bool strong = false;
};

/// Bars below one another on a common scale that starts at 0 (or below, where an interval does).
std::string bar_chart(std::string_view label, const std::vector<Bar>& bars);

/// One part of a whole.
struct Part {
  std::string name;
  double value = 0;
  std::string figure;
  std::string_view css;
  double opacity = 1;
};

/// One bar cut into its parts, each named where it stands; on a phone a bar for each part. Parts of 0 are left out.
std::string stacked_bar(std::string_view label, std::vector<Part> parts);

}  // namespace report
