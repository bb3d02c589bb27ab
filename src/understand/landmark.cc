#include "understand/landmark.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <thread>

#include "stats/logistic.h"
#include "stats/scores.h"
#include "understand/features.h"

namespace understand {
namespace {

constexpr std::size_t kMostRows = 400000;  // customers times landmarks that are learned from
constexpr std::size_t kFewestReturns = 60;
constexpr std::int32_t kTwoYears = 730;
constexpr double kFading = 0.85;  // weight of a landmark against the one after it
constexpr double kRidge = 2.0;

std::int32_t first_day(const Histories& histories) {
  std::int32_t first = base::day_number(histories.as_of);
  for (std::size_t i = 0; i < histories.size(); ++i) first = std::min(first, histories.first_day(i));
  return first;
}

/// Past dates, latest first, each with a whole horizon behind it and some history before it.
std::vector<std::int32_t> landmark_days(std::int32_t first, std::int32_t as_of, std::int32_t horizon, bool season) {
  std::vector<std::int32_t> days;
  const std::int32_t earliest = first + std::max(30, horizon);
  const std::int32_t step = std::max(7, season ? 30 : horizon / 3);
  const std::size_t most = season ? 24 : 8;
  for (std::int32_t day = as_of - horizon; day >= earliest && days.size() < most; day -= step) days.push_back(day);
  return days;
}

/// The rows every kind of regression learns from, one per customer and landmark.
struct Table {
  std::vector<double> full, silence, label, weight;
  std::size_t returns = 0;
};

Table make_table(const Histories& histories, const std::vector<std::int32_t>& days, std::int32_t horizon, bool season) {
  Table table;
  const std::size_t columns = kFullFeatures + (season ? kSeasonFeatures : 0);
  const std::size_t step = std::max<std::size_t>(1, histories.size() * days.size() / kMostRows);
  double weight = 1;
  for (const std::int32_t day : days) {
    const auto shop = ShopModel::fit(histories, day);
    if (!shop) continue;
    const Rhythm rhythm = learn_rhythm(histories, day);
    for (std::size_t i = 0; i < histories.size(); i += step) {
      const Standing s = standing_at(histories, i, day, horizon);
      if (s.purchases == 0) continue;
      const double gap = rhythm.expected_gap(s.purchases, s.span, histories.favourite_category[i]);
      std::array<double, kFullFeatures + kSeasonFeatures> row{};
      full_features(s, gap, shop->any_purchase(s, horizon), horizon, row.data());
      if (season) season_features(day, row.data() + kFullFeatures);
      table.full.insert(table.full.end(), row.begin(), row.begin() + static_cast<std::ptrdiff_t>(columns));
      table.silence.insert(table.silence.end(), row.begin(), row.begin() + kSilenceFeatures);
      const bool back = returns_within(histories, i, day, horizon);
      table.label.push_back(back ? 1 : 0);
      table.weight.push_back(weight);
      table.returns += back ? 1 : 0;
    }
    if (!season) weight *= kFading;
  }
  return table;
}

/// Puts the columns on a common scale (in place) and fits; nothing where the fit fails.
std::optional<Regression> regress(std::vector<double>& features, std::size_t columns, const Table& table) {
  Regression result;
  const std::size_t rows = table.label.size();
  for (std::size_t k = 0; k < columns; ++k) {
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < rows; ++i) mean += features[i * columns + k];
    mean /= static_cast<double>(rows);
    for (std::size_t i = 0; i < rows; ++i) {
      double& x = features[i * columns + k];
      x -= mean;
      square += x * x;
    }
    const double scale = std::sqrt(square / static_cast<double>(rows));
    result.mean.push_back(mean);
    result.scale.push_back(scale > 1e-9 ? scale : 1);
    for (std::size_t i = 0; i < rows; ++i) features[i * columns + k] /= result.scale.back();
  }
  auto fit = stats::fit_logistic(stats::dense_rows(features, columns, table.label, table.weight), kRidge);
  if (!fit || !fit->converged) return std::nullopt;
  result.model = std::move(*fit);
  return result;
}

}  // namespace

double Regression::probability(const double* row) const {
  double log_odds = model.beta[0];
  for (std::size_t k = 0; k < mean.size(); ++k) log_odds += model.beta[k + 1] * (row[k] - mean[k]) / scale[k];
  return 1 / (1 + std::exp(-log_odds));
}

ReturnModel ReturnModel::learn(const Histories& histories, const Rhythm&, std::int32_t as_of, std::int32_t horizon) {
  ReturnModel model;
  model.horizon_ = horizon;
  if (histories.size() == 0) return model;
  const std::int32_t first = first_day(histories);
  model.season_known_ = as_of - first >= kTwoYears;
  const auto days = landmark_days(first, as_of, horizon, model.season_known_);
  Table table = make_table(histories, days, horizon, model.season_known_);
  if (!table.label.empty()) model.base_rate_ = static_cast<double>(table.returns) / static_cast<double>(table.label.size());
  if (table.returns >= kFewestReturns && table.label.size() - table.returns >= kFewestReturns) {
    const std::size_t columns = table.full.size() / table.label.size();
    if (auto fit = regress(table.full, columns, table)) {
      model.regression_ = std::move(*fit);
      model.silence_ = regress(table.silence, kSilenceFeatures, table);
      model.method_ = "landmarks";
      model.landmarks_ = static_cast<std::int32_t>(days.size());
      return model;
    }
  }
  if (ShopModel::fit(histories, as_of)) model.method_ = "btyd";
  return model;
}

std::vector<double> ReturnModel::chances(const Histories& histories, const Rhythm& rhythm, std::int32_t as_of) const {
  std::vector<double> result(histories.size(), -1);
  const auto shop = ShopModel::fit(histories, as_of);
  const auto work = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const Standing s = standing_at(histories, i, as_of, horizon_);
      if (s.purchases == 0) continue;
      const double btyd = shop ? shop->any_purchase(s, horizon_) : base_rate_;
      if (method_ != "landmarks") {
        result[i] = btyd;
        continue;
      }
      std::array<double, kFullFeatures + kSeasonFeatures> row{};
      const double gap = rhythm.expected_gap(s.purchases, s.span, histories.favourite_category[i]);
      full_features(s, gap, btyd, horizon_, row.data());
      if (season_known_) season_features(as_of, row.data() + kFullFeatures);
      result[i] = std::clamp(regression_.probability(row.data()), 1e-4, 1 - 1e-4);
    }
  };
  const std::size_t half = histories.size() / 2;
  {
    std::jthread other{work, 0, half};
    work(half, histories.size());
  }
  return result;
}

double ReturnModel::chance_by_silence(std::int32_t silent) const {
  if (!silence_) return -1;
  Standing standing;
  standing.silent = silent;
  std::array<double, kSilenceFeatures> row{};
  silence_features(standing, row.data());
  return silence_->probability(row.data());
}

model::OutOfTime check_out_of_time(const Histories& histories, std::int32_t cut, std::int32_t horizon) {
  model::OutOfTime check;
  check.cut = base::day_from_number(cut);
  check.horizon_days = horizon;
  const Rhythm rhythm = learn_rhythm(histories, cut);
  const ReturnModel ours = ReturnModel::learn(histories, rhythm, cut, horizon);
  const std::vector<double> chance = ours.chances(histories, rhythm, cut);
  const auto shop = ShopModel::fit(histories, cut);
  if (!shop || ours.method() != "landmarks") {
    check.why_not = "short_history";
    return check;
  }
  std::vector<double> label, our, by_silence, btyd;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    if (chance[i] < 0) continue;
    const Standing s = standing_at(histories, i, cut, horizon);
    label.push_back(returns_within(histories, i, cut, horizon) ? 1 : 0);
    our.push_back(chance[i]);
    by_silence.push_back(ours.chance_by_silence(s.silent));
    btyd.push_back(shop->any_purchase(s, horizon));
  }
  if (label.empty()) {
    check.why_not = "short_history";
    return check;
  }
  check.done = true;
  check.customers = label.size();
  double observed = 0;
  for (const double y : label) observed += y;
  check.observed = observed / static_cast<double>(label.size());
  const std::vector<double> constant(label.size(), ours.base_rate());
  const auto add = [&](std::string name, const std::vector<double>& p) {
    double mean = 0;
    for (const double value : p) mean += value / static_cast<double>(p.size());
    check.rivals.push_back({std::move(name), stats::brier_score(p, label), stats::area_under_curve(p, label), mean});
  };
  add("winback", our);
  add("recency", by_silence);
  add("btyd", btyd);
  add("base_rate", constant);
  for (const auto& group : stats::reliability(our, label)) {
    check.deciles.push_back({group.predicted, group.observed, group.sampling_error, static_cast<std::uint64_t>(group.weight)});
  }
  return check;
}

}  // namespace understand
