#pragma once

#include "stats/fit.h"
#include "stats/summary.h"

namespace stats {

/// Poisson purchasing with gamma(r, rate α) heterogeneity and no dropout (Ehrenberg 1959); the limit of BG/NBD and
/// Pareto/NBD, against which "is there dropout at all?" is judged. α is in the data's time unit.
struct Nbd {
  double r = 1;
  double alpha = 1;
};

/// ln [Γ(r+x)/Γ(r) (α/(α+T))^r (α+T)^−x]: the density of the purchase times, as in BTYDplus nbd.cbs.LL.
double log_likelihood(const Nbd& m, const History& h);

/// E[purchases in (T, T+t] | history] = (r+x) t / (α+T). With a default History: a new customer.
double expected_purchases(const Nbd& m, const History& h, double t);

/// P(X(t) = n) of a new customer; n whole.
double pmf(const Nbd& m, double n, double t);

/// P(at least one purchase in (T, T+t] | history).
double any_purchase(const Nbd& m, const History& h, double t);

/// Maximum likelihood. Fails when nobody has a repeat purchase or all T are 0.
base::Result<FitReport> fit_nbd(const UniqueHistories& data, Threads threads = {});
inline Nbd nbd_of(const FitReport& fit) { return {fit.parameters[0], fit.parameters[1]}; }

/// What every fit of purchase histories needs: a repeat purchase and time to have made it.
base::Result<void> check_can_fit(const UniqueHistories& data);

}  // namespace stats
