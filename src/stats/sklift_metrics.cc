#include <algorithm>
#include <cmath>
#include <numeric>

#include "stats/uplift_metrics.h"

namespace stats::sklift {
namespace {

using Numbers = std::span<const double>;
using Flags = std::span<const std::int8_t>;

/// Descending scores; among equal ones later rows first (a stable ascending sort, reversed).
std::vector<std::size_t> reversed_stable(Numbers score) {
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return score[a] < score[b]; });
  std::ranges::reverse(order);
  return order;
}

/// Trapezoid area minus the straight line's. `value` makes a point from the running counts.
template <class Value>
double area_above_line(Numbers outcome, Numbers score, Flags treatment, Value value) {
  const auto order = reversed_stable(score);
  double area = 0, last_x = 0, last_y = 0;
  double treated = 0, controls = 0, treated_sum = 0, control_sum = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t row = order[i];
    (treatment[row] != 0 ? treated : controls) += 1;
    (treatment[row] != 0 ? treated_sum : control_sum) += outcome[row];
    if (i + 1 < order.size() && score[order[i + 1]] == score[row]) continue;
    const double x = treated + controls, y = value(treated, controls, treated_sum, control_sum);
    area += (x - last_x) * (y + last_y) / 2;
    last_x = x;
    last_y = y;
  }
  return area - last_x * last_y / 2;
}

double qini_point(double treated, double controls, double treated_sum, double control_sum) {
  return treated_sum - (controls > 0 ? control_sum * treated / controls : 0);
}

double uplift_point(double treated, double controls, double treated_sum, double control_sum) {
  return ((treated > 0 ? treated_sum / treated : 0) - (controls > 0 ? control_sum / controls : 0)) * (treated + controls);
}

double ratio(double actual, double perfect) { return perfect == 0 ? 0 : actual / perfect; }

}  // namespace

double qini_auc(Numbers outcome, Numbers score, Flags treatment) {
  std::vector<double> perfect(outcome.size());
  for (std::size_t i = 0; i < outcome.size(); ++i) perfect[i] = treatment[i] != 0 ? outcome[i] : -outcome[i];
  return ratio(area_above_line(outcome, score, treatment, qini_point), area_above_line(outcome, perfect, treatment, qini_point));
}

double uplift_auc(Numbers outcome, Numbers score, Flags treatment) {
  std::size_t control_responders = 0, treated_others = 0;
  for (std::size_t i = 0; i < outcome.size(); ++i) {
    control_responders += treatment[i] == 0 && outcome[i] == 1 ? 1U : 0U;
    treated_others += treatment[i] != 0 && outcome[i] == 0 ? 1U : 0U;
  }
  std::vector<double> perfect(outcome.size());
  for (std::size_t i = 0; i < outcome.size(); ++i) {
    const double t = treatment[i] != 0 ? 1 : 0;
    perfect[i] = (outcome[i] == t ? 2 : 0) + (control_responders > treated_others ? outcome[i] : t);
  }
  return ratio(area_above_line(outcome, score, treatment, uplift_point), area_above_line(outcome, perfect, treatment, uplift_point));
}

double uplift_at(Numbers outcome, Numbers score, Flags treatment, double share, Strategy strategy) {
  double size[2] = {0, 0};
  for (const auto t : treatment) size[t != 0 ? 1 : 0] += 1;
  double most[2] = {std::floor(size[0] * share), std::floor(size[1] * share)};
  const double all = std::floor((size[0] + size[1]) * share);
  double count[2] = {0, 0}, sum[2] = {0, 0}, seen = 0;
  for (const std::size_t row : reversed_stable(score)) {
    const std::size_t g = treatment[row] != 0 ? 1 : 0;
    if (strategy == Strategy::overall ? seen >= all : count[g] >= most[g]) continue;
    seen += 1;
    count[g] += 1;
    sum[g] += outcome[row];
  }
  return (count[1] > 0 ? sum[1] / count[1] : 0) - (count[0] > 0 ? sum[0] / count[0] : 0);
}

double weighted_average_uplift(Numbers outcome, Numbers score, Flags treatment, std::size_t bins) {
  const auto order = reversed_stable(score);
  const std::size_t each = order.size() / bins, longer = order.size() % bins;
  double weighted = 0, all = 0;
  std::size_t at = 0;
  for (std::size_t b = 0; b < bins; ++b) {
    double count[2] = {0, 0}, sum[2] = {0, 0};
    for (const std::size_t end = at + each + (b < longer ? 1 : 0); at < end; ++at) {
      const std::size_t g = treatment[order[at]] != 0 ? 1 : 0;
      count[g] += 1;
      sum[g] += outcome[order[at]];
    }
    if (count[0] == 0 || count[1] == 0) continue;
    weighted += count[1] * (sum[1] / count[1] - sum[0] / count[0]);
    all += count[1];
  }
  return all > 0 ? weighted / all : 0;
}

}  // namespace stats::sklift
