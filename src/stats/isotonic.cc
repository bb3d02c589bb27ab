#include "stats/isotonic.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

namespace stats {

base::Result<Isotonic> Isotonic::fit(std::span<const double> score, std::span<const double> outcome, std::span<const double> weight) {
  const std::size_t n = score.size();
  if (outcome.size() != n || (!weight.empty() && weight.size() != n)) {
    return base::fail(base::Code::invalid_input, "a calibration of {} scores got {} outcomes and {} weights", n, outcome.size(), weight.size());
  }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < n; ++i) {
    const double w = weight.empty() ? 1 : weight[i];
    if (!std::isfinite(score[i]) || !std::isfinite(outcome[i]) || !std::isfinite(w) || w < 0) {
      return base::fail(base::Code::invalid_input, "calibration row {} (score {}, outcome {}, weight {}) is not a finite number", i + 1, score[i], outcome[i], w);
    }
    if (w > 0) order.push_back(i);
  }
  if (order.empty()) return base::fail(base::Code::invalid_input, "there is nothing to calibrate on");
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] != score[b] ? score[a] < score[b] : a < b; });

  struct Block {
    double weight, score_sum, outcome_sum;
    double value() const { return outcome_sum / weight; }
  };
  const auto join = [](Block& left, const Block& right) {
    left.weight += right.weight;
    left.score_sum += right.score_sum;
    left.outcome_sum += right.outcome_sum;
  };
  std::vector<Block> blocks;
  for (std::size_t k = 0; k < order.size();) {
    const double here = score[order[k]];
    Block tie{0, 0, 0};
    for (; k < order.size() && score[order[k]] == here; ++k) {
      const double w = weight.empty() ? 1 : weight[order[k]];
      join(tie, {w, w * here, w * outcome[order[k]]});
    }
    blocks.push_back(tie);
    while (blocks.size() > 1 && blocks[blocks.size() - 2].value() >= blocks.back().value()) {
      const Block last = blocks.back();
      blocks.pop_back();
      join(blocks.back(), last);
    }
  }
  Isotonic out;
  for (const Block& block : blocks) {
    out.scores_.push_back(block.score_sum / block.weight);
    out.values_.push_back(block.value());
  }
  return out;
}

base::Result<Isotonic> Isotonic::from_points(std::vector<double> scores, std::vector<double> values) {
  bool sound = !scores.empty() && scores.size() == values.size();
  for (std::size_t i = 0; sound && i < scores.size(); ++i) {
    sound = std::isfinite(scores[i]) && std::isfinite(values[i]) && (i == 0 || (scores[i] > scores[i - 1] && values[i] >= values[i - 1]));
  }
  if (!sound) return base::fail(base::Code::corrupt, "the stored calibration of {} points is not ascending", scores.size());
  Isotonic out;
  out.scores_ = std::move(scores);
  out.values_ = std::move(values);
  return out;
}

double Isotonic::operator()(double score) const {
  const auto right = std::upper_bound(scores_.begin(), scores_.end(), score);
  if (right == scores_.begin()) return values_.front();
  if (right == scores_.end()) return values_.back();
  const auto k = static_cast<std::size_t>(right - scores_.begin());
  const double share = (score - scores_[k - 1]) / (scores_[k] - scores_[k - 1]);
  return values_[k - 1] + share * (values_[k] - values_[k - 1]);
}

}  // namespace stats
