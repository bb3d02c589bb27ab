#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/churn.h"
#include "understand/churn/features.h"

namespace understand::churn {

/// What a column of the model speaks of; nothing for one that has no words.
std::optional<model::ChurnReason> theme_of(std::string_view column);

/// What half of the active customers exceed, for words that compare.
struct Medians {
  double spend_365 = 0, products = 0;
};
Medians medians_of(const Snapshot& today);

/// A customer's drivers: contributions summed over the columns of one theme, the heaviest three that raise the risk by
/// at least 0.05 in log-odds and whose words the customer's own numbers bear out ("buys less often" needs fewer purchases
/// now than before). Contributions belong to `columns` (those the model was given); numbers are read from the snapshot.
std::vector<model::ChurnDriver> drivers_of(const Snapshot& today, std::size_t row, std::span<const std::string> columns,
                                           std::span<const float> contributions, const Medians& medians, std::int32_t horizon);

/// What may be done, from the heaviest driver; a call for those with most at stake. Nothing yet for those less likely to
/// leave than the usual customer, or than one of two.
model::ChurnAction action_for(std::span<const model::ChurnDriver> drivers, double chance, double usual_chance, bool among_the_dearest);

}  // namespace understand::churn
