#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/steps.h"
#include "base/error.h"
#include "model/offer.h"
#include "model/plan.h"
#include "port/store.h"

namespace app {

/// A plan as it was made, read back from the Store.
struct SavedPlan {
  model::Plan plan;
  std::vector<model::Offer> offers;
  double margin = 0;
  double expected_profit = 0;
  std::vector<std::string> chosen;  ///< ids of the offers it gives anybody
  std::optional<base::Day> carried_out;  ///< its approaches went out from the day after this one on
};

/// Keeps a plan: its decisions in the warehouse, its summary and offers in the Store. The same plan again changes nothing.
base::Result<void> keep_plan(Context& context, const PlanStep& step, base::Instant now);

/// The plan of that id, or the latest when the id is empty; `not_found` says which plans there are.
base::Result<SavedPlan> load_plan(port::Store& store, const std::string& id);

/// Remembers that a plan's approaches go out: what comes of them teaches later plans. The first day stands. A plan about
/// a past longer ago than its horizon counts from its own day on.
base::Result<void> mark_carried_out(port::Store& store, const std::string& id, base::Day today);

/// Takes that back: the plan was exported but not used.
base::Result<void> mark_not_carried_out(port::Store& store, const std::string& id);

}  // namespace app
