#include "decide/uplift/checks.h"

#include <algorithm>
#include <cmath>

#include "decide/uplift/cross_fit.h"
#include "stats/scores.h"
#include "stats/sequential.h"
#include "stats/special.h"

namespace decide::uplift {
namespace {

using base::Result;

constexpr double kAlarm = 0.001;
constexpr double kLeakArea = 0.95;
constexpr std::size_t kMostGuessed = 100'000;  // rows are enough to find what matters, and guessing stays quick

double two_sided(double z) { return 2 * stats::normal_cdf(-std::abs(z)); }

/// Weights that make logged propensities even; all 1 without them.
double weight_of(const Experiment& e, std::size_t i) { return e.propensity.empty() ? 1.0 : 1 / static_cast<double>(e.propensity[i]); }

void check_ratio(const Experiment& e, const Options& o, Checks& checks) {
  const std::size_t arms = e.arms.size();
  std::vector<std::uint64_t> counts(checks.count.begin(), checks.count.end());
  if (!e.propensity.empty()) {
    // Σ 1(arm = a)/p estimates the number of rows for every arm; its worst standardised distance is judged.
    checks.shares_known = true;
    const auto n = static_cast<double>(e.rows());
    for (std::size_t a = 0; a < arms; ++a) {
      double sum = 0, squares = 0;
      for (std::size_t i = 0; i < e.rows(); ++i) {
        const double part = e.arm[i] == a ? weight_of(e, i) : 0;
        sum += part;
        squares += part * part;
      }
      const double variance = squares - sum * sum / n;
      const double distance = sum - n;
      const double p = variance > 0 ? two_sided(distance / std::sqrt(variance)) : (std::abs(distance) < 1e-6 * n ? 1 : 0);
      checks.ratio_p = std::min(checks.ratio_p, std::min(1.0, p * static_cast<double>(arms)));
    }
  } else {
    checks.shares_known = o.planned_shares.size() == arms;
    const std::vector<double> even(arms, 1.0 / static_cast<double>(arms));
    checks.ratio_p = stats::sample_ratio_p(counts, checks.shares_known ? o.planned_shares : even);
  }
  checks.ratio_failed = checks.shares_known && checks.ratio_p < kAlarm;
}

void check_columns(const Experiment& e, Checks& checks) {
  const std::size_t arms = e.arms.size(), columns = e.x.columns;
  const double looks = static_cast<double>(columns * (arms - 1));
  struct Sums {
    double w = 0, ww = 0, x = 0, xx = 0;
    double mean() const { return x / w; }
    double variance() const { return std::max(0.0, xx / w - mean() * mean()); }
    double rows() const { return w * w / ww; }
  };
  // Known values, and (second table) the share known at all.
  std::vector<Sums> value(arms * columns), known(arms * columns);
  for (std::size_t i = 0; i < e.rows(); ++i) {
    const double w = weight_of(e, i);
    const auto row = e.x.row(i);
    for (std::size_t j = 0; j < columns; ++j) {
      const bool missing = std::isnan(row[j]);
      const double x = missing ? 0 : static_cast<double>(row[j]);
      Sums& k = known[e.arm[i] * columns + j];
      k = {k.w + w, k.ww + w * w, k.x + (missing ? 0 : w), k.xx + (missing ? 0 : w)};
      if (missing) continue;
      Sums& v = value[e.arm[i] * columns + j];
      v = {v.w + w, v.ww + w * w, v.x + w * x, v.xx + w * x * x};
    }
  }
  for (std::size_t a = 1; a < arms; ++a) {
    for (std::size_t j = 0; j < columns; ++j) {
      for (const auto* table : {&value, &known}) {
        const Sums& one = (*table)[a * columns + j];
        const Sums& zero = (*table)[j];
        if (one.w == 0 || zero.w == 0) continue;
        const double pooled = std::sqrt((one.variance() + zero.variance()) / 2);
        const double distance = one.mean() - zero.mean();
        if (pooled <= 1e-9 * (std::abs(one.mean()) + std::abs(zero.mean()))) continue;
        const double error = std::sqrt(one.variance() / one.rows() + zero.variance() / zero.rows());
        checks.imbalances.push_back({e.columns[j], e.arms[a], distance / pooled, std::min(1.0, two_sided(distance / error) * looks)});
      }
    }
  }
  std::ranges::sort(checks.imbalances, [](const Imbalance& a, const Imbalance& b) { return std::abs(a.difference) > std::abs(b.difference); });
  const auto fails = [](const Imbalance& i) { return i.p < kAlarm && std::abs(i.difference) > 0.02; };
  checks.balance_failed = std::ranges::any_of(checks.imbalances, fails);
  std::vector<Imbalance> kept;
  for (const Imbalance& i : checks.imbalances) {
    if (kept.size() < 5 || fails(i)) kept.push_back(i);
  }
  checks.imbalances = std::move(kept);
}

/// A model that guesses the arm must not do better than chance out of fold.
Result<void> check_guess(port::Learner& learner, const Experiment& e, const Options& o, Checks& checks) {
  const std::size_t step = std::max<std::size_t>(1, e.rows() / kMostGuessed);
  for (std::size_t a = 1; a < e.arms.size(); ++a) {
    std::vector<std::uint32_t> half[2];
    for (std::size_t i = 0, kept[2] = {0, 0}; i < e.rows(); i += step) {
      if (e.arm[i] != a && e.arm[i] != 0) continue;
      const std::size_t group = e.arm[i] == 0 ? 0 : 1;
      half[kept[group]++ % 2].push_back(static_cast<std::uint32_t>(i));  // alternate within each arm
    }
    for (const Base base : {Base::linear, Base::trees}) {
      std::vector<double> guess, truth, weight;
      double z = 0, ones = 0, zeros = 0;
      for (std::size_t h = 0; h < 2; ++h) {
        std::vector<float> target;
        for (const std::uint32_t r : half[1 - h]) target.push_back(e.arm[r] == 0 ? 0.0F : 1.0F);
        WB_ASSIGN(const auto model, Regressor::fit(learner, e.x, half[1 - h], target, {base, port::Objective::chance, false, o.threads, o.seed}));
        std::vector<float> p(half[h].size());
        WB_TRY(model.predict(e.x, half[h], p));
        guess.clear();
        truth.clear();
        weight.clear();
        double w[2] = {0, 0}, ww[2] = {0, 0};
        for (std::size_t i = 0; i < p.size(); ++i) {
          const std::uint32_t r = half[h][i];
          const std::size_t group = e.arm[r] == 0 ? 0 : 1;
          guess.push_back(static_cast<double>(p[i]));
          truth.push_back(static_cast<double>(group));
          weight.push_back(weight_of(e, r));
          w[group] += weight.back();
          ww[group] += weight.back() * weight.back();
        }
        const double one = w[1] * w[1] / ww[1], zero = w[0] * w[0] / ww[0];
        const double error = std::sqrt((one + zero + 1) / (12 * one * zero));  // of the area when nothing can be guessed
        z += (stats::area_under_curve(guess, truth, weight) - 0.5) / error / std::sqrt(2.0);
        ones += one;
        zeros += zero;
      }
      const double p = std::min(1.0, stats::normal_cdf(-z) * 2 * static_cast<double>(e.arms.size() - 1));
      if (p < checks.guess_p || checks.guess_arm.empty()) {
        checks.guess_p = p;
        checks.guess_area = 0.5 + z * std::sqrt(2.0) * std::sqrt((ones / 2 + zeros / 2 + 1) / (12 * ones / 2 * zeros / 2)) / 2;
        checks.guess_arm = e.arms[a];
      }
    }
  }
  // Logged propensities that follow the columns are honest: only what is left after weighting is judged by column.
  if (checks.guess_p < kAlarm && e.propensity.empty()) checks.balance_failed = true;
  return {};
}

/// Whether the column being 0 or not settles the outcome in all rows of one side, where chance would leave at least 15
/// others: who converted has visited, so the one was not known before the other.
bool decides(const Experiment& e, std::size_t column, std::size_t step, const std::vector<double>& truth) {
  double rows[2] = {0, 0}, hits[2] = {0, 0};
  for (std::size_t i = 0, k = 0; i < e.rows(); i += step, ++k) {
    const float x = e.x.row(i)[column];
    if (std::isnan(x)) continue;
    const std::size_t side = x == 0 ? 0 : 1;
    rows[side] += 1;
    hits[side] += truth[k];
  }
  const double rate = (hits[0] + hits[1]) / (rows[0] + rows[1]);
  for (const std::size_t side : {0, 1}) {
    if (hits[side] == 0 && rows[side] * rate >= 15) return true;
    if (hits[side] == rows[side] && rows[side] * (1 - rate) >= 15) return true;
  }
  return false;
}

void find_leaks(const Experiment& e, Checks& checks) {
  const std::size_t step = std::max<std::size_t>(1, e.rows() / kMostGuessed);
  std::vector<float> sorted;
  for (std::size_t i = 0; i < e.rows(); i += step) sorted.push_back(e.outcome[i]);
  std::ranges::nth_element(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2));
  const float middle = sorted[sorted.size() / 2];
  std::vector<double> truth, value;
  for (std::size_t i = 0; i < e.rows(); i += step) truth.push_back(e.outcome[i] > middle ? 1 : 0);
  const double positives = static_cast<double>(std::ranges::count(truth, 1.0));
  if (positives < 20 || static_cast<double>(truth.size()) - positives < 20) return;
  for (std::size_t j = 0; j < e.x.columns; ++j) {
    double mean = 0, count = 0;
    for (std::size_t i = 0; i < e.rows(); i += step) {
      if (std::isnan(e.x.row(i)[j])) continue;
      mean += static_cast<double>(e.x.row(i)[j]);
      count += 1;
    }
    value.clear();
    for (std::size_t i = 0; i < e.rows(); i += step) {
      const float x = e.x.row(i)[j];
      value.push_back(std::isnan(x) ? (count > 0 ? mean / count : 0) : static_cast<double>(x));
    }
    const double area = stats::area_under_curve(value, truth);
    if (std::max(area, 1 - area) > kLeakArea || decides(e, j, step, truth)) checks.leaks.push_back({e.columns[j], std::max(area, 1 - area)});
  }
}

}  // namespace

Result<Checks> check_experiment(port::Learner& learner, const Experiment& e, const Options& o) {
  Checks checks;
  checks.count.assign(e.arms.size(), 0);
  for (const std::uint8_t a : e.arm) ++checks.count[a];
  if (!o.observational) check_ratio(e, o, checks);
  check_columns(e, checks);
  WB_TRY(check_guess(learner, e, o, checks));
  find_leaks(e, checks);
  if (o.observational) checks.balance_failed = false;  // imbalance is expected there, and shown
  return checks;
}

}  // namespace decide::uplift
