#include "stats/gamma_gamma.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "stats/likelihood_sum.h"
#include "stats/special.h"

namespace stats {

double log_likelihood(const GammaGamma& m, double x, double mean) {
  const double shape = m.p * x;
  // Γ(px+q)/(Γ(px)Γ(q)) γ^q z^(px−1) x^(px) (γ + xz)^−(px+q)
  return log_rising(shape, m.q) - log_gamma(m.q) - m.q * std::log1p(x * mean / m.gamma) -
         shape * std::log1p(m.gamma / (x * mean)) - std::log(mean);
}

double expected_spend(const GammaGamma& m, double x, double mean) {
  const double below = m.p * x + m.q - 1;
  if (!(below > 0)) return std::numeric_limits<double>::infinity();
  return m.p * (m.gamma + x * mean) / below;
}

Evaluation evaluate_gamma_gamma(const Spending& data, std::span<const double> point, Threads threads) {
  const double natural[3] = {std::exp(point[0]), std::exp(point[1]), std::exp(point[2])};
  const auto [p, q, gamma] = natural;
  const double log_gamma_q = log_gamma(q), psi_q = digamma(q), tri_q = trigamma(q);
  Evaluation e = sum_likelihood<3>(data.x.size(), threads, [&](std::size_t begin, std::size_t end, Derivatives<3>& sum) {
    double of_x = -1;
    double rising = 0, psi_both = 0, psi_shape = 0, tri_both = 0, tri_shape = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const double w = data.weight.empty() ? 1 : data.weight[i];
      const double x = data.x[i];
      const double shape = p * x;
      if (x != of_x) {
        of_x = x;
        rising = log_rising(shape, q);
        psi_both = digamma(shape + q);
        psi_shape = digamma(shape);
        tri_both = trigamma(shape + q);
        tri_shape = trigamma(shape);
      }
      const double total = x * data.mean[i];
      const double to_total = std::log1p(total / gamma);
      const double to_gamma = std::log1p(gamma / total);
      const double inverse = 1 / (gamma + total);
      sum.value += w * (rising - log_gamma_q - q * to_total - shape * to_gamma - std::log(data.mean[i]));
      sum.gradient[0] += w * x * (psi_both - psi_shape - to_gamma);
      sum.gradient[1] += w * (psi_both - psi_q - to_total);
      sum.gradient[2] += w * inverse * (q * total / gamma - shape);
      sum.hessian[0][0] += w * x * x * (tri_both - tri_shape);
      sum.hessian[1][0] += w * x * tri_both;
      sum.hessian[1][1] += w * (tri_both - tri_q);
      sum.hessian[2][0] -= w * x * inverse;
      sum.hessian[2][1] += w * inverse * total / gamma;
      sum.hessian[2][2] += w * ((shape + q) * inverse * inverse - q / (gamma * gamma));
    }
  });
  to_log_scale(e, natural);
  return e;
}

base::Result<FitReport> fit_gamma_gamma(const Spending& data, Threads threads) {
  const std::size_t n = data.x.size();
  if (data.mean.size() != n || (!data.weight.empty() && data.weight.size() != n)) {
    return base::fail(base::Code::invalid_input, "the columns x ({}), mean ({}) and weight ({}) differ in length", n,
                      data.mean.size(), data.weight.size());
  }
  double customers = 0;
  double amount = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double w = data.weight.empty() ? 1 : data.weight[i];
    if (!std::isfinite(data.x[i]) || data.x[i] < 1 || !std::isfinite(data.mean[i]) || data.mean[i] <= 0 || !(w >= 0)) {
      return base::fail(base::Code::invalid_input,
                        "spending row {} (x = {}, mean = {}): the model needs at least one repeat purchase and a positive amount; leave this customer out",
                        i + 1, data.x[i], data.mean[i]);
    }
    customers += w;
    amount += w * data.mean[i];
  }
  if (customers < 2) return base::fail(base::Code::invalid_input, "a spending model needs at least two customers with repeat purchases");
  const double unit = amount / customers;
  // sorted by x, so that each Γ is computed once for each x in a chunk
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (data.x[a] != data.x[b]) return data.x[a] < data.x[b];
    if (data.mean[a] != data.mean[b]) return data.mean[a] < data.mean[b];
    return a < b;
  });
  Spending scaled;
  for (const std::size_t i : order) {
    scaled.x.push_back(data.x[i]);
    scaled.mean.push_back(data.mean[i] / unit);
    scaled.weight.push_back(data.weight.empty() ? 1 : data.weight[i]);
  }
  FitReport report = fit_by_starts([&](std::span<const double> point) { return evaluate_gamma_gamma(scaled, point, threads); },
                                   {{1.5, 1.2, 0}, {0, 0.5, 0}, {3, 2, 0}, {0, 3, 3}});
  report.parameters[2] *= unit;
  report.standard_errors[2] *= unit;
  report.log_likelihood -= customers * std::log(unit);
  report.nbd_log_likelihood = report.log_likelihood;
  report.customers = customers;
  report.unique_rows = n;
  return report;
}

}  // namespace stats
