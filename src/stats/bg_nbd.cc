#include "stats/bg_nbd.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <utility>

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include "stats/dropout_fit.h"
#include "stats/likelihood_sum.h"
#include "stats/special.h"

namespace stats {
namespace {

/// ln of the odds of having left against being alive; −∞ at x = 0.
double log_left_odds(const BgNbd& m, const History& h) {
  if (h.x <= 0) return -std::numeric_limits<double>::infinity();
  return std::log(m.a) - std::log(m.b + (h.x - 1)) + (m.r + h.x) * std::log1p((h.T - h.t_x) / (m.alpha + h.t_x));
}

/// E[(1 − (1 + p z)^−shape) / p] for p ~ beta(a, b), as Σ_j P(J = j) C_j with J negative binomial(shape, z/(1+z)) and
/// C_j = Σ_{i<j} (b)_i/(a+b)_i. Returns a negative number when the sum would be too long.
double series(double shape, double z, double a, double b) {
  constexpr int kLongest = 20000;
  const double mean = shape * z;
  if (mean + 12 * std::sqrt(mean * (1 + z)) + 36 * (1 + z) > kLongest) return -1;
  const double w = z / (1 + z);
  double scale = -shape * std::log1p(z);  // ln of what p and sum are to be multiplied by
  double p = 1;
  double ratio = 1;  // (b)_j / (a+b)_j
  double c = 0;
  double sum = 0;
  for (int k = 0; k < kLongest; ++k) {
    const double j = k;
    c += ratio;
    ratio *= (b + j) / (a + b + j);
    const double growth = (shape + j) * w / (j + 1);
    p *= growth;
    sum += p * c;
    if (growth < 1 && p * (c + 1 / (1 - growth)) < 1e-15 * sum * (1 - growth)) break;
    if (p > 1e200) {
      p *= 1e-200;
      sum *= 1e-200;
      scale += 200 * std::log(10.0);
    }
  }
  return std::exp(scale + std::log(sum));
}

/// The same expectation by adaptive quadrature on u = logit p, with the two tails in closed form: for long horizons.
double by_quadrature(double shape, double z, double a, double b) {
  const double norm = -log_beta(a, b);
  const auto gap = [&](double p) {
    return p * z < 1e-13 ? shape * z : -std::expm1(-shape * std::log1p(p * z)) / p;
  };
  const auto integrand = [&](double u) {
    return std::exp(norm - a * softplus(-u) - b * softplus(u)) * gap(logistic(u));
  };
  // left of `low` gap is shape·z; right of `high` p is 1: there the density is a pure exponential
  const double low = std::min(-40.0, -std::log(z * (1 + shape)) - 30);
  const double high = 40;
  double sum = std::exp(norm + a * low - std::log(a)) * shape * z + std::exp(norm - b * high - std::log(b)) * gap(1);
  using Rule = boost::math::quadrature::gauss_kronrod<double, 31>;
  // pieces growing away from the density's peak, so that a narrow one is not stepped over
  const double peak = std::clamp(std::log(a / b), low + 1, high - 1);
  const double width = std::sqrt(1 / a + 1 / b);
  const double rounding = std::max(1e-10, 1e-15 * (a * softplus(-peak) + b * softplus(peak)));  // more never comes
  for (const double side : {-1.0, 1.0}) {
    const double end = side < 0 ? low : high;
    double from = peak;
    for (double reach = 3 * width; from != end; reach *= 3) {
      const double to = side < 0 ? std::max(end, peak - reach) : std::min(end, peak + reach);
      double piece = Rule::integrate(integrand, from, to, 0);
      if (std::abs(piece) > 1e-14 * sum) piece = Rule::integrate(integrand, from, to, 8, rounding);
      sum += side * piece;
      from = to;
    }
  }
  return sum;
}

double expected_if_alive(const BgNbd& m, const History& h, double t) {
  if (!(t > 0)) return 0;
  const double shape = m.r + h.x;
  const double z = t / (m.alpha + h.T);
  const double b = m.b + h.x;
  const double sum = series(shape, z, m.a, b);
  return std::min(sum >= 0 ? sum : by_quadrature(shape, z, m.a, b), shape * z);
}

double any_if_alive(const BgNbd& m, const History& h, double t) {
  return -std::expm1(-(m.r + h.x) * std::log1p(t / (m.alpha + h.T)));
}

}  // namespace

double log_likelihood(const BgNbd& m, const History& h) {
  return log_rising(m.r, h.x) - m.r * std::log1p(h.T / m.alpha) - h.x * std::log(m.alpha + h.T) + log_rising(m.b, h.x) -
         log_rising(m.a + m.b, h.x) + softplus(log_left_odds(m, h));
}

double log_alive(const BgNbd& m, const History& h) { return -softplus(log_left_odds(m, h)); }

double alive(const BgNbd& m, const History& h) { return logistic(-log_left_odds(m, h)); }

double expected_purchases(const BgNbd& m, const History& h, double t) {
  return alive(m, h) * expected_if_alive(m, h, t);
}

double expected_purchases(const BgNbd& m, double t) { return expected_if_alive(m, {}, t); }

double pmf(const BgNbd& m, double n, double t) {
  if (!(t > 0)) return n == 0 ? 1 : 0;
  const double odds = t / m.alpha;
  const double stayed = std::exp(log_negative_binomial(m.r, odds, n) + log_rising(m.b, n) - log_rising(m.a + m.b, n));
  if (n <= 0) return stayed;
  // left at the n-th: B(a+1, b+n−1)/B(a, b) = a/(b+n−1) · B(a, b+n)/B(a, b)
  const double left = std::exp(std::log(m.a) - std::log(m.b + (n - 1)) + log_rising(m.b, n) - log_rising(m.a + m.b, n));
  return stayed + left * negative_binomial_tail(m.r, odds / (1 + odds), n);
}

double any_purchase(const BgNbd& m, const History& h, double t) { return alive(m, h) * any_if_alive(m, h, t); }

Outlook outlook(const BgNbd& m, const History& h, double t) {
  const double p = alive(m, h);
  return {p, p * expected_if_alive(m, h, t), p * any_if_alive(m, h, t)};
}

Evaluation evaluate_bg_nbd(const UniqueHistories& data, std::span<const double> point, Threads threads) {
  const double natural[4] = {std::exp(point[0]), std::exp(point[1]), std::exp(point[2]), std::exp(point[3])};
  const auto [r, alpha, a, b] = natural;
  const Histories& rows = data.rows();
  Evaluation e = sum_likelihood<4>(rows.size(), threads, [&](std::size_t begin, std::size_t end, Derivatives<4>& sum) {
    double of_x = -1;
    double log_ratio = 0;  // ln a − ln(b+x−1)
    for (std::size_t i = begin; i < end; ++i) {
      const double w = rows.weight[i];
      const double x = rows.x[i];
      const double m = r + x;
      const double to_T = std::log1p(rows.T[i] / alpha);
      const double p_T = 1 / (alpha + rows.T[i]);
      // as if alive: −r ln(1+T/α) − x ln(α+T)
      double dr = -to_T;
      double da = (r * rows.T[i] / alpha - x) * p_T;
      double rr = 0, ra = rows.T[i] / alpha * p_T, aa = m * p_T * p_T - r / (alpha * alpha);
      sum.value += w * (-r * to_T - x * (to_T + point[1]));
      if (x > 0) {
        if (x != of_x) {
          of_x = x;
          log_ratio = point[2] - std::log(b + (x - 1));
        }
        const double since = std::log1p((rows.T[i] - rows.t_x[i]) / (alpha + rows.t_x[i]));
        const double p_x = 1 / (alpha + rows.t_x[i]);
        const double odds = log_ratio + m * since;
        const double grown = std::exp(-std::abs(odds));
        const double left = odds > 0 ? 1 / (1 + grown) : grown / (1 + grown);
        const double spread = left * (grown / (1 + grown) + (odds > 0 ? 0 : (1 - grown) / (1 + grown)));
        sum.value += w * ((odds > 0 ? odds : 0) + std::log1p(grown));
        const double y = 1 / (b + (x - 1));
        // derivatives of the log-odds of having left
        const double d[4] = {since, -m * (p_x - p_T), 1 / a, -y};
        dr += left * d[0];
        da += left * d[1];
        sum.gradient[2] += w * left * d[2];
        sum.gradient[3] += w * left * d[3];
        rr += spread * d[0] * d[0];
        ra += left * -(p_x - p_T) + spread * d[1] * d[0];
        aa += left * m * (p_x * p_x - p_T * p_T) + spread * d[1] * d[1];
        sum.hessian[2][0] += w * spread * d[2] * d[0];
        sum.hessian[2][1] += w * spread * d[2] * d[1];
        sum.hessian[2][2] += w * (spread * d[2] * d[2] - left / (a * a));
        sum.hessian[3][0] += w * spread * d[3] * d[0];
        sum.hessian[3][1] += w * spread * d[3] * d[1];
        sum.hessian[3][2] += w * spread * d[3] * d[2];
        sum.hessian[3][3] += w * (spread * d[3] * d[3] + left * y * y);
      }
      sum.gradient[0] += w * dr;
      sum.gradient[1] += w * da;
      sum.hessian[0][0] += w * rr;
      sum.hessian[1][0] += w * ra;
      sum.hessian[1][1] += w * aa;
    }
  });
  const double psi_r = digamma(r), psi_b = digamma(b), psi_ab = digamma(a + b);
  const double tri_r = trigamma(r), tri_b = trigamma(b), tri_ab = trigamma(a + b);
  for (const UniqueHistories::Count& c : data.counts()) {
    if (c.x == 0) continue;
    const double n = c.customers;
    e.value += n * (log_rising(r, c.x) + log_rising(b, c.x) - log_rising(a + b, c.x));
    const double both = digamma(a + b + c.x) - psi_ab;
    const double both2 = trigamma(a + b + c.x) - tri_ab;
    e.gradient[0] += n * (digamma(r + c.x) - psi_r);
    e.gradient[2] -= n * both;
    e.gradient[3] += n * (digamma(b + c.x) - psi_b - both);
    e.hessian(0, 0) += n * (trigamma(r + c.x) - tri_r);
    e.hessian(2, 2) -= n * both2;
    e.hessian(3, 2) -= n * both2;
    e.hessian(3, 3) += n * (trigamma(b + c.x) - tri_b - both2);
  }
  e.hessian(2, 3) = e.hessian(3, 2);
  to_log_scale(e, natural);
  return e;
}

base::Result<FitReport> fit_bg_nbd(const UniqueHistories& data, Threads threads) {
  const ScaledObjective objective = [threads](const UniqueHistories& scaled) -> Objective {
    return [&scaled, threads](std::span<const double> point) { return evaluate_bg_nbd(scaled, point, threads); };
  };
  return fit_with_dropout(data, threads, objective, {false, true, false, false},
                          {{-0.3, 0.9}, {-2, 1}, {1, 2}, {-4, -4}});
}

}  // namespace stats
