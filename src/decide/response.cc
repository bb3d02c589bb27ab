#include "decide/response.h"

#include <algorithm>
#include <cmath>

#include "decide/worth.h"

namespace decide {
namespace {

using base::Code;
using base::fail;
using base::Result;
using model::Experience;
using model::kOfferKinds;
using model::kTraits;
using model::OfferKind;

// Columns of the regression.
constexpr std::size_t kShared = kOfferKinds;           // what all kinds have in common, in standard deviations
constexpr std::size_t kAnyway = kShared + 1;           // φ
constexpr std::size_t kSpread = kAnyway + 1;           // γ, one for each trait
constexpr std::size_t kBelieved = kSpread + kTraits;   // what a decision needs; nuisance follows
constexpr std::size_t kMain = kBelieved;               // main effects of the traits
constexpr std::size_t kLevels = kMain + kTraits;       // one level for each trial, then one deviation for each trial
constexpr double kAnywaySd = 0.15;
constexpr double kMainSd = 1;
constexpr double kLevelSd = 4;  // nearly free: what was foreseen wrongly must not be taken for an effect
constexpr double kWorthBelieving = 1.0986;  // ln 3
constexpr std::array kSpreads = {0.05, 0.1, 0.2, 0.4};
constexpr double kMeasured = 0.5;

double logit(double p) { return std::log(p / (1 - p)); }

/// The prior of what a decision needs. A kind is its own part and its share of what all have in common, so that its mean
/// and sd are as assumed and any two have the assumed correlation.
stats::NormalPrior prior_of(const model::Assumptions& assumptions) {
  stats::NormalPrior prior;
  const double own = std::sqrt(1 - assumptions.kinds_alike);
  for (const model::EffectPrior& effect : assumptions.effect) {
    prior.mean.push_back(effect.mean);
    prior.sd.push_back(effect.sd * own);
  }
  prior.mean.resize(kBelieved, 0);
  prior.sd.push_back(1);
  prior.sd.resize(kBelieved, 0);
  return prior;
}

/// Price sensitivity speaks of money only.
bool gives_money(OfferKind kind) {
  switch (kind) {
    case OfferKind::reminder:
    case OfferKind::sample:
    case OfferKind::call:
    case OfferKind::virtual_goods:
    case OfferKind::pause:
      return false;
    default:
      return true;
  }
}

Result<void> check(const Experience& e) {
  const std::size_t n = e.size();
  if (e.kind.size() != n || e.return_chance.size() != n || e.traits.size() != n || e.returned.size() != n) {
    return fail(Code::invalid_input, "the columns of the experience have different lengths");
  }
  for (std::size_t i = 0; i < n; ++i) {
    bool fine = e.return_chance[i] >= 0 && e.return_chance[i] <= 1 && e.trial[i] < e.trials.size() &&
                (e.kind[i] < kOfferKinds || e.kind[i] == model::kNotApproached);
    for (const float trait : e.traits[i]) fine = fine && std::isfinite(trait);
    if (!fine) return fail(Code::invalid_input, "row {} of the experience cannot be read", i + 1);
  }
  return {};
}

}  // namespace

struct Response::Design {
  std::array<std::uint16_t, 3 + kTraits> column{};
  std::array<double, 3 + kTraits> value{};
  std::size_t size = 0;

  void add(std::size_t at, double x) {
    column[size] = static_cast<std::uint16_t>(at);
    value[size++] = x;
  }
  std::span<const std::uint16_t> columns() const { return {column.data(), size}; }
  std::span<const double> values() const { return {value.data(), size}; }
};

void Response::design(OfferKind kind, double reach, const model::Traits& traits, Design& out) const {
  out.add(static_cast<std::size_t>(kind), reach);
  out.add(kShared, reach * shared_[static_cast<std::size_t>(kind)]);
  out.add(kAnyway, 1 - reach);
  if (spread_ <= 0) return;
  const bool money = gives_money(kind);
  for (std::size_t t = 0; t < kTraits; ++t) {
    if (t + 1 == kTraits && !money) continue;
    out.add(kSpread + t, reach * static_cast<double>((traits[t] - middle_[t]) / scale_[t]));
  }
}

Response::Response(const model::Assumptions& assumptions) {
  for (std::size_t k = 0; k < kOfferKinds; ++k) shared_[k] = assumptions.effect[k].sd * std::sqrt(assumptions.kinds_alike);
  belief_ = stats::NormalBelief::of(prior_of(assumptions));
  scale_.fill(1);
  for (std::size_t k = 0; k < kOfferKinds; ++k) measured_[k] = assumptions.effect[k].measured;
}

Result<Response> Response::learn(const model::Assumptions& assumptions, const Experience& e) {
  WB_TRY(check(e));
  Response result{assumptions};
  if (e.size() == 0) return result;
  result.rows_ = e.size();
  result.campaigns_differ_ = assumptions.campaigns_differ;

  // Traits on a common scale: of those who were in the trials.
  const auto n = static_cast<double>(e.size());
  for (std::size_t t = 0; t < kTraits; ++t) {
    double mean = 0, square = 0;
    for (const auto& traits : e.traits) mean += static_cast<double>(traits[t]) / n;
    for (const auto& traits : e.traits) square += std::pow(static_cast<double>(traits[t]) - mean, 2) / n;
    result.middle_[t] = static_cast<float>(mean);
    result.scale_[t] = square > 1e-12 ? static_cast<float>(std::sqrt(square)) : 1.0F;
  }

  const std::size_t trials = e.trials.size();
  stats::NormalPrior prior = prior_of(assumptions);
  prior.sd[kAnyway] = kAnywaySd;
  prior.mean.resize(kLevels + 2 * trials, 0);
  prior.sd.resize(kLevels, kMainSd);
  prior.sd.resize(kLevels + trials, kLevelSd);
  prior.sd.resize(kLevels + 2 * trials, assumptions.campaigns_differ);

  const auto fit = [&](double spread) {
    result.spread_ = spread;
    for (std::size_t t = 0; t < kTraits; ++t) prior.sd[kSpread + t] = spread;
    const stats::SparseRows rows{e.size(), [&](std::size_t i, stats::SparseRow& row) {
      const double p = std::clamp(static_cast<double>(e.return_chance[i]), 1e-4, 1 - 1e-4);
      row.offset = logit(p);
      row.outcome = e.returned[i] != 0 ? 1 : 0;
      row.add(kLevels + e.trial[i], 1);
      for (std::size_t t = 0; t < kTraits; ++t) {
        row.add(kMain + t, static_cast<double>((e.traits[i][t] - result.middle_[t]) / result.scale_[t]));
      }
      if (e.kind[i] == model::kNotApproached) return;
      const double reach = fade(p, assumptions);
      Design d;
      result.design(static_cast<OfferKind>(e.kind[i]), reach, e.traits[i], d);
      for (std::size_t k = 0; k < d.size; ++k) row.add(d.column[k], d.value[k]);
      row.add(kLevels + trials + e.trial[i], reach);
    }};
    return stats::fit_logistic_posterior(rows, prior);
  };
  WB_ASSIGN(auto alike, fit(0));
  stats::LogisticPosterior kept = std::move(alike);
  double kept_spread = 0;
  const double needed = kept.log_evidence + kWorthBelieving;
  for (const double spread : kSpreads) {
    WB_ASSIGN(auto differing, fit(spread));
    if (differing.log_evidence > std::max(needed, kept.log_evidence)) {
      kept = std::move(differing);
      kept_spread = spread;
    }
  }
  result.spread_ = kept_spread;

  result.belief_.mean.assign(kept.belief.mean.begin(), kept.belief.mean.begin() + static_cast<std::ptrdiff_t>(kBelieved));
  result.belief_.covariance = stats::Matrix{kBelieved};
  // The upper left part of a lower triangle is the root of the upper left part of the covariance.
  result.belief_.root = stats::Matrix{kBelieved};
  for (std::size_t i = 0; i < kBelieved; ++i) {
    for (std::size_t j = 0; j < kBelieved; ++j) {
      result.belief_.covariance(i, j) = kept.belief.covariance(i, j);
      result.belief_.root(i, j) = kept.belief.root(i, j);
    }
  }

  std::array<std::uint64_t, kOfferKinds> approached{};
  std::vector<std::array<bool, kOfferKinds>> tried(trials);
  std::vector<std::uint64_t> controls(trials, 0);
  for (std::size_t i = 0; i < e.size(); ++i) {
    if (e.kind[i] == model::kNotApproached) {
      ++controls[e.trial[i]];
    } else {
      ++approached[e.kind[i]];
      tried[e.trial[i]][e.kind[i]] = true;
    }
  }
  for (std::size_t k = 0; k < kOfferKinds; ++k) {
    if (approached[k] == 0) continue;
    Lesson lesson;
    lesson.kind = static_cast<OfferKind>(k);
    lesson.approached = approached[k];
    for (std::size_t t = 0; t < trials; ++t) lesson.not_approached += tried[t][k] ? controls[t] : 0;
    lesson.before = {assumptions.effect[k].mean, assumptions.effect[k].sd};
    lesson.after = result.effect(lesson.kind, 1, result.middle_);
    // Of an effect that comes through whole, the campaigns' own differences left out: they stay however much is learned.
    const double variance = lesson.after.sd * lesson.after.sd - std::pow(result.campaigns_differ_, 2);
    const double before = assumptions.effect[k].sd * assumptions.effect[k].sd;
    lesson.learned = before > 0 ? std::clamp(1 - variance / before, 0.0, 1.0) : 0;
    result.measured_[k] = lesson.learned > kMeasured;
    result.lessons_.push_back(lesson);
  }
  return result;
}

Effect Response::effect(OfferKind kind, double reach, const model::Traits& traits) const {
  Design d;
  design(kind, reach, traits, d);
  const double variance = belief_.variance_of(d.columns(), d.values()) + std::pow(reach * campaigns_differ_, 2);
  return {belief_.mean_of(d.columns(), d.values()), std::sqrt(variance)};
}

Response::Draw Response::draw(base::Rng& rng) const {
  Draw out{belief_.draw(rng)};
  // What the coming campaign does differently from others: one more shared error.
  out.coefficient.push_back(campaigns_differ_ * rng.normal());
  return out;
}

Response::Draw Response::mirrored(const Draw& draw) const {
  Draw out = draw;
  for (std::size_t k = 0; k < belief_.mean.size(); ++k) out.coefficient[k] = 2 * belief_.mean[k] - draw.coefficient[k];
  out.coefficient.back() = -draw.coefficient.back();
  return out;
}

double Response::effect(const Draw& draw, OfferKind kind, double reach, const model::Traits& traits) const {
  Design d;
  design(kind, reach, traits, d);
  double sum = reach * draw.coefficient.back();
  for (std::size_t k = 0; k < d.size; ++k) sum += d.value[k] * draw.coefficient[d.column[k]];
  return sum;
}

bool Response::measured(OfferKind kind) const { return measured_[static_cast<std::size_t>(kind)]; }

void Response::tell(model::Assumptions& assumptions) const {
  for (std::size_t k = 0; k < kOfferKinds; ++k) {
    const Effect now = effect(static_cast<OfferKind>(k), 1, middle_);
    assumptions.effect[k].mean = now.mean;
    assumptions.effect[k].sd = now.sd;
    assumptions.effect[k].measured = measured_[k];
  }
}

}  // namespace decide
