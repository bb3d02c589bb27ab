#include "understand/churn/leak.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "stats/scores.h"

namespace understand::churn {
namespace {

using base::Result;

constexpr std::size_t kGroups = 20;
constexpr double kTooGood = 0.97;
constexpr double kSuspicious = 0.8;
constexpr double kFarAboveHonest = 0.12;
constexpr double kAboveHonest = 0.03;
constexpr double kFades = 0.5;

bool same(float a, float b) { return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-5F * std::max(1.0F, std::abs(a)); }

/// Groups of one column by the quantiles of `before`, and the share of leavers in each.
struct Groups {
  std::vector<float> edges;
  std::array<double, kGroups + 1> share{};

  std::size_t of(float x) const {
    if (!std::isfinite(x)) return kGroups;
    return static_cast<std::size_t>(std::upper_bound(edges.begin(), edges.end(), x) - edges.begin());
  }
};

Groups groups_of(const Snapshot& before, std::size_t column) {
  Groups groups;
  const std::size_t n = before.rows(), columns = before.columns.size();
  std::vector<float> known;
  for (std::size_t i = 0; i < n; ++i) {
    const float x = before.x[i * columns + column];
    if (std::isfinite(x)) known.push_back(x);
  }
  std::ranges::sort(known);
  for (std::size_t g = 1; g < kGroups && !known.empty(); ++g) {
    const float edge = known[g * known.size() / kGroups];
    if (groups.edges.empty() || edge > groups.edges.back()) groups.edges.push_back(edge);
  }
  std::array<double, kGroups + 1> leavers{}, all{};
  double total = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t g = groups.of(before.x[i * columns + column]);
    leavers[g] += static_cast<double>(before.left[i]);
    all[g] += 1;
    total += static_cast<double>(before.left[i]);
  }
  const double rate = n > 0 ? total / static_cast<double>(n) : 0.5;
  for (std::size_t g = 0; g <= kGroups; ++g) groups.share[g] = (leavers[g] + 5 * rate) / (all[g] + 5);  // few rows say little
  return groups;
}

}  // namespace

Result<std::vector<std::string>> changes_with_future(port::Warehouse& warehouse, base::Day cut, base::Day present, bool by_activity) {
  WB_ASSIGN(const FeatureTable blind, features_at(warehouse, cut, cut, by_activity));
  WB_ASSIGN(const FeatureTable seeing, features_at(warehouse, cut, present, by_activity));
  std::vector<std::string> found;
  if (blind.rows() == 0 && seeing.rows() == 0) return found;
  if (blind.columns != seeing.columns) return base::fail(base::Code::internal, "churn_features answers with other columns when the future is hidden");
  std::vector<bool> differs(blind.columns.size(), false);
  std::size_t a = 0, b = 0;
  while (a < blind.rows() && b < seeing.rows()) {
    const int order = blind.customer_id[a].compare(seeing.customer_id[b]);
    if (order != 0) return base::fail(base::Code::internal, "churn_features knows customers on {} whose first order lies later", base::to_string(cut));
    for (std::size_t k = 0; k < differs.size(); ++k) differs[k] = differs[k] || !same(blind.at(a, k), seeing.at(b, k));
    ++a;
    ++b;
  }
  if (a < blind.rows() || b < seeing.rows()) {
    return base::fail(base::Code::internal, "churn_features knows customers on {} whose first order lies later", base::to_string(cut));
  }
  for (std::size_t k = 0; k < differs.size(); ++k) {
    if (differs[k]) found.push_back(blind.columns[k]);
  }
  return found;
}

double area_alone(const Snapshot& before, std::span<const float> values, std::span<const float> left, std::size_t column) {
  const Groups groups = groups_of(before, column);
  std::vector<double> score, outcome(left.begin(), left.end());
  for (const float x : values) score.push_back(groups.share[groups.of(x)]);
  return stats::area_under_curve(score, outcome);
}

double area_alone(const Snapshot& before, const Snapshot& after, std::size_t column) {
  std::vector<float> values;
  for (std::size_t i = 0; i < after.rows(); ++i) values.push_back(after.x[i * after.columns.size() + column]);
  return area_alone(before, values, after.left, column);
}

std::vector<model::ChurnRefusal> implausible(const Snapshot& before, const Snapshot& after, const FeatureTable& earlier, double honest) {
  std::vector<model::ChurnRefusal> refused;
  for (std::size_t k = 0; k < after.columns.size(); ++k) {
    const auto source = std::ranges::find(earlier.columns, after.columns[k]);
    if (source == earlier.columns.end()) continue;  // made from histories that end at the cut
    model::ChurnRefusal one{after.columns[k], "", area_alone(before, after, k), 0.5};
    if (one.auc < honest + kAboveHonest) continue;
    const auto place = static_cast<std::size_t>(source - earlier.columns.begin());
    std::vector<float> values(after.rows(), std::numeric_limits<float>::quiet_NaN());
    std::size_t row = 0;
    for (std::size_t i = 0; i < after.rows(); ++i) {
      while (row < earlier.rows() && earlier.customer_id[row] < after.ids[i]) ++row;
      if (row < earlier.rows() && earlier.customer_id[row] == after.ids[i]) values[i] = earlier.at(row, place);
    }
    one.auc_earlier = area_alone(before, values, after.left, k);
    if (one.auc >= kTooGood || (one.auc >= kSuspicious && one.auc >= honest + kFarAboveHonest)) {
      one.why = "too_good";
    } else if (one.auc_earlier - 0.5 < kFades * (one.auc - 0.5)) {
      one.why = "fades";
    } else {
      continue;
    }
    refused.push_back(std::move(one));
  }
  return refused;
}

}  // namespace understand::churn
