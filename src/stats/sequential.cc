#include "stats/sequential.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/tools/roots.hpp>

#include <algorithm>
#include <cmath>

namespace stats {

double best_rho(double v_opt, double alpha) {
  const double doubled = 2 * std::log(1 / alpha);
  return v_opt / (doubled + std::log1p(doubled));
}

namespace {

double rho_of(double v_opt, double alpha_opt, bool one_sided) {
  return best_rho(v_opt, one_sided ? 2 * alpha_opt : alpha_opt);
}

double log_mixture(double s, double v, double rho, bool one_sided) {
  const double quadratic = s * s / (2 * (v + rho));
  if (!one_sided) return 0.5 * std::log(rho / (v + rho)) + quadratic;
  const boost::math::normal_distribution<double> normal;
  return 0.5 * std::log(4 * rho / (v + rho)) + quadratic + std::log(boost::math::cdf(normal, s / std::sqrt(v + rho)));
}

}  // namespace

double normal_log_mixture(double s, double v, double v_opt, double alpha_opt, bool one_sided) {
  return log_mixture(s, v, rho_of(v_opt, alpha_opt, one_sided), one_sided);
}

double normal_mixture_bound(double v, double alpha, double v_opt, double alpha_opt, bool one_sided) {
  const double rho = rho_of(v_opt, alpha_opt, one_sided);
  const double two_sided = std::sqrt((v + rho) * (std::log((v + rho) / rho) + 2 * std::log(1 / alpha)));
  if (!one_sided) return two_sided;
  // The one-sided mixture dominates half the two-sided one: its root lies below.
  const auto excess = [&](double s) { return log_mixture(s, v, rho, true) - std::log(1 / alpha); };
  double high = two_sided;
  while (excess(high) < 0) high *= 2;
  std::uintmax_t rounds = 200;
  const auto root = boost::math::tools::toms748_solve(excess, 0.0, high, boost::math::tools::eps_tolerance<double>(48), rounds);
  return (root.first + root.second) / 2;
}

double always_valid_half_width(double standard_error, double elapsed, double alpha) {
  const double share = std::clamp(elapsed, 1e-6, 1.0);
  return standard_error / std::sqrt(share) * normal_mixture_bound(share, alpha, 1, alpha, false);
}

double sample_ratio_p(std::span<const std::uint64_t> counts, std::span<const double> shares) {
  double total = 0;
  double whole = 0;
  for (const std::uint64_t count : counts) total += static_cast<double>(count);
  for (const double share : shares) whole += share;
  if (counts.size() < 2 || counts.size() != shares.size() || total <= 0 || whole <= 0) return 1;
  double statistic = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = total * shares[i] / whole;
    if (expected <= 0) return counts[i] == 0 ? 1 : 0;
    const double off = static_cast<double>(counts[i]) - expected;
    statistic += off * off / expected;
  }
  const boost::math::chi_squared_distribution<double> law{static_cast<double>(counts.size() - 1)};
  return boost::math::cdf(boost::math::complement(law, statistic));
}

}  // namespace stats
