#pragma once

#include "stats/fit.h"
#include "stats/nbd.h"

namespace stats {

/// The objective of a four-parameter model with dropout, on data whose mean T is 1; points are log-parameters.
using ScaledObjective = std::function<Objective(const UniqueHistories& scaled)>;

/// The part of a fit that BG/NBD and Pareto/NBD share: scales time so that its mean is one (the same fit in days and in
/// weeks), starts at the NBD's purchasing, fits, scales back, and compares with the NBD. `time_parameters` marks the
/// parameters that carry the time unit; `dropout_starts` are (log) starts of the two dropout parameters.
base::Result<FitReport> fit_with_dropout(const UniqueHistories& data, Threads threads, const ScaledObjective& objective,
                                         const std::vector<bool>& time_parameters,
                                         const std::vector<std::pair<double, double>>& dropout_starts);

/// The same against another model without dropout than the NBD: `stays` makes the two-parameter objective of (r, α) on
/// scaled data. The report's nbd_log_likelihood is then that model's.
base::Result<FitReport> fit_with_dropout(const UniqueHistories& data, const ScaledObjective& objective,
                                         const std::vector<bool>& time_parameters,
                                         const std::vector<std::pair<double, double>>& dropout_starts,
                                         const ScaledObjective& stays, double events_per_purchase);

}  // namespace stats
