#pragma once

#include "base/error.h"
#include "understand/reasons/findings.h"
#include "understand/reasons/gather.h"

namespace understand::reasons {

/// From what was gathered to a verdict on every leaver and the sums; pure, the same inputs give the same findings.
base::Result<Findings> judge(const model::ReasonRules& rules, const TopicNames& names, const model::Profiles& profiles,
                             Gathered&& gathered);

}  // namespace understand::reasons
