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

Estimate delta_method(const FitReport& fit, const std::function<double(std::span<const double>)>& f, double confidence) {
  Estimate out;
  out.value = f(fit.parameters);
  out.standard_error = std::numeric_limits<double>::infinity();
  out.high = std::numeric_limits<double>::infinity();
  if (!fit.covariance_known) return out;
  constexpr double kStep = 1e-4;
  std::vector<double> slope(fit.parameters.size());
  for (std::size_t i = 0; i < slope.size(); ++i) {
    std::vector<double> p = fit.parameters;
    p[i] *= std::exp(kStep);
    const double up = f(p);
    p[i] = fit.parameters[i] * std::exp(-kStep);
    slope[i] = (up - f(p)) / (2 * kStep);
  }
  const double variance = quadratic_form(fit.log_covariance, slope);
  if (!std::isfinite(variance)) return out;
  out.standard_error = std::sqrt(std::max(0.0, variance));
  if (!(out.value > 0)) {
    out.high = out.value;
    return out;
  }
  const double factor = std::exp(normal_quantile(0.5 + confidence / 2) * out.standard_error / out.value);
  out.low = out.value / factor;
  out.high = out.value * factor;
  return out;
}

}  // namespace stats
