#pragma once

#include <span>
#include <string>
#include <vector>

#include "stats/interval.h"

namespace measure {

/// One way to divide the customers of a plan: a text for each, empty where it is not known.
struct Division {
  std::string name;  ///< "country", "city", "age", "language", "value"
  std::vector<std::string> group;
};

/// How deep the offers of one group are against everybody else's.
struct DepthDifference {
  std::string division, group;
  double customers = 0;
  double depth = 0;       ///< mean share of the basket offered, nothing offered counting 0
  double others = 0;
  stats::WelchDifference difference;
  bool flagged = false;   ///< the difference is real at a false-discovery rate of 5 % over all groups
};

/// Compares every group of at least 30 customers with all others (Welch's t), the flags by Benjamini & Hochberg (1995).
/// Ordered by division, then by the size of the difference. Spans of one length.
std::vector<DepthDifference> compare_depths(std::span<const double> depth, std::span<const Division> divisions);

}  // namespace measure
