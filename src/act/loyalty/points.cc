#include "act/loyalty/points.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace act::loyalty {
namespace {

struct OpenLot {
  std::string_view order_key;
  std::int64_t left = 0;
  std::int64_t expired = 0;
  std::optional<base::Day> expires_on;
};

/// Lots without an end are spent last.
bool ends_before(const OpenLot& a, const OpenLot& b) {
  if (!a.expires_on || !b.expires_on) return a.expires_on.has_value() && !b.expires_on.has_value();
  return *a.expires_on < *b.expires_on;
}

class Reckoning {
 public:
  /// Points of days before this one that were not spent are gone.
  void reach(base::Day day) {
    for (OpenLot& lot : lots_) {
      if (!lot.expires_on || *lot.expires_on >= day) continue;
      lot.expired += lot.left;
      expired_ += lot.left;
      lot.left = 0;
    }
  }

  void add(const model::PointsEntry& entry) {
    const std::int64_t pays = std::min(debt_, entry.points);
    debt_ -= pays;
    OpenLot lot{.order_key = entry.order_key, .left = entry.points - pays, .expires_on = entry.expires_on};
    lots_.insert(std::upper_bound(lots_.begin(), lots_.end(), lot, ends_before), lot);
  }

  void take(const model::PointsEntry& entry) {
    std::int64_t owed = -entry.points;
    if (entry.kind == model::PointsKind::taken_back && !entry.order_key.empty()) {
      for (OpenLot& lot : lots_) {
        if (lot.order_key == entry.order_key) owed -= draw(lot.left, owed);
      }
      for (OpenLot& lot : lots_) {
        if (lot.order_key == entry.order_key) owed -= draw(lot.expired, owed);
      }
    }
    for (OpenLot& lot : lots_) owed -= draw(lot.left, owed);
    debt_ += owed;
  }

  Account account() const {
    Account account{.balance = -debt_, .debt = debt_, .expired = expired_};
    for (const OpenLot& lot : lots_) {
      if (lot.left <= 0) continue;
      account.balance += lot.left;
      account.lots.push_back({lot.left, lot.expires_on});
    }
    return account;
  }

 private:
  static std::int64_t draw(std::int64_t& from, std::int64_t wanted) {
    const std::int64_t taken = std::min(from, wanted);
    from -= taken;
    return taken;
  }

  std::vector<OpenLot> lots_;  // first to end first
  std::int64_t debt_ = 0, expired_ = 0;
};

}  // namespace

std::int64_t points_for(std::int64_t amount, const model::LoyaltyRules& rules) {
  const double points = static_cast<double>(amount) / 100 * rules.points_per_unit;
  // 4.35 × 100 is 434.99999999999994.
  const double whole = std::trunc(points + (points < 0 ? -1e-6 : 1e-6));
  return static_cast<std::int64_t>(std::clamp(whole, -1e15, 1e15));
}

std::optional<base::Day> end_of(base::Day earned, const model::LoyaltyRules& rules) {
  if (rules.expires_months <= 0) return std::nullopt;
  const std::chrono::year_month_day date = std::chrono::year_month_day{earned} + std::chrono::months{rules.expires_months};
  return date.ok() ? base::Day{date} : base::Day{date.year() / date.month() / std::chrono::last};
}

Account account_on(std::span<const model::PointsEntry> entries, base::Day day) {
  Reckoning reckoning;
  for (const model::PointsEntry& entry : entries) {
    if (entry.day > day) break;
    reckoning.reach(entry.day);
    if (entry.points > 0) reckoning.add(entry);
    if (entry.points < 0) reckoning.take(entry);
  }
  reckoning.reach(day);
  return reckoning.account();
}

std::vector<Ending> endings(const Account& account, base::Day day, const model::LoyaltyRules& rules) {
  std::vector<Ending> found;
  for (const Lot& lot : account.lots) {
    if (!lot.expires_on || *lot.expires_on > day + std::chrono::days{rules.notice_days}) continue;
    if (found.empty() || found.back().day != *lot.expires_on) found.push_back({0, *lot.expires_on});
    found.back().points += lot.left;
  }
  std::erase_if(found, [&](const Ending& one) { return one.points < rules.notice_least; });
  return found;
}

double tier_measure(std::span<const model::PointsEntry> entries, base::Day day, const model::LoyaltyRules& rules) {
  double sum = 0;
  for (const model::PointsEntry& entry : entries) {
    const bool of_order = entry.kind == model::PointsKind::earned || entry.kind == model::PointsKind::taken_back;
    if (!of_order || entry.day > day || entry.day <= day - std::chrono::days{rules.window_days}) continue;
    sum += rules.by_points ? static_cast<double>(entry.points) : static_cast<double>(entry.amount) / 100;
  }
  return std::max(sum, 0.0);
}

int rank_of(std::string_view tier, const model::LoyaltyRules& rules) {
  const auto found = std::ranges::find(rules.tiers, tier, &model::Tier::id);
  return found == rules.tiers.end() ? -1 : static_cast<int>(found - rules.tiers.begin());
}

model::Membership next_membership(const model::Membership& was, double measure, base::Day day, const model::LoyaltyRules& rules) {
  int reached = -1;
  for (std::size_t t = 0; t < rules.tiers.size(); ++t) {
    if (measure + 1e-9 >= rules.tiers[t].from) reached = static_cast<int>(t);
  }
  const int held = rank_of(was.tier, rules);
  const auto in = [&](int rank) { return model::Membership{.tier = rank < 0 ? std::string{} : rules.tiers[static_cast<std::size_t>(rank)].id, .since = day}; };
  if (reached > held) return in(reached);
  if (reached == held && held >= 0) return {.tier = was.tier, .since = was.since};
  if (held < 0) return was.tier.empty() ? was : in(reached);  // a tier the rules dropped
  const base::Day below = was.below_since.value_or(day);
  if (day - below >= std::chrono::days{rules.grace_days}) return in(reached);
  return {.tier = was.tier, .since = was.since, .below_since = below};
}

}  // namespace act::loyalty
