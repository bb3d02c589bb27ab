#pragma once

#include <vector>

#include "understand/business/purchases.h"

namespace understand::business {

/// When what was bought is replaced here: a share `comes_back` of buyers replaces after a Weibull time, the others never
/// (mixture cure model: Farewell, Biometrics 38 (1982), eq. 2.1 without covariates).
struct ReplacementLaw {
  double shape = 1, scale = 365, comes_back = 0.5;
  double ended = 0;  ///< replacements it was learned from
  double all = 0;    ///< and open ones

  /// P(no replacement within t days).
  double survival(double days) const;
  /// P(a replacement in (after, after + within] | none up to `after`).
  double chance(double after, double within) const;
  /// Days within which the share q of those who replace have done so.
  double quantile(double q) const;
};

struct Replacement {
  bool known = false;                ///< 30 replacements seen at least
  ReplacementLaw all;
  std::vector<ReplacementLaw> by_category;  ///< `all` for categories with fewer than 30 replacements
};

/// Learns from purchases up to `today`; purchases of a category within 30 days are one. Maximum likelihood with open times
/// censored, on weeks.
Replacement learn_replacement(const Purchases& purchases, std::int32_t today, std::size_t categories);

/// What one customer owns: the chance that something is replaced here within the horizon, and the days on which the last
/// replacement window opens and has passed.
struct Owner {
  double chance = 0;
  std::int32_t opens = 0;
  std::int32_t passed = 0;
  std::int32_t long_passed = 0;
};
Owner owner_of(const Replacement& replacement, const Purchases& purchases, std::size_t i, std::int32_t today, std::int32_t horizon);

}  // namespace understand::business
