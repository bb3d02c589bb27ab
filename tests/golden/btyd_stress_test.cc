// Log-likelihood, P(alive), expectation and DERT at ordinary and extreme inputs, against 80-digit mpmath values.

#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "stats/bg_cnbd_k.h"
#include "stats/bg_nbd.h"
#include "stats/gamma_gamma.h"
#include "stats/pareto_nbd.h"
#include "tests/support/places.h"

namespace golden {
namespace {

using nlohmann::json;

// The file's suggested tolerance: relative 1e-9 on loglik and log_p_alive, absolute 1e-9 on p_alive,
// relative 1e-7 on expectations.
constexpr double kLogLikelihood = 1e-9;
constexpr double kAlive = 1e-9;
constexpr double kExpectation = 1e-7;

double number(const json& j, const char* key) { return std::stod(j.at(key).get<std::string>()); }

/// std::stod refuses values below 1e-308; the model's answer must then be (nearly) nothing as well.
double tiny(const json& j, const char* key) { return std::strtod(j.at(key).get<std::string>().c_str(), nullptr); }

void expect_relative(double actual, double expected, double tolerance, const std::string& what) {
  EXPECT_TRUE(std::isfinite(actual)) << what;
  EXPECT_LE(std::abs(actual - expected), tolerance * std::abs(expected) + 1e-300)
      << what << ": " << actual << " instead of " << expected;
}

json read(const std::filesystem::path& path) {
  std::ifstream in{path};
  return json::parse(in);
}

stats::History history_of(const json& c) { return {c.at("x"), c.at("t_x"), c.at("T")}; }

template <class Model>
void check_model(const json& c, const Model& m) {
  const std::string what = c.dump();
  const stats::History h = history_of(c);
  expect_relative(log_likelihood(m, h), number(c, "loglik"), kLogLikelihood, "loglik " + what);
  expect_relative(log_alive(m, h), number(c, "log_p_alive"), kLogLikelihood, "log_p_alive " + what);
  EXPECT_NEAR(alive(m, h), tiny(c, "p_alive"), kAlive) << what;
  expect_relative(expected_purchases(m, h, c.at("t").get<double>()), tiny(c, "cond_expected"), kExpectation,
                  "cond_expected " + what);
}

TEST(BtydStress, ParetoNbd) {
  WB_NEED_SHARED(path, "reference/btyd_numeric_stress.json");
  const json cases = read(path).at("pareto_nbd");
  ASSERT_EQ(cases.size(), 18U);
  for (const json& c : cases) check_model(c, stats::ParetoNbd{c.at("r"), c.at("alpha"), c.at("s"), c.at("beta")});
}

TEST(BtydStress, BgNbd) {
  WB_NEED_SHARED(path, "reference/btyd_numeric_stress.json");
  const json cases = read(path).at("bg_nbd");
  ASSERT_EQ(cases.size(), 10U);
  for (const json& c : cases) check_model(c, stats::BgNbd{c.at("r"), c.at("alpha"), c.at("a"), c.at("b")});
}

TEST(BtydStress, MbgNbd) {
  WB_NEED_SHARED(path, "reference/btyd_numeric_stress.json");
  const json cases = read(path).at("mbg_nbd");
  ASSERT_EQ(cases.size(), 10U);
  for (const json& c : cases) check_model(c, stats::BgCnbdK{c.at("r"), c.at("alpha"), c.at("a"), c.at("b"), 1, true});
}

TEST(BtydStress, GammaGamma) {
  WB_NEED_SHARED(path, "reference/btyd_numeric_stress.json");
  const json cases = read(path).at("gamma_gamma");
  ASSERT_EQ(cases.size(), 10U);
  for (const json& c : cases) {
    const stats::GammaGamma m{c.at("p"), c.at("q"), c.at("gamma")};
    const double x = c.at("x");
    const double mean = c.at("mean_value");
    expect_relative(log_likelihood(m, x, mean), number(c, "loglik"), kLogLikelihood, "loglik " + c.dump());
    expect_relative(expected_spend(m, x, mean), number(c, "expected_spend"), kExpectation, "spend " + c.dump());
  }
}

TEST(BtydStress, DiscountedExpectedResidualTransactions) {
  WB_NEED_SHARED(path, "reference/btyd_numeric_stress.json");
  const json cases = read(path).at("pareto_nbd_dert");
  ASSERT_EQ(cases.size(), 24U);
  for (const json& c : cases) {
    const stats::ParetoNbd m{c.at("r"), c.at("alpha"), c.at("s"), c.at("beta")};
    expect_relative(discounted_purchases(m, history_of(c), c.at("delta")), number(c, "dert"), kExpectation, c.dump());
  }
}

TEST(BtydStress, EverySectionIsRead) {
  WB_NEED_SHARED(path, "reference/btyd_numeric_stress.json");
  const json all = read(path);
  for (const auto& [key, section] : all.items()) {
    if (!section.is_array()) continue;
    EXPECT_TRUE(key == "pareto_nbd" || key == "bg_nbd" || key == "gamma_gamma" || key == "pareto_nbd_dert" || key == "mbg_nbd")
        << key << " is a section of btyd_numeric_stress.json that no test reads";
  }
}

}  // namespace
}  // namespace golden
