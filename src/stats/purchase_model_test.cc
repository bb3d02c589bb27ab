// Regular buyers, buyers by occasion, and what all purchase models share: exact derivatives, agreement with simulation,
// laws that sum to one, discounting against the closed form, and the fuzz of any parameters and histories.

#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "stats/predict.h"
#include "stats/simulate_histories.h"

namespace stats {
namespace {

int whole(int low, int high) { return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high)); }
double log_uniform(double low, double high) { return low * std::pow(high / low, whole(0, 1001) / 1000.0); }
const int kSeeded = setenv("RC_PARAMS", "seed=20240229 max_success=400", 0);

constexpr BgCnbdK kRegular{0.9, 3.0, 0.6, 1.8, 3, true};
constexpr BgCnbdK kPlainRegular{0.9, 3.0, 0.6, 1.8, 2, false};
constexpr BgCnbdK kModified{0.525, 6.183, 0.891, 1.614, 1, true};
constexpr BgBb kOccasions{1.2, 0.75, 0.66, 2.78};

UniqueHistories unique(const Histories& h) {
  auto out = UniqueHistories::from(h);
  EXPECT_TRUE(out) << (out ? "" : out.error().message);
  return *std::move(out);
}

template <class Evaluate>
void check_derivatives(const Evaluate& evaluate, const std::vector<double>& point) {
  const Evaluation here = evaluate(point);
  const double h = 1e-4;
  for (std::size_t i = 0; i < point.size(); ++i) {
    std::vector<double> up = point, down = point;
    up[i] += h;
    down[i] -= h;
    const Evaluation a = evaluate(up), b = evaluate(down);
    EXPECT_NEAR(here.gradient[i], (a.value - b.value) / (2 * h), 2e-6 * (1 + std::abs(here.gradient[i])) + 1e-9 * std::abs(here.value)) << i;
    for (std::size_t j = 0; j < point.size(); ++j) {
      const double numeric = (a.gradient[j] - b.gradient[j]) / (2 * h);
      EXPECT_NEAR(here.hessian(i, j), numeric, 1e-6 * (1 + std::abs(numeric)) + 1e-7 * std::abs(here.hessian(i, i))) << i << j;
    }
  }
}

TEST(PurchaseModels, DerivativesAreThoseOfTheLikelihood) {
  const UniqueHistories regular = unique(simulate(kRegular, {.customers = 300, .seed = 3, .shortest_T = 20, .longest_T = 40}).histories);
  const UniqueHistories years = unique(simulate(kOccasions, {.customers = 300, .seed = 3, .shortest_T = 4, .longest_T = 9}).histories);
  for (const std::vector<double>& point : {std::vector<double>{-1.4, 1.5, -0.2, 0.9}, {0.5, 3, -4, 2}, {-2, -1, 2, -3}}) {
    const double e[4] = {std::exp(point[0]), std::exp(point[1]), std::exp(point[2]), std::exp(point[3])};
    for (const int k : {1, 2, 5, 12}) {
      for (const bool modified : {false, true}) {
        check_derivatives([&](const std::vector<double>& p) { return evaluate_bg_cnbd_k(regular, k, modified, p); }, point);
        double sum = 0;
        const Histories& rows = regular.rows();
        for (std::size_t i = 0; i < rows.size(); ++i) sum += rows.weight[i] * log_likelihood(bg_cnbd_k_of(e, k, modified), rows.at(i));
        EXPECT_NEAR(evaluate_bg_cnbd_k(regular, k, modified, point).value, sum, 1e-9 * std::abs(sum));
      }
    }
    check_derivatives([&](const std::vector<double>& p) { return evaluate_bg_bb(years, p); }, point);
  }
}

TEST(PurchaseModels, RegularityIsFoundAgain) {
  const UniqueHistories data = unique(simulate(kRegular, {.customers = 6000, .seed = 12, .shortest_T = 20, .longest_T = 60}).histories);
  const RegularFit fit = *fit_regularity(data, true);
  EXPECT_EQ(fit.k, kRegular.k);
  const double truth[] = {kRegular.r, kRegular.alpha, kRegular.a, kRegular.b};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_LT(std::abs(fit.report.parameters[i] - truth[i]), 3.5 * fit.report.standard_errors[i]) << i;
  EXPECT_EQ(fit.report.boundary, Boundary::none);
  // the same fit in days as in weeks
  Histories days = data.rows();
  for (std::size_t i = 0; i < days.size(); ++i) {
    days.t_x[i] *= 7;
    days.T[i] *= 7;
    days.log_gaps[i] += days.x[i] * std::log(7.0);
  }
  const FitReport in_days = *fit_bg_cnbd_k(unique(days), 3, true);
  const FitReport in_weeks = *fit_bg_cnbd_k(data, 3, true);
  EXPECT_NEAR(in_days.log_likelihood, in_weeks.log_likelihood - data.purchases() * std::log(7.0), 1e-5);
  EXPECT_NEAR(in_days.parameters[1], 7 * in_weeks.parameters[1], 1e-6 * in_days.parameters[1]);
}

TEST(PurchaseModels, DonorsAreFoundAgain) {
  const UniqueHistories data = unique(simulate(kOccasions, {.customers = 20000, .seed = 5, .shortest_T = 6, .longest_T = 10}).histories);
  const FitReport fit = *fit_bg_bb(data);
  const double truth[] = {kOccasions.alpha, kOccasions.beta, kOccasions.gamma, kOccasions.delta};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_LT(std::abs(fit.parameters[i] - truth[i]), 3.5 * fit.standard_errors[i]) << i;
  EXPECT_LT(dropout_test(fit).p_value, 1e-6);
}

TEST(PurchaseModels, RefuseWhatTheyCannotFit) {
  Histories h;
  h.add({2, 3, 9});
  h.add({0, 0, 9});
  EXPECT_NE(fit_bg_cnbd_k(unique(h), 2, true).error().message.find("litt"), std::string::npos);
  EXPECT_FALSE(fit_bg_cnbd_k(unique(h), 13, true));
  EXPECT_FALSE(fit_purchases(PurchaseFamily::mbg_cnbd_k, unique(h)));
  h.add({3, 2.5, 9});
  EXPECT_NE(fit_bg_bb(unique(h)).error().message.find("occasions"), std::string::npos);
  Histories gaps;
  gaps.add_with_gaps({2, 4, 9, 2 * std::log(2.0)});
  EXPECT_TRUE(UniqueHistories::from(gaps));
  gaps.add_with_gaps({2, 4, 9, 2 * std::log(14.0)});  // in days, where t_x is in weeks
  EXPECT_NE(UniqueHistories::from(gaps).error().message.find("gaps"), std::string::npos);
}

/// Mean of a prediction against the frequency in the simulation, in groups of x.
template <class Model>
void check_by_simulation(const Model& m, double shortest, double longest, double t) {
  const SimulatedHistories world = simulate(m, {.customers = 60000, .seed = 77, .shortest_T = shortest, .longest_T = longest, .future = t});
  const PurchaseModel any_model = m;
  for (const auto& [low, high] : {std::pair{0.0, 0.0}, {1.0, 1.0}, {2.0, 4.0}, {5.0, 1e9}}) {
    double n = 0, alive_sum = 0, was_alive = 0, any = 0, did_any = 0, expected = 0, came = 0, square = 0, two = 0, did_two = 0;
    for (std::size_t i = 0; i < world.future_purchases.size(); ++i) {
      const History h = world.histories.at(i);
      if (h.x < low || h.x > high) continue;
      const Outlook o = outlook(any_model, h, t);
      ++n;
      alive_sum += o.alive;
      any += o.any_purchase;
      expected += o.expected;
      was_alive += world.alive[i];
      did_any += world.future_purchases[i] > 0 ? 1 : 0;
      came += world.future_purchases[i];
      square += world.future_purchases[i] * world.future_purchases[i];
      if (static_cast<int>(n) % 8 == 0) {
        two += future_pmf(any_model, h, 2, t);
        did_two += world.future_purchases[i] == 2 ? 1 : 0;
      }
    }
    ASSERT_GT(n, 1500);
    EXPECT_NEAR(alive_sum / n, was_alive / n, 4 * 0.5 / std::sqrt(n)) << "alive, x from " << low;
    EXPECT_NEAR(any / n, did_any / n, 4 * 0.5 / std::sqrt(n)) << "any purchase, x from " << low;
    EXPECT_NEAR(expected / n, came / n, 4 * std::sqrt(square / n / n)) << "expected, x from " << low;
    EXPECT_NEAR(two / n, did_two / n, 4 * 0.5 / std::sqrt(8 * n)) << "exactly two, x from " << low;
  }
}

TEST(PurchaseModels, RegularBuyersAgreeWithSimulation) {
  check_by_simulation(kRegular, 10, 50, 30);
  check_by_simulation(kPlainRegular, 10, 50, 30);
}
TEST(PurchaseModels, DonorsAgreeWithSimulation) { check_by_simulation(kOccasions, 6, 10, 5); }

TEST(PurchaseModels, LawsSumToOneAndToTheirMean) {
  const History h{3, 20, 26, 3 * std::log(6.0)};
  for (const PurchaseModel& m : {PurchaseModel{Nbd{0.5, 8}}, {BgNbd{0.243, 4.4, 0.79, 2.4}}, {ParetoNbd{0.55, 10.6, 0.6, 11.7}},
                                 {kRegular}, {kPlainRegular}, {kModified}, {kOccasions}}) {
    double mass = 0, mean = 0;
    for (double n = 0; n < 120; ++n) {
      const double p = future_pmf(m, h, n, 12);
      mass += p;
      mean += n * p;
    }
    EXPECT_NEAR(mass, 1, 1e-7) << m.index();
    EXPECT_NEAR(mean, expected_purchases(m, h, 12), 1e-6) << m.index();
    EXPECT_NEAR(1 - future_pmf(m, h, 0, 12), any_purchase(m, h, 12), 1e-9) << m.index();
  }
}

TEST(PurchaseModels, DiscountingAgreesWithTheClosedForm) {
  const ParetoNbd m{0.553, 10.58, 0.606, 11.66};
  for (const History& h : {History{0, 0, 30}, {2, 10, 30}, {26, 30.857, 31}}) {
    for (const double rate : {0.002, 0.02, 0.3}) {
      const double closed = discounted_purchases(m, h, rate);
      // a horizon just short of where the closed form is taken
      EXPECT_NEAR(discounted_purchases(PurchaseModel{m}, h, rate, 44.9 / rate), closed, 1e-6 * closed);
      EXPECT_NEAR(discounted_purchases(PurchaseModel{m}, h, rate, std::numeric_limits<double>::infinity()), closed, 1e-12);
    }
    EXPECT_NEAR(discounted_purchases(PurchaseModel{m}, h, 1e-12, 52), expected_purchases(m, h, 52), 1e-6);
  }
  // NBD: nobody leaves, so a steady stream: E/δ per unit
  EXPECT_NEAR(discounted_purchases(PurchaseModel{Nbd{1, 10}}, {4, 20, 40}, 0.01, 1e9), 5.0 / 50 / 0.01, 1e-6);
  // by occasion, against the sum
  const History donor{4, 5, 6};
  double sum = 0;
  for (int n = 1; n <= 10; ++n) sum += std::exp(-0.1 * n) * (expected_purchases(kOccasions, donor, n) - expected_purchases(kOccasions, donor, n - 1));
  EXPECT_NEAR(discounted_purchases(PurchaseModel{kOccasions}, donor, 0.1, 10), sum, 1e-9);
  EXPECT_NEAR(continuous_rate(15, 52), 0.0027, 5e-5);  // the papers' weekly rate
}

History any_history() {
  const int x = whole(0, 5) == 0 ? whole(0, 6000) : whole(0, 12);
  History h;
  h.x = x;
  h.T = whole(0, 20) == 0 ? 0 : log_uniform(1e-6, 1e6);
  if (h.T == 0) h.x = 0;
  if (h.x > 0) {
    h.t_x = h.T * std::vector{1.0, 0.999999, 0.9, 0.5, 0.1, 1e-6}[static_cast<std::size_t>(whole(0, 6))];
    h.log_gaps = h.x * std::log(h.t_x / h.x);
  }
  return h;
}

void hold_properties(const PurchaseModel& m, const History& h, double t) {
  RC_ASSERT(std::isfinite(log_likelihood(m, h)));
  const Outlook soon = outlook(m, h, t), late = outlook(m, h, 2 * t);
  const double slack = 1 + 1e-8;
  RC_ASSERT(soon.alive >= 0 && soon.alive <= 1);
  RC_ASSERT(std::isfinite(soon.expected) && soon.expected >= 0);
  RC_ASSERT(soon.any_purchase >= 0 && soon.any_purchase <= 1);
  RC_ASSERT(soon.any_purchase <= soon.expected * slack + 1e-13);  // Markov
  RC_ASSERT(late.expected * slack + 1e-13 >= soon.expected);
  RC_ASSERT(late.any_purchase * slack + 1e-13 >= soon.any_purchase);
  RC_ASSERT(outlook(m, h, 0).expected == 0);
  const double none = future_pmf(m, h, 0, t);
  RC_ASSERT(none >= 0 && none <= 1 && std::abs(none + soon.any_purchase - 1) < 1e-7);
}

TEST(Properties, RegularBuyersAreFiniteAndMonotone) {
  EXPECT_TRUE(rc::check([] {
    const BgCnbdK m{log_uniform(1e-3, 1e3), log_uniform(1e-4, 1e4), log_uniform(1e-5, 1e3), log_uniform(1e-3, 1e4), whole(1, kMostRegular + 1), whole(0, 2) == 1};
    hold_properties(m, any_history(), log_uniform(1e-6, 1e6));
  }));
}

TEST(Properties, OccasionsAreFiniteAndMonotone) {
  EXPECT_TRUE(rc::check([] {
    const BgBb m{log_uniform(1e-3, 1e3), log_uniform(1e-3, 1e3), log_uniform(1e-5, 1e3), log_uniform(1e-3, 1e4)};
    History h;
    h.T = whole(0, 60);
    h.t_x = whole(0, static_cast<int>(h.T) + 1);
    h.x = h.t_x == 0 ? 0 : whole(1, static_cast<int>(h.t_x) + 1);
    hold_properties(m, h, whole(1, 80));
  }));
}

TEST(Properties, EveryQuestionIsAnsweredFinitely) {
  EXPECT_TRUE(rc::check([] {
    Histories all;
    const int n = whole(1, 15);
    for (int i = 0; i < n; ++i) all.add_with_gaps(any_history(), whole(1, 4));
    const UniqueHistories data = *UniqueHistories::from(all);
    const auto family = static_cast<PurchaseFamily>(whole(0, 6));
    const auto fit = fit_purchases(family, data);
    if (!fit) {
      RC_ASSERT(data.purchases() == 0 || data.mean_T() == 0);
      return;
    }
    const double t = data.mean_T();
    for (const auto what : {Question::What::alive, Question::What::expected, Question::What::any_purchase, Question::What::discounted}) {
      const Estimate e = predict(*fit, data.rows().at(0), {what, t, 0.1 / t}, 0.9);
      RC_ASSERT(std::isfinite(e.value) && !std::isnan(e.low) && !std::isnan(e.high) && !std::isnan(e.standard_error));
      RC_ASSERT(e.low <= e.value * (1 + 1e-9) && e.high * (1 + 1e-9) >= e.value);
    }
  }));
}

}  // namespace
}  // namespace stats
