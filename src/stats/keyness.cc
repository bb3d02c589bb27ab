#include "stats/keyness.h"

#include <cmath>

#include "base/error.h"

namespace stats {

double log_likelihood_ratio(double a, double n, double b, double m) {
  if (!(n > 0) || !(m > 0) || !(a + b > 0)) return 0;
  const double share = (a + b) / (n + m);
  const double expected_a = n * share, expected_b = m * share;
  const auto part = [](double seen, double expected) { return seen > 0 ? seen * std::log(seen / expected) : 0.0; };
  // Both cells of each row, so that a term that is common counts in full (Dunning's binomial form).
  const double other = (n - a) + (m - b);
  double g2 = part(a, expected_a) + part(b, expected_b);
  if (other > 0) g2 += part(n - a, n * other / (n + m)) + part(m - b, m * other / (n + m));
  g2 = std::max(0.0, 2 * g2);
  return a / n >= b / m ? g2 : -g2;
}

std::vector<Keyness> keyness(std::span<const double> group, std::span<const double> rest, double prior_weight) {
  WB_CHECK(group.size() == rest.size());
  double n = 0, m = 0;
  for (std::size_t t = 0; t < group.size(); ++t) {
    n += group[t];
    m += rest[t];
  }
  std::vector<Keyness> found;
  found.reserve(group.size());
  for (std::size_t t = 0; t < group.size(); ++t) {
    Keyness one{t, group[t], rest[t], log_likelihood_ratio(group[t], n, rest[t], m), 0, 0};
    if (n + m > 0 && group[t] + rest[t] > 0) {
      const double prior = prior_weight * (group[t] + rest[t]) / (n + m);
      const double a = group[t] + prior, b = rest[t] + prior;
      const double not_a = n + prior_weight - a, not_b = m + prior_weight - b;
      if (not_a > 0 && not_b > 0) {
        one.log_odds = std::log(a / not_a) - std::log(b / not_b);
        one.z = one.log_odds / std::sqrt(1 / a + 1 / b);
      }
    }
    found.push_back(one);
  }
  return found;
}

}  // namespace stats
