// Whether intervals cover what they promise: many small simulated shops, each fitted on its own, asked about customers
// of every kind. The truth of an estimate is the answer at the true parameters; that of a forecast is what was bought.
// The shops' seeds are fixed, so the tests never waver.

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.h"
#include "stats/cohorts.h"
#include "stats/covariate_fit.h"
#include "stats/predict.h"
#include "stats/simulate_histories.h"

namespace stats {
namespace {

constexpr double kConfidence = 0.9;
constexpr int kShops = 400;  // one standard deviation of the coverage is 1.5 %

struct Coverage {
  double inside = 0, asked = 0;
  void count(bool covered) {
    inside += covered ? 1 : 0;
    asked += 1;
  }
  double share() const { return inside / asked; }
};

bool inside(const Estimate& e, double truth) { return e.low <= truth && truth <= e.high; }

void expect_nominal(const Coverage& c, const char* what) {
  EXPECT_GE(c.share(), 0.87) << what;
  EXPECT_LE(c.share(), 0.93) << what;
  ::testing::Test::RecordProperty(what, std::to_string(c.share()));
}

template <class Model>
void check_coverage(PurchaseFamily family, const Model& truth, const char* name) {
  const PurchaseModel model = truth;
  const History recent{3, 27, 32, 3 * std::log(8.0)}, silent{2, 12, 40, 2 * std::log(5.0)}, once{0, 0, 35};
  const GammaGamma money{6.25, 3.74, 15.44};
  const ValueTerms terms{.margin = 0.4, .yearly_percent = 12, .units_per_year = 52};
  const Question value_question{Question::What::discounted, terms.horizon, continuous_rate(12, 52)};
  const double true_value = terms.margin * discounted_purchases(model, recent, value_question.rate, terms.horizon) * expected_spend(money, 4, 30);
  Coverage alive_c, expected_c, any_c, value_c, group_c, realised_c;
  for (std::uint64_t shop = 0; shop < kShops; ++shop) {
    const SimulationPlan plan{.customers = 1000, .seed = 1000 + shop, .shortest_T = 26, .longest_T = 52, .future = 26};
    const SimulatedHistories world = simulate(truth, plan);
    const auto data = UniqueHistories::from(world.histories, {1});
    ASSERT_TRUE(data);
    PurchaseFit fit{family, 1, {}};
    if (family == PurchaseFamily::bg_nbd) fit.report = *fit_bg_nbd(*data, {1});
    if (family == PurchaseFamily::pareto_nbd) fit.report = *fit_pareto_nbd(*data, {1});
    if (family == PurchaseFamily::mbg_nbd) fit.report = *fit_bg_cnbd_k(*data, 1, true, {1});
    for (const History& h : {recent, silent, once}) {
      // BG/NBD knows nobody can leave before a first repeat purchase: nothing is estimated there
      const double p = alive(model, h);
      if (p < 1) alive_c.count(inside(predict(fit, h, {Question::What::alive}, kConfidence), p));
      expected_c.count(inside(predict(fit, h, {Question::What::expected, 26}, kConfidence), expected_purchases(model, h, 26)));
      any_c.count(inside(predict(fit, h, {Question::What::any_purchase, 26}, kConfidence), any_purchase(model, h, 26)));
    }
    base::Rng rng{77 + shop};
    Spending spending;
    for (int i = 0; i < 300; ++i) {
      const double x = 1 + static_cast<double>(rng.below(5));
      const double rate = rng.gamma(money.q, money.gamma);
      spending.x.push_back(x);
      spending.mean.push_back(rng.gamma(money.p * x, rate * x));
    }
    value_c.count(inside(customer_value(fit, *fit_gamma_gamma(spending, {1}), recent, 4, 30, terms, kConfidence), true_value));
    if (shop % 4 != 0) continue;
    // a group of 60 of its customers: their sum over the next 26 weeks; and each of ten by itself
    Histories group;
    double bought = 0;
    for (std::size_t i = 0; i < 60; ++i) {
      group.add(world.histories.at(i * 16));
      bought += world.future_purchases[i * 16];
    }
    const GroupForecast forecast = forecast_group(fit, group, 26, kConfidence, {1});
    group_c.count(forecast.realised.low <= bought && bought <= forecast.realised.high);
    const PurchaseModel fitted = fit.model();
    for (std::size_t i = 0; i < 10; ++i) {
      const Interval one = future_purchases(fitted, world.histories.at(i * 100), 26, kConfidence);
      realised_c.count(one.low <= world.future_purchases[i * 100] && world.future_purchases[i * 100] <= one.high);
    }
  }
  std::printf("%s, %d shops: alive %.3f, expected %.3f, any %.3f, value %.3f; realised: group of 60 %.3f (%g), customer %.3f\n", name,
              kShops, alive_c.share(), expected_c.share(), any_c.share(), value_c.share(), group_c.share(), group_c.asked, realised_c.share());
  expect_nominal(alive_c, "alive");
  expect_nominal(expected_c, "expected");
  expect_nominal(any_c, "any purchase");
  expect_nominal(value_c, "value");
  // 100 groups: 3 % is one standard deviation
  EXPECT_GE(group_c.share(), 0.84);
  EXPECT_LE(group_c.share(), 0.96);
  EXPECT_GE(realised_c.share(), 0.89);  // whole numbers: at least what is promised, often more
}

TEST(Coverage, BgNbd) { check_coverage(PurchaseFamily::bg_nbd, BgNbd{0.8, 8, 0.8, 2.4}, "BG/NBD"); }
TEST(Coverage, MbgNbd) { check_coverage(PurchaseFamily::mbg_nbd, BgCnbdK{0.9, 6.2, 0.9, 1.6, 1, true}, "MBG/NBD"); }
TEST(Coverage, ParetoNbd) { check_coverage(PurchaseFamily::pareto_nbd, ParetoNbd{0.8, 8, 0.8, 14}, "Pareto/NBD"); }

/// Customers of two channels, and one measured covariate: how they differ is known.
CovariateData with_covariates(CovariateFamily family, std::uint64_t seed, std::size_t customers, const std::vector<double>& gamma) {
  CovariateData out{{}, {"channel", "age"}, {}};
  base::Rng rng{seed};
  for (std::size_t i = 0; i < customers; ++i) {
    const double channel = rng.chance(0.4) ? 1 : 0, age = std::round(20 + 40 * rng.uniform());
    CovariateFit truth{.family = family};
    truth.point = {std::log(0.8), std::log(8.0), std::log(0.8), std::log(family == CovariateFamily::pareto_nbd ? 14.0 : 2.4)};
    truth.point.insert(truth.point.end(), gamma.begin(), gamma.end());
    const double z[] = {channel, age};
    const std::vector<double> p = truth.parameters_for(z);
    const SimulationPlan plan{.customers = 1, .seed = rng.next(), .shortest_T = 30, .longest_T = 60};
    const SimulatedHistories one = family == CovariateFamily::pareto_nbd ? simulate(pareto_nbd_of(std::span<const double>{p}), plan)
                                                                         : simulate(bg_nbd_of(std::span<const double>{p}), plan);
    out.histories.add(one.histories.at(0));
    out.z.insert(out.z.end(), {channel, age});
  }
  return out;
}

TEST(Covariates, TrueEffectsLieInTheirIntervals) {
  const std::vector<double> pareto{0.5, -0.01, -0.4, 0.008}, bg{0.5, -0.01, 0.3, 0.005, -0.2, 0.01};
  for (const bool is_pareto : {true, false}) {
    const CovariateFamily family = is_pareto ? CovariateFamily::pareto_nbd : CovariateFamily::bg_nbd;
    const std::vector<double>& gamma = is_pareto ? pareto : bg;
    Coverage c;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
      const auto fit = fit_covariates(family, with_covariates(family, 500 + seed, 1500, gamma));
      ASSERT_TRUE(fit) << fit.error().message;
      EXPECT_TRUE(fit->converged);
      for (std::size_t k = 0; k < gamma.size(); ++k) {
        c.count(std::abs(fit->point[4 + k] - gamma[k]) < 1.96 * std::sqrt(fit->covariance(4 + k, 4 + k)));
      }
    }
    std::printf("covariates, %s: true effect in its 95 %% interval %.3f of %g times\n", is_pareto ? "Pareto/NBD" : "BG/NBD", c.share(), c.asked);
    EXPECT_GE(c.share(), 0.93);
    EXPECT_LE(c.share(), 0.97);
  }
}

TEST(Covariates, WithoutEffectIsThePlainModel) {
  for (const auto family : {CovariateFamily::pareto_nbd, CovariateFamily::bg_nbd}) {
    const std::size_t width = family == CovariateFamily::pareto_nbd ? 4 : 6;
    const CovariateData data = with_covariates(family, 9, 400, std::vector<double>(width, 0.0));
    std::vector<double> point{-0.3, 2, -0.2, 1.5};
    point.resize(4 + width, 0);
    const UniqueHistories all = *UniqueHistories::from(data.histories);
    const std::span<const double> plain{point.data(), 4};
    const Evaluation a = evaluate_covariates(family, data, point);
    const Evaluation b = family == CovariateFamily::pareto_nbd ? evaluate_pareto_nbd(all, plain) : evaluate_bg_nbd(all, plain);
    EXPECT_NEAR(a.value, b.value, 1e-9 * std::abs(b.value));
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(a.gradient[i], b.gradient[i], 1e-8 * (1 + std::abs(b.gradient[i])));
    // and the derivatives in the coefficients are those of the likelihood
    for (std::size_t i = 4; i < point.size(); ++i) {
      std::vector<double> up = point, down = point;
      up[i] += 1e-5;
      down[i] -= 1e-5;
      const double numeric = (evaluate_covariates(family, data, up).value - evaluate_covariates(family, data, down).value) / 2e-5;
      EXPECT_NEAR(a.gradient[i], numeric, 1e-5 * (1 + std::abs(numeric)));
    }
    const auto fit = *fit_covariates(family, data);
    EXPECT_GE(fit.log_likelihood, fit.plain_log_likelihood - 1e-6);
    EXPECT_LT(fit.log_likelihood - fit.plain_log_likelihood, 12);  // nothing to be found: half a χ² of 4 or 6
    // a prediction has an interval
    const double z[] = {1, 30};
    const Estimate e = predict(fit, z, {2, 10, 30}, {Question::What::alive}, 0.9);
    EXPECT_LT(0, e.low);
    EXPECT_LT(e.low, e.value);
    EXPECT_LT(e.value, e.high);
    EXPECT_LT(e.high, 1);
  }
  CovariateData constant = with_covariates(CovariateFamily::bg_nbd, 9, 50, std::vector<double>(6, 0.0));
  for (std::size_t i = 0; i < 50; ++i) constant.z[2 * i + 1] = 3;
  EXPECT_NE(fit_covariates(CovariateFamily::bg_nbd, constant).error().message.find("age"), std::string::npos);
  constant.z[0] = std::nan("");
  EXPECT_NE(fit_covariates(CovariateFamily::bg_nbd, constant).error().message.find("channel"), std::string::npos);
}

TEST(Cohorts, ThinOnesAreDrawnToTheWhole) {
  // twelve months whose customers differ by 0.25 in ln r and ln α, between 40 and 1,200 customers each
  base::Rng rng{4};
  Histories all;
  std::vector<FitReport> fits;
  std::vector<BgNbd> truth;
  for (std::uint64_t month = 0; month < 12; ++month) {
    const BgNbd m{0.8 * std::exp(0.25 * rng.normal()), 8 * std::exp(0.25 * rng.normal()), 0.8, 2.4};
    const std::size_t customers = month % 2 == 0 ? 1200 : 60;
    const Histories h = simulate(m, {.customers = customers, .seed = 40 + month, .shortest_T = 26, .longest_T = 52}).histories;
    for (std::size_t i = 0; i < h.size(); ++i) all.add(h.at(i));
    const auto fit = fit_bg_nbd(*UniqueHistories::from(h));
    fits.push_back(fit ? *fit : FitReport{});
    truth.push_back(m);
  }
  fits.push_back({});  // a month that could not be fitted
  const FitReport whole = *fit_bg_nbd(*UniqueHistories::from(all));
  const PooledCohorts pooled = pool_cohorts(whole, fits);
  ASSERT_EQ(pooled.cohorts.size(), 13U);
  EXPECT_EQ(pooled.cohorts.back().parameters, whole.parameters);
  EXPECT_EQ(pooled.cohorts.back().own_weight, 0);
  const History h{3, 27, 32};
  double own = 0, together = 0, shared = 0, large = 0, small = 0;
  for (std::size_t c = 0; c < 12; ++c) {
    const double right = expected_purchases(truth[c], h, 26);
    const auto off = [&](std::span<const double> p) { return std::pow(std::log(expected_purchases(bg_nbd_of(p), h, 26) / right), 2); };
    own += off(fits[c].parameters);
    together += off(whole.parameters);
    shared += off(pooled.cohorts[c].parameters);
    (c % 2 == 0 ? large : small) += pooled.cohorts[c].own_weight / 6;
    for (const double p : pooled.cohorts[c].parameters) EXPECT_TRUE(std::isfinite(p) && p > 0);
  }
  std::printf("squared error of ln E over 12 cohorts: own fits %.3f, the whole's %.3f, pooled %.3f\n", own, together, shared);
  EXPECT_LT(shared, own);
  EXPECT_LT(shared, together);
  EXPECT_GT(large, small);
}

}  // namespace
}  // namespace stats
