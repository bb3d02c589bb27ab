#include "stats/logistic_posterior.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck.h>


namespace stats {
namespace {

/// Bernoulli rows with one coefficient.
SparseRows one_column(const std::vector<double>& x, const std::vector<double>& y) {
  return {x.size(), [&](std::size_t row, SparseRow& out) {
            out.offset = -1;
            out.add(0, x[row]);
            out.outcome = y[row];
          }};
}

TEST(LogisticPosterior, IsThePriorWithoutRows) {
  const NormalPrior prior{{0.2, -1}, {0.4, 2}};
  const auto fit = fit_logistic_posterior({}, prior);
  ASSERT_TRUE(fit);
  EXPECT_EQ(fit->belief.mean, prior.mean);
  EXPECT_DOUBLE_EQ(fit->belief.covariance(0, 0), 0.16);
  EXPECT_DOUBLE_EQ(fit->belief.covariance(1, 1), 4);
  EXPECT_DOUBLE_EQ(fit->log_evidence, 0);
}

TEST(LogisticPosterior, AgreesWithIntegratingByHand) {
  base::Rng rng{3};
  std::vector<double> x, y;
  for (int i = 0; i < 300; ++i) {
    x.push_back(i % 2 == 0 ? 1 : 0);
    y.push_back(rng.chance(1 / (1 + std::exp(1 - 0.6 * x.back()))) ? 1 : 0);
  }
  const NormalPrior prior{{0.2}, {0.5}};
  const auto fit = fit_logistic_posterior(one_column(x, y), prior);
  ASSERT_TRUE(fit);
  EXPECT_TRUE(fit->converged);
  // A fine grid over the coefficient: evidence, mean and variance of the exact posterior.
  double evidence = 0, mean = 0, square = 0;
  const double step = 0.001;
  for (double b = -3; b < 4; b += step) {
    double log_p = -0.5 * (b - 0.2) * (b - 0.2) / 0.25 - std::log(0.5 * std::sqrt(2 * M_PI));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double eta = -1 + b * x[i];
      log_p += y[i] * eta - std::log1p(std::exp(eta));
    }
    const double weight = std::exp(log_p) * step;
    evidence += weight;
    mean += weight * b;
    square += weight * b * b;
  }
  mean /= evidence;
  const double sd = std::sqrt(square / evidence - mean * mean);
  EXPECT_NEAR(fit->belief.mean[0], mean, 0.03 * sd);
  EXPECT_NEAR(std::sqrt(fit->belief.covariance(0, 0)), sd, 0.02 * sd);
  EXPECT_NEAR(fit->log_evidence, std::log(evidence), 0.01);
}

TEST(LogisticPosterior, HoldsWhatHasNoDeviationAndDrawsAsItBelieves) {
  const std::vector<double> x(400, 1);
  std::vector<double> y(400, 0);
  for (std::size_t i = 0; i < 300; ++i) y[i] = 1;
  const SparseRows rows{x.size(), [&](std::size_t row, SparseRow& out) {
                          out.add(0, 1);
                          out.add(1, static_cast<double>(row % 3) - 1);
                          out.add(2, 1);
                          out.outcome = y[row];
                        }};
  const auto fit = fit_logistic_posterior(rows, {{0, 0, 0.4}, {5, 1, 0}});
  ASSERT_TRUE(fit);
  EXPECT_NEAR(fit->belief.mean[2], 0.4, 1e-6);
  EXPECT_NEAR(fit->belief.mean[0], std::log(3) - 0.4, 0.02);
  base::Rng rng{5};
  double sum = 0, square = 0;
  for (int i = 0; i < 20000; ++i) {
    const auto draw = fit->belief.draw(rng);
    sum += draw[0] + 2 * draw[1];
    square += (draw[0] + 2 * draw[1]) * (draw[0] + 2 * draw[1]);
  }
  const std::uint16_t columns[] = {0, 1};
  const double values[] = {1, 2};
  const double mean = fit->belief.mean_of(columns, values), variance = fit->belief.variance_of(columns, values);
  EXPECT_NEAR(sum / 20000, mean, 5 * std::sqrt(variance / 20000));
  EXPECT_NEAR(square / 20000 - sum / 20000 * sum / 20000, variance, 0.05 * variance);
}

TEST(LogisticPosterior, IsFiniteForAnyRowsAndIndependentOfThreads) {
  rc::check("posterior is finite", [] {
    const auto n = *rc::gen::inRange<std::size_t>(0, 40);
    const auto cells = *rc::gen::container<std::vector<int>>(n * 3, rc::gen::inRange(-30, 31));
    const auto outcomes = *rc::gen::container<std::vector<int>>(n, rc::gen::inRange(0, 2));
    const SparseRows rows{n, [&](std::size_t row, SparseRow& out) {
                            for (std::size_t j = 0; j < 3; ++j) out.add(j, cells[row * 3 + j]);
                            out.outcome = outcomes[row];
                          }};
    const auto one = fit_logistic_posterior(rows, {{0, 0.1, 0}, {1, 0.3, 10}}, {1});
    const auto two = fit_logistic_posterior(rows, {{0, 0.1, 0}, {1, 0.3, 10}}, {2});
    RC_ASSERT(one.has_value());
    RC_ASSERT(std::isfinite(one->log_evidence));
    for (std::size_t j = 0; j < 3; ++j) {
      RC_ASSERT(std::isfinite(one->belief.mean[j]));
      RC_ASSERT(one->belief.covariance(j, j) >= 0);
      RC_ASSERT(one->belief.mean[j] == two->belief.mean[j]);
    }
  });
}

TEST(LogisticPosterior, RefusesWhatIsNotFinite) {
  const SparseRows rows{2, [](std::size_t row, SparseRow& out) { out.add(0, row == 0 ? 1.0 : std::nan("")); }};
  EXPECT_FALSE(fit_logistic_posterior(rows, {{0}, {1}}));
  EXPECT_FALSE(fit_logistic_posterior({}, {{0, 1}, {1}}));
  EXPECT_FALSE(fit_logistic_posterior({}, {{0}, {-1}}));
}

}  // namespace
}  // namespace stats
