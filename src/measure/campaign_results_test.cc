#include "measure/campaign_results.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "tests/support/fake_warehouse.h"

namespace measure {
namespace {

using base::Instant;
using std::chrono::days;

/// A warehouse with these orders, known up to a day.
class Orders {
 public:
  explicit Orders(const char* seen_until) {
    base::Block seen;
    seen.columns.emplace_back("day", base::ColumnKind::i32);
    seen.columns[0].as<std::int32_t>().push_back(base::day_number(*base::parse_day(seen_until)));
    warehouse.answer("orders_seen_until", [seen](const port::Statement&, const base::BlockSink& sink) { return sink(base::Block{seen}); });
    for (const auto& [name, kind] : std::initializer_list<std::pair<const char*, base::ColumnKind>>{
             {"customer_id", base::ColumnKind::text}, {"at", base::ColumnKind::instant}, {"net", base::ColumnKind::f64}, {"sale", base::ColumnKind::u8}})
      block.columns.emplace_back(name, kind);
  }

  void add(const std::string& customer, Instant at, double net) {
    block.columns[0].text().push_back(customer);
    block.columns[1].as<std::int64_t>().push_back(base::millis(at));
    block.columns[2].as<double>().push_back(net);
    block.columns[3].as<std::uint8_t>().push_back(1);
  }

  base::Result<CampaignResults> results(double control_share, std::int32_t horizon = 60) {
    warehouse.answer("orders_since", [this](const port::Statement&, const base::BlockSink& sink) { return sink(base::Block{block}); });
    return campaign_results(assigned, control_share, 0.4, horizon, warehouse);
  }

  tests::FakeWarehouse warehouse;
  base::Block block;
  std::unordered_map<std::string, Assigned> assigned;
};

const Instant kStart{*base::parse_day("2026-01-01")};

TEST(CampaignResults, MoneyAndFunnelByHand) {
  Orders orders{"2026-06-01"};
  orders.assigned = {{"a", {.entered_at = kStart, .incentives = 10, .contacts = 0.5}},
                     {"b", {.entered_at = kStart, .contacts = 0.5}},
                     {"c", {.control = true, .entered_at = kStart}},
                     {"d", {.control = true, .entered_at = kStart}}};
  orders.add("a", kStart + days{5}, 100);
  orders.add("a", kStart + days{30}, 50);
  orders.add("a", kStart + days{61}, 1000);  // after the horizon
  orders.add("b", kStart - days{1}, 1000);   // before entering
  orders.add("c", kStart + days{2}, 20);
  orders.add("x", kStart + days{2}, 1000);   // on no campaign
  const auto r = orders.results(0.5);
  ASSERT_TRUE(r) << r.error().message;
  EXPECT_EQ(r->treated.customers, 2U);
  EXPECT_EQ(r->treated.first_order, 1U);
  EXPECT_EQ(r->treated.second_order, 1U);
  EXPECT_EQ(r->held_out.first_order, 1U);
  EXPECT_EQ(r->held_out.second_order, 0U);
  EXPECT_NEAR(r->treated.contribution, (0.4 * 150 - 10.5 - 0.5) / 2, 1e-9);
  EXPECT_NEAR(r->held_out.contribution, 0.4 * 20 / 2, 1e-9);
  EXPECT_NEAR(r->per_customer, r->treated.contribution - r->held_out.contribution, 1e-9);
  EXPECT_DOUBLE_EQ(r->elapsed, 1);
  EXPECT_FALSE(r->proven);
}

TEST(CampaignResults, AnUnequalDrawRaisesTheAlarm) {
  Orders orders{"2026-06-01"};
  for (int i = 0; i < 1000; ++i) orders.assigned[std::to_string(i)] = {.control = i % 10 == 0, .entered_at = kStart};
  EXPECT_FALSE(orders.results(0.1)->sample_ratio_alarm);
  const auto r = orders.results(0.2);
  EXPECT_TRUE(r->sample_ratio_alarm);
  EXPECT_FALSE(r->proven);
}

/// A planted effect is found, and the interval covers it.
TEST(CampaignResults, PlantedEffectsAreCovered) {
  int covered = 0, found = 0;
  constexpr int kRuns = 200;
  for (int run = 0; run < kRuns; ++run) {
    base::Rng rng{base::mix(static_cast<std::uint64_t>(run) + 5)};
    Orders orders{"2026-06-01"};
    for (int i = 0; i < 2000; ++i) {
      const std::string id = std::to_string(i);
      const bool control = rng.chance(0.3);
      orders.assigned[id] = {.control = control, .entered_at = kStart};
      if (rng.chance(control ? 0.10 : 0.18)) orders.add(id, kStart + days{static_cast<int>(rng.below(59))}, 50);
    }
    const auto r = orders.results(0.3);
    const double truth = 0.4 * 50 * 0.08;
    covered += r->per_customer_low <= truth && truth <= r->per_customer_high;
    found += r->proven && r->total > 0;
  }
  std::printf("planted effect: covered in %d, proven in %d of %d\n", covered, found, kRuns);
  EXPECT_GE(covered, kRuns * 95 / 100);
  EXPECT_GE(found, kRuns * 90 / 100);
}

TEST(CampaignResults, SaysWhatIsMissing) {
  Orders nobody{"2026-06-01"};
  EXPECT_EQ(nobody.results(0.5).error().code, base::Code::not_found);
  Orders early{"2025-06-01"};
  early.assigned["a"] = {.entered_at = kStart};
  EXPECT_NE(early.results(0.5).error().message.find("import later orders"), std::string::npos);
  Orders alone{"2026-06-01"};
  alone.assigned = {{"a", {.entered_at = kStart}}, {"b", {.entered_at = kStart}}};
  EXPECT_FALSE(alone.results(0)->comparable);
}

}  // namespace
}  // namespace measure
