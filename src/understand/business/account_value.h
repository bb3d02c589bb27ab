#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "stats/matrix.h"
#include "understand/business/events.h"

namespace understand::business {

/// What an account is valued by.
enum class Asset : std::uint8_t { spend, items, hours };
inline constexpr std::size_t kAssets = 3;
std::string_view name_of(Asset asset);

/// What is believed of each asset's worth before any sale is known: money for each unit, with its standard deviation.
struct AssetPrior {
  double worth = 0;
  double sd = 0;
};
struct AccountAssumptions {
  std::array<AssetPrior, kAssets> asset{{{0.25, 0.15}, {0.5, 0.25}, {0.25, 0.2}}};
  double spread = 0.4;  ///< sd of prices around the worth, as a share of it
};

/// One line of the reckoning.
struct LedgerLine {
  Asset asset = Asset::spend;
  double amount = 0;  ///< money paid, value of items, hours
  double worth_each = 0, worth_each_sd = 0;
  double worth = 0;
};

struct AccountValue {
  double fair = 0;
  double low = 0, high = 0;  ///< 80 % interval of the price of such an account: doubt about worth and the spread of prices
  std::array<LedgerLine, kAssets> ledger;
  std::size_t sales = 0;     ///< of accounts, that it was learned from
  double assumed = 1;        ///< share of the ledger's uncertainty that is still the prior's: 1 = nothing learned
};

/// The worth of accounts, learned from sales among players: the price is a sum of the assets' worth, its spread a share of
/// it. Bayesian linear regression with known prior and weights 1/(expected price)², the spread being estimated from the
/// sales as far as there are some (Gelman et al., Bayesian Data Analysis, 3rd ed., section 14.2 and 14.8). Worths are never below 0.
class AccountModel {
 public:
  static AccountModel learn(const Events& events, const AccountAssumptions& assumptions);

  /// Values customer i as of the events' last day; an account without spend, items and hours is worth 0.
  AccountValue value(const Events& events, std::size_t i) const;

  std::size_t sales() const { return sales_; }

 private:
  std::array<double, kAssets> mean_{};
  stats::Matrix covariance_;
  double prior_trace_ = 1;
  double spread_ = 0.4;
  std::size_t sales_ = 0;
};

}  // namespace understand::business
