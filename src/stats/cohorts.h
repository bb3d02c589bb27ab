#pragma once

#include <vector>

#include "stats/fit.h"

namespace stats {

/// One cohort's parameters after pooling.
struct PooledCohort {
  std::vector<double> parameters;
  Matrix log_covariance;
  double own_weight = 0;  ///< 0: the whole's parameters; 1: the cohort's own (mean over the parameters)
};

/// How much cohorts differ, and each drawn towards the whole as far as its data are thin.
struct PooledCohorts {
  std::vector<PooledCohort> cohorts;  ///< in the order given
  std::vector<double> between_sd;     ///< standard deviation over cohorts of each log-parameter
};

/// Empirical Bayes on log-parameters: a cohort's estimate is normal around its true value with its fit's covariance, the
/// true values are normal around the whole's estimate with one variance for each parameter, found by marginal likelihood
/// (EM; Efron & Morris, JASA 70 (1975), for the principle; Dempster, Laird & Rubin 1977). A cohort whose own fit is missing
/// (empty report), did not converge, has no known covariance or ended without dropout gets the whole's parameters.
PooledCohorts pool_cohorts(const FitReport& whole, const std::vector<FitReport>& cohorts);

}  // namespace stats
