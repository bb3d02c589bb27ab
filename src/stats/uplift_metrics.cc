#include "stats/uplift_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "stats/quantile.h"
#include "stats/special.h"

namespace stats {
namespace {

using base::Code;
using base::fail;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<std::size_t> best_first(std::span<const double> score) {
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return score[a] != score[b] ? score[a] > score[b] : a < b; });
  return order;
}

/// Calls visit(begin, end) for each block of equal scores.
template <class Visit>
void for_blocks(std::span<const double> score, const std::vector<std::size_t>& order, Visit visit) {
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && score[order[end]] == score[order[begin]]) ++end;
    visit(begin, end);
    begin = end;
  }
}

/// The area that ordering by `score` has, and each row's influence on it.
double area_of(std::span<const double> signal, std::span<const double> score, std::vector<double>& influence) {
  const std::size_t rows = signal.size();
  const auto n = static_cast<double>(rows);
  const auto order = best_first(score);
  double total = 0;
  for (const double s : signal) total += s / n;
  influence.assign(rows, 0);
  double area = 0, above = 0;
  for_blocks(score, order, [&](std::size_t begin, std::size_t end) {
    double block = 0;
    for (std::size_t i = begin; i < end; ++i) block += signal[order[i]] / n;
    const double u = 0.5 - 0.5 * static_cast<double>(begin + end) / n;  // ½ minus the mid-rank
    const double below = total - above - block / 2;  // E[signal; lower score] + half of the ties
    // A row also moves the ranks of all others: minus what lies below it, centred by the mean of that over rows.
    for (std::size_t i = begin; i < end; ++i) influence[order[i]] = signal[order[i]] * u - below;
    area += block * u;
    above += block;
  });
  // Mean of `below` over rows is total/2 − area… whatever it is, the influences must have mean 0.
  double mean = 0;
  for (const double value : influence) mean += value / n;
  for (double& value : influence) value -= mean;
  const bool tied = !order.empty() && score[order.front()] == score[order.back()];
  return tied ? 0 : area;  // not the rounding of a sum that is 0
}

double error_of(std::span<const double> influence) {
  const auto n = static_cast<double>(influence.size());
  if (n < 2) return kInfinity;
  double squares = 0;
  for (const double value : influence) squares += value * value;
  return std::sqrt(squares / (n * (n - 1)));
}

base::Result<void> check(const Comparison& rows) {
  if (rows.group.size() != rows.outcome.size() || rows.propensity.size() != rows.outcome.size()) {
    return fail(Code::invalid_input, "{} outcomes came with {} groups and {} propensities", rows.outcome.size(), rows.group.size(), rows.propensity.size());
  }
  std::size_t treated = 0, controls = 0;
  for (std::size_t i = 0; i < rows.outcome.size(); ++i) {
    if (rows.group[i] < 0) continue;
    ++(rows.group[i] > 0 ? treated : controls);
    if (!std::isfinite(rows.outcome[i])) return fail(Code::invalid_input, "the outcome of row {} is no finite number", i + 1);
    if (!(rows.propensity[i] > 0 && rows.propensity[i] <= 1)) {
      return fail(Code::invalid_input, "the propensity of row {} is {}; it must be above 0 and at most 1", i + 1, rows.propensity[i]);
    }
  }
  if (treated == 0 || controls == 0) {
    return fail(Code::invalid_input, "{} treated and {} control rows: an effect needs both", treated, controls);
  }
  return {};
}

}  // namespace

Estimated normal_estimate(double value, double error, double confidence) {
  const double half = normal_quantile(0.5 + confidence / 2) * error;
  return {value, error, {value - half, value + half}};
}

base::Result<std::vector<double>> weighted_signals(const Comparison& rows) {
  WB_TRY(check(rows));
  double sum[2] = {0, 0}, weight[2] = {0, 0};
  for (std::size_t i = 0; i < rows.outcome.size(); ++i) {
    if (rows.group[i] < 0) continue;
    const std::size_t g = rows.group[i] > 0 ? 1 : 0;
    sum[g] += rows.outcome[i] / rows.propensity[i];
    weight[g] += 1 / rows.propensity[i];
  }
  const double centre = (sum[0] / weight[0] + sum[1] / weight[1]) / 2;
  std::vector<double> signal(rows.outcome.size());
  for (std::size_t i = 0; i < signal.size(); ++i) {
    if (rows.group[i] >= 0) signal[i] = (rows.group[i] > 0 ? 1 : -1) * (rows.outcome[i] - centre) / rows.propensity[i];
  }
  return signal;
}

base::Result<std::vector<double>> robust_signals(const Comparison& rows, std::span<const double> treated_mean,
                                                 std::span<const double> control_mean) {
  WB_TRY(check(rows));
  if (treated_mean.size() != rows.outcome.size() || control_mean.size() != rows.outcome.size()) {
    return fail(Code::invalid_input, "{} rows came with {} and {} predicted means", rows.outcome.size(), treated_mean.size(), control_mean.size());
  }
  std::vector<double> signal(rows.outcome.size());
  for (std::size_t i = 0; i < signal.size(); ++i) {
    signal[i] = treated_mean[i] - control_mean[i];
    if (rows.group[i] > 0) signal[i] += (rows.outcome[i] - treated_mean[i]) / rows.propensity[i];
    if (rows.group[i] == 0) signal[i] -= (rows.outcome[i] - control_mean[i]) / rows.propensity[i];
    if (!std::isfinite(signal[i])) return fail(Code::invalid_input, "a predicted mean of row {} is no finite number", i + 1);
  }
  return signal;
}

std::vector<GainPoint> gain_curve(std::span<const double> signal, std::span<const double> score) {
  std::vector<GainPoint> curve{{0, 0}};
  const auto order = best_first(score);
  const auto n = static_cast<double>(order.size());
  double gain = 0;
  for_blocks(score, order, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) gain += signal[order[i]] / n;
    curve.push_back({static_cast<double>(end) / n, gain});
  });
  return curve;
}

RankingWorth ranking_worth(std::span<const double> signal, std::span<const double> score, double confidence) {
  RankingWorth worth;
  const std::size_t rows = signal.size();
  if (rows < 2) {
    worth.area = worth.auuc = worth.qini = {0, kInfinity, {-kInfinity, kInfinity}};
    return worth;
  }
  const auto n = static_cast<double>(rows);
  std::vector<double> influence, perfect, ratio(rows);
  const double area = area_of(signal, score, influence);
  worth.area = normal_estimate(area, error_of(influence), confidence);
  worth.perfect_area = std::max(0.0, area_of(signal, signal, perfect));
  double mean = 0, largest = 0;
  for (const double s : signal) {
    mean += s / n;
    largest = std::max(largest, std::abs(s));
  }
  for (std::size_t i = 0; i < rows; ++i) ratio[i] = influence[i] + (signal[i] - mean) / 2;
  worth.auuc = normal_estimate(area + mean / 2, error_of(ratio), confidence);
  if (worth.perfect_area > 1e-13 * largest) {
    const double q = std::clamp(area / worth.perfect_area, -1.0, 1.0);
    for (std::size_t i = 0; i < rows; ++i) ratio[i] = (influence[i] - q * perfect[i]) / worth.perfect_area;
    worth.qini = normal_estimate(q, error_of(ratio), confidence);
    worth.qini.interval = {std::max(-1.0, worth.qini.interval.low), std::min(1.0, worth.qini.interval.high)};
  }
  return worth;
}

Estimated effect_at(const Comparison& rows, std::span<const double> score, double share, double confidence) {
  const auto order = best_first(score);
  const double wanted = share * static_cast<double>(order.size());
  struct Arm {
    double weight = 0, squares = 0, sum = 0, sum_squares = 0;
    double mean() const { return sum / weight; }
  } arm[2];
  std::vector<double> counted(order.size());
  for_blocks(score, order, [&](std::size_t begin, std::size_t end) {
    const double part = std::clamp((wanted - static_cast<double>(begin)) / static_cast<double>(end - begin), 0.0, 1.0);
    for (std::size_t i = begin; i < end; ++i) counted[order[i]] = part;
  });
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (rows.group[i] < 0 || counted[i] == 0) continue;
    Arm& a = arm[rows.group[i] > 0 ? 1 : 0];
    const double w = counted[i] / rows.propensity[i];
    a.weight += w;
    a.sum += w * rows.outcome[i];
  }
  if (arm[0].weight == 0 || arm[1].weight == 0) return {0, kInfinity, {-kInfinity, kInfinity}};
  double variance = 0;
  std::size_t seen[2] = {0, 0};
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (rows.group[i] < 0 || counted[i] == 0) continue;
    const std::size_t g = rows.group[i] > 0 ? 1 : 0;
    ++seen[g];
    const double part = counted[i] / rows.propensity[i] / arm[g].weight * (rows.outcome[i] - arm[g].mean());
    variance += part * part;
  }
  const double error = seen[0] > 1 && seen[1] > 1 ? std::sqrt(variance) : kInfinity;
  return normal_estimate(arm[1].mean() - arm[0].mean(), error, confidence);
}

std::vector<EffectGroup> effect_calibration(std::span<const double> signal, std::span<const double> predicted, unsigned groups, double confidence) {
  const auto group = equal_groups(predicted, {}, groups);
  std::vector<EffectGroup> result;
  for (unsigned g = 0; g < groups; ++g) {
    EffectGroup one;
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < signal.size(); ++i) {
      if (group[i] != g) continue;
      one.rows += 1;
      one.predicted += predicted[i];
      sum += signal[i];
    }
    if (one.rows == 0) continue;
    const double mean = sum / one.rows;
    for (std::size_t i = 0; i < signal.size(); ++i) {
      if (group[i] == g) squares += (signal[i] - mean) * (signal[i] - mean);
    }
    one.predicted /= one.rows;
    one.observed = normal_estimate(mean, one.rows > 1 ? std::sqrt(squares / (one.rows * (one.rows - 1))) : kInfinity, confidence);
    result.push_back(one);
  }
  return result;
}

BestLinear best_linear(std::span<const double> signal, std::span<const double> score, double confidence) {
  const auto n = static_cast<double>(signal.size());
  BestLinear result;
  result.slope = {0, kInfinity, {-kInfinity, kInfinity}};
  result.average = result.slope;
  if (signal.size() < 3) return result;
  double mean_signal = 0, mean_score = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    mean_signal += signal[i] / n;
    mean_score += score[i] / n;
  }
  double xx = 0, xy = 0, yy = 0, spread = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const double x = score[i] - mean_score, y = signal[i] - mean_signal;
    xx += x * x;
    xy += x * y;
    yy += y * y;
    spread = std::max(spread, std::abs(score[i]));
  }
  result.average = normal_estimate(mean_signal, std::sqrt(yy / (n * (n - 1))), confidence);
  if (xx <= n * 1e-20 * spread * spread) return result;  // a constant, up to rounding
  const double slope = xy / xx;
  double meat = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const double x = score[i] - mean_score, e = signal[i] - mean_signal - slope * x;
    meat += x * x * e * e;
  }
  result.slope = normal_estimate(slope, std::sqrt(meat * n / (n - 2)) / xx, confidence);
  return result;
}

}  // namespace stats
