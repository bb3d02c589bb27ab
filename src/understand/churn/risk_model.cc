#include "understand/churn/risk_model.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace understand::churn {

using base::Result;

namespace {

double flattened(float x) {
  return x < 0 ? -std::log1p(-static_cast<double>(x)) : std::log1p(static_cast<double>(x));
}

constexpr std::size_t kOneThread = 200000;  // fewer rows are grown on one thread: two would mostly wait for each other
constexpr double kFarthest = 6;  // standard deviations; beyond, a regression guesses

}  // namespace

double chance_of(double log_odds) { return 1 / (1 + std::exp(-std::clamp(log_odds, -30.0, 30.0))); }

double log_odds_of(double chance) {
  const double kept = std::clamp(chance, 1e-6, 1 - 1e-6);
  return std::log(kept / (1 - kept));
}

std::string_view name_of(Kind kind) {
  constexpr std::array<std::string_view, 3> names = {"trees", "logistic", "blend"};
  return names[static_cast<std::size_t>(kind)];
}

Result<SmoothModel> SmoothModel::fit(const port::LearningRows& rows, double ridge) {
  SmoothModel result;
  const std::size_t n = rows.x.rows(), columns = rows.x.columns;
  if (n == 0) return base::fail(base::Code::invalid_input, "there are no rows to learn from");
  for (std::size_t k = 0; k < columns; ++k) {
    double sum = 0, squares = 0, known = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const float x = rows.x.features[i * columns + k];
      if (!std::isfinite(x)) continue;
      const double z = flattened(x);
      sum += z;
      squares += z * z;
      known += 1;
    }
    const double mean = known > 0 ? sum / known : 0;
    const double variance = known > 0 ? squares / known - mean * mean : 0;
    result.mean_.push_back(mean);
    result.scale_.push_back(variance > 1e-9 ? std::sqrt(variance) : 0);  // 0: the column says nothing
    if (known > 0 && known < static_cast<double>(n)) result.gappy_.push_back(k);
  }
  const std::size_t wide = columns + result.gappy_.size();
  std::vector<double> z(n * wide), outcome(rows.target.begin(), rows.target.end()), weight(rows.weight.begin(), rows.weight.end());
  for (std::size_t i = 0; i < n; ++i) result.standardise(rows.x.row(i), std::span{z}.subspan(i * wide, wide));
  WB_ASSIGN(result.model_, stats::fit_logistic(stats::dense_rows(z, wide, outcome, weight), ridge));
  return result;
}

void SmoothModel::standardise(std::span<const float> row, std::span<double> out) const {
  const std::size_t columns = mean_.size();
  for (std::size_t k = 0; k < columns; ++k) {
    const bool usable = std::isfinite(row[k]) && scale_[k] > 0;
    out[k] = usable ? std::clamp((flattened(row[k]) - mean_[k]) / scale_[k], -kFarthest, kFarthest) : 0;
  }
  for (std::size_t g = 0; g < gappy_.size(); ++g) out[columns + g] = std::isfinite(row[gappy_[g]]) ? 0 : 1;
}

double SmoothModel::log_odds(std::span<const float> row) const {
  std::vector<double> z(mean_.size() + gappy_.size());
  standardise(row, z);
  return model_.log_odds(z);
}

void SmoothModel::contributions(std::span<const float> row, std::span<float> out) const {
  const std::size_t columns = mean_.size();
  std::vector<double> z(columns + gappy_.size());
  standardise(row, z);
  for (std::size_t k = 0; k < columns; ++k) out[k] = static_cast<float>(model_.beta[k + 1] * z[k]);
  for (std::size_t g = 0; g < gappy_.size(); ++g) out[gappy_[g]] += static_cast<float>(model_.beta[columns + g + 1] * z[columns + g]);
  out[columns] = static_cast<float>(model_.beta[0]);
}

Result<RiskModel> RiskModel::fit(port::Learner& learner, const port::LearningRows& rows, const RiskOptions& options) {
  RiskModel result;
  result.kind_ = options.kind;
  const auto [least, most] = std::ranges::minmax_element(rows.target);
  if (rows.target.empty() || *least == *most) {
    return base::fail(base::Code::invalid_input, "every customer of the rows to learn from did the same, so nothing tells leavers from others");
  }
  if (options.kind != Kind::logistic) {
    for (std::uint32_t bag = 0; bag < std::max(1U, options.bags); ++bag) {
      port::LearnerOptions trees = options.trees;
      trees.objective = port::Objective::chance;
      if (rows.x.rows() < kOneThread) trees.threads = 1;
      trees.seed = options.seed + bag * 7919;
      WB_ASSIGN(auto grown, learner.learn(rows, trees, {}));
      result.trees_.push_back(std::move(grown));
    }
  }
  if (options.kind != Kind::trees) {
    WB_ASSIGN(result.smooth_, SmoothModel::fit(rows, options.ridge));
  }
  return result;
}

Result<std::vector<double>> RiskModel::log_odds(const port::FeatureRows& rows) const {
  const std::size_t n = rows.rows();
  std::vector<double> result(n, 0);
  if (n == 0) return result;
  const double share = kind_ == Kind::blend ? 0.5 : 1.0;
  if (!trees_.empty()) {
    std::vector<float> chance(n);
    for (const auto& trees : trees_) {
      WB_TRY(trees->predict(rows, chance));
      for (std::size_t i = 0; i < n; ++i) {
        result[i] += share * log_odds_of(static_cast<double>(chance[i])) / static_cast<double>(trees_.size());
      }
    }
  }
  if (kind_ != Kind::trees) {
    for (std::size_t i = 0; i < n; ++i) result[i] += share * smooth_.log_odds(rows.row(i));
  }
  return result;
}

Result<std::vector<float>> RiskModel::contributions(const port::FeatureRows& rows) const {
  const std::size_t n = rows.rows(), wide = rows.columns + 1;
  std::vector<float> result(n * wide, 0);
  if (n == 0) return result;
  const float share = kind_ == Kind::blend ? 0.5F : 1.0F;
  if (!trees_.empty()) {
    std::vector<float> part(n * wide);
    for (const auto& trees : trees_) {
      WB_TRY(trees->contributions(rows, part));
      for (std::size_t k = 0; k < part.size(); ++k) result[k] += share * part[k] / static_cast<float>(trees_.size());
    }
  }
  if (kind_ != Kind::trees) {
    std::vector<float> part(wide);
    for (std::size_t i = 0; i < n; ++i) {
      std::ranges::fill(part, 0.0F);
      smooth_.contributions(rows.row(i), part);
      for (std::size_t k = 0; k < wide; ++k) result[i * wide + k] += share * part[k];
    }
  }
  return result;
}

}  // namespace understand::churn
