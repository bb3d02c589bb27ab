#include "measure/fairness.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "measure/running.h"

namespace measure {
namespace {

constexpr double kFewest = 30;
constexpr double kFalseDiscoveries = 0.05;

stats::Sample sample_of(const Running& r) { return {r.count, r.mean, r.variance()}; }

}  // namespace

std::vector<DepthDifference> compare_depths(std::span<const double> depth, std::span<const Division> divisions) {
  std::vector<DepthDifference> result;
  for (const Division& division : divisions) {
    std::map<std::string, std::pair<Running, Running>> groups;  // the group, and all others of known group
    for (const std::string& name : division.group) {
      if (!name.empty()) groups.try_emplace(name);
    }
    if (groups.size() < 2) continue;
    // Sums of all others follow from the whole.
    Running whole;
    for (std::size_t i = 0; i < depth.size(); ++i) {
      if (division.group[i].empty()) continue;
      groups[division.group[i]].first.add(depth[i]);
      whole.add(depth[i]);
    }
    for (auto& [name, pair] : groups) {
      const Running& own = pair.first;
      const double rest = whole.count - own.count;
      if (own.count < kFewest || rest < kFewest) continue;
      const double mean = (whole.mean * whole.count - own.mean * own.count) / rest;
      const double between = own.count * rest / whole.count * (own.mean - mean) * (own.mean - mean);
      const double squares = std::max(0.0, whole.squares - own.squares - between);
      DepthDifference d{division.name, name, own.count, own.mean, mean, {}, false};
      d.difference = stats::welch_difference(sample_of(own), {rest, mean, squares / (rest - 1)}, 0.95);
      result.push_back(std::move(d));
    }
  }
  std::vector<std::size_t> order(result.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return result[a].difference.p_value < result[b].difference.p_value; });
  std::size_t flagged = 0;
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double limit = kFalseDiscoveries * static_cast<double>(rank + 1) / static_cast<double>(order.size());
    if (result[order[rank]].difference.p_value <= limit) flagged = rank + 1;
  }
  for (std::size_t rank = 0; rank < flagged; ++rank) result[order[rank]].flagged = true;
  std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) {
    if (a.division != b.division) return a.division < b.division;
    return std::abs(a.difference.difference) > std::abs(b.difference.difference);
  });
  return result;
}

}  // namespace measure
