#include "stats/nbd.h"

#include <algorithm>
#include <cmath>

#include "stats/likelihood_sum.h"
#include "stats/special.h"

namespace stats {

double log_likelihood(const Nbd& m, const History& h) {
  return log_rising(m.r, h.x) - m.r * std::log1p(h.T / m.alpha) - h.x * std::log(m.alpha + h.T);
}

double expected_purchases(const Nbd& m, const History& h, double t) { return (m.r + h.x) / (m.alpha + h.T) * t; }

double pmf(const Nbd& m, double n, double t) { return std::exp(log_negative_binomial(m.r, t / m.alpha, n)); }

double any_purchase(const Nbd& m, const History& h, double t) {
  return -std::expm1(-(m.r + h.x) * std::log1p(t / (m.alpha + h.T)));
}

base::Result<void> check_can_fit(const UniqueHistories& data) {
  if (data.customers() <= 0) return base::fail(base::Code::invalid_input, "there are no customers to fit a purchase model to");
  if (data.purchases() <= 0) {
    return base::fail(base::Code::invalid_input, "no customer has a repeat purchase, so no purchase rate can be fitted; bring a longer history");
  }
  if (!(data.mean_T() > 0)) {
    return base::fail(base::Code::invalid_input, "every customer is observed for no time (T = 0); bring a longer history");
  }
  return {};
}

base::Result<FitReport> fit_nbd(const UniqueHistories& original, Threads threads) {
  WB_TRY(check_can_fit(original));
  const double unit = original.mean_T();
  const UniqueHistories data = original.scaled(1 / unit);
  const Histories& rows = data.rows();
  const Objective objective = [&](std::span<const double> point) {
    const double natural[2] = {std::exp(point[0]), std::exp(point[1])};
    const auto [r, alpha] = natural;
    Evaluation e = sum_likelihood<2>(rows.size(), threads, [&](std::size_t begin, std::size_t end, Derivatives<2>& sum) {
      for (std::size_t i = begin; i < end; ++i) {
        const double w = rows.weight[i];
        const double rest = alpha + rows.T[i];
        const double l = std::log1p(rows.T[i] / alpha);
        const double m = r + rows.x[i];
        const double p = 1 / rest;
        sum.value += w * (-r * l - rows.x[i] * std::log(rest));
        sum.gradient[0] -= w * l;
        sum.gradient[1] += w * (r * rows.T[i] / alpha - rows.x[i]) * p;
        sum.hessian[1][0] += w * rows.T[i] / alpha * p;
        sum.hessian[1][1] += w * (m * p * p - r / (alpha * alpha));
      }
    });
    for (const UniqueHistories::Count& c : data.counts()) {
      if (c.x == 0) continue;
      e.value += c.customers * log_rising(r, c.x);
      e.gradient[0] += c.customers * (digamma(r + c.x) - digamma(r));
      e.hessian(0, 0) += c.customers * (trigamma(r + c.x) - trigamma(r));
    }
    to_log_scale(e, natural);
    return e;
  };
  const double rate = data.purchases() / data.customers();
  FitReport report = fit_by_starts(objective, {{0, -std::log(rate)}, {3, 3 - std::log(rate)}, {-3, -3 - std::log(rate)}});
  report.parameters[1] *= unit;
  report.standard_errors[1] *= unit;
  report.log_likelihood -= data.purchases() * std::log(unit);
  report.nbd_log_likelihood = report.log_likelihood;
  report.customers = data.customers();
  report.unique_rows = data.size();
  return report;
}

}  // namespace stats
