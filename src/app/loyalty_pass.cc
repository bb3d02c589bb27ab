#include "app/loyalty_pass.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "act/loyalty/points.h"
#include "gen/sql_warehouse.h"

namespace app {

using base::Block;
using base::Code;
using base::ColumnKind;
using base::Day;
using base::fail;
using base::Instant;
using base::Result;
using model::PointsEntry;
using model::PointsKind;
using nlohmann::ordered_json;

namespace {

constexpr std::string_view kReckoned = "loyalty reckoned";
constexpr std::string_view kBegan = "loyalty began";
constexpr std::size_t kAtOnce = 500;

struct OrderSum {
  std::string customer_id, order_key;
  Day day;
  std::int64_t amount = 0;  ///< minor units
};

Result<bool> erased(std::string_view customer, port::ActStore& store) {
  WB_ASSIGN(const auto said, store.people().consents(customer));
  return std::ranges::any_of(said, [](const model::ConsentRecord& one) { return one.source == "erased"; });
}

/// The difference between what the order has come to and what was booked for it.
Result<bool> book(const OrderSum& order, const model::LoyaltyRules& rules, port::ActStore& store, Instant now) {
  WB_ASSIGN(const auto booked, store.loyalty().of_order(order.order_key));
  if (booked.amount == order.amount) return false;
  WB_ASSIGN(const bool gone, erased(order.customer_id, store));
  if (gone) return false;
  PointsEntry entry;
  WB_ASSIGN(entry.customer_id, store.events().person_of(order.customer_id));
  entry.amount = order.amount - booked.amount;
  // What a return without its purchase could not take is not taken later either, and does not come back.
  const std::int64_t target = act::loyalty::points_for(order.amount, rules), change = target - act::loyalty::points_for(booked.amount, rules);
  entry.points = change < 0 ? change : std::clamp<std::int64_t>(target - booked.points, 0, change);
  entry.order_key = order.order_key;
  entry.source = fmt::format("order {} {}", order.order_key, booked.entries);
  entry.booked_at = now;
  const Day today = std::chrono::floor<std::chrono::days>(now);
  entry.day = booked.entries == 0 ? order.day : std::max(order.day, today);
  if (entry.points >= 0) {
    entry.kind = PointsKind::earned;
    entry.day = order.day;
    entry.expires_on = act::loyalty::end_of(entry.day, rules);
  } else {
    entry.kind = PointsKind::taken_back;
    WB_ASSIGN(const auto before, store.loyalty().entries(entry.customer_id));
    std::int64_t earned = 0;
    for (const PointsEntry& one : before) earned += one.kind == PointsKind::earned || one.kind == PointsKind::taken_back ? one.points : 0;
    entry.points = -std::min(-entry.points, std::max<std::int64_t>(earned, 0));
  }
  return store.loyalty().add(entry);
}

}  // namespace

Result<std::size_t> book_orders(const model::LoyaltyRules& rules, port::ActStore& store, port::Warehouse& warehouse, Instant now) {
  std::size_t fresh = 0;
  Day since = rules.since.value_or(Day{});
  if (!rules.since) {  // orders from the day it began on
    WB_ASSIGN(std::int64_t began, store.campaigns().offset(kBegan));
    if (began == 0) {
      began = base::day_number(std::chrono::floor<std::chrono::days>(now));
      WB_TRY(store.campaigns().set_offset(kBegan, began));
    }
    since = base::day_from_number(static_cast<std::int32_t>(began));
  }
  std::unordered_set<std::size_t> seen;  // an order that names two customers is the first one's
  const port::Statement statement{gen::warehouse::loyalty_orders.name, gen::warehouse::loyalty_orders.text, {{"since", base::to_string(since)}}};
  WB_TRY(warehouse.select(statement, [&](Block&& block) -> Result<void> {
    WB_ASSIGN(const auto* id, block.need("customer_id", ColumnKind::text));
    WB_ASSIGN(const auto* key, block.need("order_key", ColumnKind::text));
    WB_ASSIGN(const auto* day, block.need("day", ColumnKind::i32));
    WB_ASSIGN(const auto* amount, block.need("amount", ColumnKind::f64));
    return store.transact([&]() -> Result<void> {
      for (std::size_t i = 0; i < block.rows(); ++i) {
        const double paid = amount->as<double>()[i] * 100;
        if (!std::isfinite(paid) || std::abs(paid) > 1e15 || !seen.insert(std::hash<std::string_view>{}(key->text()[i])).second) continue;
        WB_ASSIGN(const bool added, book({.customer_id = std::string{id->text()[i]}, .order_key = std::string{key->text()[i]},
                                          .day = base::day_from_number(day->as<std::int32_t>()[i]), .amount = std::llround(paid)}, rules, store, now));
        fresh += added ? 1 : 0;
      }
      return {};
    });
  }));
  return fresh;
}

namespace {

/// Gives the membership before.
Result<std::optional<model::Membership>> reckon(std::string_view customer, const model::LoyaltyRules& rules, port::ActStore& store, Day today,
                                                model::Membership& is, act::loyalty::Account& account) {
  WB_ASSIGN(const auto entries, store.loyalty().entries(customer));
  account = act::loyalty::account_on(entries, today);
  WB_ASSIGN(auto was, store.loyalty().membership(customer));
  is = act::loyalty::next_membership(was.value_or(model::Membership{.tier = {}, .since = today}), act::loyalty::tier_measure(entries, today, rules), today, rules);
  is.balance = account.balance;
  const bool same = was && was->tier == is.tier && was->since == is.since && was->below_since == is.below_since && was->balance == is.balance;
  if (!same) WB_TRY(store.loyalty().save(customer, is));
  return was;
}

}  // namespace

Result<Reckoned> reckon_members(const model::LoyaltyRules& rules, port::ActStore& store, Day today, bool tell_endings) {
  Reckoned found;
  WB_ASSIGN(const std::int64_t before, store.campaigns().offset(kReckoned));
  WB_ASSIGN(const auto customers, store.loyalty().customers());
  const auto reckon_some = [&](std::span<const std::string> some) -> Result<void> {
    for (const std::string& customer : some) {
      model::Membership is;
      act::loyalty::Account account;
      WB_ASSIGN(const auto was, reckon(customer, rules, store, today, is, account));
      ++found.members;
      const int old_rank = was ? act::loyalty::rank_of(was->tier, rules) : -1, rank = act::loyalty::rank_of(is.tier, rules);
      if (before > 0 && rank > old_rank) {
        const model::Tier& tier = rules.tiers[static_cast<std::size_t>(rank)];
        const ordered_json said = {{"tier", tier.id}, {"kind", tier.id}, {"name", tier.name[0]}, {"name_zh_cn", tier.name[1]}, {"name_zh_tw", tier.name[2]}, {"before", was ? was->tier : ""}};
        found.events.push_back({customer, "tier_reached", fmt::format("tier {} {} {}", customer, tier.id, base::to_string(is.since)), said.dump()});
      }
      if (!tell_endings) continue;
      for (const auto& ending : act::loyalty::endings(account, today, rules)) {
        const std::string day = base::to_string(ending.day);
        WB_ASSIGN(const bool known, store.loyalty().noticed(customer, "expiring " + day));
        const ordered_json said = {{"points", ending.points}, {"day", day}, {"count", ending.points}};
        if (!known) found.events.push_back({customer, "points_expiring", fmt::format("expiring {} {}", customer, day), said.dump(), "expiring " + day});
      }
    }
    return {};
  };
  // In pieces: others write to the store meanwhile.
  for (std::span<const std::string> rest{customers}; !rest.empty();) {
    const auto some = rest.first(std::min(rest.size(), kAtOnce));
    rest = rest.subspan(some.size());
    WB_TRY(store.transact([&] { return reckon_some(some); }));
  }
  WB_TRY(store.campaigns().set_offset(kReckoned, base::day_number(today)));
  return found;
}

Result<std::int64_t> reckon_member(std::string_view customer, const model::LoyaltyRules& rules, port::ActStore& store, Day today) {
  model::Membership is;
  act::loyalty::Account account;
  WB_ASSIGN(const auto was, reckon(customer, rules, store, today, is, account));
  (void)was;
  return account.balance;
}

Result<std::int64_t> burn_points(const Burn& burn, const model::LoyaltyRules& rules, port::ActStore& store, Day today, Instant now) {
  if (burn.points <= 0) return fail(Code::invalid_input, "points to spend are a whole number above 0");
  std::int64_t left = 0;
  WB_TRY(store.transact([&]() -> Result<void> {
    WB_ASSIGN(const std::string person, store.events().person_of(burn.customer_id));
    const std::string source = "burn " + burn.id;
    WB_ASSIGN(const auto before, store.loyalty().of_source(source));
    if (before) {
      if (before->customer_id != person || before->points != -burn.points) return fail(Code::conflict, "the id {} stands for another spending of points", burn.id);
      WB_ASSIGN(left, reckon_member(person, rules, store, today));
      return {};
    }
    WB_ASSIGN(const auto entries, store.loyalty().entries(person));
    const std::int64_t balance = act::loyalty::account_on(entries, today).balance;
    if (balance < burn.points) return fail(Code::conflict, "there are {} points, fewer than {}", std::max<std::int64_t>(balance, 0), burn.points);
    WB_ASSIGN(const bool added, store.loyalty().add({.customer_id = person, .kind = PointsKind::burned, .source = source, .points = -burn.points, .day = today, .booked_at = now}));
    if (!added) return fail(Code::conflict, "the id {} is being used at this moment; ask again", burn.id);
    WB_ASSIGN(left, reckon_member(person, rules, store, today));
    return {};
  }));
  return left;
}

}  // namespace app
