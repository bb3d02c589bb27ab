#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/campaign_file.h"
#include "app/engine.h"
#include "base/error.h"
#include "model/offer.h"

namespace app {

/// How a journey is to be launched.
struct LaunchRequest {
  std::string plan;              ///< of a journey entered by a plan; empty = what the journey names
  std::string by;                ///< who launches it
  std::optional<double> budget;  ///< money for codes; else the plan's
  bool move_running = false;     ///< customers on the way go over to the new version
};

/// What a campaign rests on beside its file.
struct LaunchTerms {
  std::string plan_id;
  double holdout_share = 0;
  std::uint64_t customers = 0;
  std::uint64_t controls = 0;
  double most = 0;  ///< money
  std::optional<double> budget;
  std::vector<model::Offer> offers;
};
base::Result<LaunchTerms> terms_of(const CampaignFile& file, Workplace& place, const LaunchRequest& request);

/// A plan that may cost more than one person may launch needs somebody else's word as well: `conflict` until it is there.
base::Result<void> need_approval(const CampaignFile& file, const LaunchTerms& terms, Workplace& place, const std::string& by);

/// Gives that word: for just this text, this plan and at most this money.
base::Result<void> approve_launch(const CampaignFile& file, const LaunchTerms& terms, port::ActStore& store, const std::string& by,
                                  base::Instant now);

/// The same for a plan's money, whichever journey carries it out; somebody else than who launches has to give it.
base::Result<void> approve_plan(const std::string& plan, double amount, port::ActStore& store, const std::string& by, base::Instant now);
base::Result<std::vector<model::Approval>> plan_approvals(const std::string& plan, port::ActStore& store);

struct Launched {
  std::uint32_t version = 1;
  bool again = false;  ///< it was a campaign before
};

/// Makes it a running campaign, in one transaction; what is wrong with the journey was asked before (`problems_of`).
base::Result<Launched> launch(const CampaignFile& file, const LaunchTerms& terms, Workplace& place, const LaunchRequest& request,
                              base::Instant now);

}  // namespace app
