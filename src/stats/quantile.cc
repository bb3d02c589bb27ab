#include "stats/quantile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace stats {
namespace {

std::vector<std::size_t> ascending(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] != values[b] ? values[a] < values[b] : a < b; });
  return order;
}

}  // namespace

std::vector<double> weighted_quantiles(std::span<const double> values, std::span<const double> weights, std::span<const double> p) {
  const std::vector<std::size_t> order = ascending(values);
  std::vector<double> reached;  // cumulated weight with and up to each value
  double total = 0;
  for (const std::size_t i : order) reached.push_back(total += weights.empty() ? 1 : weights[i]);
  std::vector<double> out;
  if (!(total > 0)) return out;
  for (const double one : p) {
    // a hair below, so that a share like 0.1 + 0.2 does not step past its value; never a value of no weight
    const double want = std::max(std::clamp(one, 0.0, 1.0) * total * (1 - 1e-14), std::nextafter(0.0, 1.0));
    const auto at = std::lower_bound(reached.begin(), reached.end(), want);
    out.push_back(values[order[static_cast<std::size_t>(std::min(at, reached.end() - 1) - reached.begin())]]);
  }
  return out;
}

std::vector<unsigned> equal_groups(std::span<const double> values, std::span<const double> weights, unsigned groups) {
  const std::vector<std::size_t> order = ascending(values);
  std::vector<unsigned> out(values.size());
  double total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) total += weights.empty() ? 1 : weights[i];
  double before = 0;
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i;
    double block = 0;
    for (; end < order.size() && values[order[end]] == values[order[i]]; ++end) block += weights.empty() ? 1 : weights[order[end]];
    // the group in which the middle of the block of equal values lies
    const double middle = total > 0 ? (before + block / 2) / total : 0;
    const auto group = std::min(groups - 1, static_cast<unsigned>(middle * groups));
    for (; i < end; ++i) out[order[i]] = group;
    before += block;
  }
  return out;
}

}  // namespace stats
