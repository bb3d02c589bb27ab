#include "decide/plan.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "base/random.h"
#include "decide/ledger.h"
#include "decide/options.h"

namespace decide {
namespace {

/// A made-up shop: lapsed customers of every value and chance, and a tenth still in rhythm.
model::Profiles shop(std::size_t n) {
  base::Rng rng{11};
  model::Profiles p;
  p.as_of = *base::parse_day("2026-02-01");
  p.snapshot_id = "s";
  p.items = p.categories = p.countries = {""};
  const std::int32_t today = base::day_number(p.as_of);
  for (std::size_t i = 0; i < n; ++i) {
    p.customer_id.push_back(fmt::format("c{:07}", i));
    const double basket = std::exp(3.5 + 0.8 * rng.normal());
    const auto purchases = static_cast<std::uint32_t>(1 + rng.poisson(2));
    p.purchase_days.push_back(purchases);
    p.first_day.push_back(today - 900);
    p.last_day.push_back(today - 100 - static_cast<std::int32_t>(rng.below(200)));
    p.lapsed_on.push_back(i % 10 == 0 ? today + 5 : today - 10);
    p.spend.push_back(basket * purchases);
    p.spend_12m.push_back(basket);
    p.average_basket.push_back(basket);
    p.returned_share.push_back(0);
    p.stage.push_back(model::Stage::lapsed_light);
    p.segment.push_back(model::Segment::at_risk);
    p.expected_gap.push_back(50);
    p.return_chance.push_back(rng.beta(1, 4));
    p.expected_orders.push_back(p.return_chance.back() * 1.2);
    p.expected_basket.push_back(basket);
    p.basket_sd.push_back(basket * 0.3);
    p.expected_year.push_back(p.expected_orders.back() * basket * 4);
    p.loss_90.push_back(1);
    p.value_percentile.push_back(static_cast<double>(i + 1) / static_cast<double>(n));
    for (auto* column : {&p.first_item, &p.last_item, &p.favourite_item, &p.favourite_category, &p.country}) column->push_back(0);
    for (auto* column : {&p.r, &p.f, &p.m}) column->push_back(3);
    p.flags.push_back(i % 50 == 3 ? std::uint8_t{model::flag_opted_out} : std::uint8_t{0});
    p.birthday.push_back(0);
  }
  return p;
}

PlanRequest request() {
  PlanRequest r;
  r.workspace_id = "w";
  r.currency = "GBP";
  for (auto& effect : r.assumptions.effect) effect = {0.28, 0.42, 0.003, false, ""};
  model::Offer reminder;
  reminder.id = "reminder";
  reminder.contact_cost = 0.05;
  model::Offer percent;
  percent.id = "ten_percent";
  percent.kind = model::OfferKind::percent;
  percent.contact_cost = 0.05;
  percent.basket_share = 0.1;
  percent.redeem = 0.8;
  r.assumptions.effect[static_cast<std::size_t>(model::OfferKind::reminder)] = {0.12, 0.18, 0.004, false, ""};
  r.offers = {reminder, percent};
  return r;
}

TEST(Plan, CountsAddUpAndNobodyHeldOutIsApproached) {
  const auto profiles = shop(5000);
  const auto plan = make_plan(request(), profiles, {});
  ASSERT_TRUE(plan) << plan.error().message;
  const auto& s = plan->summary;
  std::uint64_t sum = 0;
  for (const auto count : s.verdict_count) sum += count;
  EXPECT_EQ(sum, 5000u);
  EXPECT_EQ(s.filtered[static_cast<std::size_t>(model::Filter::none)], s.eligible);
  EXPECT_EQ(s.filtered[static_cast<std::size_t>(model::Filter::not_lapsed)], 500u);
  EXPECT_EQ(s.filtered[static_cast<std::size_t>(model::Filter::opted_out)], 100u);
  EXPECT_EQ(s.verdict_count[static_cast<std::size_t>(model::Verdict::hold_out)], s.held_out);
  EXPECT_NEAR(static_cast<double>(s.held_out) / static_cast<double>(s.eligible), 0.2, 0.03);
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    if ((profiles.flags[i] & model::flag_opted_out) != 0) {
      EXPECT_NE(plan->decisions.verdict[i], model::Verdict::approach);
      EXPECT_NE(plan->decisions.verdict[i], model::Verdict::explore);
    }
  }
}

TEST(Plan, StaysWithinTheBudgetAndSpendsItWell) {
  const auto profiles = shop(5000);
  PlanRequest r = request();
  const auto free = make_plan(r, profiles, {});
  ASSERT_TRUE(free);
  double previous = 0;
  for (const double budget : {0.0, 50.0, 200.0, 1000.0, 100000.0}) {
    r.budget = budget;
    const auto plan = make_plan(r, profiles, {});
    ASSERT_TRUE(plan);
    double cost = 0, worth = 0;
    for (const auto& offer : plan->summary.offers) {
      cost += offer.cost;
      worth += offer.worth;
    }
    EXPECT_LE(cost, budget + 1e-6);
    EXPECT_GE(worth, previous - 1e-6);
    // What each row says is of the approach chosen for it, not of one it could not have.
    double row_cost = 0;
    for (std::size_t i = 0; i < profiles.size(); ++i) {
      const auto verdict = plan->decisions.verdict[i];
      if (verdict == model::Verdict::approach || verdict == model::Verdict::explore) row_cost += static_cast<double>(plan->decisions.cost[i]);
    }
    EXPECT_NEAR(row_cost, cost, 1e-3 * (1 + cost));
    EXPECT_LE(plan->summary.gap, 0.01);
    previous = worth;
  }
}

TEST(Plan, TheSameInputsGiveTheSamePlan) {
  const auto profiles = shop(3000);
  PlanRequest r = request();
  r.budget = 300;
  const auto one = make_plan(r, profiles, {});
  r.threads = 1;
  const auto two = make_plan(r, profiles, {});
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->summary.id, two->summary.id);
  EXPECT_EQ(one->decisions.verdict, two->decisions.verdict);
  EXPECT_EQ(one->decisions.offer, two->decisions.offer);
  EXPECT_EQ(one->summary.profit.mean, two->summary.profit.mean);
}

TEST(Plan, TotalsAgreeWithTheSumOfTheParts) {
  const auto profiles = shop(5000);
  const auto plan = make_plan(request(), profiles, {});
  ASSERT_TRUE(plan);
  double worth = 0;
  for (const auto& offer : plan->summary.offers) worth += offer.worth;
  EXPECT_NEAR(plan->summary.profit.mean, worth, 0.005 * worth);  // the bins of p(none) are the only difference
  EXPECT_LT(plan->summary.profit.p5, plan->summary.profit.mean);
  EXPECT_GT(plan->summary.profit.p95, plan->summary.profit.mean);
  EXPECT_GE(plan->summary.most_it_can_cost, plan->summary.spend.p95);
  // At least a quarter of the prior lies below no effect, so the plan must admit that it may lose.
  EXPECT_GT(plan->summary.chance_of_loss, 0.1);
}

TEST(Plan, StockIsNotOversold) {
  const auto profiles = shop(3000);
  PlanRequest r = request();
  r.offers[1].stock = 40;
  const auto plan = make_plan(r, profiles, {});
  ASSERT_TRUE(plan);
  EXPECT_LE(plan->summary.offers[1].customers, 40u);
}

TEST(Plan, BlackoutMovesTheStart) {
  const auto profiles = shop(500);
  PlanRequest r = request();
  r.blackouts = {{"sale", *base::parse_day("2026-01-25"), *base::parse_day("2026-02-10")}};
  const auto plan = make_plan(r, profiles, {});
  ASSERT_TRUE(plan);
  EXPECT_EQ(base::to_string(plan->summary.start), "2026-02-11");
  EXPECT_EQ(plan->summary.blackout, "sale");
}

TEST(Plan, RefusesWhatItCannotDo) {
  const auto profiles = shop(10);
  PlanRequest r = request();
  r.where = "colour = red";
  EXPECT_FALSE(make_plan(r, profiles, {}));
  r = request();
  r.offers.clear();
  EXPECT_FALSE(make_plan(r, profiles, {}));
  EXPECT_TRUE(make_plan(request(), model::Profiles{}, {}));
}

TEST(Ledger, CodesArePersonal) {
  std::map<std::string, int> seen;
  for (int i = 0; i < 20000; ++i) ++seen[code_of(7, std::to_string(i))];
  EXPECT_EQ(seen.size(), 20000u);
  EXPECT_EQ(seen.begin()->first.size(), 8u);
}

TEST(Plan, AChannelCarriesNoMoreThanItCanAndSaysWhatOneMoreIsWorth) {
  const auto profiles = shop(5000);
  auto r = request();
  const auto free = make_plan(r, profiles, {});
  ASSERT_TRUE(free);
  r.channel_capacity = {{"email", 300}};
  const auto tight = make_plan(r, profiles, {});
  ASSERT_TRUE(tight) << tight.error().message;
  std::uint64_t approached = 0;
  for (const auto& offer : tight->summary.offers) approached += offer.customers;
  EXPECT_LE(approached, 300u);
  EXPECT_GT(approached, 250u);
  ASSERT_EQ(tight->summary.limits.size(), 1u);
  EXPECT_EQ(tight->summary.limits[0].name, "channel:email");
  EXPECT_GT(tight->summary.limits[0].price, 0);
  EXPECT_LT(tight->summary.profit.mean, free->summary.profit.mean);
}

TEST(Plan, LogsTheChanceOfWhatEverybodyGot) {
  const auto profiles = shop(5000);
  const auto plan = make_plan(request(), profiles, {});
  ASSERT_TRUE(plan);
  const auto& d = plan->decisions;
  double held = 0, approached = 0;
  for (std::size_t i = 0; i < d.size(); ++i) {
    if (d.filter[i] != model::Filter::none) continue;
    EXPECT_GT(d.propensity[i], 0.0F);
    EXPECT_LE(d.propensity[i], 1.0F);
    if (d.verdict[i] == model::Verdict::hold_out) held += 1;
    if (d.verdict[i] == model::Verdict::approach) approached += 1;
  }
  EXPECT_GT(held, 0);
  EXPECT_GT(approached, 0);
}

TEST(Plan, NobodyWhoWaitsForDiscountsGetsOne) {
  auto profiles = shop(3000);
  for (std::size_t i = 0; i < profiles.size(); i += 2) profiles.flags[i] |= i % 4 == 0 ? model::flag_waits_for_discounts : model::flag_recent_money_offer;
  auto r = request();
  r.assumptions.effect[static_cast<std::size_t>(model::OfferKind::percent)] = {1.5, 2.3, 0.001, false, ""};
  const auto plan = make_plan(r, profiles, {});
  ASSERT_TRUE(plan);
  int others = 0;
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    if (plan->decisions.offer[i] != 1) continue;
    EXPECT_EQ(i % 2, 1u);
    ++others;
  }
  EXPECT_GT(others, 0);
}

}  // namespace
}  // namespace decide
