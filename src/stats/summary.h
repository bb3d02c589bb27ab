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
  double log_gaps = 0;  ///< Σ ln of the times between purchases (0 at x = 0); only models of regular buyers (k > 1) look
};

/// What a model says of one customer over the next t.
struct Outlook {
  double alive = 0;
  double expected = 0;
  double any_purchase = 0;
};

/// Many histories, column by column. `weight` is empty (each counts once) or says how many customers a row stands for;
/// `log_gaps` is empty (not known) or holds Σ ln of the times between purchases.
struct Histories {
  std::vector<double> x, t_x, T;
  std::vector<double> weight;
  std::vector<double> log_gaps;

  std::size_t size() const { return x.size(); }
  History at(std::size_t row) const { return {x[row], t_x[row], T[row], log_gaps.empty() ? 0 : log_gaps[row]}; }
  void add(const History& h, double count = 1);  ///< without log_gaps
  void add_with_gaps(const History& h, double count = 1);  ///< with them; every row then
};

/// Checked histories with duplicates merged, sorted by (x, T, t_x). The likelihoods run over these rows.
class UniqueHistories {
 public:
  /// Fails with a sentence that names the first bad row (counted from 1) when columns differ in length, a number is
  /// not finite or negative, x is not whole, t_x > T, x = 0 with t_x > 0, x > 0 with t_x = 0, a weight is negative, or
  /// log_gaps is more than any x gaps of together t_x can have. Rows that differ in log_gaps alone merge: it enters a
  /// likelihood only as a sum, so the merged row carries the customers' mean.
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
  bool knows_gaps() const { return !rows_.log_gaps.empty(); }
  double log_gaps() const { return log_gaps_; }  ///< Σ weight · log_gaps; 0 when not known

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
  double log_gaps_ = 0;
};

}  // namespace stats
