// Whole campaigns of sixty days with everything going wrong: 300 seeds in every test run, more with WINBACK_SEEDS=10000,
// one of them with WINBACK_SEED=17 (which prints what it does).
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/simulation/campaign_run.h"

namespace tests {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

TEST(CampaignSimulation, KeepsEveryPromise) {
  if (const std::uint64_t seed = from_environment("WINBACK_SEED", 0); seed != 0) {
    const RunReport report = run_campaign({.seed = seed, .trace = true});
    for (const std::string& sentence : report.wrong) ADD_FAILURE() << sentence;
    return;
  }
  RunReport all;
  const std::uint64_t seeds = from_environment("WINBACK_SEEDS", 300);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const RunReport report = run_campaign({.seed = seed});
    for (const std::string& sentence : report.wrong) ADD_FAILURE() << sentence;
    if (all.wrong.size() + report.wrong.size() > 20) return;
    all.wrong.insert(all.wrong.end(), report.wrong.begin(), report.wrong.end());
    all.calls += report.calls;
    all.taken += report.taken;
    all.ghosts += report.ghosts;
    all.crashes += report.crashes;
    all.unknown += report.unknown;
    all.in_app += report.in_app;
    all.replays += report.replays;
    all.opt_outs += report.opt_outs;
    all.jumps += report.jumps;
    all.finished += report.finished;
  }
  std::printf("%llu seeds: %llu customers, %llu calls, %llu reached, %llu ghosts, %llu in-app, %llu crashes, %llu replays, "
              "%llu opt-outs, %llu clock jumps, %llu unconfirmed\n",
              static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(all.finished),
              static_cast<unsigned long long>(all.calls), static_cast<unsigned long long>(all.taken),
              static_cast<unsigned long long>(all.ghosts), static_cast<unsigned long long>(all.in_app),
              static_cast<unsigned long long>(all.crashes), static_cast<unsigned long long>(all.replays),
              static_cast<unsigned long long>(all.opt_outs), static_cast<unsigned long long>(all.jumps),
              static_cast<unsigned long long>(all.unknown));
  // A simulation in which nothing goes wrong proves nothing.
  EXPECT_GT(all.crashes, seeds);
  EXPECT_GT(all.ghosts, seeds);
  EXPECT_GT(all.replays, 0U);
  EXPECT_GT(all.opt_outs, 0U);
  EXPECT_GT(all.unknown, 0U);
}

TEST(CampaignSimulation, TheSameSeedRunsTheSameWay) {
  const RunReport first = run_campaign({.seed = 5});
  const RunReport second = run_campaign({.seed = 5});
  EXPECT_EQ(first.calls, second.calls);
  EXPECT_EQ(first.points, second.points);
  EXPECT_EQ(first.crashes, second.crashes);
}

}  // namespace
}  // namespace tests
