#pragma once

#include <string>
#include <vector>

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
};

/// The plan of that id, or the latest when the id is empty; `not_found` says which plans there are.
base::Result<SavedPlan> load_plan(port::Store& store, const std::string& id);

}  // namespace app
