#pragma once

#include <cstdint>
#include <string>

#include "app/saved_plan.h"
#include "base/error.h"
#include "port/store.h"
#include "port/warehouse.h"
#include "text/language.h"

namespace app {

/// A plan's approaches as another system imports them.
struct PlanExport {
  std::string csv;
  std::uint64_t customers = 0;
  std::uint64_t without_address = 0;  ///< left out
};

/// `invalid_input` for a system nothing is known of; names those there are.
base::Result<void> check_export_system(const std::string& system);

/// For "csv", "mailchimp", "klaviyo" or "youzan". Held-out customers and those who said no are absent. Marks nothing: see
/// mark_carried_out.
base::Result<PlanExport> export_plan(const SavedPlan& saved, const std::string& system, text::Language language, port::Store& store,
                                     port::Warehouse& warehouse);

}  // namespace app
