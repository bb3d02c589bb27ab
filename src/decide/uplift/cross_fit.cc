#include "decide/uplift/cross_fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"

namespace decide::uplift {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr float kLeastPropensity = 0.01F;

/// What is learned of every arm; the control's place holds only its base.
struct Plan {
  std::vector<std::vector<Learner>> learners;  ///< [arm − 1]
  std::vector<std::vector<Base>> bases;        ///< [arm] the better one is taken

  bool has(std::size_t a, Learner learner) const { return std::ranges::find(learners[a - 1], learner) != learners[a - 1].end(); }
  bool is_outcome_learner(Base base, std::size_t a) const {  // whether the arm's own T-learner needs that base
    return has(a, base == Base::linear ? Learner::t_linear : Learner::t_trees);
  }
  bool needs_inner(std::size_t a) const {
    return std::ranges::any_of(learners[a - 1], [](Learner l) { return l != Learner::t_linear && l != Learner::t_trees; });
  }
};

Plan everything(std::size_t arms) {
  std::vector<Learner> all;
  for (std::size_t k = 0; k < kLearners; ++k) all.push_back(static_cast<Learner>(k));
  return {std::vector<std::vector<Learner>>(arms - 1, all), std::vector<std::vector<Base>>(arms, {Base::linear, Base::trees})};
}

struct Fold {
  std::vector<std::uint32_t> learn, judge;
};

std::vector<std::uint32_t> picked(Rows rows, auto keep) {
  std::vector<std::uint32_t> out;
  for (const std::uint32_t r : rows) {
    if (keep(r)) out.push_back(r);
  }
  return out;
}

std::vector<float> of(std::span<const float> values, Rows rows) {
  std::vector<float> out;
  out.reserve(rows.size());
  for (const std::uint32_t r : rows) out.push_back(values[r]);
  return out;
}

/// Fits on some rows and predicts others in one breath.
class Work {
 public:
  Work(port::Learner& learner, const Experiment& e, const Options& o) : learner_{learner}, e_{e}, o_{o}, objective_{objective_of(e.outcome)} {}

  Result<std::vector<float>> outcome_mean(Base base, Rows learn, Rows judge) const {
    return mean(base, objective_, false, learn, of(e_.outcome, learn), judge);
  }
  Result<std::vector<float>> effect_mean(Base base, Rows learn, std::span<const float> target, Rows judge) const {
    return mean(base, port::Objective::amount, true, learn, target, judge);
  }
  Result<std::vector<float>> mean(Base base, port::Objective objective, bool effect, Rows learn, std::span<const float> target, Rows judge) const {
    WB_ASSIGN(const auto model, Regressor::fit(learner_, e_.x, learn, target, {base, objective, effect, o_.threads, o_.seed}));
    std::vector<float> out(judge.size());
    WB_TRY(model.predict(e_.x, judge, out));
    return out;
  }

  std::vector<std::uint32_t> in_arm(Rows rows, std::size_t a) const {
    return picked(rows, [&](std::uint32_t r) { return e_.arm[r] == a; });
  }

 private:
  port::Learner& learner_;
  const Experiment& e_;
  const Options& o_;
  port::Objective objective_;
};

/// Gives weights the mean 1.
void even_out(std::vector<std::vector<float>>& weights) {
  for (auto& of_arm : weights) {
    double sum = 0;
    for (const float w : of_arm) sum += static_cast<double>(w);
    const double mean = sum / static_cast<double>(of_arm.size());
    for (float& w : of_arm) w = mean > 0 ? static_cast<float>(static_cast<double>(w) / mean) : 1.0F;
  }
}

/// Propensities of the own arm from the columns: one against the rest by logistic regression out of fold, summing to 1.
Result<void> estimate_propensity(const Work& work, const Experiment& e, const std::vector<Fold>& folds, CrossFit& result) {
  const std::size_t arms = e.arms.size();
  result.propensity.assign(e.rows(), 0);
  result.propensity_estimated = true;
  result.overlap.assign(arms - 1, std::vector<float>(e.rows()));
  for (const Fold& fold : folds) {
    std::vector<float> own(fold.judge.size()), all(fold.judge.size());
    std::vector<std::vector<float>> of_arm(arms);
    for (std::size_t a = 0; a < arms; ++a) {
      std::vector<float> target;
      for (const std::uint32_t r : fold.learn) target.push_back(e.arm[r] == a ? 1.0F : 0.0F);
      WB_ASSIGN(const auto p, work.mean(Base::linear, port::Objective::chance, false, fold.learn, target, fold.judge));
      for (std::size_t i = 0; i < p.size(); ++i) {
        all[i] += p[i];
        if (e.arm[fold.judge[i]] == a) own[i] = p[i];
      }
      of_arm[a] = p;
    }
    for (std::size_t a = 1; a < arms; ++a) {
      for (std::size_t i = 0; i < own.size(); ++i) {
        const float one = of_arm[a][i], zero = of_arm[0][i];
        result.overlap[a - 1][fold.judge[i]] = one + zero > 0 ? one * zero / (one + zero) / all[i] : 0;
      }
    }
    for (std::size_t i = 0; i < own.size(); ++i) {
      float p = all[i] > 0 ? own[i] / all[i] : 0;
      if (p < kLeastPropensity) {
        p = kLeastPropensity;
        ++result.clipped;
      }
      result.propensity[fold.judge[i]] = p;
    }
  }
  even_out(result.overlap);
  return {};
}

/// Sums for the slope of signal on effect, both centred in their fold. Rows with little overlap of the arms count less
/// (their signals are the noisiest): the overlap weights of Li, Morgan & Zaslavsky (2018).
struct Slope {
  double xx = 0, xy = 0;
  double slope() const { return xx > 0 ? xy / xx : 0; }
};
std::vector<Slope> slopes(const CrossFit& fit, std::span<const float> weight, std::span<const float> signal, std::span<const float> effect, std::size_t folds) {
  const auto w = [&](std::size_t i) { return weight.empty() ? 1.0 : static_cast<double>(weight[i]); };
  std::vector<double> n(folds), mean_s(folds), mean_e(folds);
  for (std::size_t i = 0; i < signal.size(); ++i) {
    n[fit.fold[i]] += w(i);
    mean_s[fit.fold[i]] += w(i) * static_cast<double>(signal[i]);
    mean_e[fit.fold[i]] += w(i) * static_cast<double>(effect[i]);
  }
  std::vector<Slope> out(folds);
  std::vector<double> largest(folds);
  for (std::size_t f = 0; f < folds; ++f) {
    mean_s[f] /= n[f];
    mean_e[f] /= n[f];
  }
  for (std::size_t i = 0; i < signal.size(); ++i) {
    const std::size_t f = fit.fold[i];
    const double x = static_cast<double>(effect[i]) - mean_e[f];
    out[f].xx += w(i) * x * x;
    out[f].xy += w(i) * x * (static_cast<double>(signal[i]) - mean_s[f]);
    largest[f] = std::max(largest[f], std::abs(static_cast<double>(effect[i])));
  }
  for (std::size_t f = 0; f < folds; ++f) {
    if (out[f].xx <= n[f] * 1e-10 * largest[f] * largest[f]) out[f] = {};  // constant up to rounding
  }
  return out;
}

Slope without(const std::vector<Slope>& parts, std::size_t fold) {
  Slope sum;
  for (std::size_t f = 0; f < parts.size(); ++f) {
    if (f != fold) sum = {sum.xx + parts[f].xx, sum.xy + parts[f].xy};
  }
  return sum;
}

double gain(const Slope& s) {
  const double slope = std::clamp(s.slope(), 0.0, 1.0);
  return 2 * slope * s.xy - slope * slope * s.xx;
}

/// Middle ranks within each fold, 0 … 1.
std::vector<float> ranks_in_fold(const CrossFit& fit, std::span<const float> values, std::size_t folds) {
  std::vector<float> out(values.size());
  for (std::size_t f = 0; f < folds; ++f) {
    std::vector<std::uint32_t> order;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (fit.fold[i] == f) order.push_back(static_cast<std::uint32_t>(i));
    }
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) { return values[a] != values[b] ? values[a] < values[b] : a < b; });
    for (std::size_t begin = 0; begin < order.size();) {
      std::size_t end = begin + 1;
      while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
      const double middle = 0.5 * static_cast<double>(begin + end) / static_cast<double>(order.size());
      for (std::size_t i = begin; i < end; ++i) out[order[i]] = static_cast<float>(middle);
      begin = end;
    }
  }
  return out;
}

/// Chooses the learner (for each fold by the other folds), shrinks, ranks.
void choose_learner(const CrossFit& fit, std::span<const float> weight, std::size_t folds, ArmFit& arm) {
  std::vector<std::vector<Slope>> parts(kLearners);
  std::size_t first = kLearners;  // learned at all
  for (std::size_t k = kLearners; k-- > 0;) {
    if (arm.effect[k].empty()) continue;
    parts[k] = slopes(fit, weight, arm.signal, arm.effect[k], folds);
    first = k;
  }
  const auto best = [&](std::size_t left_out) {
    std::size_t chosen = first;
    for (std::size_t k = first + 1; k < kLearners; ++k) {
      if (parts[k].empty()) continue;
      if (gain(without(parts[k], left_out)) > gain(without(parts[chosen], left_out))) chosen = k;
    }
    return chosen;
  };
  const auto n = static_cast<double>(arm.signal.size());
  for (std::size_t k = 0; k < kLearners; ++k) arm.gain[k] = parts[k].empty() ? 0 : gain(without(parts[k], folds)) / n;
  arm.chosen = static_cast<Learner>(best(folds));
  const std::size_t chosen = static_cast<std::size_t>(arm.chosen);
  arm.slope = std::clamp(without(parts[chosen], folds).slope(), 0.0, 1.0);
  double all = 0;
  std::vector<double> sum(folds), count(folds);
  for (std::size_t i = 0; i < arm.signal.size(); ++i) {
    sum[fit.fold[i]] += static_cast<double>(arm.signal[i]);
    count[fit.fold[i]] += 1;
    all += static_cast<double>(arm.signal[i]);
    arm.centre += static_cast<double>(arm.effect[chosen][i]) / n;
  }
  std::vector<double> average(folds), slope(folds), centre(folds);
  std::vector<std::size_t> learner(folds);
  for (std::size_t f = 0; f < folds; ++f) {
    learner[f] = best(f);
    slope[f] = std::clamp(without(parts[learner[f]], f).slope(), 0.0, 1.0);
    average[f] = (all - sum[f]) / (n - count[f]);
  }
  for (std::size_t i = 0; i < arm.signal.size(); ++i) centre[fit.fold[i]] += static_cast<double>(arm.effect[learner[fit.fold[i]]][i]) / count[fit.fold[i]];
  arm.predicted.resize(arm.signal.size());
  for (std::size_t i = 0; i < arm.signal.size(); ++i) {
    const std::size_t f = fit.fold[i];
    arm.predicted[i] = static_cast<float>(average[f] + slope[f] * (static_cast<double>(arm.effect[learner[f]][i]) - centre[f]));
  }
  arm.rank = ranks_in_fold(fit, arm.predicted, folds);
  double squares = 0;  // robust error of the slope over all folds
  const double raw = without(parts[chosen], folds).slope(), xx = without(parts[chosen], folds).xx;
  if (xx > 0) {
    std::vector<double> middle(folds);
    for (std::size_t i = 0; i < arm.signal.size(); ++i) middle[fit.fold[i]] += static_cast<double>(arm.effect[chosen][i]) / count[fit.fold[i]];
    for (std::size_t i = 0; i < arm.signal.size(); ++i) {
      const std::size_t f = fit.fold[i];
      const double x = static_cast<double>(arm.effect[chosen][i]) - middle[f];
      const double residual = static_cast<double>(arm.signal[i]) - sum[f] / count[f] - raw * x;
      const double w = weight.empty() ? 1.0 : static_cast<double>(weight[i]);
      squares += w * w * x * x * residual * residual;
    }
    arm.slope_error = std::sqrt(squares) / xx;
  }
}

/// One fold: outcome means, then effects of every arm by its learners.
Result<void> fit_fold(const Work& work, const Experiment& e, const Options& o, const Plan& plan, const Fold& fold, CrossFit& result, std::vector<int>& votes) {
  const std::size_t arms = e.arms.size();
  // Inner halves, so that what the effect learners take for means has not seen the rows they learn from.
  std::vector<std::uint32_t> half[2];
  for (const std::uint32_t r : fold.learn) half[base::mix(o.seed ^ base::mix(r)) & 1].push_back(r);
  std::vector<std::array<std::vector<float>, kBases>> outer(arms);
  std::vector<std::vector<float>> inner(arms);
  std::vector<std::size_t> base_of(arms);
  const auto any_arm = [&](auto wants) {
    for (std::size_t a = 1; a < arms; ++a) {
      if (wants(a)) return true;
    }
    return false;
  };
  for (std::size_t a = 0; a < arms; ++a) {
    std::array<std::vector<float>, kBases> guess;
    std::array<double, kBases> error{};
    const bool choice = plan.bases[a].size() > 1;
    const bool inside = choice || (a > 0 ? plan.needs_inner(a) : any_arm([&](std::size_t t) { return plan.needs_inner(t); }));
    for (std::size_t b = 0; b < kBases; ++b) {
      const auto base = static_cast<Base>(b);
      const bool wanted = std::ranges::find(plan.bases[a], base) != plan.bases[a].end();
      const bool compared = a > 0 ? plan.is_outcome_learner(base, a) : any_arm([&](std::size_t t) { return plan.is_outcome_learner(base, t); });
      if (wanted || compared) {
        WB_ASSIGN(outer[a][b], work.outcome_mean(base, work.in_arm(fold.learn, a), fold.judge));
      }
      if (!wanted || !inside) continue;
      guess[b].assign(e.rows(), 0);
      for (std::size_t h = 0; h < 2; ++h) {
        const auto learn = work.in_arm(half[1 - h], a);
        if (learn.empty()) return fail(Code::invalid_input, "the arm '{}' has too few rows ({} folds leave none to learn from)", e.arms[a], o.folds);
        WB_ASSIGN(const auto p, work.outcome_mean(base, learn, half[h]));
        for (std::size_t i = 0; i < p.size(); ++i) guess[b][half[h][i]] = p[i];
      }
      for (const std::uint32_t r : fold.learn) {
        if (e.arm[r] == a) error[b] += std::pow(static_cast<double>(e.outcome[r]) - static_cast<double>(guess[b][r]), 2);
      }
    }
    base_of[a] = choice ? (error[1] < error[0] ? 1 : 0) : static_cast<std::size_t>(plan.bases[a][0]);
    votes[a] += base_of[a] == 1 ? 1 : -1;
    inner[a] = std::move(guess[base_of[a]]);
    for (std::size_t i = 0; i < fold.judge.size(); ++i) result.mean[a][fold.judge[i]] = outer[a][base_of[a]][i];
  }
  for (std::size_t a = 1; a < arms; ++a) {
    ArmFit& arm = result.arm[a - 1];
    const auto signal = [&](std::uint32_t r, float treated, float control) {
      float s = treated - control;
      if (e.arm[r] == a) s += (e.outcome[r] - treated) / result.propensity[r];
      if (e.arm[r] == 0) s -= (e.outcome[r] - control) / result.propensity[r];
      return s;
    };
    for (std::size_t i = 0; i < fold.judge.size(); ++i) {
      const std::uint32_t r = fold.judge[i];
      arm.signal[r] = signal(r, result.mean[a][r], result.mean[0][r]);
    }
    const auto put = [&](Learner kind, auto value) {
      for (std::size_t i = 0; i < fold.judge.size(); ++i) arm.effect[static_cast<std::size_t>(kind)][fold.judge[i]] = value(i);
    };
    for (std::size_t b = 0; b < kBases; ++b) {
      if (plan.is_outcome_learner(static_cast<Base>(b), a)) {
        put(b == 0 ? Learner::t_linear : Learner::t_trees, [&](std::size_t i) { return outer[a][b][i] - outer[0][b][i]; });
      }
    }
    if (!plan.needs_inner(a)) continue;
    const auto treated = work.in_arm(fold.learn, a), controls = work.in_arm(fold.learn, 0);
    const float share = static_cast<float>(treated.size()) / static_cast<float>(treated.size() + controls.size());
    std::vector<float> on_treated, on_controls, robust;
    for (const std::uint32_t r : treated) on_treated.push_back(e.outcome[r] - inner[0][r]);
    for (const std::uint32_t r : controls) on_controls.push_back(inner[a][r] - e.outcome[r]);
    for (const std::uint32_t r : fold.learn) robust.push_back(signal(r, inner[a][r], inner[0][r]));
    for (std::size_t b = 0; b < kBases; ++b) {
      const auto base = static_cast<Base>(b);
      const Learner x = b == 0 ? Learner::x_linear : Learner::x_trees, d = b == 0 ? Learner::dr_linear : Learner::dr_trees;
      if (plan.has(a, x)) {
        WB_ASSIGN(const auto one, work.effect_mean(base, treated, on_treated, fold.judge));
        WB_ASSIGN(const auto zero, work.effect_mean(base, controls, on_controls, fold.judge));
        put(x, [&](std::size_t i) { return share * zero[i] + (1 - share) * one[i]; });
      }
      if (plan.has(a, d)) {
        WB_ASSIGN(const auto dr, work.effect_mean(base, fold.learn, robust, fold.judge));
        put(d, [&](std::size_t i) { return dr[i]; });
      }
    }
  }
  return {};
}

Result<void> check(const Experiment& e, const Options& o) {
  const std::size_t n = e.rows();
  if (e.arms.size() < 2) return fail(Code::invalid_input, "there is only one arm ('{}'); an effect needs a treatment and a control", e.arms.empty() ? "" : e.arms[0]);
  if (e.outcome.size() != n || (!e.propensity.empty() && e.propensity.size() != n) || e.x.features.size() != n * e.x.columns) {
    return fail(Code::invalid_input, "{} rows came with {} outcomes, {} propensities and {} features of {} columns", n, e.outcome.size(), e.propensity.size(), e.x.features.size(), e.x.columns);
  }
  if (o.folds < 2 || o.folds > 50) return fail(Code::invalid_input, "{} folds; it must be 2 to 50", o.folds);
  if (e.x.columns == 0) return fail(Code::invalid_input, "no column is left to tell customers apart by");
  std::vector<std::size_t> count(e.arms.size());
  for (std::size_t i = 0; i < n; ++i) {
    if (e.arm[i] >= e.arms.size()) return fail(Code::invalid_input, "row {} is in arm {} of {}", i + 1, e.arm[i], e.arms.size());
    ++count[e.arm[i]];
    if (!std::isfinite(e.outcome[i])) return fail(Code::invalid_input, "the outcome of row {} is no finite number", i + 1);
    if (!e.propensity.empty() && !(e.propensity[i] > 0 && e.propensity[i] <= 1)) {
      return fail(Code::invalid_input, "the propensity of row {} is {}; it must be above 0 and at most 1", i + 1, e.propensity[i]);
    }
  }
  for (std::size_t a = 0; a < count.size(); ++a) {
    if (count[a] < 4 * o.folds) {
      return fail(Code::invalid_input, "the arm '{}' has {} customers; at least {} in each arm are needed to learn from them", e.arms[a], count[a], 4 * o.folds);
    }
  }
  return {};
}

}  // namespace

std::string_view name_of(Learner learner) {
  constexpr std::string_view kNames[] = {"T-learner, linear", "T-learner, trees", "X-learner, linear", "X-learner, trees", "doubly robust, linear", "doubly robust, trees"};
  return kNames[static_cast<std::size_t>(learner)];
}
std::string_view id_of(Learner learner) {
  constexpr std::string_view kIds[] = {"t_linear", "t_trees", "x_linear", "x_trees", "dr_linear", "dr_trees"};
  return kIds[static_cast<std::size_t>(learner)];
}

port::Objective objective_of(std::span<const float> outcome) {
  return std::ranges::all_of(outcome, [](float y) { return y == 0 || y == 1; }) ? port::Objective::chance : port::Objective::amount;
}

std::vector<std::uint8_t> make_folds(std::span<const std::uint8_t> arm, std::size_t arms, std::size_t folds, std::uint64_t seed) {
  std::vector<std::uint8_t> fold(arm.size());
  for (std::size_t a = 0; a < arms; ++a) {
    std::vector<std::uint32_t> rows;
    for (std::size_t i = 0; i < arm.size(); ++i) {
      if (arm[i] == a) rows.push_back(static_cast<std::uint32_t>(i));
    }
    base::Rng rng{base::mix(seed + a)};
    for (std::size_t i = rows.size(); i > 1; --i) std::swap(rows[i - 1], rows[rng.below(i)]);
    for (std::size_t i = 0; i < rows.size(); ++i) fold[rows[i]] = static_cast<std::uint8_t>(i % folds);
  }
  return fold;
}

namespace {

/// Checked already; learns what the plan says.
Result<CrossFit> fit_plan(port::Learner& learner, const Experiment& e, const Options& o, const Plan& plan) {
  const std::size_t n = e.rows(), arms = e.arms.size();
  CrossFit result;
  result.folds = o.folds;
  result.fold = make_folds(e.arm, arms, o.folds, o.seed);
  std::vector<Fold> folds(o.folds);
  for (std::uint32_t i = 0; i < n; ++i) {
    for (std::size_t f = 0; f < o.folds; ++f) (result.fold[i] == f ? folds[f].judge : folds[f].learn).push_back(i);
  }
  const Work work{learner, e, o};
  if (!e.propensity.empty()) {
    result.propensity.assign(e.propensity.begin(), e.propensity.end());
    if (arms == 2) {  // with more arms the log tells only the chance of the arm that was drawn
      result.overlap.resize(1);
      for (const float p : e.propensity) result.overlap[0].push_back(p * (1 - p));
      even_out(result.overlap);
    }
  } else if (o.observational) {
    WB_TRY(estimate_propensity(work, e, folds, result));
  } else {
    std::vector<float> share(arms);
    for (std::size_t a = 0; a < arms; ++a) share[a] = static_cast<float>(static_cast<double>(std::ranges::count(e.arm, a)) / static_cast<double>(n));
    for (const std::uint8_t a : e.arm) result.propensity.push_back(share[a]);
  }
  result.mean.assign(arms, std::vector<float>(n));
  result.arm.resize(arms - 1);
  for (std::size_t a = 1; a < arms; ++a) {
    result.arm[a - 1].signal.assign(n, 0);
    for (const Learner one : plan.learners[a - 1]) result.arm[a - 1].effect[static_cast<std::size_t>(one)].assign(n, 0);
  }
  std::vector<int> votes(arms);
  for (const Fold& fold : folds) WB_TRY(fit_fold(work, e, o, plan, fold, result, votes));
  for (const int vote : votes) result.base.push_back(vote > 0 ? Base::trees : Base::linear);
  for (std::size_t a = 1; a < arms; ++a) {
    choose_learner(result, result.overlap.empty() ? std::span<const float>{} : std::span<const float>{result.overlap[a - 1]}, o.folds, result.arm[a - 1]);
  }
  return result;
}

/// Rows of every arm in its share of kSample, but no fewer than 2,000 of an arm that has them: drawn by the row's number.
std::vector<std::uint32_t> sample_of(const Experiment& e, std::uint64_t seed) {
  std::vector<std::uint32_t> out;
  for (std::size_t a = 0; a < e.arms.size(); ++a) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> drawn;
    for (std::uint32_t i = 0; i < e.rows(); ++i) {
      if (e.arm[i] == a) drawn.emplace_back(base::mix(seed ^ base::mix(i)), i);
    }
    const std::size_t share = drawn.size() * kSample / e.rows();
    const std::size_t count = std::min(drawn.size(), std::max<std::size_t>(share, 2000));
    std::ranges::nth_element(drawn, drawn.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::size_t k = 0; k < count; ++k) out.push_back(drawn[k].second);
  }
  std::ranges::sort(out);
  return out;
}

/// All learners on a sample.
Result<CrossFit> fit_sample(port::Learner& learner, const Experiment& e, const Options& o, Rows rows) {
  std::vector<float> x;
  x.reserve(rows.size() * e.x.columns);
  std::vector<std::uint8_t> arm;
  for (const std::uint32_t r : rows) {
    x.insert(x.end(), e.x.row(r).begin(), e.x.row(r).end());
    arm.push_back(e.arm[r]);
  }
  const std::vector<float> outcome = of(e.outcome, rows);
  const std::vector<float> propensity = e.propensity.empty() ? std::vector<float>{} : of(e.propensity, rows);
  return fit_plan(learner, {{x, e.x.columns}, e.columns, e.arms, arm, outcome, propensity}, o, everything(e.arms.size()));
}

}  // namespace

Result<CrossFit> cross_fit(port::Learner& learner, const Experiment& e, const Options& o) {
  WB_TRY(check(e, o));
  const std::size_t arms = e.arms.size();
  if (e.rows() <= kMostTried) return fit_plan(learner, e, o, everything(arms));
  Options settled = o;
  settled.folds = std::min<std::size_t>(o.folds, 3);
  Plan plan;
  std::vector<std::array<double, kLearners>> gains;
  const auto rows = sample_of(e, o.seed);
  {
    WB_ASSIGN(const CrossFit tried, fit_sample(learner, e, settled, rows));
    for (const Base base : tried.base) plan.bases.push_back({base});
    for (const ArmFit& arm : tried.arm) {
      plan.learners.push_back({arm.chosen});
      gains.push_back(arm.gain);
    }
  }
  WB_ASSIGN(CrossFit result, fit_plan(learner, e, settled, plan));
  result.sample = rows.size();
  for (std::size_t a = 1; a < arms; ++a) result.arm[a - 1].gain = gains[a - 1];
  return result;
}

}  // namespace decide::uplift
