#include "stats/scores.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "stats/chunks.h"
#include "stats/quantile.h"

namespace stats {
namespace {

double weight_of(std::span<const double> weight, std::size_t i) { return weight.empty() ? 1 : weight[i]; }

template <class Loss>
double mean_loss(std::size_t n, std::span<const double> weight, const Loss& loss) {
  std::vector<double> losses(n), weights(n);
  for (std::size_t i = 0; i < n; ++i) {
    weights[i] = weight_of(weight, i);
    losses[i] = weights[i] * loss(i);
  }
  const double total = pairwise_sum(weights);
  return total > 0 ? pairwise_sum(losses) / total : 0;
}

}  // namespace

double brier_score(std::span<const double> prediction, std::span<const double> outcome, std::span<const double> weight) {
  return mean_loss(prediction.size(), weight, [&](std::size_t i) {
    const double d = prediction[i] - outcome[i];
    return d * d;
  });
}

double log_loss(std::span<const double> prediction, std::span<const double> outcome, std::span<const double> weight) {
  return mean_loss(prediction.size(), weight, [&](std::size_t i) {
    const double p = std::clamp(prediction[i], 1e-15, 1 - 1e-15);
    return -outcome[i] * std::log(p) - (1 - outcome[i]) * std::log1p(-p);
  });
}

double area_under_curve(std::span<const double> prediction, std::span<const double> outcome, std::span<const double> weight) {
  std::vector<std::size_t> order(prediction.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return prediction[a] != prediction[b] ? prediction[a] < prediction[b] : a < b;
  });
  double area = 0, positives = 0, negatives = 0;
  for (std::size_t i = 0; i < order.size();) {
    double up = 0, down = 0;  // of this tie
    const double value = prediction[order[i]];
    for (; i < order.size() && prediction[order[i]] == value; ++i) {
      const double w = weight_of(weight, order[i]);
      up += w * outcome[order[i]];
      down += w * (1 - outcome[order[i]]);
    }
    area += up * (negatives + down / 2);
    positives += up;
    negatives += down;
  }
  return positives > 0 && negatives > 0 ? area / (positives * negatives) : 0.5;
}

double average_precision(std::span<const double> prediction, std::span<const double> outcome, std::span<const double> weight) {
  std::vector<std::size_t> order(prediction.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return prediction[a] != prediction[b] ? prediction[a] > prediction[b] : a < b;
  });
  double positives = 0, all = 0, sum = 0;
  for (std::size_t i = 0; i < order.size();) {
    double up = 0;  // of this tie
    const double value = prediction[order[i]];
    for (; i < order.size() && prediction[order[i]] == value; ++i) {
      const double w = weight_of(weight, order[i]);
      up += w * outcome[order[i]];
      all += w;
    }
    positives += up;
    if (all > 0) sum += up * positives / all;
  }
  return positives > 0 ? sum / positives : 0;
}

bool ReliabilityGroup::agrees(double tolerance, double z) const {
  return std::abs(observed - predicted) <= std::max(tolerance, z * sampling_error);
}

std::vector<ReliabilityGroup> reliability(std::span<const double> prediction, std::span<const double> outcome,
                                          std::span<const double> weight, unsigned groups) {
  const std::vector<unsigned> group = equal_groups(prediction, weight, groups);
  std::vector<ReliabilityGroup> table(groups);
  for (std::size_t i = 0; i < prediction.size(); ++i) {
    ReliabilityGroup& g = table[group[i]];
    const double w = weight_of(weight, i);
    g.weight += w;
    g.predicted += w * prediction[i];
    g.observed += w * outcome[i];
    g.sampling_error += w * w * prediction[i] * (1 - prediction[i]);
  }
  std::erase_if(table, [](const ReliabilityGroup& g) { return !(g.weight > 0); });
  for (ReliabilityGroup& g : table) {
    g.predicted /= g.weight;
    g.observed /= g.weight;
    g.sampling_error = std::sqrt(g.sampling_error) / g.weight;
  }
  return table;
}

}  // namespace stats
