#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "stats/pareto_nbd.h"
#include "stats/summary.h"
#include "understand/history.h"
#include "understand/rhythm.h"

namespace understand {

/// What is known of a customer on a day, from purchases up to and including that day.
struct Standing {
  std::size_t purchases = 0;  ///< 0: not yet a customer
  std::int32_t silent = 0;
  std::int32_t tenure = 0;    ///< days since the first purchase
  std::int32_t span = 0;      ///< days from first to last purchase
  std::size_t recent = 0;     ///< purchases in the last horizon
  std::size_t less_recent = 0;  ///< purchases in the horizon before that
};

Standing standing_at(const Histories& histories, std::size_t i, std::int32_t day, std::int32_t horizon);

/// Whether the customer buys in (day, day + horizon].
bool returns_within(const Histories& histories, std::size_t i, std::int32_t day, std::int32_t horizon);

/// (x, t_x, T) in days of every customer known on the day; `row` are their places in the histories. With `most`, an
/// even sample of about that many customers.
struct Summaries {
  stats::Histories data;
  std::vector<std::uint32_t> row;
};
Summaries summaries_at(const Histories& histories, std::int32_t day, std::size_t most = 0);

/// A buy-till-you-die model of the shop on a day, ready to be asked; Pareto/NBD, fitted on at most 20,000 customers.
class ShopModel {
 public:
  static base::Result<ShopModel> fit(const Histories& histories, std::int32_t day);
  /// Chance of a purchase within `days` for this standing; in (0, 1).
  double any_purchase(const Standing& standing, double days) const;
  const stats::ParetoNbd& model() const { return model_; }

 private:
  stats::ParetoNbd model_;
};

/// Columns of the return model's regression for one customer on one day. Without `full` only what silence alone says.
inline constexpr std::size_t kFullFeatures = 14;
inline constexpr std::size_t kSeasonFeatures = 4;
inline constexpr std::size_t kSilenceFeatures = 4;
void silence_features(const Standing& standing, double* out);
void full_features(const Standing& standing, double gap, double btyd_chance, std::int32_t horizon, double* out);
void season_features(std::int32_t day, double* out);

}  // namespace understand
