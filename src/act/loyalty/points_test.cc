#include "act/loyalty/points.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace act::loyalty {
namespace {

using base::Day;
using model::LoyaltyRules;
using model::Membership;
using model::PointsEntry;
using model::PointsKind;

Day day(std::string_view text) { return *base::parse_day(text); }

LoyaltyRules rules() {
  LoyaltyRules rules;
  rules.tiers = {{.id = "blue", .name = {}, .from = 0.01}, {.id = "silver", .name = {}, .from = 300}, {.id = "gold", .name = {}, .from = 1000}};
  return rules;
}

PointsEntry earned(std::string order, std::int64_t points, std::string_view on) {
  return {.kind = PointsKind::earned, .source = order, .order_key = order, .points = points, .amount = points * 100, .day = day(on), .expires_on = end_of(day(on), rules())};
}
PointsEntry back(std::string order, std::int64_t points, std::string_view on) {
  return {.kind = PointsKind::taken_back, .source = order, .order_key = order, .points = -points, .amount = -points * 100, .day = day(on)};
}
PointsEntry burned(std::int64_t points, std::string_view on) { return {.kind = PointsKind::burned, .points = -points, .day = day(on)}; }

TEST(Points, AreEarnedByWhatIsPaidAndRoundedTowardsNothing) {
  EXPECT_EQ(points_for(4999, rules()), 49);
  EXPECT_EQ(points_for(-4999, rules()), -49);
  EXPECT_EQ(points_for(99, rules()), 0);
  LoyaltyRules hundred = rules();
  hundred.points_per_unit = 100;
  EXPECT_EQ(points_for(435, hundred), 435) << "4.35 is a little less in binary";
}

TEST(Points, EndAfterSoManyMonthsOnADayThereIs) {
  LoyaltyRules one = rules();
  one.expires_months = 1;
  EXPECT_EQ(end_of(day("2026-01-31"), one), day("2026-02-28"));
  EXPECT_EQ(end_of(day("2028-01-31"), one), day("2028-02-29"));
  EXPECT_EQ(end_of(day("2026-03-15"), rules()), day("2027-03-15"));
  one.expires_months = 0;
  EXPECT_EQ(end_of(day("2026-01-31"), one), std::nullopt);
}

TEST(Points, OldestAreSpentFirstAndTheRestEndsOnItsDay) {
  const std::vector<PointsEntry> ledger = {earned("a", 100, "2025-01-10"), earned("b", 50, "2025-06-01"), burned(120, "2025-07-01")};
  const Account now = account_on(ledger, day("2025-07-02"));
  EXPECT_EQ(now.balance, 30);
  ASSERT_EQ(now.lots.size(), 1U);
  EXPECT_EQ(now.lots[0].expires_on, day("2026-06-01"));
  EXPECT_EQ(account_on(ledger, day("2026-06-01")).balance, 30) << "the last day counts";
  EXPECT_EQ(account_on(ledger, day("2026-06-02")).balance, 0);
  EXPECT_EQ(account_on(ledger, day("2026-06-02")).expired, 30);
}

TEST(Points, AReturnTakesBackThoseOfItsOwnOrder) {
  const std::vector<PointsEntry> ledger = {earned("a", 100, "2025-01-10"), earned("b", 50, "2025-01-20"), back("b", 50, "2025-02-01")};
  const Account now = account_on(ledger, day("2025-02-02"));
  EXPECT_EQ(now.balance, 100);
  EXPECT_EQ(now.lots.size(), 1U);
}

TEST(Points, AReturnAfterTheyWereSpentIsOwedAndPaidByTheNext) {
  std::vector<PointsEntry> ledger = {earned("a", 100, "2025-01-10"), burned(100, "2025-01-20"), back("a", 100, "2025-02-01")};
  EXPECT_EQ(account_on(ledger, day("2025-02-02")).balance, -100);
  EXPECT_EQ(account_on(ledger, day("2025-02-02")).debt, 100);
  ledger.push_back(earned("b", 130, "2025-03-01"));
  EXPECT_EQ(account_on(ledger, day("2025-03-02")).balance, 30);
}

TEST(Points, AReturnOfWhatExpiredUnspentTakesNothingFromOthers) {
  const std::vector<PointsEntry> ledger = {earned("a", 100, "2024-01-10"), earned("b", 50, "2025-01-20"), back("a", 100, "2025-02-01")};
  EXPECT_EQ(account_on(ledger, day("2025-02-02")).balance, 50);
}

TEST(Points, TheirEndIsSeenSoManyDaysAhead) {
  const std::vector<PointsEntry> ledger = {earned("a", 40, "2025-01-10"), earned("b", 2, "2025-01-10"), earned("c", 70, "2025-03-01")};
  const auto at = [&](std::string_view on) { return endings(account_on(ledger, day(on)), day(on), rules()); };
  EXPECT_TRUE(at("2025-12-19").empty());
  const auto seen = at("2025-12-20");
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].points, 42);
  EXPECT_EQ(seen[0].day, day("2026-01-10"));
  LoyaltyRules few = rules();
  few.notice_least = 50;
  EXPECT_TRUE(endings(account_on(ledger, day("2025-12-20")), day("2025-12-20"), few).empty());
}

TEST(Tiers, AreReachedAtOnceAndKeptForAGrace) {
  Membership m = next_membership({}, 0, day("2026-01-01"), rules());
  EXPECT_EQ(m.tier, "");
  m = next_membership(m, 1200, day("2026-01-02"), rules());
  EXPECT_EQ(m.tier, "gold");
  m = next_membership(m, 400, day("2026-06-01"), rules());
  EXPECT_EQ(m.tier, "gold");
  EXPECT_EQ(m.below_since, day("2026-06-01"));
  m = next_membership(m, 400, day("2026-08-29"), rules());
  EXPECT_EQ(m.tier, "gold") << "the 89th day";
  const Membership saved = next_membership(m, 1000, day("2026-08-30"), rules());
  EXPECT_EQ(saved.below_since, std::nullopt);
  m = next_membership(m, 400, day("2026-08-30"), rules());
  EXPECT_EQ(m.tier, "silver");
  EXPECT_EQ(m.since, day("2026-08-30"));
}

TEST(Tiers, CountOrdersOfTheWindowAndNoAdjustments) {
  PointsEntry gift{.kind = PointsKind::adjusted, .points = 5000, .day = day("2026-01-05")};
  const std::vector<PointsEntry> ledger = {earned("a", 400, "2025-01-05"), earned("b", 200, "2025-06-01"), back("b", 50, "2025-07-01"), gift};
  EXPECT_EQ(tier_measure(ledger, day("2025-12-01"), rules()), 550);
  EXPECT_EQ(tier_measure(ledger, day("2026-01-05"), rules()), 150) << "the window of 365 days has left the first order behind";
  EXPECT_EQ(tier_measure(ledger, day("2024-01-01"), rules()), 0);
}

TEST(Tiers, OneTheRulesDroppedIsReplaced) {
  EXPECT_EQ(next_membership({.tier = "platinum", .since = day("2025-01-01")}, 400, day("2026-01-01"), rules()).tier, "silver");
  EXPECT_EQ(next_membership({.tier = "platinum", .since = day("2025-01-01")}, 0, day("2026-01-01"), rules()).tier, "");
}

RC_GTEST_PROP(PointsProperty, NothingIsLostOrMade, ()) {
  std::vector<PointsEntry> ledger;
  const auto count = *rc::gen::inRange<std::size_t>(0, 30);
  Day at = day("2024-01-01");
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    at += std::chrono::days{*rc::gen::inRange(0, 60)};
    const auto order = std::to_string(*rc::gen::inRange(0, 8));
    const auto points = *rc::gen::inRange<std::int64_t>(1, 500);
    switch (*rc::gen::inRange(0, 4)) {
      case 0: case 1: ledger.push_back(earned(order, points, base::to_string(at))); break;
      case 2: ledger.push_back(back(order, points, base::to_string(at))); break;
      default: ledger.push_back(burned(points, base::to_string(at))); break;
    }
    sum += ledger.back().points;
  }
  const Day last = at + std::chrono::days{*rc::gen::inRange(0, 800)};
  const Account account = account_on(ledger, last);
  std::int64_t in_lots = 0;
  for (const Lot& lot : account.lots) {
    RC_ASSERT(lot.left > 0);
    RC_ASSERT(*lot.expires_on >= last);
    in_lots += lot.left;
  }
  RC_ASSERT(account.balance == in_lots - account.debt);
  RC_ASSERT(account.debt >= 0);
  RC_ASSERT(account.expired >= 0);
  RC_ASSERT(std::ranges::is_sorted(account.lots, {}, [](const Lot& lot) { return *lot.expires_on; }));
  // What expired is gone; a return of what had expired is forgiven, so never more than the whole of it comes back.
  RC_ASSERT(account.balance >= sum - account.expired);
  RC_ASSERT(account.balance <= sum);
}

RC_GTEST_PROP(TierProperty, MoreNeverMeansLess, ()) {
  const auto tier = *rc::gen::element<std::string>("", "blue", "silver", "gold");
  const Membership was{.tier = tier, .since = day("2026-01-01")};
  const auto less = *rc::gen::inRange(0, 2000), more = less + *rc::gen::inRange(0, 2000);
  const Day now = day("2026-05-01");
  RC_ASSERT(rank_of(next_membership(was, more, now, rules()).tier, rules()) >= rank_of(next_membership(was, less, now, rules()).tier, rules()));
}

}  // namespace
}  // namespace act::loyalty
