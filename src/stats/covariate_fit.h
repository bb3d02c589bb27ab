#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "stats/predict.h"
#include "stats/summary.h"

namespace stats {

/// Purchase models whose parameters depend on what is known of a customer and does not change (channel, region, first
/// basket): Fader & Hardie, "Incorporating Time-Invariant Covariates into the Pareto/NBD and BG/NBD Models" (2007).
///   Pareto/NBD: α_i = α exp(−γ_buying·z_i), β_i = β exp(−γ_leaving·z_i): a positive γ means buying (leaving) sooner.
///   BG/NBD:     α_i = α exp(−γ_buying·z_i), a_i = a exp(γ_a·z_i), b_i = b exp(γ_b·z_i).
enum class CovariateFamily : std::uint8_t { bg_nbd, pareto_nbd };

/// Customers with their covariates, row by row: z[i · names.size() + k].
struct CovariateData {
  Histories histories;
  std::vector<std::string> names;
  std::vector<double> z;
};

struct CovariateFit {
  CovariateFamily family = CovariateFamily::bg_nbd;
  std::vector<std::string> names;
  /// ln of the four parameters at z = 0, then γ_buying, then γ_leaving (Pareto/NBD) or γ_a and γ_b (BG/NBD), each as long
  /// as names.
  std::vector<double> point;
  std::vector<std::string> point_names;
  Matrix covariance;  ///< of `point`
  bool covariance_known = false;
  double log_likelihood = 0;
  double plain_log_likelihood = 0;  ///< of the same model without covariates
  bool converged = false;
  int iterations = 0;

  /// Parameters of a customer with covariates z.
  std::vector<double> parameters_for(std::span<const double> z) const;
};

/// Maximum likelihood with exact gradient and Hessian, covariates centred and scaled within. Fails, naming the column,
/// on numbers that are not finite and on a column that never varies.
base::Result<CovariateFit> fit_covariates(CovariateFamily family, const CovariateData& data, Threads threads = {});

/// As predict() of a plain fit, for a customer with covariates z.
Estimate predict(const CovariateFit& fit, std::span<const double> z, const History& h, const Question& question, double confidence);

/// Value, gradient and Hessian at a point, in the data's own units: what the fit climbs.
Evaluation evaluate_covariates(CovariateFamily family, const CovariateData& data, std::span<const double> point, Threads threads = {});

}  // namespace stats
