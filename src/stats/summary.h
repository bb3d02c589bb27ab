#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "stats/chunks.h"

namespace stats {

/// What the buy-till-you-die models know of one customer, in any one time unit:
/// x repeat purchases (the first is not counted), the last at time t_x, observed until T; all since the first purchase.
struct History {
  double x = 0;
  double t_x = 0;
  double T = 0;
};

/// What a model says of one customer over the next t.
struct Outlook {
  double alive = 0;
  double expected = 0;
  double any_purchase = 0;
};

/// Many histories, column by column. `weight` is empty (each counts once) or says how many customers a row stands for.
struct Histories {
  std::vector<double> x, t_x, T;
  std::vector<double> weight;

  std::size_t size() const { return x.size(); }
  History at(std::size_t row) const { return {x[row], t_x[row], T[row]}; }
  void add(const History& h, double count = 1);
};

/// Checked histories with duplicates merged, sorted by (x, T, t_x). The likelihoods run over these rows.
class UniqueHistories {
 public:
  /// Fails with a sentence that names the first bad row (counted from 1) when columns differ in length, a number is
  /// not finite or negative, x is not whole, t_x > T, x = 0 with t_x > 0, x > 0 with t_x = 0, or a weight is negative.
  /// Rows of weight zero are dropped. The result does not depend on the thread count.
  static base::Result<UniqueHistories> from(const Histories& all, Threads threads = {});

  std::size_t size() const { return rows_.size(); }
  const Histories& rows() const { return rows_; }  ///< weight is always filled
  /// For each input row the unique row it became, or kDropped.
  const std::vector<std::uint32_t>& row_of() const { return row_of_; }
  static constexpr std::uint32_t kDropped = 0xFFFFFFFF;

  /// Customers and repeat purchases of each x that occurs, ascending.
  struct Count {
    double x = 0;
    double customers = 0;
  };
  const std::vector<Count>& counts() const { return counts_; }
  double customers() const { return customers_; }
  double purchases() const { return purchases_; }  ///< Σ weight · x
  double mean_T() const { return mean_T_; }

  /// The same customers with times multiplied by `factor` > 0.
  UniqueHistories scaled(double factor) const;

  /// Every `stride`-th row with its weight; as rows are sorted, a fair cross-section of many. row_of() is empty.
  UniqueHistories thinned(std::size_t stride) const;

 private:
  void summarise();

  Histories rows_;
  std::vector<std::uint32_t> row_of_;
  std::vector<Count> counts_;
  double customers_ = 0;
  double purchases_ = 0;
  double mean_T_ = 0;
};

}  // namespace stats
