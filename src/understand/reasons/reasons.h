#pragma once

#include <string>

#include "base/error.h"
#include "model/profile.h"
#include "model/reason.h"
#include "port/warehouse.h"
#include "understand/reasons/findings.h"

namespace understand::reasons {

/// Creates the table this step writes.
base::Result<void> ensure_tables(port::Warehouse& warehouse);

/// Finds out why the lapsed customers of a stored snapshot left, from what they did, where their paths broke and what
/// they wrote; stores the verdicts in the table `reasons` and marks in the profiles those who left over something that
/// must be fixed first (flag_quality_leaver) and those whose need is over (flag_natural_end). Does nothing where there
/// are neither events nor feedback.
base::Result<Findings> find_reasons(const model::ReasonRules& rules, std::string_view business, model::Profiles& profiles,
                                    port::Warehouse& warehouse);

}  // namespace understand::reasons
