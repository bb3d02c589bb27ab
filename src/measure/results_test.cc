#include "measure/results.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/support/fake_warehouse.h"

namespace measure {
namespace {

/// A warehouse that answers with these outcomes and with orders known up to a day.
class Outcomes {
 public:
  explicit Outcomes(const char* seen_until) {
    base::Block seen;
    seen.columns.emplace_back("day", base::ColumnKind::i32);
    seen.columns[0].as<std::int32_t>().push_back(base::day_number(*base::parse_day(seen_until)));
    warehouse.answer("orders_seen_until", [seen](const port::Statement&, const base::BlockSink& sink) { return sink(base::Block{seen}); });
    for (const auto& [name, kind] : std::initializer_list<std::pair<const char*, base::ColumnKind>>{
             {"customer_id", base::ColumnKind::text}, {"verdict", base::ColumnKind::text}, {"offer", base::ColumnKind::text},
             {"net", base::ColumnKind::f64}, {"first_sale", base::ColumnKind::f64}, {"purchase_days", base::ColumnKind::u32}}) {
      block.columns.emplace_back(name, kind);
    }
  }

  void add(const char* verdict, double money) {
    block.columns[0].text().push_back("c");
    block.columns[1].text().push_back(verdict);
    block.columns[2].text().push_back("ten");
    block.columns[3].as<double>().push_back(money);
    block.columns[4].as<double>().push_back(money);
    block.columns[5].as<std::uint32_t>().push_back(money > 0 ? 1 : 0);
  }

  base::Result<Results> results() {
    warehouse.answer("plan_outcomes", [this](const port::Statement&, const base::BlockSink& sink) { return sink(base::Block{block}); });
    model::Plan plan;
    plan.id = "p";
    plan.as_of = *base::parse_day("2026-01-01");
    plan.currency = "GBP";
    plan.horizon_days = 60;
    model::Offer offer;
    offer.id = "ten";
    offer.contact_cost = 0.5;
    offer.basket_share = 0.1;
    offer.redeem = 1;
    return results_of(plan, std::vector<model::Offer>{offer}, 0.4, 7, warehouse);
  }

  tests::FakeWarehouse warehouse;
  base::Block block;
};

TEST(Results, MoneyByHand) {
  Outcomes outcomes{"2026-06-01"};
  outcomes.add("approach", 100);  // 40 − 0.5 − 10
  outcomes.add("approach", 0);    // −0.5
  outcomes.add("hold_out", 50);   // 20
  outcomes.add("hold_out", 0);    // 0
  const auto r = outcomes.results();
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_DOUBLE_EQ(r->treated.contribution, (29.5 - 0.5) / 2);
  EXPECT_DOUBLE_EQ(r->held_out.contribution, 10);
  EXPECT_DOUBLE_EQ(r->total, 2 * (14.5 - 10));
  EXPECT_EQ(r->treated.returned, 1u);
  EXPECT_FALSE(r->proven);
}

TEST(Results, AClearEffectIsProvenAndItsIntervalHoldsTheTruth) {
  base::Rng rng{3};
  Outcomes outcomes{"2026-06-01"};
  for (int i = 0; i < 20000; ++i) outcomes.add("approach", rng.chance(0.40) ? 50 : 0);
  for (int i = 0; i < 5000; ++i) outcomes.add("hold_out", rng.chance(0.20) ? 50 : 0);
  const auto r = outcomes.results();
  ASSERT_TRUE(r);
  EXPECT_TRUE(r->proven);
  const double truth = 0.40 * (0.4 * 50 - 5) - 0.5 - 0.20 * 0.4 * 50;
  EXPECT_LT(r->per_customer_low, truth);
  EXPECT_GT(r->per_customer_high, truth);
  EXPECT_LT(r->lift_low, 0.20);
  EXPECT_GT(r->lift_high, 0.20);
}

TEST(Results, SaysWhenItIsTooEarly) {
  Outcomes none{"2025-12-31"};
  none.add("approach", 1);
  EXPECT_FALSE(none.results());
  Outcomes half{"2026-01-20"};
  for (int i = 0; i < 1000; ++i) {
    half.add("approach", 100);
    half.add("hold_out", i % 2);
  }
  const auto r = half.results();
  ASSERT_TRUE(r);
  EXPECT_FALSE(r->complete);
  EXPECT_FALSE(r->proven);
}

TEST(Results, WithoutControlsNothingCanBeSaid) {
  Outcomes outcomes{"2026-06-01"};
  outcomes.add("approach", 100);
  EXPECT_FALSE(outcomes.results());
}

}  // namespace
}  // namespace measure
