#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/business.h"
#include "model/offer.h"
#include "simulate/world.h"

namespace tests {

inline constexpr std::size_t kCampaigns = 3;

/// How the true effects of approaches relate to what presets/priors.yaml believes.
enum class Lift : std::uint8_t {
  prior,     ///< the believed means
  half,      ///< half of them
  zero,      ///< nothing works
  negative,  ///< the believed means, but every approach drives a fifth of people away
  drawn,     ///< drawn from the prior, by the run's seed
};
std::string_view name_of(Lift lift);

struct PolicyRunOptions {
  simulate::World world;
  model::Business business;
  std::vector<model::Offer> offers;  ///< what the plan and the oracles choose from
  model::Assumptions assumptions;
  Lift lift = Lift::prior;
  std::uint64_t seed = 1;
  std::uint32_t customers = 5000;
  std::size_t campaigns = kCampaigns;
  bool trace = false;
};

/// What one policy's choices in one campaign are truly worth: the sum over those approached of the true expected Δ.
struct CampaignScore {
  double value = 0;
  double cost = 0;  ///< truly expected: contacts and incentives
  std::size_t approached = 0;
};

struct PolicyScore {
  std::string name;
  std::array<CampaignScore, kCampaigns> campaign;
  double total() const {
    double sum = 0;
    for (const auto& c : campaign) sum += c.value;
    return sum;
  }
};

struct PolicyRun {
  std::vector<PolicyScore> policies;  ///< ours first, then the rivals, then "oracle.features" and "oracle.individual"
  struct Printed {
    double budget = 0, mean = 0, p5 = 0, p95 = 0;  ///< of the approaches of ours
    double explored = 0;                           ///< customers approached to learn
    double spend = 0;
    std::size_t eligible = 0;
    std::size_t measured = 0;  ///< kinds that count as measured
  };
  std::array<Printed, kCampaigns> printed;
  const PolicyScore& policy(std::string_view name) const;
};

/// What the best rule on observable features would choose, learned from the truth of a large shop of the same world:
/// E[Δ | features] of each offer by boosted trees. Made once for a world and lift.
class FeatureOracle;
std::shared_ptr<const FeatureOracle> learn_oracle(const PolicyRunOptions& options);

/// Three campaigns, three months apart, in one shop. Before each the program analyzes what it may know, learns from what
/// its earlier campaigns brought, and plans under a budget; every rival is asked what it would do with the same budget on
/// the same day, with the same customers held out. Choices are judged by the truth, not by luck. Lives then go on with
/// what the program did.
PolicyRun run_policies(const PolicyRunOptions& options, const FeatureOracle* oracle);

/// The world with the lift's effects, over enough days.
simulate::World with_lift(const PolicyRunOptions& options);

}  // namespace tests
