#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "model/business.h"
#include "model/profile.h"
#include "model/shop.h"
#include "port/warehouse.h"
#include "understand/business/events.h"
#include "understand/history.h"

namespace understand {

struct AnalyzeRequest {
  std::optional<base::Day> as_of;  ///< default: the day after the last order
  model::Business business;
  std::string currency;
  bool check = true;  ///< end with the out-of-time check
};

struct Analysis {
  model::Profiles profiles;
  model::Shop shop;
};

/// From histories to a profile of every customer and the shop's own facts; pure, the same inputs give the same result.
Analysis analyze_histories(const AnalyzeRequest& request, const Histories& histories);

/// The same for a business understood from events (request.business.model); the events must carry it.
Analysis analyze_events(const AnalyzeRequest& request, const business::Events& events);

/// Reads the histories and signals from the warehouse, analyzes them, and stores the profiles as a new snapshot.
/// Fails with `not_found` when there is no order with a customer up to that day.
base::Result<Analysis> analyze(const AnalyzeRequest& request, port::Warehouse& warehouse);

/// Creates the tables this step writes.
base::Result<void> ensure_tables(port::Warehouse& warehouse);

}  // namespace understand
