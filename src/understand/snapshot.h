#pragma once

#include "base/error.h"
#include "model/profile.h"
#include "port/warehouse.h"

namespace understand {

/// Writes the profiles under their snapshot id; writing the same snapshot twice adds nothing. Older ones are dropped.
base::Result<void> store_snapshot(const model::Profiles& profiles, port::Warehouse& warehouse);

/// Fills flags and birthdays from events and customers.
base::Result<void> load_signals(port::Warehouse& warehouse, model::Profiles& profiles);

}  // namespace understand
