#include "stats/dropout_fit.h"

#include <cmath>
#include <limits>

namespace stats {
namespace {

// 5 % point of the mixture ½χ²₀ + ½χ²₁ that a likelihood ratio follows at a boundary (Self & Liang 1987): 2.706, halved
constexpr double kLeastGain = 1.353;
constexpr std::size_t kSampleRows = 20000;  // further starts are tried on no more rows than this

/// All starts where rows are few; where they are many, the first on all and the others, if needed, on a cross-section,
/// whose best is then followed on all.
FitReport fit_from(const UniqueHistories& data, const ScaledObjective& make, const std::vector<std::vector<double>>& starts,
                   double enough) {
  const Objective all = make(data);
  if (data.size() <= 2 * kSampleRows) return fit_by_starts(all, starts, enough);
  FitReport first = fit_by_starts(all, {starts.front()});
  if (first.converged && first.boundary == Boundary::none && first.log_likelihood >= enough) return first;
  const UniqueHistories sample = data.thinned(data.size() / kSampleRows);
  const FitReport rough = fit_by_starts(make(sample), {starts.begin() + 1, starts.end()}, std::numeric_limits<double>::infinity());
  std::vector<double> point;
  for (const double p : rough.parameters) point.push_back(std::log(p));
  FitReport second = fit_by_starts(all, {point});
  const bool agree = std::abs(first.log_likelihood - second.log_likelihood) < kSameLikelihood;
  const int evaluations = first.iterations + second.iterations;
  FitReport best = second.log_likelihood > first.log_likelihood ? std::move(second) : std::move(first);
  best.starts = 1 + rough.starts;
  best.starts_agree = agree;
  best.iterations = evaluations;
  return best;
}

/// On data whose mean T is 1, given the fit without dropout; `unit` is what one of its time units is in the caller's.
FitReport fit_beside(const UniqueHistories& data, double unit, const FitReport& stays, const ScaledObjective& make,
                     const std::vector<bool>& time_parameters, const std::vector<std::pair<double, double>>& dropout_starts) {
  // with dropout, the active buy faster than the model without believes
  const double r = std::log(stays.parameters[0]);
  const double alpha = std::log(stays.parameters[1]);
  std::vector<std::vector<double>> starts;
  for (const auto& [first, second] : dropout_starts) starts.push_back({r, alpha - 0.3, first, second});

  FitReport report = fit_from(data, make, starts, stays.log_likelihood + kLeastGain);
  const double gain = report.log_likelihood - stays.log_likelihood;
  if (gain < kLeastGain) report.boundary = Boundary::no_dropout;
  for (std::size_t i = 0; i < report.parameters.size(); ++i) {
    if (!time_parameters[i]) continue;
    report.parameters[i] *= unit;
    report.standard_errors[i] *= unit;
  }
  const double density = data.purchases() * std::log(unit);
  report.log_likelihood -= density;
  report.nbd_log_likelihood = stays.log_likelihood - density;
  report.customers = data.customers();
  report.unique_rows = data.size();
  return report;
}

}  // namespace

base::Result<FitReport> fit_with_dropout(const UniqueHistories& original, Threads threads, const ScaledObjective& make,
                                         const std::vector<bool>& time_parameters,
                                         const std::vector<std::pair<double, double>>& dropout_starts) {
  WB_TRY(check_can_fit(original));
  const double unit = original.mean_T();
  const UniqueHistories data = original.scaled(1 / unit);
  WB_ASSIGN(const FitReport nbd, fit_nbd(data, threads));
  return fit_beside(data, unit, nbd, make, time_parameters, dropout_starts);
}

base::Result<FitReport> fit_with_dropout(const UniqueHistories& original, const ScaledObjective& make,
                                         const std::vector<bool>& time_parameters,
                                         const std::vector<std::pair<double, double>>& dropout_starts,
                                         const ScaledObjective& make_stays, double events_per_purchase) {
  WB_TRY(check_can_fit(original));
  const double unit = original.mean_T();
  const UniqueHistories data = original.scaled(1 / unit);
  const double rate = std::log(events_per_purchase * data.purchases() / data.customers());
  const FitReport stays = fit_by_starts(make_stays(data), {{0, -rate}, {3, 3 - rate}, {-3, -3 - rate}});
  return fit_beside(data, unit, stays, make, time_parameters, dropout_starts);
}

}  // namespace stats
