#include "understand/churn/validate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "stats/interval.h"
#include "stats/scores.h"
#include "understand/features.h"

namespace understand::churn {
namespace {

using base::Result;

constexpr std::size_t kFewest = 60;      // of each kind to learn from
constexpr std::size_t kFewestTested = 50;
constexpr double kHalfLife = 182;        // days after which a past cut weighs half
constexpr double kCalibrationPull = 20;  // λ of the calibration's pull towards no change
constexpr double kRidge = 2;

/// In the order of Churn::scores.
constexpr std::array<std::string_view, 5> kModels = {"trees", "blend", "logistic", "recency", "btyd"};
constexpr std::size_t kLearned = 2;  // the first ones are trees or hold trees

/// What every model said of one cut's customers.
struct Tested {
  const Snapshot* snapshot = nullptr;
  std::vector<double> outcome;
  std::array<std::vector<double>, kModels.size()> log_odds;
  std::array<std::vector<double>, kModels.size()> chance;  ///< calibrated on the folds before
};

bool enough(std::span<const Snapshot* const> past) {
  std::size_t leavers = 0, all = 0;
  for (const Snapshot* s : past) {
    all += s->rows();
    for (const float y : s->left) leavers += y > 0.5F;
  }
  return leavers >= kFewest && all - leavers >= kFewest;
}

Result<Tested> test(port::Learner& learner, std::span<const Snapshot* const> past, const Snapshot& at, const std::vector<bool>& keep,
                    RiskOptions options) {
  Tested t;
  t.snapshot = &at;
  t.outcome.assign(at.left.begin(), at.left.end());
  const Stack rows = stack(past, keep);
  const std::vector<float> x = kept_columns(at, keep);
  options.kind = Kind::trees;
  WB_ASSIGN(const RiskModel trees, RiskModel::fit(learner, rows.rows(), options));
  WB_ASSIGN(t.log_odds[0], trees.log_odds({x, rows.columns}));
  options.kind = Kind::logistic;
  WB_ASSIGN(const RiskModel logistic, RiskModel::fit(learner, rows.rows(), options));
  WB_ASSIGN(t.log_odds[2], logistic.log_odds({x, rows.columns}));
  for (std::size_t i = 0; i < at.rows(); ++i) t.log_odds[1].push_back((t.log_odds[0][i] + t.log_odds[2][i]) / 2);
  WB_ASSIGN(const SimpleModel recency, SimpleModel::fit(SimpleModel::Of::silence, past));
  WB_ASSIGN(const SimpleModel btyd, SimpleModel::fit(SimpleModel::Of::btyd, past));
  for (std::size_t i = 0; i < at.rows(); ++i) {
    t.log_odds[3].push_back(recency.log_odds(at, i));
    t.log_odds[4].push_back(btyd.log_odds(at, i));
  }
  return t;
}

model::ChurnScore score_of(std::string_view name, std::span<const double> p, std::span<const double> y) {
  model::ChurnScore s;
  s.model = name;
  s.auc = stats::area_under_curve(p, y);
  s.brier = stats::brier_score(p, y);
  s.log_loss = stats::log_loss(p, y);
  s.average_precision = stats::average_precision(p, y);
  for (const double one : p) s.predicted += one / static_cast<double>(p.size());
  return s;
}

/// Mean difference of two squared errors, with a standard error that counts a customer seen at several cuts once.
std::pair<double, double> brier_gain(std::span<const Tested> folds, std::size_t simple, std::size_t learned) {
  std::unordered_map<std::string_view, double> by_customer;
  double sum = 0, n = 0;
  for (const Tested& t : folds) {
    for (std::size_t i = 0; i < t.outcome.size(); ++i) {
      const double d = std::pow(t.chance[simple][i] - t.outcome[i], 2) - std::pow(t.chance[learned][i] - t.outcome[i], 2);
      sum += d;
      n += 1;
    }
  }
  const double mean = n > 0 ? sum / n : 0;
  for (const Tested& t : folds) {
    for (std::size_t i = 0; i < t.outcome.size(); ++i) {
      by_customer[t.snapshot->ids[i]] +=
          std::pow(t.chance[simple][i] - t.outcome[i], 2) - std::pow(t.chance[learned][i] - t.outcome[i], 2) - mean;
    }
  }
  double squares = 0;
  for (const auto& [id, d] : by_customer) squares += d * d;
  return {mean, n > 0 ? std::sqrt(squares) / n : 0};
}

/// How far a window's share of leavers lies from what was said of it, beyond chance.
double drift_of(std::span<const Tested> folds, std::size_t m) {
  double squares = 0, noise = 0;
  for (const Tested& t : folds) {
    double gap = 0, variance = 0;
    for (std::size_t i = 0; i < t.outcome.size(); ++i) {
      gap += t.outcome[i] - t.chance[m][i];
      variance += t.chance[m][i] * (1 - t.chance[m][i]);
    }
    const auto n = static_cast<double>(t.outcome.size());
    squares += gap * gap / (n * n);
    noise += variance / (n * n);
  }
  return std::sqrt(std::max(0.0, (squares - noise) / static_cast<double>(folds.size())));
}

void choose(std::span<const Tested> folds, Validation& v) {
  std::size_t learned = 0, simple = kLearned;
  for (std::size_t m = 0; m < kModels.size(); ++m) {
    std::size_t& best = m < kLearned ? learned : simple;
    if (v.scores[m].brier < v.scores[best].brier) best = m;
  }
  std::tie(v.gain, v.gain_error) = brier_gain(folds, simple, learned);
  const bool beats = v.gain > v.gain_error && v.scores[learned].auc > v.scores[simple].auc;
  const std::size_t chosen = beats ? learned : simple;
  v.chosen = kModels[chosen];
  v.against = kModels[simple];
  v.why = beats ? "best_out_of_time" : "trees_not_better";
  std::vector<double> log_odds, p, y;
  for (const Tested& t : folds) {
    log_odds.insert(log_odds.end(), t.log_odds[chosen].begin(), t.log_odds[chosen].end());
    p.insert(p.end(), t.chance[chosen].begin(), t.chance[chosen].end());
    y.insert(y.end(), t.outcome.begin(), t.outcome.end());
  }
  v.calibration = Calibration::fit(log_odds, y);
  v.drift = drift_of(folds, chosen);
  for (const auto& group : stats::reliability(p, y)) {
    const double error = std::hypot(std::sqrt(group.observed * (1 - group.observed) / group.weight), v.drift);
    const auto sampled = stats::wilson(group.observed * group.weight, group.weight, 0.95);
    v.deciles.push_back({group.predicted, group.observed, std::max(0.0, std::min(sampled.low, group.observed - 1.96 * error)),
                         std::min(1.0, std::max(sampled.high, group.observed + 1.96 * error)), static_cast<std::uint64_t>(group.weight)});
  }
}

}  // namespace

Calibration Calibration::fit(std::span<const double> log_odds, std::span<const double> outcome) {
  Calibration c;
  // Newton's method on a strictly concave function of two numbers, with halved steps where one is too long.
  const auto worth = [&](double a, double b) {
    double sum = -0.5 * kCalibrationPull * (a * a + (b - 1) * (b - 1));
    for (std::size_t i = 0; i < log_odds.size(); ++i) {
      const double p = chance_of(a + b * log_odds[i]);
      sum += outcome[i] * std::log(p) + (1 - outcome[i]) * std::log1p(-p);
    }
    return sum;
  };
  double now = worth(c.intercept, c.slope);
  for (int turn = 0; turn < 50; ++turn) {
    double ga = -kCalibrationPull * c.intercept, gb = -kCalibrationPull * (c.slope - 1);
    double haa = kCalibrationPull, hab = 0, hbb = kCalibrationPull;
    for (std::size_t i = 0; i < log_odds.size(); ++i) {
      const double p = chance_of(c.intercept + c.slope * log_odds[i]), w = p * (1 - p), x = log_odds[i];
      ga += outcome[i] - p;
      gb += (outcome[i] - p) * x;
      haa += w;
      hab += w * x;
      hbb += w * x * x;
    }
    const double det = haa * hbb - hab * hab;
    const double da = (hbb * ga - hab * gb) / det, db = (haa * gb - hab * ga) / det;
    double step = 1, next = worth(c.intercept + da, c.slope + db);
    while (next < now && step > 1e-6) {
      step /= 2;
      next = worth(c.intercept + step * da, c.slope + step * db);
    }
    if (next <= now) break;
    c.intercept += step * da;
    c.slope += step * db;
    if (next - now < 1e-9) break;
    now = next;
  }
  if (c.slope < 0.05) c.slope = 0.05;  // order is kept, whatever one bad window says
  return c;
}

Result<SimpleModel> SimpleModel::fit(Of of, std::span<const Snapshot* const> past) {
  SimpleModel result;
  result.of_ = of;
  const std::size_t columns = of == Of::silence ? kSilenceFeatures : 1;
  std::vector<double> x, y, w;
  const base::Day last = past.back()->cut;
  for (const Snapshot* s : past) {
    const double weight = std::exp2(-static_cast<double>((last - s->cut).count()) / kHalfLife);
    for (std::size_t i = 0; i < s->rows(); ++i) {
      if (of == Of::silence) {
        Standing standing;
        standing.silent = static_cast<std::int32_t>(s->silent[i]);
        std::array<double, kSilenceFeatures> row{};
        silence_features(standing, row.data());
        x.insert(x.end(), row.begin(), row.end());
      } else {
        x.push_back(s->btyd[i] < 0 ? 0 : log_odds_of(static_cast<double>(s->btyd[i])));
      }
      y.push_back(static_cast<double>(s->left[i]));
      w.push_back(weight);
    }
  }
  for (std::size_t k = 0; k < columns; ++k) {
    double mean = 0, square = 0;
    for (std::size_t i = 0; i < y.size(); ++i) mean += x[i * columns + k] / static_cast<double>(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) square += std::pow(x[i * columns + k] - mean, 2) / static_cast<double>(y.size());
    result.mean_.push_back(mean);
    result.scale_.push_back(square > 1e-12 ? std::sqrt(square) : 1);
    for (std::size_t i = 0; i < y.size(); ++i) x[i * columns + k] = (x[i * columns + k] - mean) / result.scale_[k];
  }
  WB_ASSIGN(result.model_, stats::fit_logistic(stats::dense_rows(x, columns, y, w), kRidge));
  return result;
}

double SimpleModel::log_odds(const Snapshot& s, std::size_t i) const {
  std::array<double, kSilenceFeatures> row{};
  if (of_ == Of::silence) {
    Standing standing;
    standing.silent = static_cast<std::int32_t>(s.silent[i]);
    silence_features(standing, row.data());
  } else {
    row[0] = s.btyd[i] < 0 ? 0 : log_odds_of(static_cast<double>(s.btyd[i]));
  }
  for (std::size_t k = 0; k < mean_.size(); ++k) row[k] = (row[k] - mean_[k]) / scale_[k];
  return model_.log_odds(std::span{row}.first(mean_.size()));
}

std::vector<float> kept_columns(const Snapshot& s, const std::vector<bool>& keep) {
  std::vector<float> x;
  const std::size_t columns = s.columns.size();
  for (std::size_t i = 0; i < s.rows(); ++i) {
    for (std::size_t k = 0; k < columns; ++k) {
      if (keep[k]) x.push_back(s.x[i * columns + k]);
    }
  }
  return x;
}

Stack stack(std::span<const Snapshot* const> snapshots, const std::vector<bool>& keep) {
  Stack result;
  result.columns = static_cast<std::size_t>(std::ranges::count(keep, true));
  for (const Snapshot* s : snapshots) {
    const auto x = kept_columns(*s, keep);
    result.x.insert(result.x.end(), x.begin(), x.end());
    result.target.insert(result.target.end(), s->left.begin(), s->left.end());
    const auto age = static_cast<double>((snapshots.back()->cut - s->cut).count());
    result.weight.insert(result.weight.end(), s->rows(), static_cast<float>(std::exp2(-age / kHalfLife)));
  }
  return result;
}

Result<Validation> validate(port::Learner& learner, std::span<const Snapshot> past, std::int32_t horizon, const std::vector<bool>& keep,
                            const RiskOptions& options, std::size_t most_folds) {
  Validation v;
  std::vector<Tested> folds;
  if (past.empty()) return v;
  std::vector<const Snapshot*> validation;
  base::Day next = past.back().cut;
  for (auto s = past.rbegin(); s != past.rend() && validation.size() < most_folds; ++s) {
    if (s->cut > next) continue;
    validation.push_back(&*s);
    next = s->cut - std::chrono::days{horizon};
  }
  std::ranges::reverse(validation);
  for (const Snapshot* at : validation) {
    std::vector<const Snapshot*> known;
    for (const Snapshot& s : past) {
      if (s.cut + std::chrono::days{horizon} <= at->cut && s.rows() > 0) known.push_back(&s);
    }
    if (at->rows() < kFewestTested || known.empty() || !enough(known)) continue;
    WB_ASSIGN(Tested tested, test(learner, known, *at, keep, options));
    for (std::size_t m = 0; m < kModels.size(); ++m) {
      std::vector<double> log_odds, outcome;
      for (const Tested& t : folds) {
        log_odds.insert(log_odds.end(), t.log_odds[m].begin(), t.log_odds[m].end());
        outcome.insert(outcome.end(), t.outcome.begin(), t.outcome.end());
      }
      const Calibration calibration = Calibration::fit(log_odds, outcome);
      for (const double x : tested.log_odds[m]) tested.chance[m].push_back(calibration(x));
    }
    model::ChurnFold fold;
    fold.cut = at->cut;
    fold.customers = at->rows();
    for (const double y : tested.outcome) fold.observed += y / static_cast<double>(tested.outcome.size());
    for (std::size_t m = 0; m < kModels.size(); ++m) fold.scores.push_back(score_of(kModels[m], tested.chance[m], tested.outcome));
    v.folds.push_back(std::move(fold));
    folds.push_back(std::move(tested));
  }
  if (folds.empty()) return v;
  v.done = true;
  for (std::size_t m = 0; m < kModels.size(); ++m) {
    std::vector<double> p, y;
    for (const Tested& t : folds) {
      p.insert(p.end(), t.chance[m].begin(), t.chance[m].end());
      y.insert(y.end(), t.outcome.begin(), t.outcome.end());
    }
    v.scores.push_back(score_of(kModels[m], p, y));
  }
  choose(folds, v);
  return v;
}

}  // namespace understand::churn
