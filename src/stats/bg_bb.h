#pragma once

#include <span>

#include "stats/fit.h"
#include "stats/summary.h"

namespace stats {

/// BG/BB (Fader, Hardie & Shang, "Customer-Base Analysis in a Discrete-Time Noncontractual Setting", Marketing Science 29
/// (2010)): at each of a customer's occasions (years of giving, issues, seasons) the customer leaves for good with chance
/// θ ~ beta(γ, δ), and who stays buys with chance p ~ beta(α, β).
/// A History is (x purchases, t_x = number of the occasion of the last, T = n occasions), all whole; x ≤ t_x.
struct BgBb {
  double alpha = 1;
  double beta = 1;
  double gamma = 1;
  double delta = 1;
};

// All functions below are finite for every valid History and whole t ≥ 0 occasions, and thread-safe.

/// Log-likelihood of one customer (2010, eq. 5).
double log_likelihood(const BgBb& m, const History& h);

/// P(alive at occasion n + 1 | history) (2010, eq. 11): the last chance to leave is the one before that occasion.
double log_alive(const BgBb& m, const History& h);
double alive(const BgBb& m, const History& h);

/// E[purchases at the next t occasions | history] (2010, eq. 13), as the sum over occasions, one sign.
double expected_purchases(const BgBb& m, const History& h, double t);

/// E[X(t)] of a new customer (2010, eq. 8).
double expected_purchases(const BgBb& m, double t);

/// P(X(t) = n) of a new customer (2010, eq. 7).
double pmf(const BgBb& m, double n, double t);

/// P(n purchases at the next t occasions | history) (2010, eq. 12).
double future_pmf(const BgBb& m, const History& h, double n, double t);

/// P(at least one purchase at the next t occasions | history).
double any_purchase(const BgBb& m, const History& h, double t);

Outlook outlook(const BgBb& m, const History& h, double t);

/// What keeps these histories from a model of occasions, named with its row: fractions, or x > t_x.
base::Result<void> check_occasions(const UniqueHistories& data);

/// Maximum likelihood with exact gradient and Hessian. Parameters in order alpha, beta, gamma, delta. The report's
/// nbd_log_likelihood is the beta-binomial's, in which nobody leaves.
base::Result<FitReport> fit_bg_bb(const UniqueHistories& data, Threads threads = {});
inline BgBb bg_bb_of(std::span<const double> p) { return {p[0], p[1], p[2], p[3]}; }

/// Value, gradient and Hessian of the log-likelihood in the logarithms of (α, β, γ, δ).
Evaluation evaluate_bg_bb(const UniqueHistories& data, std::span<const double> log_parameters, Threads threads = {});

}  // namespace stats
