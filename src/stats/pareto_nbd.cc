#include "stats/pareto_nbd.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include "stats/dropout_fit.h"
#include "stats/likelihood_sum.h"
#include "stats/power_integral.h"
#include "stats/special.h"

namespace stats {
namespace {

/// ln of the odds of having left against being alive at T; −∞ at t_x = T.
double log_left_odds(const ParetoNbd& m, const History& h) {
  const double silent = h.T - h.t_x;
  if (!(silent > 0)) return -std::numeric_limits<double>::infinity();
  const double at = m.r + h.x;
  const double integral = log_power_integral({at, m.s + 1, m.alpha + h.t_x, m.beta + h.t_x, silent});
  return std::log(m.s) - std::log(m.beta + h.t_x) + integral + at * std::log1p(silent / (m.alpha + h.t_x)) +
         m.s * std::log1p(silent / (m.beta + h.t_x));
}

double expected_if_alive(const ParetoNbd& m, const History& h, double t) {
  if (!(t > 0)) return 0;
  const double later = m.beta + h.T;
  return (m.r + h.x) / (m.alpha + h.T) * later * power_mean_gap(m.s - 1, t / later);
}

double any_if_alive(const ParetoNbd& m, const History& h, double t) {
  if (!(t > 0)) return 0;
  const double at = m.r + h.x;
  const double integral = log_power_integral({at + 1, m.s, m.alpha + h.T, m.beta + h.T, t});
  return std::min(1.0, std::exp(std::log(at) - std::log(m.alpha + h.T) + integral));
}

}  // namespace

double log_likelihood(const ParetoNbd& m, const History& h) {
  return log_rising(m.r, h.x) - m.r * std::log1p(h.T / m.alpha) - h.x * std::log(m.alpha + h.T) -
         m.s * std::log1p(h.T / m.beta) + softplus(log_left_odds(m, h));
}

double log_alive(const ParetoNbd& m, const History& h) { return -softplus(log_left_odds(m, h)); }

double alive(const ParetoNbd& m, const History& h) { return logistic(-log_left_odds(m, h)); }

double expected_purchases(const ParetoNbd& m, const History& h, double t) {
  return alive(m, h) * expected_if_alive(m, h, t);
}

double expected_purchases(const ParetoNbd& m, double t) { return expected_if_alive(m, {}, t); }

double pmf(const ParetoNbd& m, double n, double t) {
  if (!(t > 0)) return n == 0 ? 1 : 0;
  const double stayed = std::exp(log_negative_binomial(m.r, t / m.alpha, n) - m.s * std::log1p(t / m.beta));
  // leaving at y, with v = ln(1 + y/small) so that both time scales are resolved
  const double small = std::min(m.alpha, m.beta);
  const auto integrand = [&](double v) {
    const double y = small * std::expm1(v);
    return std::exp(log_negative_binomial(m.r, y / m.alpha, n) + std::log(m.s / m.beta) -
                    (m.s + 1) * std::log1p(y / m.beta) + v) * small;
  };
  const double end = std::log1p(t / small);
  using Rule = boost::math::quadrature::gauss_kronrod<double, 31>;
  double left = 0;
  const int parts = std::max(1, static_cast<int>(end));
  for (int k = 0; k < parts; ++k) left += Rule::integrate(integrand, end * k / parts, end * (k + 1) / parts, 12, 1e-11);
  return std::clamp(stayed + left, 0.0, 1.0);
}

double any_purchase(const ParetoNbd& m, const History& h, double t) { return alive(m, h) * any_if_alive(m, h, t); }

Outlook outlook(const ParetoNbd& m, const History& h, double t) {
  const double p = alive(m, h);
  return {p, p * expected_if_alive(m, h, t), p * any_if_alive(m, h, t)};
}

double discounted_purchases(const ParetoNbd& m, const History& h, double delta) {
  const double later = m.beta + h.T;
  const double z = delta * later;
  // ∫_0^∞ e^(−z q) (1+q)^−s dq with 1 + q = e^v; the integrand is nil once z(e^v − 1) > 45
  const double end = std::log1p(45 / z);
  const auto integrand = [&](double v) { return std::exp(-z * std::expm1(v) + (1 - m.s) * v); };
  using Rule = boost::math::quadrature::gauss_kronrod<double, 31>;
  double sum = 0;
  const int parts = std::max(4, static_cast<int>(end));
  for (int k = 0; k < parts; ++k) sum += Rule::integrate(integrand, end * k / parts, end * (k + 1) / parts, 12, 1e-12);
  return alive(m, h) * (m.r + h.x) / (m.alpha + h.T) * later * sum;
}

Evaluation evaluate_pareto_nbd(const UniqueHistories& data, std::span<const double> point, Threads threads) {
  const double natural[4] = {std::exp(point[0]), std::exp(point[1]), std::exp(point[2]), std::exp(point[3])};
  const auto [r, alpha, s, beta] = natural;
  const Histories& rows = data.rows();
  Evaluation e = sum_likelihood<4>(rows.size(), threads, [&](std::size_t begin, std::size_t end, Derivatives<4>& sum) {
    for (std::size_t i = begin; i < end; ++i) {
      const double x = rows.x[i];
      const double T = rows.T[i];
      const double m = r + x;
      const double ua = std::log1p(T / alpha);  // ln((α+T)/α)
      const double ub = std::log1p(T / beta);
      const double pa = 1 / (alpha + T);
      const double pb = 1 / (beta + T);
      Derivatives<4> d;
      d.value = -r * ua - x * (ua + point[1]) - s * ub;
      // alive: ln of α^r (α+T)^−m β^s (β+T)^−s
      const double g[4] = {-ua, (r * T / alpha - x) * pa, -ub, s * T / beta * pb};
      for (std::size_t k = 0; k < 4; ++k) d.gradient[k] = g[k];
      d.hessian[1][0] = T / alpha * pa;
      d.hessian[1][1] = m * pa * pa - r / (alpha * alpha);
      d.hessian[3][2] = T / beta * pb;
      d.hessian[3][3] = s * (pb * pb - 1 / (beta * beta));
      const double silent = T - rows.t_x[i];
      if (silent > 0) {
        const double A = alpha + rows.t_x[i];
        const double B = beta + rows.t_x[i];
        const PowerMoments q = power_moments({m, s + 1, A, B, silent});
        const double sa = std::log1p(silent / A);
        const double sb = std::log1p(silent / B);
        const double odds = point[2] - std::log(B) + q.log_integral + m * sa + s * sb;
        const double grown = std::exp(-std::abs(odds));
        const double left = odds > 0 ? 1 / (1 + grown) : grown / (1 + grown);
        const double here = odds > 0 ? grown / (1 + grown) : 1 / (1 + grown);
        d.value += (odds > 0 ? odds : 0) + std::log1p(grown);
        // gradient of the log-weight of "left at y" minus that of "alive": u = (sa − a, m(pa − 1/(α+y)),
        // sb − b + 1/s, s pb − (s+1)/(β+y)), with a = ln((α+y)/A) and b = ln((β+y)/B); linear in the four functions
        const double constant[4] = {sa, m * pa, sb + 1 / s, s * pb};
        const double factor[4] = {-1, -m, -1, -(s + 1)};
        constexpr std::size_t kOf[4] = {0, 2, 1, 3};  // which of the four functions each parameter meets
        double u[4];
        for (std::size_t k = 0; k < 4; ++k) u[k] = constant[k] + factor[k] * q.mean[kOf[k]];
        for (std::size_t k = 0; k < 4; ++k) {
          d.gradient[k] += left * u[k];
          for (std::size_t l = 0; l <= k; ++l) {
            const double within = factor[k] * factor[l] * (q.product[kOf[k]][kOf[l]] - q.mean[kOf[k]] * q.mean[kOf[l]]);
            d.hessian[k][l] += left * (within + here * u[k] * u[l]);
          }
        }
        d.hessian[1][0] += left * (pa - q.mean[2]);
        d.hessian[1][1] += left * m * (q.product[2][2] - pa * pa);
        d.hessian[2][2] -= left / (s * s);
        d.hessian[3][2] += left * (pb - q.mean[3]);
        d.hessian[3][3] += left * ((s + 1) * q.product[3][3] - s * pb * pb);
      }
      sum.add(d, rows.weight[i]);
    }
  });
  const double psi = digamma(r), tri = trigamma(r);
  for (const UniqueHistories::Count& c : data.counts()) {
    if (c.x == 0) continue;
    e.value += c.customers * log_rising(r, c.x);
    e.gradient[0] += c.customers * (digamma(r + c.x) - psi);
    e.hessian(0, 0) += c.customers * (trigamma(r + c.x) - tri);
  }
  to_log_scale(e, natural);
  return e;
}

base::Result<FitReport> fit_pareto_nbd(const UniqueHistories& data, Threads threads) {
  const ScaledObjective objective = [threads](const UniqueHistories& scaled) -> Objective {
    return [&scaled, threads](std::span<const double> point) { return evaluate_pareto_nbd(scaled, point, threads); };
  };
  return fit_with_dropout(data, threads, objective, {false, true, false, true},
                          {{-0.5, -0.8}, {-2, -2}, {1, 1}, {-4, 2}});
}

}  // namespace stats
