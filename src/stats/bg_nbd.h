#pragma once

#include <vector>

#include "stats/fit.h"
#include "stats/summary.h"

namespace stats {

/// BG/NBD (Fader, Hardie & Lee, "Counting Your Customers" the Easy Way, Marketing Science 24 (2005)): Poisson purchasing
/// with gamma(r, rate α) heterogeneity; after each repeat purchase a customer leaves with a probability that is
/// beta(a, b) distributed over customers. α is in the data's time unit; all four are positive.
struct BgNbd {
  double r = 1;
  double alpha = 1;
  double a = 1;
  double b = 1;
};

// All functions below are finite for every valid History and t ≥ 0 in the time unit of α, and thread-safe.

/// Log-likelihood of one customer (2005, eq. 6).
double log_likelihood(const BgNbd& m, const History& h);

/// ln P(alive at T | history). At x = 0 it is 0: in this model nobody can have left before a first repeat purchase.
/// That is a property of the model, not a finding about the customer: never show it.
double log_alive(const BgNbd& m, const History& h);
double alive(const BgNbd& m, const History& h);

/// E[purchases in (T, T+t] | history] (2005, eq. 10). The published 2F1 form divides by a − 1 and cancels; here
/// P(alive) · Σ_i P(J > i) (b+x)_i / (a+b+x)_i with J negative binomial(r+x, t/(α+T+t)), all terms of one sign.
double expected_purchases(const BgNbd& m, const History& h, double t);

/// E[X(t)] of a new customer (2005, eq. 9).
double expected_purchases(const BgNbd& m, double t);

/// P(X(t) = n) of a new customer (2005, eq. 8); n whole.
double pmf(const BgNbd& m, double n, double t);

/// P(at least one purchase in (T, T+t] | history) = P(alive) · [1 − ((α+T)/(α+T+t))^(r+x)]: a customer who is alive at
/// T cannot leave before the next purchase.
double any_purchase(const BgNbd& m, const History& h, double t);

/// Alive, expected purchases and any purchase together, for the price of one P(alive).
Outlook outlook(const BgNbd& m, const History& h, double t);

/// Maximum likelihood with exact gradient and Hessian. Parameters in order r, alpha, a, b.
base::Result<FitReport> fit_bg_nbd(const UniqueHistories& data, Threads threads = {});
inline BgNbd bg_nbd_of(std::span<const double> p) { return {p[0], p[1], p[2], p[3]}; }
inline BgNbd bg_nbd_of(const FitReport& fit) { return bg_nbd_of(std::span<const double>{fit.parameters}); }

/// Value, gradient and Hessian of the log-likelihood in the logarithms of (r, α, a, b): what the fit climbs, and what
/// its tests difference numerically.
Evaluation evaluate_bg_nbd(const UniqueHistories& data, std::span<const double> log_parameters, Threads threads = {});

}  // namespace stats
