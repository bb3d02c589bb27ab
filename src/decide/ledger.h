#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/block.h"
#include "base/error.h"
#include "decide/plan.h"
#include "port/warehouse.h"

namespace decide {

/// Creates the table of decisions.
base::Result<void> ensure_tables(port::Warehouse& warehouse);

/// A customer's personal, single-use code under a plan: eight letters and digits that cannot be mistaken for each other.
std::string code_of(std::uint64_t salt, std::string_view customer_id);

/// The wave in which an approach goes out, by lot: 1 for the first tenth, 2 for the next three tenths, 3 for the rest,
/// so that a mistake is seen while it is small.
std::uint8_t wave_of(std::uint64_t salt, std::string_view customer_id);

/// The plan's decisions as blocks of at most 250,000 rows, in the order of the profiles: the columns of the table.
base::BlockSource decision_rows(const Plan& plan, const PlanRequest& request, const model::Profiles& profiles);

/// Writes them under the plan's id; the same plan again adds nothing.
base::Result<void> store_decisions(const Plan& plan, const PlanRequest& request, const model::Profiles& profiles,
                                   port::Warehouse& warehouse);

/// Streams a stored plan's decisions, ordered by customer.
base::Result<void> load_decisions(std::string_view plan_id, port::Warehouse& warehouse, const base::BlockSink& sink);

}  // namespace decide
