#pragma once

#include <cstddef>

#include "base/error.h"
#include "base/time.h"
#include "port/act_store.h"
#include "port/warehouse.h"

namespace app {

/// Brings what customers said (port::BackStore) into the warehouse's feedback, from where the reasons read it, and lets
/// go of it in the Store. Words of whoever was erased meanwhile are left out. Gives how many; told again after a crash it adds nothing.
base::Result<std::size_t> load_feedback(port::ActStore& store, port::Warehouse& warehouse, const base::Zone& zone);

}  // namespace app
