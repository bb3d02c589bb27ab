#pragma once

#include <string>
#include <vector>

#include "app/context.h"
#include "stats/gamma_gamma.h"
#include "stats/judge_models.h"

namespace app {

/// What `fit` and `compare-models` work on: one row a customer, from a plain table or from the workspace's orders.
struct PurchaseTable {
  std::string source;              ///< named in messages
  stats::Histories histories;
  std::vector<std::string> id;     ///< empty: rows are named by their number, from 1
  std::vector<double> paid, mean;  ///< purchases with an amount and their mean; empty when amounts are unknown
  std::vector<double> held_out;    ///< x_star; empty when the table has none
  double units_per_year = 365.25;

  /// The row of a customer, by id or by number.
  base::Result<std::size_t> row_of(const std::string& customer) const;
  /// Customers with an amount, for gamma-gamma.
  stats::Spending spending() const;
};

/// A table with a heading that names x, t_x, T (also frequency, recency; t.x; T_cal, n.cal) and, where there are: litt
/// (Σ ln of the gaps), x_star (purchases held out), zbar or monetary_value (mean amount of repeat purchases), weight or custs,
/// id. `unit` is day, week, month or year.
base::Result<PurchaseTable> read_purchase_table(const std::string& file, const std::string& unit);

/// The workspace's customers as known on a day (empty: the last with orders), in days. With `period` > 0 in occasions of
/// that many days instead, for BG/BB: an occasion counts when something was bought in it; then `holdout` is in occasions too.
/// `holdout` > 0 holds the last days back and fills held_out.
base::Result<PurchaseTable> read_workspace_purchases(Context& context, const std::string& as_of, double period, double holdout);

/// Days of "39w", "273d" or "273".
base::Result<double> days_of(const std::string& text);

}  // namespace app
