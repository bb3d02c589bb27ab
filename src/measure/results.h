#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/error.h"
#include "model/offer.h"
#include "model/plan.h"
#include "port/warehouse.h"

namespace measure {

struct Arm {
  std::uint64_t customers = 0;
  std::uint64_t returned = 0;      ///< at least one purchase day within the horizon
  double contribution = 0;         ///< mean per customer: margin on what was bought, less incentives and contacts
  double contribution_sd = 0;
};

/// Treated against held out, everybody as assigned (intention to treat), in money.
struct Results {
  std::string plan_id;
  std::string currency;
  base::Day from;           ///< first day that counts
  base::Day until;          ///< last day that counts
  base::Day seen_until;     ///< of the orders imported so far
  bool complete = false;    ///< the whole horizon has been seen
  Arm treated;
  Arm held_out;
  double lift = 0;          ///< difference of the return rates
  double lift_low = 0, lift_high = 0;  ///< 95 %
  double per_customer = 0;  ///< difference of mean contribution
  double per_customer_low = 0, per_customer_high = 0;
  double total = 0;         ///< times the treated
  double total_low = 0, total_high = 0;
  bool proven = false;      ///< the interval leaves 0 out and the horizon is complete
  double expected = 0;      ///< what the plan had expected of the same customers
};

/// Compares customers approached with customers held out who would have been approached. Incentives are counted by the
/// offers' published terms for those who returned. Welch's interval (two samples of unequal variance); it is meant for
/// one look when the horizon is over, and says so before. Fails when nobody was held out.
base::Result<Results> results_of(const model::Plan& plan, std::span<const model::Offer> offers, double margin,
                                 double expected, port::Warehouse& warehouse);

}  // namespace measure
