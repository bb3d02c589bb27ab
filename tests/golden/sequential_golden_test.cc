// Boundaries of confidence sequences as computed by others.
#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "stats/sequential.h"
#include "tests/support/places.h"
#include "tests/support/tally.h"

namespace {

TEST(SequentialGolden, NormalMixtureMatchesTheReference) {
  WB_NEED_SHARED(file, "reference/sequential.json");
  std::ifstream in{file};
  const auto reference = nlohmann::json::parse(in);
  tests::Tally tally{"sequential.json, normal mixture"};
  for (const auto& one : reference["confseq_computed"]) {
    if (!one["fn"].get<std::string>().starts_with("normal_mixture_bound_two_sided")) continue;
    const auto& args = one["args"];
    const double value = one["value"];
    EXPECT_NEAR(stats::normal_mixture_bound(args[0], args[1], args[2], 0.05, false), value, 1e-6 * value);
    tally.end_of_case();
  }
  for (const auto& one : reference["confseq_published_unit_tests"]) {
    const std::string fn = one["fn"];
    double found = 0;
    if (fn.starts_with("two_sided_normal_mixture best_rho(v_opt=100,alpha_opt=.05)")) found = stats::best_rho(100, 0.05);
    else if (fn.starts_with("normal_log_mixture(s=10,v=100")) found = stats::normal_log_mixture(10, 100, 100, 0.05, false);
    else if (fn.starts_with("normal_mixture_bound one-sided")) found = stats::normal_mixture_bound(100, 0.05, 100, 0.05, true);
    else if (fn.starts_with("normal_mixture_bound(v=100")) found = stats::normal_mixture_bound(100, 0.05, 100, 0.05, false);
    else continue;
    EXPECT_NEAR(found, one["value"].get<double>(), 1e-5 * std::abs(found)) << fn;
    tally.end_of_case();
  }
  EXPECT_GE(tally.cases(), 10);
}

}  // namespace
