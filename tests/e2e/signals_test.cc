// What events and tags say of customers reaches the plan: each keeps its customer out, for the reason it names.
#include <map>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/program.h"

namespace {

TEST(Signals, EachKeepsItsCustomerOut) {
  const tests::Program winback;
  std::string orders = "order_id,customer_id,date,amount\n";
  int order = 0;
  for (const char* id : {"plain", "opted", "back_in", "ended", "open", "closed", "quality", "nested", "tagged", "waits", "served"}) {
    for (const char* day : {"2025-01-05", "2025-02-05", "2025-03-05"}) orders += fmt::format("{},{},{},40\n", ++order, id, day);
  }
  for (int i = 0; i < 40; ++i) orders += fmt::format("{},other{},2025-06-{:02},30\n", ++order, i, 1 + i % 28);
  tests::write_file(winback.here() / "orders.csv", orders);
  tests::write_file(winback.here() / "events.csv",
                    "customer_id,occurred_at,type,reason,properties\n"
                    "opted,2025-04-01T10:00:00Z,opt_out,,\n"
                    "back_in,2025-04-01T10:00:00Z,opt_out,,\nback_in,2025-04-02T10:00:00Z,opt_in,,\n"
                    "ended,2025-04-01T10:00:00Z,need_ended,,\n"
                    "open,2025-04-01T10:00:00Z,ticket_opened,,\n"
                    "closed,2025-04-01T10:00:00Z,ticket_opened,,\nclosed,2025-04-03T10:00:00Z,ticket_closed,,\n"
                    "quality,2025-04-01T10:00:00Z,left_reason,product,\n"
                    "nested,2025-04-01T10:00:00Z,left_reason,,\"{\"\"reason\"\": \"\"quality\"\"}\"\n"
                    "plain,2025-04-01T10:00:00Z,left_reason,price,\n");
  tests::write_file(winback.here() / "customers.csv", "customer_id,tags\ntagged,natural_end\n");
  ASSERT_EQ(winback({"import", "orders", "orders.csv", "--currency", "EUR"}).status, 0);
  ASSERT_EQ(winback({"import", "events", "events.csv"}).status, 0);
  ASSERT_EQ(winback({"import", "customers", "customers.csv"}).status, 0);
  // The desk's tickets are younger than the day the plan stands at, and Chinese headings are headings.
  tests::write_file(winback.here() / "tickets.csv",
                    "工单号,客户编号,创建时间,主题,内容,状态,优先级\n"
                    "1,waits,2026-02-03 10:00:00,Parcel,It never came,处理中,普通\n"
                    "2,served,2026-02-03 10:00:00,Parcel,It never came,已关闭,普通\n"
                    "3,plain,2026-02-03 10:00:00,Parcel,It never came,maybe,普通\n");
  const auto brought = winback({"import", "tickets", "tickets.csv", "--json"});
  ASSERT_EQ(brought.status, 0) << brought.err;
  EXPECT_NE(brought.out.find("\"open\": 1"), std::string::npos) << brought.out;
  EXPECT_NE(brought.out.find("\"rows_rejected\": 1"), std::string::npos) << brought.out;
  const auto kept = winback({"sql", "SELECT (SELECT count() FROM feedback FINAL WHERE kind = 'ticket'), (SELECT countIf(type = 'ticket_opened') FROM events FINAL), "
                                    "(SELECT countIf(type = 'ticket_closed') FROM events FINAL)", "--format", "TSV"});
  EXPECT_EQ(kept.out, "2\t4\t2\n") << kept.err;
  const auto planned = winback({"plan", "--as-of", "2026-02-01", "--out", "out"});
  ASSERT_EQ(planned.status, 0) << planned.err;
  const auto rows = winback({"sql", "SELECT customer_id, filter FROM v_decisions", "--format", "TSV"});
  std::map<std::string, std::string> filter;
  std::istringstream in{rows.out};
  for (std::string id, why; in >> id >> why;) filter[id] = why;
  EXPECT_EQ(filter["plain"], "none");
  EXPECT_EQ(filter["back_in"], "none");
  EXPECT_EQ(filter["closed"], "none");
  EXPECT_EQ(filter["opted"], "opted_out");
  EXPECT_EQ(filter["ended"], "natural_end");
  EXPECT_EQ(filter["tagged"], "natural_end");
  EXPECT_EQ(filter["open"], "open_return");
  EXPECT_EQ(filter["waits"], "open_return");
  EXPECT_EQ(filter["served"], "none");
  EXPECT_EQ(filter["quality"], "quality_leaver");
  EXPECT_EQ(filter["nested"], "quality_leaver");
}

}  // namespace
