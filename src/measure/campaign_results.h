#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "port/warehouse.h"

namespace measure {

/// One customer as assigned, whatever became of the messages.
struct Assigned {
  bool control = false;
  base::Instant entered_at;
  double incentives = 0;  ///< money: redeemed codes
  double contacts = 0;    ///< money: messages that went or may have gone
};

struct CampaignArm {
  std::uint64_t customers = 0;
  std::uint64_t first_order = 0;   ///< with at least one order within the horizon
  std::uint64_t second_order = 0;
  double orders = 0;               ///< all
  double contribution = 0;         ///< mean a customer: margin on net sales less incentives and messages
  double contribution_sd = 0;
};

/// What a campaign brought: everyone assigned against everyone held out (intention to treat).
struct CampaignResults {
  CampaignArm treated, held_out;
  base::Day from;               ///< first entry
  base::Day seen_until;         ///< of the orders imported so far
  std::int32_t horizon_days = 0;
  double elapsed = 0;           ///< share of the horizon that customers have lived through, on average
  bool comparable = false;      ///< both arms have at least two customers
  double sample_ratio_p = 1;    ///< below 0.001 the arms are not what was drawn: nothing else is to be believed
  bool sample_ratio_alarm = false;
  double lift = 0, lift_low = 0, lift_high = 0;                ///< of the return rate, always valid, 95 %
  double per_customer = 0, per_customer_low = 0, per_customer_high = 0;  ///< contribution, always valid, 95 %
  double total = 0, total_low = 0, total_high = 0;             ///< times the treated
  double detectable_lift = 0;   ///< of the return rate, 80 % power at one planned look
  bool proven = false;          ///< the interval of the money leaves 0 out and the sample ratio is right
};

/// Compares the arms on orders placed within `horizon_days` of each customer's entry. The interval may be looked at any
/// day (stats::always_valid_half_width). `control_share` is what was drawn. Fails when nobody was assigned or no order is
/// as late as the first entry.
base::Result<CampaignResults> campaign_results(const std::unordered_map<std::string, Assigned>& assigned, double control_share,
                                               double margin, std::int32_t horizon_days, port::Warehouse& warehouse);

}  // namespace measure
