#pragma once

#include <span>
#include <vector>

#include "stats/fit.h"

namespace stats {

/// Gamma-gamma model of spending (Fader & Hardie, "The Gamma-Gamma Model of Monetary Value" (2013)): a customer's
/// amounts are gamma(p, rate ν), ν is gamma(q, rate γ) over customers, independently of how often they buy.
/// γ is in the data's money unit.
struct GammaGamma {
  double p = 1;
  double q = 2;
  double gamma = 1;
};

/// Repeat purchases x ≥ 1 and their mean amount > 0, one row a customer; `weight` empty or a count for each row.
struct Spending {
  std::vector<double> x, mean;
  std::vector<double> weight;
};

/// Log-likelihood of a mean amount over x purchases (2013, eq. 1a); x ≥ 1, mean > 0.
double log_likelihood(const GammaGamma& m, double x, double mean);

/// E[mean amount of a future purchase | x, mean] = p (γ + x·mean) / (p x + q − 1) (2013, eq. 5). With x = 0 the mean of
/// the population. +∞ when p x + q ≤ 1: the model then has no finite mean.
double expected_spend(const GammaGamma& m, double x, double mean);

/// Maximum likelihood with exact gradient and Hessian; parameters in order p, q, gamma. Fails, naming the row, on
/// x < 1, amounts that are not positive and finite, or fewer than two customers; leave those customers out first.
base::Result<FitReport> fit_gamma_gamma(const Spending& data, Threads threads = {});
inline GammaGamma gamma_gamma_of(std::span<const double> p) { return {p[0], p[1], p[2]}; }
inline GammaGamma gamma_gamma_of(const FitReport& fit) { return gamma_gamma_of(std::span<const double>{fit.parameters}); }

/// Value, gradient and Hessian in the logarithms of (p, q, γ).
Evaluation evaluate_gamma_gamma(const Spending& data, std::span<const double> log_parameters, Threads threads = {});

}  // namespace stats
