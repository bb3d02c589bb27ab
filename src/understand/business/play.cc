#include "understand/business/play.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "stats/logistic.h"

namespace understand::business {
namespace {

constexpr std::size_t kFeatures = 5;
constexpr std::size_t kMostRows = 300000;
constexpr double kRidge = 2, kFewest = 30;
constexpr double kMoneyPrior = 3;  // paying days the common mean counts for

std::array<double, kFeatures> features_of(const Player& p, std::int32_t day, std::int32_t horizon) {
  return {p.paying_days > 0 ? 1.0 : 0.0, std::log1p(p.paying_days), p.paying_days > 0 && day - p.last_paid < 2 * horizon ? 1.0 : 0.0,
          std::log1p(p.hours), std::log1p(std::max(0, day - p.last_day))};
}

struct After {
  bool active = false;
  double money = 0;
  double paying_days = 0;
};

After after(const Events& e, std::size_t i, std::int32_t day, std::int32_t horizon) {
  After result;
  std::int32_t last = -1;
  for (std::size_t k = e.begin(i); k < e.end(i) && e.day[k] <= day + horizon; ++k) {
    if (e.day[k] <= day) continue;
    result.active = result.active || is_activity(e.what[k]);
    if (e.what[k] != Happening::payment || e.amount[k] <= 0) continue;
    result.money += e.amount[k];
    if (e.day[k] != last) result.paying_days += 1;
    last = e.day[k];
  }
  return result;
}

}  // namespace

bool is_activity(Happening what) {
  return what == Happening::session || what == Happening::payment || what == Happening::item || what == Happening::unit_started ||
         what == Happening::unit_completed || what == Happening::course_completed;
}

Player player_at(const Events& e, std::size_t i, std::int32_t day) {
  Player p;
  std::int32_t paid_on = -1;
  for (std::size_t k = e.begin(i); k < e.end(i) && e.day[k] <= day; ++k) {
    const Happening what = e.what[k];
    if (!is_activity(what)) continue;
    if (p.first_day == 0) p.first_day = e.day[k];
    p.last_day = e.day[k];
    switch (what) {
      case Happening::session:
        ++p.sessions;
        p.hours += e.amount[k] > 0 ? std::min(e.amount[k], 24.0) : 1;
        break;
      case Happening::payment:
        if (e.amount[k] <= 0) break;
        p.paid += e.amount[k];
        if (e.day[k] > day - 365) p.paid_12m += e.amount[k];
        if (e.day[k] != paid_on) ++p.paying_days;
        p.last_paid = paid_on = e.day[k];
        break;
      case Happening::unit_started: p.stuck_at = e.place[k]; break;
      case Happening::unit_completed:
        ++p.units;
        if (e.place[k] == p.stuck_at) p.stuck_at = 0;
        break;
      case Happening::course_completed: p.completed = true; break;
      default: break;
    }
  }
  if (p.completed) p.stuck_at = 0;
  return p;
}

Paying Paying::learn(const Events& e, std::int32_t today, std::int32_t horizon) {
  Paying result;
  result.horizon_ = horizon;
  std::int32_t first = today;
  for (std::size_t i = 0; i < e.size(); ++i) {
    if (e.begin(i) < e.end(i)) first = std::min(first, e.day[e.begin(i)]);
  }
  std::vector<std::int32_t> days;
  for (std::int32_t day = today - horizon; day >= first + 14 && days.size() < 6; day -= std::max(14, horizon)) days.push_back(day);
  const std::size_t step = std::max<std::size_t>(1, e.size() * std::max<std::size_t>(1, days.size()) / kMostRows);
  std::vector<double> rows, label, sums, day_money;
  std::array<double, 2> seen{}, paid{};
  double paying_days = 0;
  for (const std::int32_t day : days) {
    for (std::size_t i = 0; i < e.size(); i += step) {
      const Player p = player_at(e, i, day);
      if (p.first_day == 0) continue;
      const After next = after(e, i, day, horizon);
      if (!next.active) continue;
      const auto row = features_of(p, day, horizon);
      rows.insert(rows.end(), row.begin(), row.end());
      const bool pays = next.money > 0;
      label.push_back(pays ? 1 : 0);
      const std::size_t group = p.paying_days > 0 ? 1 : 0;
      seen[group] += 1;
      paid[group] += pays ? 1 : 0;
      if (!pays) continue;
      sums.push_back(next.money);
      paying_days += next.paying_days;
    }
  }
  const double all_seen = seen[0] + seen[1], all_paid = paid[0] + paid[1];
  if (all_seen == 0) {
    // No past day to learn from: the plain share of players who ever paid.
    double players = 0, payers = 0;
    for (std::size_t i = 0; i < e.size(); ++i) {
      const Player p = player_at(e, i, today);
      if (p.first_day == 0) continue;
      players += 1;
      if (p.paying_days == 0) continue;
      payers += 1;
      sums.push_back(p.paid);
      paying_days += p.paying_days;
    }
    result.share_ = (payers + 0.5) / (players + 1);
    result.share_new_ = result.share_payer_ = result.share_;
  } else {
    result.share_ = (all_paid + 0.5) / (all_seen + 1);
    result.share_new_ = (paid[0] + 20 * result.share_) / (seen[0] + 20);
    result.share_payer_ = (paid[1] + 20 * result.share_) / (seen[1] + 20);
  }
  // Money: cut at the 99th percentile, then mean and spread.
  if (!sums.empty()) {
    std::sort(sums.begin(), sums.end());
    result.cut_ = sums[std::min(sums.size() - 1, static_cast<std::size_t>(0.99 * static_cast<double>(sums.size())))];
    double mean = 0, square = 0;
    for (double& money : sums) mean += std::min(money, result.cut_) / static_cast<double>(sums.size());
    for (const double money : sums) square += std::pow(std::min(money, result.cut_) - mean, 2);
    result.mean_money_ = mean;
    result.sd_money_ = sums.size() > 1 ? std::sqrt(square / static_cast<double>(sums.size() - 1)) : mean;
    result.days_per_horizon_ = std::max(1.0, paying_days / static_cast<double>(sums.size()));
    result.mean_day_ = mean / result.days_per_horizon_;
  }
  if (all_paid < kFewest || all_seen - all_paid < kFewest) return result;
  result.mean_.assign(kFeatures, 0);
  result.scale_.assign(kFeatures, 1);
  const double n = static_cast<double>(label.size());
  for (std::size_t k = 0; k < kFeatures; ++k) {
    double square = 0;
    for (std::size_t r = 0; r < label.size(); ++r) result.mean_[k] += rows[r * kFeatures + k] / n;
    for (std::size_t r = 0; r < label.size(); ++r) square += std::pow(rows[r * kFeatures + k] - result.mean_[k], 2);
    const double scale = std::sqrt(square / n);
    result.scale_[k] = scale > 1e-9 ? scale : 1;
    for (std::size_t r = 0; r < label.size(); ++r) {
      double& x = rows[r * kFeatures + k];
      x = (x - result.mean_[k]) / result.scale_[k];
    }
  }
  const auto model = stats::fit_logistic(stats::dense_rows(rows, kFeatures, label), kRidge);
  if (model && model->converged) {
    result.beta_ = model->beta;
    result.learned_ = true;
  }
  return result;
}

double Paying::chance(const Player& player, std::int32_t day) const {
  if (!learned_) return player.paying_days > 0 ? share_payer_ : share_new_;
  const auto row = features_of(player, day, horizon_);
  double log_odds = beta_[0];
  for (std::size_t k = 0; k < kFeatures; ++k) log_odds += beta_[k + 1] * (row[k] - mean_[k]) / scale_[k];
  return std::clamp(1 / (1 + std::exp(-log_odds)), 1e-4, 1 - 1e-4);
}

Paying::Money Paying::money(const Player& player) const {
  const double days = player.paying_days;
  // Own paying days against the common mean; no day counts for more than the cut.
  const double own = days > 0 ? std::min(player.paid / days, cut_) : mean_day_;
  const double day = (kMoneyPrior * mean_day_ + days * own) / (kMoneyPrior + days);
  return {std::min(day * days_per_horizon_, std::max(cut_, mean_money_)), sd_money_ / std::sqrt(1 + days)};
}

}  // namespace understand::business
