#include "decide/uplift/evaluate.h"

#include <algorithm>
#include <cmath>

namespace decide::uplift {
namespace {

using base::Result;
using stats::ValueMethod;

std::vector<double> doubles(std::span<const float> values) { return {values.begin(), values.end()}; }

/// Minus the mean of the fold. With weights: that of the weighted values.
std::vector<double> centred(std::span<const float> values, std::span<const float> weight, const CrossFit& fit) {
  const auto& fold = fit.fold;
  std::vector<double> sum(fit.folds), count(fit.folds), out = doubles(values);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double w = weight.empty() ? 1.0 : static_cast<double>(weight[i]);
    sum[fold[i]] += w * out[i];
    count[fold[i]] += w;
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] -= count[fold[i]] > 0 ? sum[fold[i]] / count[fold[i]] : 0;
  return out;
}

/// The best linear predictor's slope on values centred in their folds. Any weights that are a function of the columns
/// alone leave it 0 where all effects are alike; those of overlap count the rows with the least noise most.
stats::Estimated slope_of(std::span<const double> signal, std::span<const double> score, std::span<const float> weight, double level) {
  if (weight.empty()) return stats::best_linear(signal, score, level).slope;
  double xx = 0, xy = 0, all = 0, most = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const double w = static_cast<double>(weight[i]);
    xx += w * score[i] * score[i];
    xy += w * score[i] * signal[i];
    all += w;
    most = std::max(most, std::abs(score[i]));
  }
  if (signal.size() < 3 || xx <= all * 1e-12 * most * most) return stats::normal_estimate(0, HUGE_VAL, level);
  double squares = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const double part = static_cast<double>(weight[i]) * score[i] * (signal[i] - xy / xx * score[i]);
    squares += part * part;
  }
  const auto n = static_cast<double>(signal.size());
  return stats::normal_estimate(xy / xx, std::sqrt(squares * n / (n - 2)) / xx, level);
}

Result<ArmFindings> findings_of(const Experiment& e, const Options& o, const CrossFit& fit, std::size_t a,
                                const std::vector<double>& outcome, const std::vector<double>& propensity) {
  const ArmFit& arm = fit.arm[a - 1];
  ArmFindings f;
  f.arm = e.arms[a];
  f.chosen = arm.chosen;
  f.gain = arm.gain;
  std::vector<std::int8_t> group(e.rows());
  for (std::size_t i = 0; i < group.size(); ++i) group[i] = e.arm[i] == a ? 1 : e.arm[i] == 0 ? 0 : -1;
  const stats::Comparison rows{outcome, group, propensity};
  // With a million rows a column of doubles weighs; each lives no longer than it is needed.
  {
    const std::vector<double> signal = doubles(arm.signal), predicted = doubles(arm.predicted);
    f.average = stats::best_linear(signal, predicted, o.confidence).average;
    f.calibration = stats::effect_calibration(signal, predicted, 10, o.confidence);
  }
  f.plain = stats::effect_at(rows, std::vector<double>(e.rows(), 0.0), 1, o.confidence);

  // One level for all arms together (Bonferroni): with many arms one looks different by chance.
  const double level = 1 - (1 - o.confidence) / static_cast<double>(e.arms.size() - 1);
  const std::vector<double> rank = doubles(arm.rank);
  {
    const std::span<const float> weight = fit.overlap.empty() ? std::span<const float>{} : std::span<const float>{fit.overlap[a - 1]};
    std::vector<double> signal = centred(arm.signal, weight, fit);
    f.slope = slope_of(signal, centred(arm.effect[static_cast<std::size_t>(arm.chosen)], weight, fit), weight, level);
    const auto shrunk = slope_of(signal, centred(arm.predicted, weight, fit), weight, level);
    for (std::size_t i = 0; i < weight.size(); ++i) signal[i] *= static_cast<double>(weight[i]);
    f.ranking_area = stats::ranking_worth(signal, rank, level).area;
    f.differs = f.ranking_area.interval.low > 0 && shrunk.interval.low > 0;
  }

  WB_ASSIGN(const std::vector<double> weighted, stats::weighted_signals(rows));
  f.worth = stats::ranking_worth(weighted, rank, o.confidence);
  f.at_10 = stats::effect_at(rows, rank, 0.1, o.confidence);
  f.at_30 = stats::effect_at(rows, rank, 0.3, o.confidence);
  return f;
}

Result<PolicyFindings> value(const stats::ActionLog& log, const stats::Policy& policy, std::span<const double> model, const Options& o) {
  PolicyFindings f;
  WB_ASSIGN(f.ips, stats::value_of(log, policy, ValueMethod::ips, {}, {o.confidence}));
  WB_ASSIGN(f.snips, stats::value_of(log, policy, ValueMethod::snips, {}, {o.confidence}));
  f.ips.influence = {};  // only the robust values are compared in pairs
  f.snips.influence = {};
  WB_ASSIGN(f.robust, stats::value_of(log, policy, ValueMethod::doubly_robust, model, {o.confidence}));
  for (const std::uint8_t a : policy.chosen) f.approached += a > 0 ? 1 / static_cast<double>(policy.chosen.size()) : 0;
  return f;
}

/// Mean signal of all folds but one, for each.
std::vector<double> averages_without(const CrossFit& fit, std::span<const float> signal) {
  std::vector<double> sum(fit.folds), count(fit.folds), out(fit.folds);
  double all = 0;
  for (std::size_t i = 0; i < signal.size(); ++i) {
    sum[fit.fold[i]] += static_cast<double>(signal[i]);
    count[fit.fold[i]] += 1;
    all += static_cast<double>(signal[i]);
  }
  for (std::size_t f = 0; f < fit.folds; ++f) out[f] = (all - sum[f]) / (static_cast<double>(signal.size()) - count[f]);
  return out;
}

/// The arm of largest effect minus cost; ties and nothing to gain go to the control. An arm to which customers are not
/// proven to react differently has its average. Where that is so for every arm, the learners' predictions are taken as
/// they are: that policy is never advised, and its value is the evidence.
std::vector<std::uint8_t> targeted(const CrossFit& fit, const std::vector<ArmFindings>& found, const std::vector<double>& cost, std::size_t rows) {
  std::vector<std::uint8_t> chosen(rows, 0);
  const bool none = std::ranges::none_of(found, &ArmFindings::differs);
  std::vector<std::vector<double>> average;
  for (const ArmFit& arm : fit.arm) average.push_back(averages_without(fit, arm.signal));
  for (std::size_t i = 0; i < rows; ++i) {
    double best = 0;
    for (std::size_t a = 1; a <= fit.arm.size(); ++a) {
      const bool own = none || found[a - 1].differs;
      const double gain = (own ? static_cast<double>(fit.arm[a - 1].predicted[i]) : average[a - 1][fit.fold[i]]) - cost[a];
      if (gain > best) {
        best = gain;
        chosen[i] = static_cast<std::uint8_t>(a);
      }
    }
  }
  return chosen;
}

void advise(const Experiment& e, const Options& o, Evaluation& result) {
  const auto& policies = result.policies;
  bool beats_all = std::ranges::any_of(result.arms, &ArmFindings::differs);
  for (std::size_t p = 1; p < policies.size(); ++p) beats_all = beats_all && policies[p].targeted_minus_this->interval.low > 0;
  if (!result.checks.passed()) {
    result.advice = Advice::none_checks_failed;
  } else if (beats_all) {
    result.advice = Advice::target;
  } else {
    const PolicyFindings& nobody = policies.back();
    const double level = 1 - (1 - o.confidence) / static_cast<double>(e.arms.size() - 1);
    std::size_t losing = 0;
    const PolicyFindings* best = nullptr;
    for (std::size_t p = 1; p + 1 < policies.size(); ++p) {
      const auto difference = stats::paired_difference(policies[p].robust, nobody.robust, level);
      if (difference.interval.high < 0) ++losing;
      if (difference.interval.low > 0 && (best == nullptr || policies[p].robust.value.value > best->robust.value.value)) best = &policies[p];
    }
    if (best != nullptr) {
      result.advice = Advice::everyone;
      result.advised_arm = best->arm;
    } else {
      result.advice = losing == e.arms.size() - 1 ? Advice::nobody : Advice::not_proven;
    }
  }
}

}  // namespace

std::string_view id_of(Advice advice) {
  constexpr std::string_view kIds[] = {"none_checks_failed", "target", "everyone", "nobody", "not_proven"};
  return kIds[static_cast<std::size_t>(advice)];
}

std::uint8_t Evaluation::advised_for(std::size_t row) const {
  if (advice == Advice::target) return chosen[row];
  if (advice != Advice::everyone) return 0;
  const auto at = std::ranges::find(arms, advised_arm, &ArmFindings::arm);
  return static_cast<std::uint8_t>(at - arms.begin() + 1);
}

Result<Evaluation> evaluate(port::Learner& learner, const Experiment& e, const Options& o) {
  const std::size_t arms = e.arms.size(), n = e.rows();
  if (!o.cost.empty() && o.cost.size() != arms) {
    return base::fail(base::Code::invalid_input, "{} costs were given for {} arms", o.cost.size(), arms);
  }
  Evaluation result;
  WB_ASSIGN(result.fit, cross_fit(learner, e, o));
  WB_ASSIGN(result.checks, check_experiment(learner, e, o));
  std::vector<double> cost = o.cost.empty() ? std::vector<double>(arms, 0.0) : o.cost;
  const std::vector<double> outcome = doubles(e.outcome), propensity = doubles(result.fit.propensity);
  for (std::size_t a = 1; a < arms; ++a) {
    WB_ASSIGN(auto findings, findings_of(e, o, result.fit, a, outcome, propensity));
    result.arms.push_back(std::move(findings));
  }
  std::vector<double> reward(n), model(n * arms);
  for (std::size_t i = 0; i < n; ++i) {
    reward[i] = outcome[i] - cost[e.arm[i]];
    for (std::size_t a = 0; a < arms; ++a) model[i * arms + a] = static_cast<double>(result.fit.mean[a][i]) - cost[a];
  }
  const stats::ActionLog log{arms, e.arm, propensity, reward};
  result.chosen = targeted(result.fit, result.arms, cost, n);
  WB_ASSIGN(auto by_effect, value(log, {result.chosen, {}}, model, o));
  by_effect.kind = PolicyFindings::Kind::targeted;
  result.policies.push_back(std::move(by_effect));
  for (std::size_t step = 1; step <= arms; ++step) {
    const auto a = static_cast<std::uint8_t>(step % arms);  // the control last
    WB_ASSIGN(auto simple, value(log, stats::everyone_gets(a, n), model, o));
    simple.kind = a == 0 ? PolicyFindings::Kind::nobody : PolicyFindings::Kind::everyone;
    simple.arm = e.arms[a];
    // Targeting must beat the best of several rules: each comparison at a level that holds for all together.
    simple.targeted_minus_this = stats::paired_difference(result.policies[0].robust, simple.robust, 1 - (1 - o.confidence) / static_cast<double>(arms));
    result.policies.push_back(std::move(simple));
  }
  advise(e, o, result);
  return result;
}

}  // namespace decide::uplift
