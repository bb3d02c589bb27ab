// The budget solver against GLPK's exact branch and bound, on small cases with every limit at once.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "base/random.h"
#include "stats/knapsack.h"
#include "tests/support/places.h"

namespace tests {
namespace {

struct Case {
  std::vector<std::uint32_t> first{0};
  std::vector<double> cost, value, stock, minutes;
  stats::Limits limits;
};

Case random_case(std::uint64_t seed) {
  base::Rng rng{seed};
  Case c;
  const std::size_t customers = 8 + rng.below(25);
  double money = 0;
  for (std::size_t i = 0; i < customers; ++i) {
    for (std::uint64_t options = rng.below(6); options > 0; --options) {
      c.cost.push_back(0.1 + 5 * rng.uniform());
      c.value.push_back(-0.5 + 4 * rng.uniform() + 0.5 * c.cost.back());
      c.stock.push_back(rng.chance(0.4) ? 1 : 0);
      c.minutes.push_back(rng.chance(0.3) ? 10 * rng.uniform() : 0);
      money += c.cost.back();
    }
    c.first.push_back(static_cast<std::uint32_t>(c.cost.size()));
  }
  c.limits.budget = money * (0.05 + 0.4 * rng.uniform());
  c.limits.resource = {static_cast<double>(1 + rng.below(6)), 5 + 30 * rng.uniform()};
  return c;
}

/// The case as a program in CPLEX's LP format.
std::string as_lp(const Case& c) {
  std::ostringstream lp;
  lp.precision(17);
  const auto sum = [&](const std::vector<double>& weight, std::size_t begin, std::size_t end) {
    bool any = false;
    for (std::size_t o = begin; o < end; ++o) {
      if (weight[o] == 0) continue;
      lp << (weight[o] < 0 ? " - " : " + ") << std::abs(weight[o]) << " x" << o;
      any = true;
    }
    if (!any) lp << " 0 x0";
  };
  const std::size_t n = c.cost.size();
  lp << "Maximize\n value:";
  sum(c.value, 0, n);
  lp << "\nSubject To\n";
  const std::vector<double> ones(n, 1);
  for (std::size_t i = 0; i + 1 < c.first.size(); ++i) {
    if (c.first[i] == c.first[i + 1]) continue;
    lp << " one" << i << ":";
    sum(ones, c.first[i], c.first[i + 1]);
    lp << " <= 1\n";
  }
  const auto limit = [&](const char* name, const std::vector<double>& weight, double most) {
    lp << " " << name << ":";
    sum(weight, 0, n);
    lp << " <= " << most << "\n";
  };
  limit("money", c.cost, c.limits.budget);
  limit("stock", c.stock, c.limits.resource[0]);
  limit("minutes", c.minutes, c.limits.resource[1]);
  lp << "Binary\n";
  for (std::size_t o = 0; o < n; ++o) lp << " x" << o << "\n";
  lp << "End\n";
  return lp.str();
}

TEST(KnapsackExact, IsFeasibleBoundedAndNearTheBestThereIs) {
  if (std::system("command -v glpsol >/dev/null 2>&1") != 0) GTEST_SKIP() << "skipped: glpsol (package glpk-utils) is not here";
  const TemporaryFolder folder;
  double ours = 0, best = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Case c = random_case(seed);
    if (c.cost.empty()) continue;
    const auto selection = stats::choose({c.first, c.cost, c.value, {c.stock, c.minutes}}, c.limits);
    ASSERT_TRUE(selection) << selection.error().message;
    const auto lp = folder.path() / "case.lp", answer = folder.path() / "answer.txt";
    write_file(lp, as_lp(c));
    const std::string command = "glpsol --lp " + lp.string() + " --output " + answer.string() + " >/dev/null 2>&1";
    ASSERT_EQ(std::system(command.c_str()), 0) << seed;
    const std::string text = read_file(answer);
    ASSERT_NE(text.find("INTEGER OPTIMAL"), std::string::npos) << seed;
    const std::size_t at = text.find("Objective:");
    const double optimum = std::stod(text.substr(text.find('=', at) + 1));
    EXPECT_LE(selection->value, optimum + 1e-6) << seed;
    EXPECT_GE(selection->bound, optimum - 1e-6) << seed;
    EXPECT_LE(selection->cost, c.limits.budget + 1e-9) << seed;
    EXPECT_LE(selection->used[0], c.limits.resource[0] + 1e-9) << seed;
    EXPECT_LE(selection->used[1], c.limits.resource[1] + 1e-9) << seed;
    ours += selection->value;
    best += optimum;
  }
  std::printf("of what the exact solver finds on cases of a few customers: %.2f %%\n", 100 * ours / best);
  EXPECT_GE(ours, 0.97 * best);
}

}  // namespace
}  // namespace tests
