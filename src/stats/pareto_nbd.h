#pragma once

#include <span>

#include "stats/fit.h"
#include "stats/summary.h"

namespace stats {

/// Pareto/NBD (Schmittlein, Morrison & Colombo, Management Science 33 (1987)): Poisson purchasing with gamma(r, rate α)
/// heterogeneity, exponential lifetimes with gamma(s, rate β) heterogeneity. α and β are in the data's time unit.
struct ParetoNbd {
  double r = 1;
  double alpha = 1;
  double s = 1;
  double beta = 1;
};

// All functions below are finite for every valid History and t ≥ 0 in the time unit of α and β, and thread-safe.

/// Log-likelihood of one customer (Fader & Hardie, "A Note on Deriving the Pareto/NBD Model" (2005), eq. 16):
///   Γ(r+x)/Γ(r) α^r β^s { (α+T)^−(r+x) (β+T)^−s + s ∫_{t_x}^T (α+y)^−(r+x) (β+y)^−(s+1) dy },
/// the integral by power_integral.h instead of a difference of 2F1.
double log_likelihood(const ParetoNbd& m, const History& h);

/// ln P(alive at T | history); 0 at t_x = T.
double log_alive(const ParetoNbd& m, const History& h);
double alive(const ParetoNbd& m, const History& h);

/// E[purchases in (T, T+t] | history] (Fader & Hardie 2005, eq. 41), continuous through s = 1.
double expected_purchases(const ParetoNbd& m, const History& h, double t);

/// E[X(t)] of a new customer (2005, eq. 27).
double expected_purchases(const ParetoNbd& m, double t);

/// P(X(t) = n) of a new customer (Fader & Hardie, "Deriving an Expression for P(X(t)=x) under the Pareto/NBD" (2006)),
/// by adaptive quadrature over the time of leaving; n whole.
double pmf(const ParetoNbd& m, double n, double t);

/// P(at least one purchase in (T, T+t] | history) =
///   P(alive) · ∫_0^t (r+x)/(α+T) (1 + y/(α+T))^−(r+x+1) (1 + y/(β+T))^−s dy: the first purchase comes at y and finds the
/// customer alive. Derived in docs/methods.md.
double any_purchase(const ParetoNbd& m, const History& h, double t);

/// Discounted expected residual transactions at continuous rate `delta` > 0 per time unit (Fader, Hardie & Lee, "RFM and
/// CLV", JMR 42 (2005)): P(alive) (r+x)/(α+T) (β+T) z^(s−1) U(s, s, z) with z = δ(β+T) and Tricomi's U, as the integral
/// z^(s−1) U(s, s, z) = ∫_0^∞ e^(−zq) (1+q)^−s dq (DLMF 13.4.4, 13.2.40).
double discounted_purchases(const ParetoNbd& m, const History& h, double delta);

/// Alive, expected purchases and any purchase together, for the price of one P(alive).
Outlook outlook(const ParetoNbd& m, const History& h, double t);

/// Maximum likelihood with exact gradient and Hessian. Parameters in order r, alpha, s, beta.
base::Result<FitReport> fit_pareto_nbd(const UniqueHistories& data, Threads threads = {});
inline ParetoNbd pareto_nbd_of(std::span<const double> p) { return {p[0], p[1], p[2], p[3]}; }
inline ParetoNbd pareto_nbd_of(const FitReport& fit) { return pareto_nbd_of(std::span<const double>{fit.parameters}); }

/// Value, gradient and Hessian of the log-likelihood in the logarithms of (r, α, s, β).
Evaluation evaluate_pareto_nbd(const UniqueHistories& data, std::span<const double> log_parameters, Threads threads = {});

}  // namespace stats
