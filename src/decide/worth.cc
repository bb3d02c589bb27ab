#include "decide/worth.h"

#include <algorithm>
#include <cmath>

namespace decide {
namespace {

constexpr double kEighty = 1.2815515655446004;

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double logit(double p) { return std::log(p / (1 - p)); }
double normal_cdf(double z) { return 0.5 * std::erfc(-z * 0.7071067811865476); }

/// The expected loss of the right to write.
double attention_of(const Prospect& prospect, const model::Offer& offer, double margin, const model::Assumptions& assumptions) {
  return assumptions.effect[static_cast<std::size_t>(offer.kind)].opt_out * assumptions.permission_value * margin * prospect.expected_year;
}

}  // namespace

Contribution contribution(const Prospect& prospect, const model::Offer& offer, double margin) {
  const double first = prospect.basket * offer.basket_factor;
  const double rest = prospect.basket * (prospect.orders_if_back - 1);
  Contribution c;
  c.without = margin * prospect.basket * prospect.orders_if_back;
  c.incentive = offer.redeem * (offer.redemption_cost + offer.basket_share * first);
  c.with = margin * (first + rest) - c.incentive;
  return c;
}

double fade(double p, const model::Assumptions& assumptions) {
  const double sure = logistic(logit(std::clamp(p, 1e-9, 1 - 1e-9)) - assumptions.return_error);
  const double width = assumptions.comes_anyway_from - assumptions.comes_anyway_begins;
  if (width <= 0) return sure < assumptions.comes_anyway_from ? 1 : 0;
  return std::clamp((assumptions.comes_anyway_from - sure) / width, 0.0, 1.0);
}

double worth_at(const Prospect& prospect, const model::Offer& offer, double margin, const model::Assumptions& assumptions,
                double effect) {
  const double base = logit(std::clamp(prospect.return_chance, 1e-6, 1 - 1e-6));
  const Contribution c = contribution(prospect, offer, margin);
  return logistic(base + effect) * c.with - logistic(base) * c.without - offer.contact_cost -
         attention_of(prospect, offer, margin, assumptions);
}

Worth worth_of(const Prospect& prospect, const model::Offer& offer, double margin, const model::Assumptions& assumptions,
               const Response& response) {
  return worth_with(prospect, offer, margin, assumptions,
                    response.effect(offer.kind, fade(prospect.return_chance, assumptions), prospect.traits));
}

Worth worth_with(const Prospect& prospect, const model::Offer& offer, double margin, const model::Assumptions& assumptions,
                 const Effect& effect) {
  const double p = std::clamp(prospect.return_chance, 1e-6, 1 - 1e-6);
  const double mean = effect.mean;
  const double sd = std::max(effect.sd, 1e-9);
  const Contribution c = contribution(prospect, offer, margin);

  Worth worth;
  worth.attention = attention_of(prospect, offer, margin, assumptions);
  const double fixed = offer.contact_cost + worth.attention;
  const double works = normal_cdf(mean / sd);  // P(effect > 0)
  double square = 0, slope = 0, positive_if_works = 0;
  for (const NormalNode& level : kLevelNodes) {
    const double base = logit(p) + assumptions.return_error * level.z;
    const double unaided = logistic(base);
    for (const NormalNode& node : kEffectNodes) {
      const double aided = logistic(base + mean + sd * node.z);
      const double delta = aided * c.with - unaided * c.without - fixed;
      const double weight = level.weight * node.weight;
      worth.mean += weight * delta;
      square += weight * delta * delta;
      worth.return_chance += weight * aided;
      slope += weight * (aided * c.with - unaided * c.without);
    }
    // Δ > 0 exactly when the effect exceeds the one that pays for incentive, contact and attention.
    if (c.with > 0) {
      const double needed = (unaided * c.without + fixed) / c.with;
      if (needed < 1) {
        const double threshold = logit(std::max(needed, 1e-12)) - base;
        worth.chance_positive += level.weight * normal_cdf((mean - threshold) / sd);
        positive_if_works += level.weight * normal_cdf((mean - std::max(threshold, 0.0)) / sd);
      }
    }
  }
  worth.chance_if_works = works > 0 ? std::min(1.0, positive_if_works / works) : 0;
  // The basket's own error: Δ before fixed costs is proportional to it.
  const double basket_error = prospect.basket > 0 ? prospect.basket_sd / prospect.basket * slope : 0;
  const double spread = std::sqrt(std::max(0.0, square - worth.mean * worth.mean) + basket_error * basket_error);
  worth.low = worth.mean - kEighty * spread;
  worth.high = worth.mean + kEighty * spread;
  worth.cost = offer.contact_cost + worth.return_chance * c.incentive;
  return worth;
}

}  // namespace decide
