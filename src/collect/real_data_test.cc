#include <gtest/gtest.h>

#include <set>

#include "base/decimal.h"
#include "collect/import.h"
#include "tests/support/fake_store.h"
#include "tests/support/fake_warehouse.h"
#include "tests/support/places.h"

namespace collect {
namespace {

struct World {
  tests::FakeWarehouse warehouse;
  tests::FakeStore store;
  tests::TemporaryFolder folder;

  base::Result<ImportSummary> import(ImportRequest request) {
    WB_TRY(ensure_tables(warehouse));
    request.rejects_path = folder.path() / "rejects.csv";
    return import_file(request, warehouse, store.imports(), store.contacts(), nullptr, {});
  }
};

TEST(RealData, OnlineRetailGivesItsPublishedTotals) {
  WB_NEED_SHARED(file, "data/online_retail/online_retail.csv.gz");
  World world;
  ImportRequest request;
  request.path = file;
  request.currency = "GBP";
  request.zone = *base::Zone::open("Europe/London");
  const auto summary = world.import(request);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->rows_read, 541'909u);
  EXPECT_EQ(summary->rows_kept, 541'909u);
  EXPECT_EQ(summary->rows_rejected, 0u);
  EXPECT_EQ(base::decimal_text(summary->net), "9747747.934");
  EXPECT_EQ(summary->cancellations.rows, 9'288u);
  EXPECT_EQ(summary->missing_customers.rows, 135'080u);
  EXPECT_EQ(summary->repeated_lines, 5'268u);
  EXPECT_EQ(base::to_string(*summary->first_day), "2010-12-01");
  EXPECT_EQ(base::to_string(*summary->last_day), "2011-12-09");
  EXPECT_EQ(summary->sales.rows + summary->cancellations.rows + summary->returns.rows + summary->refunds.rows +
                summary->gifts.rows + summary->adjustments.rows,
            541'909u);
  const base::Block rows = *world.warehouse.read_final("order_lines");
  EXPECT_EQ(rows.rows(), 541'909u) << "every row has a key of its own";

  std::set<std::string_view> orders, customers, good_orders, good_customers;
  std::uint64_t good_rows = 0;
  std::int64_t good_money = 0;
  const auto number = [&](std::string_view name, std::size_t row) { return rows.find(name)->as<std::int64_t>()[row]; };
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::string_view order = rows.find("order_id")->text()[i];
    const std::string_view customer = rows.find("customer_id")->text()[i];
    orders.insert(order);
    if (!customer.empty()) customers.insert(customer);
    const bool cancelled = rows.find("kind")->as<std::uint8_t>()[i] == 2;
    if (cancelled || customer.empty() || number("quantity", i) <= 0 || number("unit_price", i) <= 0) continue;
    ++good_rows;
    good_orders.insert(order);
    good_customers.insert(customer);
    good_money += number("amount", i);
  }
  EXPECT_EQ(orders.size(), 25'900u);
  EXPECT_EQ(customers.size(), 4'372u);
  EXPECT_EQ(good_rows, 397'884u);
  EXPECT_EQ(good_orders.size(), 18'532u);
  EXPECT_EQ(good_customers.size(), 4'338u);
  EXPECT_EQ(base::decimal_text(good_money), "8911407.904");

  const auto again = world.import(request);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->already_imported);
  EXPECT_EQ(world.warehouse.read_final("order_lines")->rows(), 541'909u);
}

TEST(RealData, CdnowIsRecognisedUnaided) {
  WB_NEED_SHARED(file, "data/cdnow/cdnow_master.csv.gz");
  World world;
  ImportRequest request;
  request.path = file;
  const auto summary = world.import(request);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->rows_kept, 69'659u);
  const auto rows = world.warehouse.rows();
  EXPECT_EQ(rows.size(), 69'659u);
  EXPECT_EQ(base::decimal_text(summary->net), "2500315.63");
  std::set<std::string> customers;
  std::int64_t discs = 0;
  for (const auto& [key, row] : rows) {
    customers.insert(row.at("customer_id"));
    discs += *base::parse_decimal(row.at("quantity"), base::DecimalMark::point);
  }
  EXPECT_EQ(customers.size(), 23'570u);
  EXPECT_TRUE(customers.contains("00001")) << "ids keep their zeros";
  EXPECT_EQ(base::decimal_text(discs), "167881");
}

TEST(RealData, GroceryHasNoAmounts) {
  WB_NEED_SHARED(file, "data/grocery_elog/groceryElog.csv");
  World world;
  ImportRequest request;
  request.path = file;
  const auto summary = world.import(request);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->rows_kept, 10'483u);
  EXPECT_TRUE(summary->no_amounts);
  EXPECT_EQ(summary->net, 0);
  std::set<std::string> customers;
  for (const auto& [key, row] : world.warehouse.rows()) customers.insert(row.at("customer_id"));
  EXPECT_EQ(customers.size(), 1'525u);
}

}  // namespace
}  // namespace collect
