#include "stats/bg_cnbd_k.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "stats/bg_nbd.h"
#include "stats/dropout_fit.h"
#include "stats/likelihood_sum.h"
#include "stats/special.h"

namespace stats {
namespace {

/// Opportunities to leave that a customer with x repeat purchases has had.
double opportunities(const BgCnbdK& m, double x) { return m.modified ? x + 1 : x; }

/// How likely it is, given alive, that j phases of the running gap are over: c_j / Σ c with
/// c_j = (r+kx)_j / j! · ((T−t_x)/(α+T))^j.
struct Phases {
  std::array<double, kMostRegular> weight{};
  double log_sum = 0;
};

Phases phases_of(const BgCnbdK& m, const History& h) {
  Phases out;
  const double shape = m.r + m.k * h.x;
  const double w = (h.T - h.t_x) / (m.alpha + h.T);
  double c = 1, sum = 1;
  out.weight[0] = 1;
  for (int j = 1; j < m.k; ++j) {
    c *= (shape + (j - 1)) / j * w;
    out.weight[static_cast<std::size_t>(j)] = c;
    sum += c;
  }
  for (double& weight : out.weight) weight /= sum;
  out.log_sum = std::log(sum);
  return out;
}

/// ln of the odds of having left against being alive; −∞ without an opportunity.
double log_left_odds(const BgCnbdK& m, const History& h, const Phases& phases) {
  const double d = opportunities(m, h.x);
  if (d <= 0) return -std::numeric_limits<double>::infinity();
  return std::log(m.a) - std::log(m.b + (d - 1)) + (m.r + m.k * h.x) * std::log1p((h.T - h.t_x) / (m.alpha + h.t_x)) - phases.log_sum;
}

/// Walks the number N of phases within t for one starting phase: visit(n, P(N = n)) until nothing counts, at most
/// kLongest of them; returns false when that was too few.
template <class Visit>
bool walk_phases(double shape, double odds, const Visit& visit) {
  constexpr int kLongest = 40000;
  const double mean = shape * odds;
  if (!(mean + 12 * std::sqrt(mean * (1 + odds)) + 36 * (1 + odds) < kLongest)) return false;
  const double w = odds / (1 + odds);
  double log_p = -shape * std::log1p(odds);
  double p = std::exp(log_p);
  double seen = 0;
  for (int n = 0; n < kLongest; ++n) {
    visit(n, p);
    seen += p;
    const double growth = (shape + n) * w / (n + 1);
    if (p > 1e-280) {
      p *= growth;
    } else {
      log_p = log_negative_binomial(shape, odds, n + 1.0);
      p = std::exp(log_p);
    }
    if (growth < 1 && n + 1 > mean && p * (n + 1) < 1e-16 * (1 - growth)) break;
  }
  return true;
}

double any_if_alive(const BgCnbdK& m, const History& h, double t, const Phases& phases) {
  const double odds = t / (m.alpha + h.T);
  double sum = 0;
  for (int j = 0; j < m.k; ++j) {
    const double shape = m.r + m.k * h.x + j;
    // a single phase without the subtraction, which would lose a small chance
    sum += phases.weight[static_cast<std::size_t>(j)] *
           (m.k - j == 1 ? -std::expm1(-shape * std::log1p(odds)) : negative_binomial_tail(shape, odds / (1 + odds), m.k - j));
  }
  return std::clamp(sum, 0.0, 1.0);
}

double expected_if_alive(const BgCnbdK& m, const History& h, double t, const Phases& phases) {
  if (!(t > 0)) return 0;
  const double b = m.b + opportunities(m, h.x);
  if (m.k == 1) {
    // what BG/NBD expects of a new customer with these parameters
    return expected_purchases(BgNbd{m.r + h.x, m.alpha + h.T, m.a, b}, t);
  }
  const double odds = t / (m.alpha + h.T);
  double sum = 0;
  for (int j = 0; j < m.k; ++j) {
    const double weight = phases.weight[static_cast<std::size_t>(j)];
    if (weight < 1e-18) continue;
    const double shape = m.r + m.k * h.x + j;
    double expected = 0;
    double made = 0, kept = 1;  // Σ_{i<M} and (b)_M/(a+b)_M at M purchases
    int count = 0;
    const bool walked = walk_phases(shape, odds, [&](int n, double p) {
      const int purchases = (j + n) / m.k;
      for (; count < purchases; ++count) {
        made += kept;
        kept *= (b + count) / (m.a + b + count);
      }
      expected += p * made;
    });
    // beyond that many phases a purchase is a matter of their mean number: BG/NBD at k times the scale
    if (!walked) expected = expected_purchases(BgNbd{shape / m.k, m.alpha + h.T, m.a, b}, t);
    sum += weight * expected;
  }
  return sum;
}

/// P(n purchases within t) of a customer known to be alive with j phases of the gap over, whose leaving is beta(a, b)
/// and comes up after each coming purchase.
double pmf_if_alive(const BgCnbdK& m, double shape, double odds, int j, double b, double n) {
  const double first = std::max(0.0, m.k * n - j);  // least phases that make n purchases
  const double after = m.k * (n + 1) - j;
  double exactly = 0;
  for (double i = first; i < after; ++i) exactly += std::exp(log_negative_binomial(shape, odds, i));
  if (n <= 0) return exactly;
  const double reached = std::exp(log_rising(b, n - 1) - log_rising(m.a + b, n - 1));
  const double leaves = reached * m.a / (m.a + b + (n - 1));
  return exactly * reached + leaves * negative_binomial_tail(shape, odds / (1 + odds), after);
}

}  // namespace

double log_likelihood(const BgCnbdK& m, const History& h) {
  const Phases phases = phases_of(m, h);
  const double d = opportunities(m, h.x);
  const double events = m.k * h.x;
  return (m.k - 1) * h.log_gaps - h.x * log_gamma(m.k) + log_rising(m.r, events) - m.r * std::log1p(h.T / m.alpha) -
         events * std::log(m.alpha + h.T) + log_rising(m.b, d) - log_rising(m.a + m.b, d) + phases.log_sum +
         softplus(log_left_odds(m, h, phases));
}

double log_alive(const BgCnbdK& m, const History& h) { return -softplus(log_left_odds(m, h, phases_of(m, h))); }

double alive(const BgCnbdK& m, const History& h) { return logistic(-log_left_odds(m, h, phases_of(m, h))); }

double expected_purchases(const BgCnbdK& m, const History& h, double t) {
  const Phases phases = phases_of(m, h);
  return logistic(-log_left_odds(m, h, phases)) * expected_if_alive(m, h, t, phases);
}

double expected_purchases(const BgCnbdK& m, double t) { return expected_purchases(m, History{}, t); }

double pmf(const BgCnbdK& m, double n, double t) { return future_pmf(m, History{}, n, t); }

double future_pmf(const BgCnbdK& m, const History& h, double n, double t) {
  if (!(t > 0)) return n == 0 ? 1 : 0;
  const Phases phases = phases_of(m, h);
  const double p = logistic(-log_left_odds(m, h, phases));
  const double b = m.b + opportunities(m, h.x);
  double sum = 0;
  for (int j = 0; j < m.k; ++j) {
    const double weight = phases.weight[static_cast<std::size_t>(j)];
    if (weight > 0) sum += weight * pmf_if_alive(m, m.r + m.k * h.x + j, t / (m.alpha + h.T), j, b, n);
  }
  return std::clamp((n == 0 ? 1 - p : 0) + p * sum, 0.0, 1.0);
}

double any_purchase(const BgCnbdK& m, const History& h, double t) {
  if (!(t > 0)) return 0;
  const Phases phases = phases_of(m, h);
  return logistic(-log_left_odds(m, h, phases)) * any_if_alive(m, h, t, phases);
}

Outlook outlook(const BgCnbdK& m, const History& h, double t) {
  const Phases phases = phases_of(m, h);
  const double p = logistic(-log_left_odds(m, h, phases));
  if (!(t > 0)) return {p, 0, 0};
  return {p, p * expected_if_alive(m, h, t, phases), p * any_if_alive(m, h, t, phases)};
}

Evaluation evaluate_bg_cnbd_k(const UniqueHistories& data, int k, bool modified, std::span<const double> point, Threads threads) {
  const double natural[4] = {std::exp(point[0]), std::exp(point[1]), std::exp(point[2]), std::exp(point[3])};
  const auto [r, alpha, a, b] = natural;
  const double first = modified ? 1 : 0;
  const Histories& rows = data.rows();
  Evaluation e = sum_likelihood<4>(rows.size(), threads, [&](std::size_t begin, std::size_t end, Derivatives<4>& sum) {
    for (std::size_t i = begin; i < end; ++i) {
      const double w = rows.weight[i];
      const double T = rows.T[i];
      const double events = k * rows.x[i];
      const double m = r + events;
      const double silent = T - rows.t_x[i];
      const double to_T = std::log1p(T / alpha);
      const double p_T = 1 / (alpha + T);
      // as if alive with no phase over: −r ln(1+T/α) − kx ln(α+T)
      double value = -r * to_T - events * (to_T + point[1]);
      double g[4] = {-to_T, (r * T / alpha - events) * p_T, 0, 0};
      double rr = 0, ra = T / alpha * p_T, aa = m * p_T * p_T - r / (alpha * alpha);
      // the phases, relative to that: c_j with ∂_r ln c_j = Σ_{i<j} 1/(m+i), ∂_α ln c_j = −j/(α+T); their means, and the
      // second moments for the Hessian
      double c = 1, total = 1, h1 = 0, h2 = 0;
      double mean_r = 0, mean_j = 0, mean_rr = 0, mean_rj = 0, mean_jj = 0, mean_h2 = 0;
      for (int j = 1; j < k; ++j) {
        const double step = m + (j - 1);
        c *= step / j * silent * p_T;
        h1 += 1 / step;
        h2 += 1 / (step * step);
        total += c;
        mean_r += c * h1;
        mean_j += c * j;
        mean_rr += c * h1 * h1;
        mean_rj += c * h1 * j;
        mean_jj += c * j * j;
        mean_h2 += c * h2;
      }
      const double inverse = 1 / total;
      mean_r *= inverse, mean_j *= inverse, mean_rr *= inverse, mean_rj *= inverse, mean_jj *= inverse, mean_h2 *= inverse;
      const double log_total = k > 1 ? std::log(total) : 0;
      value += log_total;
      // ln Σ c_j: its derivatives
      const double s_r = mean_r, s_a = -mean_j * p_T;
      const double s_rr = mean_rr - mean_r * mean_r - mean_h2;
      const double s_ra = -(mean_rj - mean_r * mean_j) * p_T;
      const double s_aa = ((mean_jj - mean_j * mean_j) + mean_j) * p_T * p_T;
      g[0] += s_r;
      g[1] += s_a;
      rr += s_rr;
      ra += s_ra;
      aa += s_aa;
      const double d = rows.x[i] + first;
      if (d > 0) {
        const double since = std::log1p(silent / (alpha + rows.t_x[i]));
        const double p_x = 1 / (alpha + rows.t_x[i]);
        const double y = 1 / (b + (d - 1));
        const double odds = point[2] + std::log(y) + m * since - log_total;
        const double left = logistic(odds), spread = left * logistic(-odds);
        value += softplus(odds);
        const double u[4] = {since - s_r, -m * (p_x - p_T) - s_a, 1 / a, -y};
        for (std::size_t n = 0; n < 4; ++n) g[n] += left * u[n];
        rr += left * -s_rr + spread * u[0] * u[0];
        ra += left * (-(p_x - p_T) - s_ra) + spread * u[0] * u[1];
        aa += left * (m * (p_x * p_x - p_T * p_T) - s_aa) + spread * u[1] * u[1];
        sum.hessian[2][0] += w * spread * u[2] * u[0];
        sum.hessian[2][1] += w * spread * u[2] * u[1];
        sum.hessian[2][2] += w * (spread * u[2] * u[2] - left / (a * a));
        sum.hessian[3][0] += w * spread * u[3] * u[0];
        sum.hessian[3][1] += w * spread * u[3] * u[1];
        sum.hessian[3][2] += w * spread * u[3] * u[2];
        sum.hessian[3][3] += w * (spread * u[3] * u[3] + left * y * y);
      }
      sum.value += w * value;
      for (std::size_t n = 0; n < 4; ++n) sum.gradient[n] += w * g[n];
      sum.hessian[0][0] += w * rr;
      sum.hessian[1][0] += w * ra;
      sum.hessian[1][1] += w * aa;
    }
  });
  e.value += (k - 1) * data.log_gaps() - data.purchases() * log_gamma(k);
  const double psi_r = digamma(r), psi_b = digamma(b), psi_ab = digamma(a + b);
  const double tri_r = trigamma(r), tri_b = trigamma(b), tri_ab = trigamma(a + b);
  for (const UniqueHistories::Count& count : data.counts()) {
    const double n = count.customers;
    const double events = k * count.x;
    const double d = count.x + first;
    e.value += n * (log_rising(r, events) + log_rising(b, d) - log_rising(a + b, d));
    const double both = digamma(a + b + d) - psi_ab;
    const double both2 = trigamma(a + b + d) - tri_ab;
    e.gradient[0] += n * (digamma(r + events) - psi_r);
    e.gradient[2] -= n * both;
    e.gradient[3] += n * (digamma(b + d) - psi_b - both);
    e.hessian(0, 0) += n * (trigamma(r + events) - tri_r);
    e.hessian(2, 2) -= n * both2;
    e.hessian(3, 2) -= n * both2;
    e.hessian(3, 3) += n * (trigamma(b + d) - tri_b - both2);
  }
  e.hessian(2, 3) = e.hessian(3, 2);
  to_log_scale(e, natural);
  return e;
}

base::Result<FitReport> fit_bg_cnbd_k(const UniqueHistories& data, int k, bool modified, Threads threads) {
  if (k < 1 || k > kMostRegular) return base::fail(base::Code::invalid_input, "k is {}; it must lie in 1 to {}", k, kMostRegular);
  if (k > 1 && !data.knows_gaps()) {
    return base::fail(base::Code::invalid_input, "a model of regular buyers needs the sum of the logarithms of the gaps (litt) of every customer; add the column");
  }
  const ScaledObjective objective = [k, modified, threads](const UniqueHistories& scaled) -> Objective {
    return [&scaled, k, modified, threads](std::span<const double> point) { return evaluate_bg_cnbd_k(scaled, k, modified, point, threads); };
  };
  // nobody ever leaves: a so small beside b that every term of leaving is below rounding
  const ScaledObjective stays = [k, threads](const UniqueHistories& scaled) -> Objective {
    return [&scaled, k, threads](std::span<const double> point) {
      const double all[4] = {point[0], point[1], -60, 18};
      const Evaluation whole = evaluate_bg_cnbd_k(scaled, k, false, all, threads);
      Evaluation part{whole.value, {whole.gradient[0], whole.gradient[1]}, Matrix{2}};
      for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t j = 0; j < 2; ++j) part.hessian(i, j) = whole.hessian(i, j);
      }
      return part;
    };
  };
  return fit_with_dropout(data, objective, {false, true, false, false}, {{-0.3, 0.9}, {-2, 1}, {1, 2}, {-4, -4}}, stays, k);
}

base::Result<RegularFit> fit_regularity(const UniqueHistories& data, bool modified, Threads threads, std::size_t most_rows) {
  const std::size_t stride = std::max<std::size_t>(1, data.size() / std::max<std::size_t>(1, most_rows));
  const UniqueHistories sample = stride > 1 ? data.thinned(stride) : UniqueHistories{};
  const UniqueHistories& searched = stride > 1 ? sample : data;
  RegularFit best;
  WB_ASSIGN(best.report, fit_bg_cnbd_k(searched, 1, modified, threads));
  for (int k = 2, worse = 0; k <= kMostRegular && worse < 2 && data.knows_gaps(); ++k) {
    WB_ASSIGN(FitReport report, fit_bg_cnbd_k(searched, k, modified, threads));
    if (report.log_likelihood > best.report.log_likelihood) {
      best = {std::move(report), k};
      worse = 0;
    } else {
      ++worse;
    }
  }
  if (stride > 1) {
    WB_ASSIGN(best.report, fit_bg_cnbd_k(data, best.k, modified, threads));
  }
  return best;
}

}  // namespace stats
