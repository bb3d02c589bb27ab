#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/context.h"
#include "base/error.h"
#include "measure/campaign_results.h"
#include "model/campaign.h"
#include "port/act_store.h"
#include "text/language.h"

namespace app {

/// One step of a campaign, as it stands.
struct StepStatus {
  std::uint64_t here = 0;      ///< customers waiting at it, controls left out
  std::uint64_t sent = 0;      ///< accepted
  std::uint64_t in_doubt = 0;  ///< unknown and unconfirmed
  std::uint64_t not_sent = 0;  ///< dropped, rejected, cancelled
  std::uint64_t ghosts = 0;    ///< would have gone to held-out customers
  std::uint64_t opened = 0;    ///< customers, more likely by a person than not
  std::uint64_t clicked = 0;
};

/// A campaign as it stands.
struct CampaignStatus {
  model::Campaign campaign;
  std::uint64_t treated = 0, controls = 0, open = 0;
  std::vector<std::pair<std::string, StepStatus>> steps;
  std::map<std::string, std::uint64_t> endings;   ///< treated customers by how they ended
  std::map<std::string, std::uint64_t> not_sent;  ///< letters by why they did not go
  std::vector<model::CodeAccount> codes;
};
base::Result<CampaignStatus> status_of(const model::Campaign& campaign, port::ActStore& store);

/// What a campaign brought, with its funnel.
struct CampaignProof {
  model::Campaign campaign;
  measure::CampaignResults results;
  std::uint64_t sent = 0, opened = 0, clicked = 0;
};
base::Result<CampaignProof> proof_of(const model::Campaign& campaign, Context& context, port::ActStore& store, port::Warehouse& warehouse);

/// The comparison after the first days of each customer's time, at up to eight points until the horizon: how it came about.
base::Result<std::vector<measure::CampaignResults>> proof_over_time(const model::Campaign& campaign, Context& context, port::ActStore& store,
                                                                    port::Warehouse& warehouse);

std::string describe(const CampaignStatus& status, const std::string& currency, text::Language language);
std::string to_json(const CampaignStatus& status);
std::string describe(const CampaignProof& proof, const std::string& currency, text::Language language);
std::string to_json(const CampaignProof& proof);

/// What a plan's own summary says it can cost at most, and its budget.
base::Result<double> most_it_can_cost(const std::string& plan_json);
base::Result<std::optional<double>> budget_of(const std::string& plan_json);

}  // namespace app
