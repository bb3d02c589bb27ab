#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "stats/matrix.h"
#include "stats/maximise.h"
#include "stats/summary.h"

namespace stats {

/// Where a fit ended, as far as a reader must know it.
enum class Boundary : std::uint8_t {
  none,        ///< an inner maximum
  no_dropout,  ///< the data do not identify dropout: the likelihood is no better than the NBD's (one-sided test, 5 %)
  edge,        ///< another parameter ran to the edge of its range (purchasing or dropout is homogeneous)
};
std::string_view name_of(Boundary boundary);

/// What a maximum-likelihood fit found and how far to trust it. Parameters are in the time (or money) unit of the data.
struct FitReport {
  std::vector<double> parameters;
  std::vector<double> standard_errors;  ///< natural scale, by the delta method; +∞ where the data say nothing
  Matrix log_covariance;                ///< covariance of the logarithms of the parameters; zero rows where unknown
  bool covariance_known = false;        ///< the Hessian was negative definite in every parameter
  double log_likelihood = 0;
  double nbd_log_likelihood = 0;  ///< of the NBD on the same customers (no dropout); equal to the above for the NBD
  double customers = 0;
  std::size_t unique_rows = 0;
  bool converged = false;
  int iterations = 0;  ///< evaluations of value, gradient and Hessian, all starts together
  double gradient_norm = 0;  ///< largest |∂ log L / ∂ log parameter| at the end
  Boundary boundary = Boundary::none;
  int starts = 0;
  bool starts_agree = true;  ///< every start ended within 0.01 of the best log-likelihood
};

/// Maximises over log-parameters from the first start; tries the others only when that one did not end in a clean inner
/// maximum of at least `enough`. `objective` takes and differentiates in log-parameters.
FitReport fit_by_starts(const Objective& objective, const std::vector<std::vector<double>>& starts,
                        double enough = -std::numeric_limits<double>::infinity());

inline constexpr double kSameLikelihood = 0.01;  ///< log-likelihoods this close are the same maximum

/// Turns derivatives in natural parameters into derivatives in their logarithms (in place).
void to_log_scale(Evaluation& evaluation, std::span<const double> natural);

/// An estimate and the interval for the error of the parameters (not for the chance in what a customer then does).
struct Estimate {
  double value = 0;
  double standard_error = 0;
  double low = 0;
  double high = 0;
};

/// On which scale an interval is symmetric: where the quantity stays positive, or between 0 and 1.
enum class DeltaScale : std::uint8_t { log, logit };

/// Delta method: `f` of the parameters, by central differences in the log-parameters; the interval is built on the log
/// (or logit) of f, so it stays in its range. `confidence` as 0.95. Without a known covariance it is [0, +∞) (or [0, 1]).
Estimate delta_method(const FitReport& fit, const std::function<double(std::span<const double>)>& f, double confidence,
                      DeltaScale scale = DeltaScale::log);

/// The same of a function of any point with a known covariance.
Estimate delta_at(std::span<const double> point, const Matrix& covariance,
                  const std::function<double(std::span<const double>)>& f, double confidence, DeltaScale scale);

/// Likelihood ratio of a fit against the same buying without dropout. The null lies on the boundary, so the statistic
/// follows ½χ²₀ + ½χ²₁ (Self & Liang, JASA 82 (1987)); as a second dropout parameter has no meaning there, approximately.
struct DropoutTest {
  double statistic = 0;  ///< 2 (ln L − ln L₀), at least 0
  double p_value = 1;
};
DropoutTest dropout_test(const FitReport& fit);

}  // namespace stats
