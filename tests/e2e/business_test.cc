// Other businesses through the built program: a simulated world in, an analysis, a plan and an account's value out.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/program.h"

namespace {

using nlohmann::json;

json parsed(const std::string& text) {
  json value = json::parse(text, nullptr, false);
  EXPECT_FALSE(value.is_discarded()) << text.substr(0, 200);
  return value;
}

TEST(Business, AGameFromTheFirstFileToThePlan) {
  const tests::Program winback;
  ASSERT_EQ(winback({"simulate", "--world", "game", "--customers", "600", "--seed", "4", "--out", "game"}).status, 0);
  const auto import = winback({"import", "events", "game/events.csv"});
  ASSERT_EQ(import.status, 0) << import.err;
  const auto analyzed = winback({"analyze", "--business", "game", "--json"});
  ASSERT_EQ(analyzed.status, 0) << analyzed.err;
  const json shop = parsed(analyzed.out);
  EXPECT_EQ(shop["business"], "game");
  EXPECT_GT(shop["by_business"]["newcomers"], 50);
  EXPECT_GT(shop["spend"], 0);
  const auto planned = winback({"plan", "--business", "game", "--out", "plan", "--json"});
  ASSERT_EQ(planned.status, 0) << planned.err;
  const auto rows = winback({"sql", "SELECT countIf(situation = 'newcomer'), countIf(situation = 'newcomer' AND stage LIKE 'lapsed%') FROM v_profiles", "--format", "TSV"});
  EXPECT_EQ(rows.out, fmt::format("{}\t0\n", shop["by_business"]["newcomers"].get<int>())) << rows.err;
  const auto filtered = winback({"sql", "SELECT countIf(filter = 'newcomer') FROM v_decisions", "--format", "TSV"});
  EXPECT_EQ(filtered.out, fmt::format("{}\n", shop["by_business"]["newcomers"].get<int>())) << filtered.err;
  const auto value = winback({"account-value", "C0000005", "--json"});
  ASSERT_EQ(value.status, 0) << value.err;
  const json account = parsed(value.out);
  EXPECT_GT(account["sales"], 3);
  EXPECT_LE(account["low"], account["fair"]);
  EXPECT_GE(account["high"], account["fair"]);
  EXPECT_EQ(account["ledger"].size(), 3U);
  const auto nobody = winback({"account-value", "nobody"});
  EXPECT_EQ(nobody.status, 1);
  EXPECT_NE(nobody.err.find("import events"), std::string::npos);
}

TEST(Business, ASubscriptionWhereFailedPaymentsAreNotLost) {
  const tests::Program winback;
  ASSERT_EQ(winback({"simulate", "--world", "subscription", "--customers", "800", "--seed", "4", "--out", "world"}).status, 0);
  ASSERT_EQ(winback({"import", "events", "world/events.csv"}).status, 0);
  const auto planned = winback({"plan", "--business", "saas", "--out", "plan", "--json"});
  ASSERT_EQ(planned.status, 0) << planned.err;
  const auto rows = winback({"sql",
                             "SELECT countIf(situation IN ('payment_failed', 'paused')) > 0, countIf(situation IN ('payment_failed', 'paused') AND "
                             "stage LIKE 'lapsed%'), countIf(stage LIKE 'lapsed%') > 50 FROM v_profiles",
                             "--format", "TSV"});
  EXPECT_EQ(rows.out, "1\t0\t1\n") << rows.err;
}

TEST(Business, WithoutItsEventsTheShopsRuleIsUsedAndSaid) {
  const tests::Program winback;
  std::string orders = "order_id,customer_id,date,amount\n";
  for (int i = 0; i < 60; ++i) orders += fmt::format("{},c{},2025-{:02}-{:02},30\n", i, i % 20, 1 + i % 6, 1 + i % 28);
  tests::write_file(winback.here() / "orders.csv", orders);
  ASSERT_EQ(winback({"import", "orders", "orders.csv", "--currency", "EUR"}).status, 0);
  const auto told = winback({"analyze", "--business", "saas"});
  ASSERT_EQ(told.status, 0) << told.err;
  EXPECT_NE(told.out.find("No events of this kind of business"), std::string::npos) << told.out;
}

}  // namespace
