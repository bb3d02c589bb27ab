#include "understand/business/account_value.h"

#include <algorithm>
#include <cmath>

#include "understand/business/play.h"

namespace understand::business {
namespace {

constexpr double kSpreadPrior = 5;  // sales the assumed spread counts for
constexpr double kEighty = 1.2815515655446004;
constexpr int kRounds = 4;

using Assets = std::array<double, kAssets>;

/// What is on the account from event `begin` up to and without event `end`.
Assets assets_of(const Events& e, std::size_t begin, std::size_t end) {
  Assets sum{};
  for (std::size_t k = begin; k < end; ++k) {
    if (e.what[k] == Happening::payment) sum[static_cast<std::size_t>(Asset::spend)] += std::max(0.0, e.amount[k]);
    if (e.what[k] == Happening::item) sum[static_cast<std::size_t>(Asset::items)] += std::max(0.0, e.amount[k]);
    if (e.what[k] == Happening::session) sum[static_cast<std::size_t>(Asset::hours)] += e.amount[k] > 0 ? std::min(e.amount[k], 24.0) : 1;
  }
  return sum;
}

double worth_of(const Assets& worth, const Assets& amount) {
  double sum = 0;
  for (std::size_t a = 0; a < kAssets; ++a) sum += std::max(0.0, worth[a]) * amount[a];
  return sum;
}

}  // namespace

std::string_view name_of(Asset asset) {
  constexpr std::array<std::string_view, kAssets> names = {"spend", "items", "hours"};
  return names[static_cast<std::size_t>(asset)];
}

AccountModel AccountModel::learn(const Events& e, const AccountAssumptions& assumed) {
  struct Sale {
    Assets amount;
    double price;
  };
  std::vector<Sale> sales;
  for (std::size_t i = 0; i < e.size(); ++i) {
    for (std::size_t k = e.begin(i); k < e.end(i); ++k) {
      if (e.what[k] != Happening::account_sold || e.amount[k] <= 0) continue;
      const Assets amount = assets_of(e, e.begin(i), k);
      if (*std::max_element(amount.begin(), amount.end()) > 0) sales.push_back({amount, e.amount[k]});
    }
  }
  AccountModel model;
  model.sales_ = sales.size();
  model.spread_ = assumed.spread;
  model.covariance_ = stats::Matrix{kAssets};
  for (std::size_t a = 0; a < kAssets; ++a) {
    model.mean_[a] = assumed.asset[a].worth;
    model.covariance_(a, a) = assumed.asset[a].sd * assumed.asset[a].sd;
  }
  // Weights follow the expected price, which follows the fit: a few rounds settle both.
  for (int round = 0; round < kRounds && !sales.empty(); ++round) {
    stats::Matrix precision{kAssets};
    Assets right{};
    for (std::size_t a = 0; a < kAssets; ++a) {
      const double p = 1 / (assumed.asset[a].sd * assumed.asset[a].sd);
      precision(a, a) = p;
      right[a] = p * assumed.asset[a].worth;
    }
    double residual = kSpreadPrior * assumed.spread * assumed.spread;
    for (const Sale& sale : sales) {
      const double expected = std::max(worth_of(model.mean_, sale.amount), 0.01);
      // A price ten times the worth is an outlier, not knowledge.
      residual += std::pow(std::clamp((sale.price - expected) / expected, -1.0, 3.0), 2);
      const double weight = 1 / std::pow(model.spread_ * expected, 2);
      for (std::size_t a = 0; a < kAssets; ++a) {
        right[a] += weight * sale.amount[a] * std::min(sale.price, 4 * expected);
        for (std::size_t b = 0; b < kAssets; ++b) precision(a, b) += weight * sale.amount[a] * sale.amount[b];
      }
    }
    const stats::Matrix lower = stats::cholesky(precision);
    if (lower.size == 0) break;
    const std::vector<double> mean = stats::solve(lower, right);
    std::copy(mean.begin(), mean.end(), model.mean_.begin());
    model.covariance_ = stats::inverse(lower);
    model.spread_ = std::sqrt(residual / (kSpreadPrior + static_cast<double>(sales.size())));
  }
  model.prior_trace_ = 0;
  for (std::size_t a = 0; a < kAssets; ++a) {
    model.mean_[a] = std::max(0.0, model.mean_[a]);
    model.prior_trace_ += model.covariance_(a, a) / (assumed.asset[a].sd * assumed.asset[a].sd) / kAssets;
  }
  return model;
}

AccountValue AccountModel::value(const Events& e, std::size_t i) const {
  AccountValue value;
  value.sales = sales_;
  value.assumed = std::sqrt(std::clamp(prior_trace_, 0.0, 1.0));
  const Assets amount = assets_of(e, e.begin(i), e.end(i));
  for (std::size_t a = 0; a < kAssets; ++a) {
    value.ledger[a] = {static_cast<Asset>(a), amount[a], mean_[a], std::sqrt(covariance_(a, a)), mean_[a] * amount[a]};
    value.fair += value.ledger[a].worth;
  }
  if (!(value.fair > 0)) {
    value.high = kEighty * std::sqrt(stats::quadratic_form(covariance_, amount));
    return value;
  }
  // Prices spread by factors: a lognormal around the worth, its mean the fair value.
  const double doubt = std::sqrt(stats::quadratic_form(covariance_, amount)) / value.fair;
  const double sd = std::sqrt(std::log1p(doubt * doubt + spread_ * spread_));
  value.low = value.fair * std::exp(-kEighty * sd - sd * sd / 2);
  value.high = value.fair * std::exp(kEighty * sd - sd * sd / 2);
  return value;
}

}  // namespace understand::business
