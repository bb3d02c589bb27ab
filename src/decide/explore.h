#pragma once

#include <cstdint>
#include <vector>

#include "decide/options.h"
#include "decide/totals.h"

namespace decide {

/// Candidates, not held out, whom a lot (the assumptions' exploration share) gives to exploring instead of to
/// the offer that looks best: one flag a customer of the options. So offers that do not look best are tried as well.
std::vector<std::uint8_t> draw_explorers(const PlanRequest& request, const model::Profiles& profiles, const Options& options,
                                         std::uint64_t salt);

struct ExploreInputs {
  const PlanRequest& request;
  const model::Profiles& profiles;
  const Options& options;
  const std::vector<std::uint8_t>& explorers;
  std::uint64_t salt = 0;
  double not_held_out = 1;  ///< chance of being here at all
  double money = 0;         ///< that exploring may be expected to cost
};

/// Approaches the explorers, then customers whose class is unknown, in the order of a lot, until an offer's share of the
/// money, its stock or the staff's time is used up. Each gets the offer that is best in one draw of what is believed (Thompson 1933):
/// an offer is tried as often as it may be the best one. Guardrails: the published rules and the discount ceiling, and no
/// offer that is rather hopeless for this customer (P(Δ > 0) below 0.2). Adds the choices, and logs for everyone who was
/// open to it the chance of what they got, whichever way it came. Call it after the controls are decided.
void explore(const ExploreInputs& in, model::Decisions& decisions, std::vector<Choice>& choices);

}  // namespace decide
