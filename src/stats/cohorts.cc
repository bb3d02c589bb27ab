#include "stats/cohorts.h"

#include <algorithm>
#include <cmath>

namespace stats {
namespace {

struct Own {
  std::size_t cohort = 0;
  std::vector<double> point;
  Matrix precision;
};

struct Posterior {
  std::vector<double> point;
  Matrix covariance;
};

/// Normal estimate `own` around the truth, truth normal around `centre` with variances `between`.
Posterior combine(const Own& own, const std::vector<double>& centre, const std::vector<double>& between) {
  const std::size_t n = centre.size();
  Matrix precision = own.precision;
  for (std::size_t i = 0; i < n; ++i) precision(i, i) += 1 / between[i];
  std::vector<double> pull(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) pull[i] += own.precision(i, j) * (own.point[j] - centre[j]);
  }
  const Matrix lower = cholesky(precision);
  Posterior out{centre, Matrix{n}};
  if (lower.size != n) return out;
  const std::vector<double> step = solve(lower, pull);
  for (std::size_t i = 0; i < n; ++i) out.point[i] += step[i];
  out.covariance = inverse(lower);
  return out;
}

bool stands_alone(const FitReport& fit, std::size_t parameters) {
  return fit.parameters.size() == parameters && fit.converged && fit.covariance_known && fit.boundary == Boundary::none;
}

}  // namespace

PooledCohorts pool_cohorts(const FitReport& whole, const std::vector<FitReport>& cohorts) {
  const std::size_t n = whole.parameters.size();
  std::vector<double> centre;
  for (const double p : whole.parameters) centre.push_back(std::log(p));
  std::vector<Own> owns;
  for (std::size_t c = 0; c < cohorts.size(); ++c) {
    if (!stands_alone(cohorts[c], n)) continue;
    const Matrix lower = cholesky(cohorts[c].log_covariance);
    if (lower.size != n) continue;
    Own own{c, {}, inverse(lower)};
    for (const double p : cohorts[c].parameters) own.point.push_back(std::log(p));
    owns.push_back(std::move(own));
  }
  PooledCohorts out;
  std::vector<double> between(n, 0.1);
  constexpr double kLeast = 1e-8;
  for (int round = 0; round < 200 && !owns.empty(); ++round) {
    std::vector<double> next(n, 0);
    for (const Own& own : owns) {
      const Posterior p = combine(own, centre, between);
      for (std::size_t i = 0; i < n; ++i) {
        const double away = p.point[i] - centre[i];
        next[i] += (away * away + p.covariance(i, i)) / static_cast<double>(owns.size());
      }
    }
    double moved = 0;
    for (std::size_t i = 0; i < n; ++i) {
      next[i] = std::max(next[i], kLeast);
      moved = std::max(moved, std::abs(std::log(next[i] / between[i])));
    }
    between = next;
    if (moved < 1e-6) break;
  }
  for (const double variance : between) out.between_sd.push_back(owns.empty() ? 0 : std::sqrt(variance));
  out.cohorts.assign(cohorts.size(), {whole.parameters, whole.log_covariance, 0});
  for (const Own& own : owns) {
    const Posterior p = combine(own, centre, between);
    PooledCohort& cohort = out.cohorts[own.cohort];
    for (std::size_t i = 0; i < n; ++i) {
      cohort.parameters[i] = std::exp(p.point[i]);
      // with a diagonal prior, 1 − posterior/prior variance is the share that comes from the cohort's own data
      cohort.own_weight += std::clamp(1 - p.covariance(i, i) / between[i], 0.0, 1.0) / static_cast<double>(n);
    }
    cohort.log_covariance = p.covariance;
  }
  return out;
}

}  // namespace stats
