#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "stats/chunks.h"
#include "stats/matrix.h"

namespace stats {

/// One row of a regression with few columns that are not 0: log-odds = offset + Σ value_j · β[column_j].
struct SparseRow {
  static constexpr std::size_t kMost = 24;
  std::size_t size = 0;
  std::array<std::uint16_t, kMost> column{};
  std::array<double, kMost> value{};
  double offset = 0;
  double outcome = 0;  ///< 0 or 1
  double weight = 1;

  /// Leaves zeros out; at most kMost calls a row.
  void add(std::size_t at, double x) {
    if (x == 0) return;
    column[size] = static_cast<std::uint16_t>(at);
    value[size++] = x;
  }
};

/// Rows made on demand; `fill` gets a row with nothing in it and is called concurrently.
struct SparseRows {
  std::size_t rows = 0;
  std::function<void(std::size_t row, SparseRow& out)> fill;
};

/// What is believed of each coefficient before: normal, independent. sd = 0 holds it at its mean.
struct NormalPrior {
  std::vector<double> mean, sd;
};

/// A normal belief about several quantities at once.
struct NormalBelief {
  std::vector<double> mean;
  Matrix covariance;
  Matrix root;  ///< lower triangle, root · rootᵀ = covariance

  /// The belief before any row.
  static NormalBelief of(const NormalPrior& prior);

  /// Mean and variance of Σ value_j · β[column_j].
  double mean_of(std::span<const std::uint16_t> column, std::span<const double> value) const;
  double variance_of(std::span<const std::uint16_t> column, std::span<const double> value) const;

  /// All quantities, drawn together.
  std::vector<double> draw(base::Rng& rng) const;
};

struct LogisticPosterior {
  NormalBelief belief;
  double log_evidence = 0;  ///< ln P(outcomes), coefficients integrated out, by Laplace's method (MacKay 1992, eq. 2)
  bool converged = false;
  int iterations = 0;
};

/// Bayesian logistic regression: the posterior's mode by Newton's method with step halving, its covariance the inverse
/// Hessian there (Laplace's approximation). No rows give the prior. The result does not depend on the thread count.
/// Fails when lengths differ, an sd is negative, or a row holds what is not finite.
base::Result<LogisticPosterior> fit_logistic_posterior(const SparseRows& rows, const NormalPrior& prior, Threads threads = {});

}  // namespace stats
