#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stats/interval.h"

namespace understand::persona {

/// One thing known of every customer, such as the city: a value for each, by its place in the names.
struct Tag {
  std::string name;
  std::vector<std::string> values;    ///< entry 0 is "" = not known
  std::vector<std::uint32_t> value;   ///< per customer
};

/// A value, or two values of two tags, that is commoner among the top customers than among all.
struct Mark {
  std::size_t tag = 0;
  std::uint32_t value = 0;
  bool pair = false;
  std::size_t second_tag = 0;     ///< of a pair
  std::uint32_t second_value = 0;
  std::uint64_t customers = 0;    ///< with it
  std::uint64_t top = 0;          ///< of them among the top
  double share_of_top = 0;        ///< share of the top customers who have it
  double share_of_all = 0;
  double lift = 1;                ///< share of the top ÷ share of all, as observed
  stats::Interval interval;       ///< 95 %
  double shrunk = 1;              ///< the lift drawn towards 1 where few customers say it
  double p = 1;                   ///< two-sided, of no difference
  double q = 1;                   ///< after Benjamini–Hochberg over all values looked at
};

struct Marks {
  std::uint64_t customers = 0;
  std::uint64_t top = 0;
  std::size_t looked_at = 0;      ///< values tested
  std::vector<Mark> singles;      ///< q ≤ 0.05, highest lower bound of lift first; then those rarer among the top
  std::vector<Mark> pairs;        ///< of two marks, where together they say more than either
};

/// Which values mark the top. Values of fewer than `least` customers are not looked at.
///
/// The lift is P(top | value) / P(top), for P(value | top) / P(value) is the same; its interval is Wilson's for
/// P(top | value) over the P(top) that the choice of the top fixes. p is from the normal approximation of the
/// hypergeometric distribution with continuity correction; q is Benjamini & Hochberg 1995. Shrinkage: beta-binomial with the
/// prior fitted to the tag's values by moments (Kleinman 1973). A pair is kept when its share of top customers is higher
/// than that of the rest of either part (two-proportion test, Benjamini–Hochberg over pairs).
/// `top` has a byte a customer; nothing is marked when none or all are top.
Marks find_marks(const std::vector<Tag>& tags, const std::vector<std::uint8_t>& top, std::uint64_t least = 30);

/// Benjamini & Hochberg 1995: the q of each p, in their order.
std::vector<double> benjamini_hochberg(const std::vector<double>& p);

}  // namespace understand::persona
