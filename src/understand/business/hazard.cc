#include "understand/business/hazard.h"

#include <algorithm>
#include <cmath>

namespace understand::business {
namespace {

constexpr double kPriorAtRisk = 20;
constexpr std::size_t kMostPeriods = 400;

double curve(double alpha, double beta, std::size_t period) { return alpha / (alpha + beta + static_cast<double>(period)); }

double log_likelihood(const std::vector<HazardPeriod>& periods, double alpha, double beta) {
  double sum = 0;
  for (std::size_t t = 0; t < periods.size(); ++t) {
    const double h = curve(alpha, beta, t);
    sum += periods[t].events * std::log(h) + (periods[t].at_risk - periods[t].events) * std::log1p(-h);
  }
  return sum;
}

/// The likelihood has one hump but a long ridge where hazards are constant: a grid that closes in finds it always.
void fit_curve(const std::vector<HazardPeriod>& periods, double& alpha, double& beta) {
  constexpr int kSteps = 12;
  double centre_a = 0, centre_b = 1.5, half = 7;
  double best = -std::numeric_limits<double>::infinity();
  for (int zoom = 0; zoom < 9; ++zoom) {
    double at_a = centre_a, at_b = centre_b;
    for (int i = -kSteps; i <= kSteps; ++i) {
      for (int j = -kSteps; j <= kSteps; ++j) {
        const double a = std::clamp(centre_a + half * i / kSteps, -7.0, 7.0), b = std::clamp(centre_b + half * j / kSteps, -7.0, 9.0);
        const double value = log_likelihood(periods, std::exp(a), std::exp(b));
        if (value > best) {
          best = value;
          at_a = a;
          at_b = b;
        }
      }
    }
    centre_a = at_a;
    centre_b = at_b;
    half /= 3;
  }
  alpha = std::exp(centre_a);
  beta = std::exp(centre_b);
}

}  // namespace

Hazard Hazard::learn(const std::vector<Duration>& durations, double period_days) {
  Hazard result;
  result.period_ = std::isfinite(period_days) && period_days > 0 ? period_days : 30;
  for (const Duration& duration : durations) {
    if (!std::isfinite(duration.days)) continue;
    const double periods = std::max(0.0, duration.days) / result.period_;
    const auto whole = std::min(static_cast<std::size_t>(std::floor(std::min(periods, 1e6))), kMostPeriods - 1);
    // Whoever still lasts was at risk in the periods that have passed whole.
    const std::size_t seen = whole + (duration.ended ? 1 : 0);
    if (result.periods_.size() < seen) result.periods_.resize(seen);
    for (std::size_t t = 0; t < seen; ++t) result.periods_[t].at_risk += 1;
    if (duration.ended) {
      result.periods_[whole].events += 1;
      result.events_ += 1;
    }
  }
  if (result.events_ > 0) {
    fit_curve(result.periods_, result.alpha_, result.beta_);
  } else {
    double at_risk = 0;
    for (const HazardPeriod& period : result.periods_) at_risk += period.at_risk;
    result.alpha_ = 0.5;
    result.beta_ = at_risk + 0.5;
  }
  double survival = 1, observed = 1, greenwood = 0;
  for (std::size_t t = 0; t < result.periods_.size(); ++t) {
    HazardPeriod& period = result.periods_[t];
    period.hazard = result.hazard_of(t);
    survival *= 1 - period.hazard;
    period.survival = survival;
    observed *= 1 - period.events / period.at_risk;
    period.kaplan_meier = observed;
    if (period.at_risk > period.events) greenwood += period.events / (period.at_risk * (period.at_risk - period.events));
    period.survival_95 = {0, 1};
    if (observed > 0 && observed < 1) {
      const double spread = 1.959963984540054 * std::sqrt(greenwood) / std::abs(std::log(observed));
      period.survival_95 = {std::pow(observed, std::exp(spread)), std::pow(observed, std::exp(-spread))};
    }
  }
  return result;
}

double Hazard::hazard_of(std::size_t t) const {
  const double prior = curve(alpha_, beta_, t);
  if (t >= periods_.size()) return prior;
  return (periods_[t].events + kPriorAtRisk * prior) / (periods_[t].at_risk + kPriorAtRisk);
}

double Hazard::survival(double days) const {
  if (!(days > 0)) return 1;
  const double periods = std::min(days / period_, 4.0 * kMostPeriods);
  const auto whole = static_cast<std::size_t>(std::floor(periods));
  double result = whole > 0 && whole <= periods_.size() ? periods_[whole - 1].survival : 1;
  if (whole > periods_.size()) {
    result = periods_.empty() ? 1 : periods_.back().survival;
    for (std::size_t t = periods_.size(); t < whole; ++t) result *= 1 - hazard_of(t);
  }
  return result * std::pow(1 - hazard_of(whole), periods - static_cast<double>(whole));
}

double Hazard::chance(double after, double within) const {
  const double before = survival(after);
  return before > 0 ? std::clamp(1 - survival(after + within) / before, 0.0, 1.0) : 0;
}

Hazard::Mean Hazard::mean_within(double most) const {
  Mean mean;
  const auto steps = static_cast<std::size_t>(std::clamp(std::ceil(most / period_), 1.0, 4.0 * kMostPeriods));
  std::vector<double> area(steps + 1, 0);  // under the curve from the end of period t on
  for (std::size_t t = steps; t-- > 0;) {
    const double from = period_ * static_cast<double>(t), to = std::min(most, from + period_);
    area[t] = area[t + 1] + (survival(from) + survival(to)) / 2 * (to - from);
  }
  mean.days = area[0];
  double variance = 0;
  for (std::size_t t = 0; t < std::min(steps, periods_.size()); ++t) {
    const double n = periods_[t].at_risk + kPriorAtRisk, h = periods_[t].hazard;
    if (h < 1) variance += area[t + 1] * area[t + 1] * h / (n * (1 - h));
  }
  // Where the curve alone speaks it is as sure as its prior.
  for (std::size_t t = periods_.size(); t < steps; ++t) {
    const double h = hazard_of(t);
    variance += area[t + 1] * area[t + 1] * h / (kPriorAtRisk * (1 - h));
  }
  mean.error = std::sqrt(variance);
  return mean;
}

}  // namespace understand::business
