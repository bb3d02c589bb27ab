// Are the program's choices worth more than what people do by hand, in worlds whose truth is known?
#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "app/presets.h"
#include "app/world_yaml.h"
#include "tests/simulation/policy_run.h"
#include "tests/support/places.h"

namespace tests {
namespace {

TEST(Policy, Try) {
  PolicyRunOptions options;
  const auto number = [](const char* name, long otherwise) { return std::getenv(name) ? std::atol(std::getenv(name)) : otherwise; };
  const char* world_name = std::getenv("WORLD");
  auto world = app::load_world(world_name ? std::filesystem::path{world_name} : std::filesystem::path{});
  ASSERT_TRUE(world) << world.error().message;
  options.world = *world;
  const auto business = app::load_business("shop", "");
  ASSERT_TRUE(business) << business.error().message;
  options.business = *business;
  const auto offers = app::preset_offers(options.business.offers);
  ASSERT_TRUE(offers) << offers.error().message;
  options.offers = *offers;
  const auto assumptions = app::load_assumptions("");
  ASSERT_TRUE(assumptions) << assumptions.error().message;
  options.assumptions = *assumptions;
  options.lift = static_cast<Lift>(number("LIFT", 0));
  options.customers = static_cast<std::uint32_t>(number("CUSTOMERS", 5000));
  options.trace = number("TRACE", 0) != 0;
  const auto oracle = number("ORACLE", 1) != 0 ? learn_oracle(options) : nullptr;
  std::vector<PolicyScore> sum;
  const long seeds = number("SEEDS", 1);
  std::array<double, kCampaigns> mean{}, p5{}, p95{}, explored{}, spend{};
  std::array<int, kCampaigns> inside{};
  for (long s = 0; s < seeds; ++s) {
    options.seed = static_cast<std::uint64_t>(number("SEED", 1) + s);
    const PolicyRun run = run_policies(options, oracle.get());
    if (sum.empty()) {
      sum = run.policies;
      for (auto& p : sum) p.campaign = {};
    }
    for (std::size_t p = 0; p < sum.size(); ++p) {
      for (std::size_t c = 0; c < kCampaigns; ++c) sum[p].campaign[c].value += run.policies[p].campaign[c].value / static_cast<double>(seeds);
    }
    for (std::size_t c = 0; c < kCampaigns; ++c) {
      const double n = static_cast<double>(seeds);
      mean[c] += run.printed[c].mean / n;
      p5[c] += run.printed[c].p5 / n;
      p95[c] += run.printed[c].p95 / n;
      spend[c] += run.printed[c].spend / n;
      explored[c] += run.printed[c].explored / n;
      const double value = run.policies[0].campaign[c].value;
      inside[c] += value >= run.printed[c].p5 && value <= run.printed[c].p95 ? 1 : 0;
    }
  }
  for (const auto& p : sum) {
    std::printf("%-26s %9.1f = %8.1f %8.1f %8.1f\n", p.name.c_str(), p.total(), p.campaign[0].value, p.campaign[1].value, p.campaign[2].value);
  }
  for (std::size_t c = 0; c < kCampaigns; ++c) {
    std::printf("printed %8.1f [%8.1f, %8.1f], inside %d of %ld; spend %.0f explored %.0f\n", mean[c], p5[c], p95[c], inside[c], seeds, spend[c], explored[c]);
  }
}

}  // namespace
}  // namespace tests
