// What holds for any data: rules for histories, exact derivatives, the same answer for any thread count, honesty at the
// boundary, and agreement of every prediction with simulation.

#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "stats/bg_nbd.h"
#include "stats/gamma_gamma.h"
#include "stats/nbd.h"
#include "stats/pareto_nbd.h"
#include "stats/score_histories.h"
#include "stats/simulate_histories.h"

namespace stats {
namespace {

/// Any of low … high − 1 alike: RapidCheck's own ranges begin near `low` and grow.
int whole(int low, int high) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high)); }

// One seed for all properties of this program, unless the caller sets another: a failure can be run again.
const int kSeeded = setenv("RC_PARAMS", "seed=20240229 max_success=400", 0);

constexpr BgNbd kBg{0.243, 4.414, 0.793, 2.426};
constexpr ParetoNbd kPareto{0.553, 10.58, 0.606, 11.66};

UniqueHistories unique(const Histories& h) {
  auto out = UniqueHistories::from(h);
  EXPECT_TRUE(out);
  return *std::move(out);
}

std::string fault(const History& h, double weight = 1) {
  Histories all;
  all.add({1, 2, 3});
  all.add(h, weight);
  const auto out = UniqueHistories::from(all);
  return out ? "" : out.error().message;
}

TEST(Histories, FaultsAreNamedWithTheirRow) {
  EXPECT_EQ(fault({0, 0, 0}), "");
  EXPECT_EQ(fault({2, 5, 5}), "");
  EXPECT_EQ(fault({2, 6, 5}),
            "history 2 (x = 2, t_x = 6, T = 5): t_x lies after T; both are measured from the first purchase, in one unit");
  EXPECT_NE(fault({-1, 0, 5}).find("negative"), std::string::npos);
  EXPECT_NE(fault({1.5, 1, 5}).find("whole"), std::string::npos);
  EXPECT_NE(fault({0, 1, 5}).find("x = 0 needs"), std::string::npos);
  EXPECT_NE(fault({1, 0, 5}).find("x > 0 needs"), std::string::npos);
  EXPECT_NE(fault({1, std::nan(""), 5}).find("finite"), std::string::npos);
  EXPECT_NE(fault({1, 1, INFINITY}).find("finite"), std::string::npos);
  EXPECT_NE(fault({1, 1, 5}, -2).find("weight"), std::string::npos);
  Histories uneven;
  uneven.x = {1, 2};
  uneven.T = {3};
  EXPECT_FALSE(UniqueHistories::from(uneven));
}

TEST(Histories, DuplicatesMergeAndAreFoundAgain) {
  Histories all;
  for (const History h : {History{2, 3, 9}, History{0, 0, 9}, History{2, 3, 9}, History{0, -0.0, 9}}) all.add(h);
  const UniqueHistories u = unique(all);
  EXPECT_EQ(u.size(), 2U);
  EXPECT_EQ(u.row_of(), (std::vector<std::uint32_t>{1, 0, 1, 0}));
  EXPECT_EQ(u.rows().weight, (std::vector<double>{2, 2}));
  EXPECT_EQ(u.purchases(), 4);
}

template <class Evaluate>
void check_derivatives(const Evaluate& evaluate, const std::vector<double>& point) {
  const Evaluation here = evaluate(point);
  const double h = 1e-4;
  for (std::size_t i = 0; i < point.size(); ++i) {
    std::vector<double> up = point, down = point;
    up[i] += h;
    down[i] -= h;
    const Evaluation a = evaluate(up);
    const Evaluation b = evaluate(down);
    const double size = 1 + std::abs(here.gradient[i]);
    EXPECT_NEAR(here.gradient[i], (a.value - b.value) / (2 * h), 2e-6 * size + 1e-9 * std::abs(here.value)) << i;
    for (std::size_t j = 0; j < point.size(); ++j) {
      const double numeric = (a.gradient[j] - b.gradient[j]) / (2 * h);
      EXPECT_NEAR(here.hessian(i, j), numeric, 1e-6 * (1 + std::abs(numeric)) + 1e-7 * std::abs(here.hessian(i, i))) << i << j;
    }
  }
}

TEST(Derivatives, AreThoseOfTheLikelihood) {
  const UniqueHistories bg = unique(simulate(kBg, {.customers = 300, .seed = 3, .shortest_T = 20, .longest_T = 40}).histories);
  const UniqueHistories pareto = unique(simulate(kPareto, {.customers = 300, .seed = 3, .shortest_T = 20, .longest_T = 40}).histories);
  for (const std::vector<double>& point : {std::vector<double>{-1.4, 1.5, -0.2, 0.9}, {0.5, 3, -4, 2}, {-2, -1, 2, -3}}) {
    check_derivatives([&](const std::vector<double>& p) { return evaluate_bg_nbd(bg, p); }, point);
    check_derivatives([&](const std::vector<double>& p) { return evaluate_pareto_nbd(pareto, p); }, point);
    double bg_sum = 0, pareto_sum = 0;
    const double e[4] = {std::exp(point[0]), std::exp(point[1]), std::exp(point[2]), std::exp(point[3])};
    for (std::size_t i = 0; i < bg.size(); ++i) bg_sum += bg.rows().weight[i] * log_likelihood(bg_nbd_of(e), bg.rows().at(i));
    for (std::size_t i = 0; i < pareto.size(); ++i) {
      pareto_sum += pareto.rows().weight[i] * log_likelihood(pareto_nbd_of(e), pareto.rows().at(i));
    }
    EXPECT_NEAR(evaluate_bg_nbd(bg, point).value, bg_sum, 1e-9 * std::abs(bg_sum));
    EXPECT_NEAR(evaluate_pareto_nbd(pareto, point).value, pareto_sum, 1e-9 * std::abs(pareto_sum));
  }
  Spending spending{{1, 1, 3, 8, 2}, {10, 25, 7, 12, 40}, {}};
  check_derivatives([&](const std::vector<double>& p) { return evaluate_gamma_gamma(spending, p); }, {1.2, 0.7, 2});
}

template <class Fit>
void expect_same(const Fit& a, const Fit& b) {
  EXPECT_EQ(a.parameters, b.parameters);
  EXPECT_EQ(a.log_likelihood, b.log_likelihood);
  EXPECT_EQ(a.standard_errors, b.standard_errors);
}

TEST(Fit, ThreadsChangeNothing) {
  const Histories h = simulate(kPareto, {.customers = 60000, .seed = 5, .shortest_T = 20, .longest_T = 60}).histories;
  const UniqueHistories one = *UniqueHistories::from(h, {1});
  const UniqueHistories three = *UniqueHistories::from(h, {3});
  EXPECT_EQ(one.row_of(), three.row_of());
  expect_same(*fit_pareto_nbd(one, {1}), *fit_pareto_nbd(three, {3}));
  expect_same(*fit_bg_nbd(one, {1}), *fit_bg_nbd(three, {2}));
  EXPECT_EQ(score(kPareto, h, 10, {1}).expected, score(kPareto, h, 10, {3}).expected);
}

TEST(Fit, WeightsStandForCustomers) {
  const Histories plain = simulate(kBg, {.customers = 500, .seed = 9, .shortest_T = 20, .longest_T = 40, .whole_times = true}).histories;
  Histories doubled, weighted;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    doubled.add(plain.at(i));
    doubled.add(plain.at(i));
    weighted.add(plain.at(i), 2);
  }
  expect_same(*fit_bg_nbd(unique(doubled)), *fit_bg_nbd(unique(weighted)));
  // and merging rows is the same as summing customer by customer
  double sum = 0;
  const FitReport fit = *fit_bg_nbd(unique(plain));
  for (std::size_t i = 0; i < plain.size(); ++i) sum += log_likelihood(bg_nbd_of(fit), plain.at(i));
  EXPECT_NEAR(fit.log_likelihood, sum, 1e-8);
}

TEST(Fit, FindsTheTruthItWasSimulatedFrom) {
  const FitReport bg = *fit_bg_nbd(unique(simulate(kBg, {.customers = 40000, .seed = 2, .shortest_T = 20, .longest_T = 60}).histories));
  const double bg_truth[] = {kBg.r, kBg.alpha, kBg.a, kBg.b};
  const FitReport pareto =
      *fit_pareto_nbd(unique(simulate(kPareto, {.customers = 40000, .seed = 2, .shortest_T = 20, .longest_T = 60}).histories));
  const double pareto_truth[] = {kPareto.r, kPareto.alpha, kPareto.s, kPareto.beta};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_LT(std::abs(bg.parameters[i] - bg_truth[i]), 3.5 * bg.standard_errors[i]) << i;
    EXPECT_LT(std::abs(pareto.parameters[i] - pareto_truth[i]), 3.5 * pareto.standard_errors[i]) << i;
  }
  EXPECT_EQ(bg.boundary, Boundary::none);
  EXPECT_EQ(pareto.boundary, Boundary::none);
  EXPECT_TRUE(bg.converged && pareto.converged);
}

TEST(Fit, SaysWhenNobodyLeaves) {
  const ParetoNbd stays{1.2, 10, 1e-9, 1};
  const UniqueHistories data = unique(simulate(stays, {.customers = 3000, .seed = 4, .shortest_T = 20, .longest_T = 60}).histories);
  const FitReport bg = *fit_bg_nbd(data);
  const FitReport pareto = *fit_pareto_nbd(data);
  EXPECT_EQ(bg.boundary, Boundary::no_dropout);
  EXPECT_EQ(pareto.boundary, Boundary::no_dropout);
  EXPECT_EQ(bg.starts, 4);  // a maximum no better than the NBD is not taken from one start
  EXPECT_EQ(pareto.starts, 4);
  EXPECT_GE(bg.log_likelihood, bg.nbd_log_likelihood - 0.01);
  EXPECT_GE(pareto.log_likelihood, pareto.nbd_log_likelihood - 0.01);
  for (const double p : bg.parameters) EXPECT_TRUE(std::isfinite(p));
  for (const double p : pareto.parameters) EXPECT_TRUE(std::isfinite(p));
}

TEST(Fit, RefusesWhatCannotBeFitted) {
  Histories nobody;
  EXPECT_FALSE(fit_bg_nbd(unique(nobody)));
  Histories no_repeat;
  no_repeat.add({0, 0, 5});
  EXPECT_NE(fit_pareto_nbd(unique(no_repeat)).error().message.find("repeat"), std::string::npos);
  EXPECT_FALSE(fit_gamma_gamma({{1, 2}, {3, -1}, {}}));
  EXPECT_FALSE(fit_gamma_gamma({{1, 0}, {3, 4}, {}}));
}

/// Mean of a prediction against the frequency in the simulation, in groups of x.
template <class Model>
void check_by_simulation(const Model& m) {
  const double t = 30;
  const SimulatedHistories world = simulate(m, {.customers = 300000, .seed = 77, .shortest_T = 10, .longest_T = 50, .future = t});
  for (const auto& [low, high] : {std::pair{0.0, 0.0}, {1.0, 1.0}, {2.0, 4.0}, {5.0, 1e9}}) {
    double n = 0, alive_sum = 0, was_alive = 0, any = 0, did_any = 0, expected = 0, came = 0, square = 0;
    for (std::size_t i = 0; i < world.future_purchases.size(); ++i) {
      const History h = world.histories.at(i);
      if (h.x < low || h.x > high) continue;
      const Outlook o = outlook(m, h, t);
      ++n;
      alive_sum += o.alive;
      any += o.any_purchase;
      expected += o.expected;
      was_alive += world.alive[i];
      did_any += world.future_purchases[i] > 0 ? 1 : 0;
      came += world.future_purchases[i];
      square += world.future_purchases[i] * world.future_purchases[i];
    }
    ASSERT_GT(n, 5000);
    EXPECT_NEAR(alive_sum / n, was_alive / n, 4 * 0.5 / std::sqrt(n)) << "alive, x from " << low;
    EXPECT_NEAR(any / n, did_any / n, 4 * 0.5 / std::sqrt(n)) << "any purchase, x from " << low;
    EXPECT_NEAR(expected / n, came / n, 4 * std::sqrt(square / n / n)) << "expected, x from " << low;
  }
  // a new customer's pmf
  const SimulatedHistories fresh = simulate(m, {.customers = 200000, .seed = 78, .shortest_T = t, .longest_T = t});
  double seen[6] = {};
  double mean = 0;
  for (const double x : fresh.histories.x) {
    if (x < 6) seen[static_cast<std::size_t>(x)] += 1.0 / 200000;
    mean += x / 200000;
  }
  for (std::size_t n = 0; n < 6; ++n) EXPECT_NEAR(pmf(m, static_cast<double>(n), t), seen[n], 4 * 0.5 / std::sqrt(200000.0));
  EXPECT_NEAR(expected_purchases(m, t), mean, 0.03);
}

TEST(Predictions, BgNbdAgreesWithSimulation) { check_by_simulation(kBg); }
TEST(Predictions, ParetoNbdAgreesWithSimulation) { check_by_simulation(kPareto); }

TEST(Predictions, TotalsCarryAnInterval) {
  const Histories h = simulate(kBg, {.customers = 3000, .seed = 8, .shortest_T = 20, .longest_T = 60}).histories;
  const UniqueHistories data = unique(h);
  const FitReport fit = *fit_bg_nbd(data);
  const Estimate total = expected_total<BgNbd>(fit, data.rows(), 30, 0.95);
  EXPECT_GT(total.standard_error, 0);
  EXPECT_LT(total.standard_error, 0.2 * total.value);
  EXPECT_LT(total.low, total.value);
  EXPECT_GT(total.high, total.value);
}

TEST(Predictions, IntervalsCoverTheTruth) {
  // 95 % intervals for the expectation of one customer, over 60 independent data sets
  const History h{3, 25, 30};
  const double bg_truth = expected_purchases(kBg, h, 30);
  const double pareto_truth = expected_purchases(kPareto, h, 30);
  Histories one;
  one.add(h);
  int bg = 0, pareto = 0;
  for (std::uint64_t seed = 100; seed < 160; ++seed) {
    const SimulationPlan plan{.customers = 2500, .seed = seed, .shortest_T = 25, .longest_T = 50};
    const Estimate a = expected_total<BgNbd>(*fit_bg_nbd(unique(simulate(kBg, plan).histories)), one, 30, 0.95);
    const Estimate b = expected_total<ParetoNbd>(*fit_pareto_nbd(unique(simulate(kPareto, plan).histories)), one, 30, 0.95);
    bg += a.low <= bg_truth && bg_truth <= a.high ? 1 : 0;
    pareto += b.low <= pareto_truth && pareto_truth <= b.high ? 1 : 0;
  }
  // 57 expected, standard deviation 1.7
  EXPECT_GE(bg, 52);
  EXPECT_GE(pareto, 52);
}

TEST(Predictions, LongHorizonsAgreeWithTheSeries) {
  // the closed form of the paper, where it does not cancel: x = 0, T = 0, a = 3, b = 2: E = (a+b−1)/(a−1) · (1 − …2F1)
  // tends to E[1/p] = (a+b−1)/(a−1) = 2 purchases ever made
  EXPECT_NEAR(expected_purchases(BgNbd{0.5, 1, 3, 2}, 1e12), 2, 1e-4);
  // either side of the change from series to quadrature
  const BgNbd m{0.3, 1, 0.7, 2.4};
  double before = 0;
  for (double t = 100; t < 2000; t *= 1.05) {
    const double here = expected_purchases(m, t);
    EXPECT_GT(here, before);
    if (before > 0) {
      EXPECT_LT(here / before, 1.05);
      EXPECT_GT(here / before, 1.001);
    }
    before = here;
  }
}

double log_uniform(double low, double high) {
  return low * std::pow(high / low, whole(0, 1001) / 1000.0);
}

History any_history() {
  const int x = whole(0, 5) == 0 ? whole(0, 6000) : whole(0, 12);
  History h;
  h.x = x;
  h.T = whole(0, 20) == 0 ? 0 : log_uniform(1e-6, 1e6);
  if (h.T == 0) h.x = 0;
  if (h.x > 0) h.t_x = h.T * std::vector{1.0, 0.999999, 0.9, 0.5, 0.1, 1e-6}[static_cast<std::size_t>(whole(0, 6))];
  return h;
}

template <class Model>
void hold_properties(const Model& m, const History& h) {
  const double t = log_uniform(1e-6, 1e6);
  RC_ASSERT(std::isfinite(log_likelihood(m, h)));
  const double log_p = log_alive(m, h);
  RC_ASSERT(std::isfinite(log_p) && log_p <= 0);
  const Outlook soon = outlook(m, h, t);
  const Outlook late = outlook(m, h, 2 * t);
  RC_ASSERT(soon.alive >= 0 && soon.alive <= 1);
  RC_ASSERT(std::isfinite(soon.expected) && soon.expected >= 0);
  RC_ASSERT(soon.any_purchase >= 0 && soon.any_purchase <= 1);
  const double slack = 1 + 1e-8;
  RC_ASSERT(soon.any_purchase <= soon.alive * slack);
  RC_ASSERT(soon.any_purchase <= soon.expected * slack);  // Markov
  RC_ASSERT(late.expected * slack >= soon.expected);
  RC_ASSERT(late.any_purchase * slack >= soon.any_purchase);
  RC_ASSERT(late.expected <= 2 * soon.expected * slack);  // leaving only slows buying down
  RC_ASSERT(outlook(m, h, 0).expected == 0);
}

TEST(Properties, BgNbdIsFiniteAndMonotone) {
  EXPECT_TRUE(rc::check([] {
    const BgNbd m{log_uniform(1e-3, 1e3), log_uniform(1e-4, 1e4), log_uniform(1e-5, 1e3), log_uniform(1e-3, 1e4)};
    hold_properties(m, any_history());
  }));
}

TEST(Properties, ParetoNbdIsFiniteAndMonotone) {
  EXPECT_TRUE(rc::check([] {
    const ParetoNbd m{log_uniform(1e-3, 1e3), log_uniform(1e-4, 1e4), log_uniform(1e-6, 1e2), log_uniform(1e-4, 1e4)};
    hold_properties(m, any_history());
  }));
}

TEST(Properties, AnySmallDataSetFitsOrIsRefused) {
  EXPECT_TRUE(rc::check([] {
    Histories all;
    const int n = whole(1, 25);
    for (int i = 0; i < n; ++i) all.add(any_history(), whole(1, 4));
    const UniqueHistories data = *UniqueHistories::from(all);
    for (const auto& fit : {fit_nbd(data), fit_bg_nbd(data), fit_pareto_nbd(data)}) {
      if (!fit) {
        RC_ASSERT(data.purchases() == 0);
        continue;
      }
      RC_ASSERT(std::isfinite(fit->log_likelihood));
      for (const double p : fit->parameters) RC_ASSERT(std::isfinite(p) && p > 0);
      for (const double e : fit->standard_errors) RC_ASSERT(!std::isnan(e));
    }
  }));
}

TEST(Properties, ProbabilitiesSumToOne) {
  EXPECT_TRUE(rc::check([] {
    const double t = log_uniform(0.1, 50);
    const BgNbd bg{log_uniform(0.2, 3), log_uniform(2, 30), log_uniform(0.2, 3), log_uniform(0.2, 5)};
    const ParetoNbd pareto{log_uniform(0.2, 3), log_uniform(8, 60), log_uniform(0.2, 3), log_uniform(2, 30)};
    double bg_mass = 0, bg_mean = 0, pareto_mass = 0;
    for (int n = 0; n < 1500; ++n) {
      const double p = pmf(bg, n, t);
      bg_mass += p;
      bg_mean += n * p;
      if (n < 120) pareto_mass += pmf(pareto, n, t);
    }
    RC_ASSERT(std::abs(bg_mass - 1) < 1e-8);
    RC_ASSERT(std::abs(bg_mean - expected_purchases(bg, t)) < 1e-6 * (1 + bg_mean));
    RC_ASSERT(pareto_mass < 1 + 1e-9 && pareto_mass > 0.98);
  }));
}

}  // namespace
}  // namespace stats
