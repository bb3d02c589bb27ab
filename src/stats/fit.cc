#include "stats/fit.h"

#include <algorithm>
#include <cmath>

#include "stats/special.h"

namespace stats {
namespace {

constexpr double kLow = -18;  // of a log-parameter, time and money scaled to about one
constexpr double kHigh = 18;

bool is_clean(const Optimum& o) { return o.converged && !o.at_bound; }

}  // namespace

std::string_view name_of(Boundary boundary) {
  switch (boundary) {
    case Boundary::none: return "none";
    case Boundary::no_dropout: return "no_dropout";
    case Boundary::edge: return "edge";
  }
  return "none";
}

FitReport fit_by_starts(const Objective& objective, const std::vector<std::vector<double>>& starts, double enough) {
  FitReport report;
  Optimum best;
  std::vector<double> ends;
  for (const std::vector<double>& start : starts) {
    Optimum o = maximise(objective, start, kLow, kHigh);
    ++report.starts;
    report.iterations += o.iterations;
    ends.push_back(o.at.value);
    if (report.starts == 1 || o.at.value > best.at.value + 1e-9) best = std::move(o);
    if (report.starts == 1 && is_clean(best) && best.at.value >= enough) break;
  }
  for (const double end : ends) report.starts_agree &= end > best.at.value - kSameLikelihood;

  const std::size_t n = best.point.size();
  report.converged = best.converged;
  report.gradient_norm = best.gradient_norm;
  report.log_likelihood = best.at.value;
  report.boundary = best.at_bound ? Boundary::edge : Boundary::none;
  report.log_covariance = Matrix{n};
  report.standard_errors.assign(n, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> inner;
  for (std::size_t i = 0; i < n; ++i) {
    report.parameters.push_back(std::exp(best.point[i]));
    if (best.point[i] > kLow && best.point[i] < kHigh) inner.push_back(i);
  }
  Matrix information{inner.size()};
  for (std::size_t i = 0; i < inner.size(); ++i) {
    for (std::size_t j = 0; j < inner.size(); ++j) information(i, j) = -best.at.hessian(inner[i], inner[j]);
  }
  const Matrix lower = cholesky(information);
  if (lower.size == inner.size() && !inner.empty()) {
    const Matrix covariance = inverse(lower);
    for (std::size_t i = 0; i < inner.size(); ++i) {
      for (std::size_t j = 0; j < inner.size(); ++j) report.log_covariance(inner[i], inner[j]) = covariance(i, j);
      report.standard_errors[inner[i]] = report.parameters[inner[i]] * std::sqrt(covariance(i, i));
    }
    report.covariance_known = inner.size() == n;
  }
  return report;
}

void to_log_scale(Evaluation& e, std::span<const double> natural) {
  for (std::size_t i = 0; i < natural.size(); ++i) {
    for (std::size_t j = 0; j < natural.size(); ++j) e.hessian(i, j) *= natural[i] * natural[j];
    e.gradient[i] *= natural[i];
    e.hessian(i, i) += e.gradient[i];
  }
}

Estimate delta_at(std::span<const double> point, const Matrix& covariance,
                  const std::function<double(std::span<const double>)>& f, double confidence, DeltaScale scale) {
  constexpr double kStep = 1e-4;
  const bool share = scale == DeltaScale::logit;
  Estimate out;
  out.value = f(point);
  out.standard_error = std::numeric_limits<double>::infinity();
  out.high = share ? 1 : std::numeric_limits<double>::infinity();
  std::vector<double> slope(point.size()), p(point.begin(), point.end());
  for (std::size_t i = 0; i < slope.size(); ++i) {
    p[i] = point[i] + kStep;
    const double up = f(p);
    p[i] = point[i] - kStep;
    slope[i] = (up - f(p)) / (2 * kStep);
    p[i] = point[i];
  }
  const double variance = quadratic_form(covariance, slope);
  if (!std::isfinite(variance) || !std::isfinite(out.value)) return out;
  out.standard_error = std::sqrt(std::max(0.0, variance));
  if (!(out.value > 0) || (share && !(out.value < 1))) {
    out.low = out.high = out.value;
    return out;
  }
  const double z = normal_quantile(0.5 + confidence / 2);
  if (share) {
    const double centre = std::log(out.value) - std::log1p(-out.value);
    const double reach = z * out.standard_error / (out.value * (1 - out.value));
    out.low = logistic(centre - reach);
    out.high = logistic(centre + reach);
  } else {
    const double factor = std::exp(z * out.standard_error / out.value);
    out.low = out.value / factor;
    out.high = out.value * factor;
  }
  return out;
}

Estimate delta_method(const FitReport& fit, const std::function<double(std::span<const double>)>& f, double confidence,
                      DeltaScale scale) {
  if (!fit.covariance_known) {
    const double infinity = std::numeric_limits<double>::infinity();
    return {f(fit.parameters), infinity, 0, scale == DeltaScale::logit ? 1 : infinity};
  }
  std::vector<double> point;
  for (const double parameter : fit.parameters) point.push_back(std::log(parameter));
  std::vector<double> natural(point.size());
  const auto of_logs = [&](std::span<const double> logs) {
    // the estimate itself to the last bit, not exp(ln ·)
    for (std::size_t i = 0; i < natural.size(); ++i) natural[i] = logs[i] == point[i] ? fit.parameters[i] : std::exp(logs[i]);
    return f(natural);
  };
  return delta_at(point, fit.log_covariance, of_logs, confidence, scale);
}

DropoutTest dropout_test(const FitReport& fit) {
  const double statistic = std::max(0.0, 2 * (fit.log_likelihood - fit.nbd_log_likelihood));
  return {statistic, statistic > 0 ? normal_cdf(-std::sqrt(statistic)) : 1};
}

}  // namespace stats
