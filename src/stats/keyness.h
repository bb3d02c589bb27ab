#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace stats {

/// How much more often a term occurs in one group of texts than in the rest.
struct Keyness {
  std::size_t term = 0;
  double in_group = 0;   ///< occurrences
  double elsewhere = 0;
  double g2 = 0;         ///< signed by the direction
  double log_odds = 0;   ///< with the informative prior
  double z = 0;          ///< log_odds over its standard error
};

/// Dunning's log-likelihood ratio G² (Dunning 1993) of `a` occurrences in a group of `n` against `b` in the rest of `m`
/// terms; negative when the term is rarer in the group. 0 where there is nothing to compare.
double log_likelihood_ratio(double a, double n, double b, double m);

/// Keyness of each term by G² and by the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn
/// 2008, eq. 16 to 22): the prior's pseudo-counts are `prior_weight` terms shared out as in both groups together. In the
/// order of the terms; counts must be ≥ 0 and the two spans equally long.
std::vector<Keyness> keyness(std::span<const double> group, std::span<const double> rest, double prior_weight = 500);

}  // namespace stats
