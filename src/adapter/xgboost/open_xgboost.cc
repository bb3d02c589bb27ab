#include "adapter/xgboost/open_xgboost.h"

#include <algorithm>
#include <cmath>

#include <xgboost/c_api.h>

#include "adapter/xgboost/handles.h"
#include "adapter/xgboost/learned_trees.h"

namespace adapter::xgboost {
namespace {

using base::Code;
using base::fail;
using base::Result;
using port::LearnerOptions;
using port::LearningRows;
using port::Objective;

Result<void> check_options(const LearnerOptions& o) {
  const auto in = [](double value, double low, double high) { return value >= low && value <= high; };
  if (!in(o.rounds, 1, 100000)) return fail(Code::invalid_input, "rounds is {}; it must be 1 to 100,000", o.rounds);
  if (!in(o.depth, 1, 20)) return fail(Code::invalid_input, "depth is {}; it must be 1 to 20", o.depth);
  if (!(o.rate > 0 && o.rate <= 1)) return fail(Code::invalid_input, "rate is {}; it must be above 0 and at most 1", o.rate);
  if (!in(o.child_weight, 0, 1e12)) return fail(Code::invalid_input, "child_weight is {}; it must be 0 or more", o.child_weight);
  if (!(o.row_share > 0 && o.row_share <= 1)) return fail(Code::invalid_input, "row_share is {}; it must be above 0 and at most 1", o.row_share);
  if (!(o.column_share > 0 && o.column_share <= 1)) return fail(Code::invalid_input, "column_share is {}; it must be above 0 and at most 1", o.column_share);
  if (!in(o.ridge, 0, 1e12)) return fail(Code::invalid_input, "ridge is {}; it must be 0 or more", o.ridge);
  if (!in(o.bins, 2, 65535)) return fail(Code::invalid_input, "bins is {}; it must be 2 to 65,535", o.bins);
  if (!in(o.threads, 1, 1024)) return fail(Code::invalid_input, "threads is {}; it must be 1 to 1,024", o.threads);
  return {};
}

/// Weight, mean and range of the targets.
struct Targets {
  double weight = 0, mean = 0;
  float low = 0, high = 0;
};

Result<Targets> check_rows(const LearningRows& rows, Objective objective, const char* whose) {
  const std::size_t columns = rows.x.columns, n = rows.target.size();
  if (columns == 0) return fail(Code::invalid_input, "the {} rows have no columns to learn from", whose);
  if (rows.x.features.empty() || n == 0) return fail(Code::invalid_input, "there are no {} rows", whose);
  if (!rows.pick.empty()) {
    if (rows.pick.size() != n) return fail(Code::invalid_input, "{} rows were picked for {} {} targets", rows.pick.size(), n, whose);
    if (std::ranges::max(rows.pick) >= rows.x.rows()) {
      return fail(Code::invalid_input, "{} row {} was picked of {}", whose, std::ranges::max(rows.pick) + 1, rows.x.rows());
    }
  } else if (rows.x.features.size() != n * columns) {
    return fail(Code::invalid_input, "{} {} rows of {} columns need {} numbers, but {} came", n, whose, columns, n * columns, rows.x.features.size());
  }
  if (!rows.weight.empty() && rows.weight.size() != n) return fail(Code::invalid_input, "{} {} rows came with {} weights", n, whose, rows.weight.size());
  Targets t;
  bool seen = false;
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const float y = rows.target[i], w = rows.weight.empty() ? 1.0F : rows.weight[i];
    if (!std::isfinite(y)) return fail(Code::invalid_input, "the target of {} row {} is {}; targets must be finite", whose, i + 1, y);
    if (objective == Objective::chance && (y < 0 || y > 1)) {
      return fail(Code::invalid_input, "the target of {} row {} is {}; for a chance it must lie between 0 and 1", whose, i + 1, y);
    }
    if (!std::isfinite(w) || w < 0) return fail(Code::invalid_input, "the weight of {} row {} is {}; weights must be finite and not negative", whose, i + 1, w);
    if (w == 0) continue;
    t.low = seen ? std::min(t.low, y) : y;
    t.high = seen ? std::max(t.high, y) : y;
    seen = true;
    t.weight += static_cast<double>(w);
    sum += static_cast<double>(w) * static_cast<double>(y);
  }
  if (!seen) return fail(Code::invalid_input, "all {} rows have weight 0", whose);
  for (std::size_t i = 0; i < n; ++i) {
    const auto row = rows.x.row(rows.pick.empty() ? i : rows.pick[i]);
    for (std::size_t j = 0; j < columns; ++j) {
      if (std::isinf(row[j])) return fail(Code::invalid_input, "column {} of {} row {} is infinite; leave unknown numbers out (NaN)", j + 1, whose, i + 1);
    }
  }
  t.mean = sum / t.weight;
  return t;
}

/// Mean loss of margins: logistic, or squared.
double loss(const LearningRows& rows, const float* margin, Objective objective) {
  double sum = 0, weight = 0;
  for (std::size_t i = 0; i < rows.target.size(); ++i) {
    const double w = rows.weight.empty() ? 1.0 : static_cast<double>(rows.weight[i]);
    const double m = static_cast<double>(margin[i]), y = static_cast<double>(rows.target[i]);
    const double one = objective == Objective::amount ? (m - y) * (m - y) : std::max(m, 0.0) + std::log1p(std::exp(-std::abs(m))) - y * m;
    sum += w * one;
    weight += w;
  }
  return sum / weight;
}

class XgboostLearner final : public port::Learner {
 public:
  Result<std::unique_ptr<port::Learned>> learn(const LearningRows& rows, const LearnerOptions& options, const LearningRows& validation) override {
    WB_TRY(check_options(options));
    WB_ASSIGN(const Targets targets, check_rows(rows, options.objective, "learning"));
    const bool watched = options.patience > 0 && !validation.target.empty();
    if (!validation.target.empty() || !validation.x.features.empty()) {
      if (validation.x.columns != rows.x.columns) {
        return fail(Code::invalid_input, "the learning rows have {} columns, the validation rows {}", rows.x.columns, validation.x.columns);
      }
      WB_TRY(check_rows(validation, options.objective, "validation"));
    }
    Head head{options.objective, static_cast<std::uint32_t>(rows.x.columns), 0, options.threads, targets.mean};
    if (!(targets.low < targets.high)) {
      head.constant = static_cast<double>(targets.low);
      return make_learned(head, {});
    }
    WB_ASSIGN(const std::string trees, grow(rows, options, validation, watched, targets, head));
    return make_learned(head, trees);
  }

  Result<std::unique_ptr<port::Learned>> restore(std::string_view bytes) override { return restore_learned(bytes); }

 private:
  /// Grows the trees and returns the library's bytes; everything it needed in memory is gone then.
  static Result<std::string> grow(const LearningRows& rows, const LearnerOptions& options, const LearningRows& validation, bool watched,
                                  const Targets& targets, Head& head) {
    WB_ASSIGN(const Matrix matrix, Matrix::binned(rows, options, nullptr));
    Matrix held;
    if (watched) {
      WB_ASSIGN(held, Matrix::binned(validation, options, &matrix));
    }
    WB_ASSIGN(Booster booster, Booster::create(&matrix));
    const bool chance = options.objective == Objective::chance;
    const std::pair<const char*, std::string> settings[] = {
        {"verbosity", "0"},
        {"nthread", fmt::format("{}", options.threads)},
        {"booster", "gbtree"},
        {"tree_method", "hist"},
        {"objective", chance ? "binary:logistic" : "reg:squarederror"},
        {"base_score", fmt::format("{:.9g}", chance ? std::min(std::max(targets.mean, 1e-7), 1 - 1e-7) : targets.mean)},
        {"max_depth", fmt::format("{}", options.depth)},
        {"max_bin", fmt::format("{}", options.bins)},
        {"eta", fmt::format("{:.9g}", options.rate)},
        {"min_child_weight", fmt::format("{:.9g}", options.child_weight)},
        {"subsample", fmt::format("{:.9g}", options.row_share)},
        {"colsample_bytree", fmt::format("{:.9g}", options.column_share)},
        {"lambda", fmt::format("{:.9g}", options.ridge)},
        {"seed", fmt::format("{}", options.seed % 2147483647U)},
        {"disable_default_eval_metric", "1"},
    };
    for (const auto& [name, value] : settings) WB_TRY(booster.set(name, value));
    std::uint32_t best_rounds = 0;
    double best = 0;
    std::uint32_t grown = 0;
    while (grown < options.rounds) {
      WB_TRY(checked(XGBoosterUpdateOneIter(booster.get(), static_cast<int>(grown), matrix.get()), "grow a tree"));
      ++grown;
      if (!watched) continue;
      const bst_ulong* shape = nullptr;
      bst_ulong dimensions = 0;
      const float* margin = nullptr;
      WB_TRY(checked(XGBoosterPredictFromDMatrix(
                         booster.get(), held.get(),
                         R"({"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false})", &shape,
                         &dimensions, &margin),
                     "judge a tree"));
      const double now = loss(validation, margin, options.objective);
      if (best_rounds == 0 || now < best) {
        best = now;
        best_rounds = grown;
      } else if (grown - best_rounds >= options.patience) {
        break;
      }
    }
    head.rounds = grown;
    if (watched && best_rounds < grown) {
      head.rounds = best_rounds;
      WB_ASSIGN(const Booster cut, booster.first(static_cast<int>(best_rounds)));
      return cut.model_bytes();
    }
    return booster.model_bytes();
  }
};

}  // namespace

std::unique_ptr<port::Learner> open_xgboost() { return std::make_unique<XgboostLearner>(); }

}  // namespace adapter::xgboost
