#include "stats/logistic_posterior.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "stats/special.h"

namespace stats {
namespace {

using base::Code;
using base::fail;
using base::Result;

constexpr double kHeld = 1e12;  // the precision of what is held at its mean
constexpr int kMostSteps = 60;
constexpr double kTolerance = 1e-8;  // of the log posterior

double precision_of(double sd) { return sd > 0 ? std::min(1 / (sd * sd), kHeld) : kHeld; }

/// Log posterior (up to its constant), gradient and negative Hessian at one β.
struct Moments {
  double log_likelihood = 0;
  double log_posterior = 0;
  std::vector<double> gradient;
  Matrix information;
};

class Regression {
 public:
  Regression(const SparseRows& rows, const NormalPrior& prior, Threads threads)
      : rows_{rows}, prior_{prior}, threads_{threads}, size_{prior.mean.size()} {}

  bool at(const std::vector<double>& beta, Moments& out) const {
    const std::size_t columns = 1 + size_ + size_ * size_;
    std::vector<double> parts(chunk_count(rows_.rows) * columns);
    std::atomic<bool> finite{true};
    for_chunks(rows_.rows, threads_, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      double* sum = &parts[chunk * columns];
      double* gradient = sum + 1;
      double* information = gradient + size_;
      for (std::size_t i = begin; i < end; ++i) {
        SparseRow row;
        rows_.fill(i, row);
        double eta = row.offset;
        for (std::size_t k = 0; k < row.size; ++k) eta += row.value[k] * beta[row.column[k]];
        if (!std::isfinite(eta) || !std::isfinite(row.weight)) {
          finite = false;
          return;
        }
        const double p = logistic(eta);
        sum[0] += row.weight * (row.outcome * eta - softplus(eta));
        const double residual = row.weight * (row.outcome - p);
        const double curvature = row.weight * p * (1 - p);
        for (std::size_t k = 0; k < row.size; ++k) {
          gradient[row.column[k]] += residual * row.value[k];
          const double scaled = curvature * row.value[k];
          for (std::size_t l = 0; l < row.size; ++l) information[row.column[k] * size_ + row.column[l]] += scaled * row.value[l];
        }
      }
    });
    if (!finite) return false;
    std::vector<double> total(columns);
    pairwise_sum_columns(parts, total);
    out.log_likelihood = out.log_posterior = total[0];
    out.gradient.assign(total.begin() + 1, total.begin() + 1 + static_cast<std::ptrdiff_t>(size_));
    out.information = Matrix{size_};
    std::copy(total.begin() + 1 + static_cast<std::ptrdiff_t>(size_), total.end(), out.information.at.begin());
    for (std::size_t j = 0; j < size_; ++j) {
      const double precision = precision_of(prior_.sd[j]);
      const double off = beta[j] - prior_.mean[j];
      out.log_posterior -= 0.5 * precision * off * off;
      out.gradient[j] -= precision * off;
      out.information(j, j) += precision;
    }
    return true;
  }

 private:
  const SparseRows& rows_;
  const NormalPrior& prior_;
  Threads threads_;
  std::size_t size_;
};

double log_determinant(const Matrix& lower) {
  double sum = 0;
  for (std::size_t j = 0; j < lower.size; ++j) sum += 2 * std::log(lower(j, j));
  return sum;
}

}  // namespace

NormalBelief NormalBelief::of(const NormalPrior& prior) {
  NormalBelief belief;
  const std::size_t n = prior.mean.size();
  belief.mean = prior.mean;
  belief.covariance = Matrix{n};
  belief.root = Matrix{n};
  for (std::size_t j = 0; j < n; ++j) {
    belief.covariance(j, j) = prior.sd[j] * prior.sd[j];
    belief.root(j, j) = prior.sd[j];
  }
  return belief;
}

double NormalBelief::mean_of(std::span<const std::uint16_t> column, std::span<const double> value) const {
  double sum = 0;
  for (std::size_t k = 0; k < column.size(); ++k) sum += value[k] * mean[column[k]];
  return sum;
}

double NormalBelief::variance_of(std::span<const std::uint16_t> column, std::span<const double> value) const {
  double sum = 0;
  for (std::size_t k = 0; k < column.size(); ++k) {
    sum += value[k] * value[k] * covariance(column[k], column[k]);
    for (std::size_t l = 0; l < k; ++l) sum += 2 * value[k] * value[l] * covariance(column[k], column[l]);
  }
  return std::max(0.0, sum);
}

std::vector<double> NormalBelief::draw(base::Rng& rng) const {
  std::vector<double> z(mean.size()), out = mean;
  for (double& value : z) value = rng.normal();
  for (std::size_t i = 0; i < mean.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) out[i] += root(i, j) * z[j];
  }
  return out;
}

Result<LogisticPosterior> fit_logistic_posterior(const SparseRows& rows, const NormalPrior& prior, Threads threads) {
  if (prior.mean.size() != prior.sd.size()) {
    return fail(Code::invalid_input, "a prior of {} means has {} deviations", prior.mean.size(), prior.sd.size());
  }
  double log_prior_determinant = 0;
  for (std::size_t j = 0; j < prior.sd.size(); ++j) {
    if (!(prior.sd[j] >= 0) || !std::isfinite(prior.sd[j]) || !std::isfinite(prior.mean[j])) {
      return fail(Code::invalid_input, "the prior of coefficient {} is normal({}, {}); both must be finite, the second not negative", j,
                  prior.mean[j], prior.sd[j]);
    }
    log_prior_determinant += std::log(precision_of(prior.sd[j]));
  }
  LogisticPosterior result;
  if (rows.rows == 0) {
    result.belief = NormalBelief::of(prior);
    result.converged = true;
    return result;
  }
  const Regression regression{rows, prior, threads};
  std::vector<double> beta = prior.mean;
  Moments now;
  if (!regression.at(beta, now)) return fail(Code::invalid_input, "a row to learn from holds a number that is not finite");
  Matrix lower;
  for (; result.iterations < kMostSteps; ++result.iterations) {
    lower = cholesky(now.information);
    if (lower.size == 0) return fail(Code::internal, "the information about {} coefficients is not positive definite", beta.size());
    const std::vector<double> step = solve(lower, now.gradient);
    double promised = 0;
    for (std::size_t j = 0; j < beta.size(); ++j) promised += 0.5 * step[j] * now.gradient[j];
    if (promised < kTolerance) {
      result.converged = true;
      break;
    }
    double share = 1;
    bool rose = false;
    for (int halving = 0; halving < 40 && !rose; ++halving, share /= 2) {
      std::vector<double> next = beta;
      for (std::size_t j = 0; j < beta.size(); ++j) next[j] += share * step[j];
      Moments then;
      if (!regression.at(next, then) || !(then.log_posterior > now.log_posterior)) continue;
      beta = std::move(next);
      now = std::move(then);
      rose = true;
    }
    if (!rose) break;
  }
  lower = cholesky(now.information);
  if (lower.size == 0) return fail(Code::internal, "the information about {} coefficients is not positive definite", beta.size());
  result.belief.mean = std::move(beta);
  result.belief.covariance = inverse(lower);
  result.belief.root = cholesky(result.belief.covariance);
  if (result.belief.root.size == 0) return fail(Code::internal, "the covariance of {} coefficients is not positive definite", prior.mean.size());
  result.log_evidence = now.log_posterior + 0.5 * (log_prior_determinant - log_determinant(lower));
  return result;
}

}  // namespace stats
