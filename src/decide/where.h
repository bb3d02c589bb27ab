#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "base/condition.h"
#include "base/error.h"
#include "model/profile.h"

namespace decide {

/// A condition on a customer, compiled once: true for the customers at that row of the profiles.
using Condition = std::function<bool(const model::Profiles&, std::size_t)>;

/// Reads a segment: the name of an RFM segment or lifecycle stage ("at_risk", "lapsed_heavy", "lapsed" for both lapsed
/// stages), or comparisons joined by `and`, `or`, `not` and parentheses:
///   country = 'France' and spend >= 500 and (silent > 120 or stage = lapsed_heavy)
/// Fields: segment stage country category item spend spend_12m purchases silent basket gap return_chance
/// value_percentile returned_share price_sensitivity r f m. An error names the place and what may stand there.
base::Result<Condition> parse_where(std::string_view text);

/// The same, not compiled: for those who turn it into something else.
base::Result<base::Condition> read_where(std::string_view text);

/// The fields such conditions may name, texts first.
std::vector<base::FactName> where_fields();

}  // namespace decide
