#include "stats/bg_bb.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/likelihood_sum.h"
#include "stats/nbd.h"
#include "stats/special.h"

namespace stats {
namespace {

/// ln B(a+m, b+n)/B(a, b).
double log_beta_ratio(double a, double b, double m, double n) {
  return log_rising(a, m) + log_rising(b, n) - log_rising(a + b, m + n);
}

/// ln chance of these purchases by a customer who bought or not at each of n occasions, and of staying for all of them.
double log_stayed(const BgBb& m, const History& h) {
  return log_beta_ratio(m.alpha, m.beta, h.x, h.T - h.x) + log_beta_ratio(m.gamma, m.delta, 0, h.T);
}

/// The same of leaving right before occasion `at` + 1.
double log_left_at(const BgBb& m, const History& h, double at) {
  return log_beta_ratio(m.alpha, m.beta, h.x, at - h.x) + log_beta_ratio(m.gamma, m.delta, 1, at);
}

/// Customer given alive after occasion n: what is then believed of p and θ.
BgBb after(const BgBb& m, const History& h) { return {m.alpha + h.x, m.beta + h.T - h.x, m.gamma, m.delta + h.T}; }

/// ln P(not yet left after the n-th occasion | history).
double log_still_there(const BgBb& m, const History& h) { return log_stayed(m, h) - log_likelihood(m, h); }

double log_choose(double n, double k) { return log_rising(k + 1, n - k) - log_gamma(n - k + 1); }

}  // namespace

double log_likelihood(const BgBb& m, const History& h) {
  double sum = log_stayed(m, h);
  for (double at = h.t_x; at < h.T; ++at) sum = log_sum_exp(sum, log_left_at(m, h, at));
  return sum;
}

double log_alive(const BgBb& m, const History& h) {
  return std::min(0.0, log_still_there(m, h) + std::log(m.delta + h.T) - std::log(m.gamma + m.delta + h.T));
}

double alive(const BgBb& m, const History& h) { return std::exp(log_alive(m, h)); }

double expected_purchases(const BgBb& m, const History& h, double t) {
  return std::exp(std::min(0.0, log_still_there(m, h))) * expected_purchases(after(m, h), t);
}

double expected_purchases(const BgBb& m, double t) {
  double there = 1, sum = 0;
  for (double n = 0; n < t; ++n) {
    there *= (m.delta + n) / (m.gamma + m.delta + n);
    sum += there;
  }
  return m.alpha / (m.alpha + m.beta) * sum;
}

double pmf(const BgBb& m, double n, double t) {
  if (n > t) return 0;
  double sum = log_choose(t, n) + log_stayed(m, {n, n, t});
  for (double at = n; at < t; ++at) sum = log_sum_exp(sum, log_choose(at, n) + log_left_at(m, {n, n, t}, at));
  return std::min(1.0, std::exp(sum));
}

double future_pmf(const BgBb& m, const History& h, double n, double t) {
  const double there = std::exp(std::min(0.0, log_still_there(m, h)));
  return (n == 0 ? 1 - there : 0) + there * pmf(after(m, h), n, t);
}

double any_purchase(const BgBb& m, const History& h, double t) {
  // one minus the chance of none, summed over the first purchase so that small chances keep their digits
  const BgBb later = after(m, h);
  double sum = 0;
  for (double first = 0; first < t; ++first) {
    sum += std::exp(log_beta_ratio(later.alpha, later.beta, 1, first) + log_beta_ratio(later.gamma, later.delta, 0, first + 1));
  }
  return std::clamp(std::exp(std::min(0.0, log_still_there(m, h))) * sum, 0.0, 1.0);
}

Outlook outlook(const BgBb& m, const History& h, double t) {
  return {alive(m, h), expected_purchases(m, h, t), any_purchase(m, h, t)};
}

base::Result<void> check_occasions(const UniqueHistories& data) {
  const Histories& rows = data.rows();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const History h = rows.at(i);
    if (h.t_x != std::floor(h.t_x) || h.T != std::floor(h.T) || h.x > h.t_x) {
      return base::fail(base::Code::invalid_input,
                        "a history (x = {}, t_x = {}, T = {}) is not one of occasions: all three must be whole and x at most t_x",
                        h.x, h.t_x, h.T);
    }
  }
  return {};
}

Evaluation evaluate_bg_bb(const UniqueHistories& data, std::span<const double> point, Threads threads) {
  const double natural[4] = {std::exp(point[0]), std::exp(point[1]), std::exp(point[2]), std::exp(point[3])};
  const auto [alpha, beta, gamma, delta] = natural;
  const BgBb m{alpha, beta, gamma, delta};
  const Histories& rows = data.rows();
  Evaluation e = sum_likelihood<4>(rows.size(), threads, [&](std::size_t begin, std::size_t end, Derivatives<4>& sum) {
    const double psi[6] = {digamma(alpha), digamma(beta), digamma(alpha + beta), digamma(gamma), digamma(delta), digamma(gamma + delta)};
    const double tri[6] = {trigamma(alpha), trigamma(beta), trigamma(alpha + beta), trigamma(gamma), trigamma(delta), trigamma(gamma + delta)};
    for (std::size_t row = begin; row < end; ++row) {
      const History h = rows.at(row);
      const double whole = log_likelihood(m, h);
      Derivatives<4> d;
      d.value = whole;
      // ∇ln L = E ∇h and ∇²ln L = E ∇²h + Cov ∇h over the components: stayed, or left before occasion `at` + 1
      for (double at = h.t_x; at <= h.T; ++at) {
        const bool stayed = at == h.T;
        const double pi = std::exp((stayed ? log_stayed(m, h) : log_left_at(m, h, at)) - whole);
        if (pi < 1e-300) continue;
        const double misses = at - h.x, leaves = stayed ? 0 : 1;
        const double ab = digamma(alpha + beta + at) - psi[2], gd = digamma(gamma + delta + at + leaves) - psi[5];
        const double ab2 = trigamma(alpha + beta + at) - tri[2], gd2 = trigamma(gamma + delta + at + leaves) - tri[5];
        const double u[4] = {digamma(alpha + h.x) - psi[0] - ab, digamma(beta + misses) - psi[1] - ab,
                             digamma(gamma + leaves) - psi[3] - gd, digamma(delta + at) - psi[4] - gd};
        const double second[4] = {trigamma(alpha + h.x) - tri[0] - ab2, trigamma(beta + misses) - tri[1] - ab2,
                                  trigamma(gamma + leaves) - tri[3] - gd2, trigamma(delta + at) - tri[4] - gd2};
        for (std::size_t i = 0; i < 4; ++i) {
          d.gradient[i] += pi * u[i];
          for (std::size_t j = 0; j <= i; ++j) d.hessian[i][j] += pi * u[i] * u[j];
          d.hessian[i][i] += pi * second[i];
        }
        d.hessian[1][0] -= pi * ab2;
        d.hessian[3][2] -= pi * gd2;
      }
      for (std::size_t i = 0; i < 4; ++i) {
        for (std::size_t j = 0; j <= i; ++j) d.hessian[i][j] -= d.gradient[i] * d.gradient[j];
      }
      sum.add(d, rows.weight[row]);
    }
  });
  to_log_scale(e, natural);
  return e;
}

base::Result<FitReport> fit_bg_bb(const UniqueHistories& data, Threads threads) {
  WB_TRY(check_can_fit(data));
  WB_TRY(check_occasions(data));
  const double share = std::clamp(data.purchases() / (data.customers() * data.mean_T()), 0.01, 0.99);
  const double odds = std::log(share / (1 - share));
  FitReport stays = fit_by_starts(
      [&](std::span<const double> p) {
        // nobody leaves: γ so small beside δ that every term of leaving is below rounding
        const double all[4] = {p[0], p[1], -60, 18};
        const Evaluation whole = evaluate_bg_bb(data, all, threads);
        Evaluation part{whole.value, {whole.gradient[0], whole.gradient[1]}, Matrix{2}};
        for (std::size_t i = 0; i < 2; ++i) {
          for (std::size_t j = 0; j < 2; ++j) part.hessian(i, j) = whole.hessian(i, j);
        }
        return part;
      },
      {{odds / 2, -odds / 2}, {odds / 2 + 2, -odds / 2 + 2}});
  constexpr double kLeastGain = 1.353;  // as for the models in continuous time (dropout_fit.cc)
  FitReport report = fit_by_starts([&](std::span<const double> p) { return evaluate_bg_bb(data, p, threads); },
                                   {{odds / 2, -odds / 2, -0.5, 0.8}, {odds / 2, -odds / 2, -2, 1}, {1, 1, 1, 3}, {0, 0, -4, -2}},
                                   stays.log_likelihood + kLeastGain);
  if (report.log_likelihood - stays.log_likelihood < kLeastGain) report.boundary = Boundary::no_dropout;
  report.nbd_log_likelihood = stays.log_likelihood;
  report.customers = data.customers();
  report.unique_rows = data.size();
  return report;
}

}  // namespace stats
