#pragma once

#include <cstdint>
#include <span>

namespace stats {

// Always-valid inference: intervals that may be looked at every day, and stopped at any time, without losing their level.
// Howard, Ramdas, McAuliffe & Sekhon (2021), "Time-uniform, nonparametric, nonasymptotic confidence sequences".

/// The mixture's precision that makes the boundary tightest at intrinsic time `v_opt` for level `alpha` (two-sided;
/// their eq. 21 with the upper branch of Lambert's W by its usual bound).
double best_rho(double v_opt, double alpha);

/// Logarithm of the normal mixture supermartingale at sum `s` and intrinsic time `v`.
double normal_log_mixture(double s, double v, double v_opt, double alpha_opt, bool one_sided);

/// Boundary of a sum of intrinsic variance `v` that is crossed with chance at most `alpha`, ever (their eq. 14; one-sided
/// by root finding).
double normal_mixture_bound(double v, double alpha, double v_opt, double alpha_opt, bool one_sided);

/// Half the width of an always-valid interval for a difference of means whose variance grows evenly over a horizon:
/// `standard_error` now, after `elapsed` (0…1) of the horizon. Tightest at the horizon's end. Asymptotic (normal sums).
double always_valid_half_width(double standard_error, double elapsed, double alpha);

/// p-value of Pearson's chi-squared test that counts follow the expected shares (sample-ratio mismatch); 1 for fewer than
/// two cells or no counts.
double sample_ratio_p(std::span<const std::uint64_t> counts, std::span<const double> shares);

}  // namespace stats
