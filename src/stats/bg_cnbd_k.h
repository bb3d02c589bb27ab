#pragma once

#include <span>

#include "stats/fit.h"
#include "stats/summary.h"

namespace stats {

/// Regular buyers: times between purchases are Erlang-k with rate λ ~ gamma(r, rate α), so that k = 1 is the BG/NBD's
/// Poisson buying and k = 2, 3, … more and more regular; every opportunity to leave is taken with p ~ beta(a, b).
///   BG/CNBD-k and, where customers may also leave right after their first purchase (`modified`), MBG/CNBD-k: Platzer &
///   Reutterer, "Ticking Away the Moments", Marketing Science 35 (2016), appendix. k = 1 is BG/NBD (Fader, Hardie & Lee
///   2005) or MBG/NBD (Batislam, Denizel & Filiztekin, IJRM 24 (2007); CBG/NBD of Hoppe & Wagner, Marketing ZFP 29 (2007)).
/// α is in the data's time unit and belongs to the phases: a purchase takes k of them.
struct BgCnbdK {
  double r = 1;
  double alpha = 1;
  double a = 1;
  double b = 1;
  int k = 1;
  bool modified = true;
};

inline constexpr int kMostRegular = 12;  ///< the largest k that is tried

// All functions below are finite for every valid History and t ≥ 0 in the time unit of α, and thread-safe.

/// Log-likelihood of one customer; for k > 1 the history must carry log_gaps.
double log_likelihood(const BgCnbdK& m, const History& h);

/// ln P(alive at T | history). Without `modified` it is 0 at x = 0, a property of the model and not a finding.
double log_alive(const BgCnbdK& m, const History& h);
double alive(const BgCnbdK& m, const History& h);

/// E[purchases in (T, T+t] | history], exact: given that the customer is alive and j phases of the running gap are over
/// (weights from the likelihood), the phases of t are negative binomial, and of the purchases they make the i-th comes
/// about with chance (b')_i/(a+b')_i. BTYDplus replaces this by BG/NBD's formula at kα (see docs/methods-buying.md).
double expected_purchases(const BgCnbdK& m, const History& h, double t);

/// E[X(t)] of a new customer; the same sum, started by the first purchase.
double expected_purchases(const BgCnbdK& m, double t);

/// P(X(t) = n) of a new customer; n whole.
double pmf(const BgCnbdK& m, double n, double t);

/// P(n purchases in (T, T+t] | history).
double future_pmf(const BgCnbdK& m, const History& h, double n, double t);

/// P(at least one purchase in (T, T+t] | history).
double any_purchase(const BgCnbdK& m, const History& h, double t);

/// Alive, expected purchases and any purchase together.
Outlook outlook(const BgCnbdK& m, const History& h, double t);

/// Maximum likelihood with exact gradient and Hessian for a given k. Parameters in order r, alpha, a, b. Fails for
/// k > 1 when the histories do not know their gaps. The report's nbd_log_likelihood is that of the same regularity
/// without dropout (for k = 1 the NBD).
base::Result<FitReport> fit_bg_cnbd_k(const UniqueHistories& data, int k, bool modified, Threads threads = {});

/// A fit and the regularity that goes with it.
struct RegularFit {
  FitReport report;
  int k = 1;
};

/// The k of 1 … kMostRegular with the highest likelihood; the search ends after two k in a row that are worse. Large
/// data are searched on a cross-section of `most_rows` and fitted whole at the k found.
base::Result<RegularFit> fit_regularity(const UniqueHistories& data, bool modified, Threads threads = {},
                                        std::size_t most_rows = 20000);

inline BgCnbdK bg_cnbd_k_of(std::span<const double> p, int k, bool modified) { return {p[0], p[1], p[2], p[3], k, modified}; }

/// Value, gradient and Hessian of the log-likelihood in the logarithms of (r, α, a, b).
Evaluation evaluate_bg_cnbd_k(const UniqueHistories& data, int k, bool modified, std::span<const double> log_parameters,
                              Threads threads = {});

}  // namespace stats
