#include "stats/dropout_fit.h"

#include <cmath>

namespace stats {
namespace {

// 5 % point of the mixture ½χ²₀ + ½χ²₁ that a likelihood ratio follows at a boundary (Self & Liang 1987): 2.706, halved
constexpr double kLeastGain = 1.353;

}  // namespace

base::Result<FitReport> fit_with_dropout(const UniqueHistories& original, Threads threads, const ScaledObjective& make,
                                         const std::vector<bool>& time_parameters,
                                         const std::vector<std::pair<double, double>>& dropout_starts) {
  WB_TRY(check_can_fit(original));
  const double unit = original.mean_T();
  const UniqueHistories data = original.scaled(1 / unit);
  WB_ASSIGN(const FitReport nbd, fit_nbd(data, threads));
  // with dropout, the active buy faster than the NBD believes
  const double r = std::log(nbd.parameters[0]);
  const double alpha = std::log(nbd.parameters[1]);
  std::vector<std::vector<double>> starts;
  for (const auto& [first, second] : dropout_starts) starts.push_back({r, alpha - 0.3, first, second});

  FitReport report = fit_by_starts(make(data), starts);
  const double gain = report.log_likelihood - nbd.log_likelihood;
  if (gain < kLeastGain) report.boundary = Boundary::no_dropout;
  for (std::size_t i = 0; i < report.parameters.size(); ++i) {
    if (!time_parameters[i]) continue;
    report.parameters[i] *= unit;
    report.standard_errors[i] *= unit;
  }
  const double density = data.purchases() * std::log(unit);
  report.log_likelihood -= density;
  report.nbd_log_likelihood = nbd.log_likelihood - density;
  report.customers = data.customers();
  report.unique_rows = data.size();
  return report;
}

}  // namespace stats
