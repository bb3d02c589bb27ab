#pragma once

// What the golden tests of the purchase models share: the reference file, the data, tolerances, the holdout.

#include <cmath>
#include <filesystem>
#include <fstream>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "stats/nbd.h"
#include "tests/golden/btyd_data.h"
#include "tests/support/places.h"

namespace golden {

using nlohmann::json;
using namespace stats;

inline void near(double actual, double expected, double tolerance, const char* what) {
  EXPECT_NEAR(actual, expected, tolerance) << what;
}

inline void relative(double actual, double expected, double tolerance, const char* what) {
  EXPECT_NEAR(actual, expected, tolerance * std::abs(expected)) << what;
}

/// Parameters printed by optimisers that stop on a flat top: relative `tolerance` each.
inline void parameters(const std::vector<double>& actual, const std::vector<double>& expected, double tolerance, const char* what) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) relative(actual[i], expected[i], tolerance, what);
}

inline void expect_sound(const FitReport& fit) {
  EXPECT_TRUE(fit.converged);
  EXPECT_TRUE(fit.covariance_known);
  EXPECT_TRUE(fit.starts_agree);
  EXPECT_EQ(fit.boundary, Boundary::none);
  EXPECT_LT(fit.gradient_norm, 0.01);
}

struct Data {
  Split split;
  UniqueHistories unique;
};

inline Data prepared(const Split& split) {
  auto unique = UniqueHistories::from(split.histories);
  EXPECT_TRUE(unique) << unique.error().message;
  return {split, *unique};
}

inline Data cdnow_sample(const std::filesystem::path& file) {
  return prepared(split_at(read_cdnow_sample(file), day_number(1997, 9, 30), day_number(1998, 6, 30)));
}
inline Data cdnow_master(const std::filesystem::path& file) {
  return prepared(split_at(read_cdnow_master(file), day_number(1997, 9, 30), day_number(1998, 6, 30)));
}
inline Data grocery(const std::filesystem::path& file) {
  return prepared(split_at(read_grocery(file), day_number(2006, 12, 31), day_number(2007, 12, 30)));
}

inline json reference(const std::filesystem::path& path) {
  std::ifstream in{path};
  return json::parse(in);
}

struct Holdout {
  double sum = 0, actual = 0, mae = 0, rmse = 0, correlation = 0, mean_alive = 0;
};

template <class Model>
Holdout hold_out(const Model& m, const Split& split, double t) {
  Holdout out;
  const auto n = static_cast<double>(split.held_out.size());
  double ee = 0, aa = 0, ea = 0;
  for (std::size_t i = 0; i < split.held_out.size(); ++i) {
    const History h = split.histories.at(i);
    const double e = expected_purchases(m, h, t);
    const double a = split.held_out[i];
    out.sum += e;
    out.actual += a;
    out.mae += std::abs(e - a) / n;
    out.rmse += (e - a) * (e - a) / n;
    ee += e * e;
    aa += a * a;
    ea += e * a;
    if constexpr (!std::is_same_v<Model, Nbd>) out.mean_alive += alive(m, h) / n;
  }
  out.rmse = std::sqrt(out.rmse);
  out.correlation = (n * ea - out.sum * out.actual) /
                    std::sqrt((n * ee - out.sum * out.sum) * (n * aa - out.actual * out.actual));
  return out;
}

inline void check_compact(const json& ref, const FitReport& fit, double parameter_tolerance) {
  expect_sound(fit);
  parameters(fit.parameters, ref.at("params"), parameter_tolerance, "parameters");
  near(fit.log_likelihood, ref.at("loglik"), 6e-5, "loglik");
  if (!ref.contains("std_errors")) return;
  for (std::size_t i = 0; i < fit.standard_errors.size(); ++i) {
    relative(fit.standard_errors[i], ref["std_errors"][i], 1e-3, "standard error");  // their stop, numerical Hessian
  }
}

template <class Model>
inline void check_holdout(const json& ref, const Model& m, const Split& split, double t) {
  const Holdout out = hold_out(m, split, t);
  relative(out.sum, ref.at("holdout_sum"), 1e-4, "holdout sum");  // their optimiser's stop
  near(out.mae, ref.at("mae"), 5e-5, "mae");
  if (ref.contains("rmse")) near(out.rmse, ref["rmse"], 2e-5, "rmse");
}

#define WB_SAMPLE()                                            \
  WB_NEED_SHARED(json_path, "reference/btyd.json");            \
  WB_NEED_SHARED(data_path, "data/cdnow/CDNOW_sample.txt");    \
  const json all = reference(json_path);                       \
  [[maybe_unused]] const json& ref = all.at("cdnow_sample");                    \
  const Data data = cdnow_sample(data_path)

}  // namespace golden
