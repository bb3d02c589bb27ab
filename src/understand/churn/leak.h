#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/churn.h"
#include "port/warehouse.h"
#include "understand/churn/features.h"

namespace understand::churn {

/// First guard: asks for the features of a cut twice, once with everything from the cut on hidden and once with the
/// present visible. Names of columns whose answers differ for any customer: they have looked ahead.
base::Result<std::vector<std::string>> changes_with_future(port::Warehouse& warehouse, base::Day cut, base::Day present, bool by_activity);

/// How well one column alone tells leavers from others on rows it was not fitted to: the column is cut into 20 groups of
/// equal size and "not known", each group's share of leavers is taken from `before`, and its area under the ROC curve is
/// counted on `after`. ½ = says nothing.
double area_alone(const Snapshot& before, const Snapshot& after, std::size_t column);

/// The same with `after`'s columns replaced by those of an earlier day for the same customers (`earlier`, row by row of
/// `after`, NaN where a customer was not known).
double area_alone(const Snapshot& before, std::span<const float> values, std::span<const float> left, std::size_t column);

/// Second and third guard: columns that alone say more of the future than the present can know. Refused as "too_good":
/// an area of 0.97, or of at least 0.8 and 0.12 above `honest` (the better of recency alone and BTYD alone). Refused as
/// "fades": 0.03 above `honest`, and half of its distance from ½ gone when it is taken a week earlier.
/// `earlier`: the features on the day a week before `after`'s cut.
std::vector<model::ChurnRefusal> implausible(const Snapshot& before, const Snapshot& after, const FeatureTable& earlier, double honest);

}  // namespace understand::churn
