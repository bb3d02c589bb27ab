#include "understand/history.h"

#include <gtest/gtest.h>

#include "tests/support/fake_warehouse.h"

namespace understand {
namespace {

struct Row {
  std::string customer;
  const char* day;
  int kind;  // 1 sale, 2 cancellation, 6 adjustment
  double amount;
  double quantity;
  const char* item;
};

/// The histories the warehouse's lines make, by way of the port.
Histories from(const std::vector<Row>& rows) {
  base::Block block;
  for (const auto& [name, kind] : std::initializer_list<std::pair<const char*, base::ColumnKind>>{
           {"customer_id", base::ColumnKind::text}, {"day", base::ColumnKind::i32}, {"kind", base::ColumnKind::u8},
           {"amount", base::ColumnKind::amount}, {"quantity", base::ColumnKind::amount}, {"item", base::ColumnKind::text},
           {"category", base::ColumnKind::text}, {"country", base::ColumnKind::text},
           {"discounted", base::ColumnKind::u8}}) {
    block.columns.emplace_back(name, kind);
  }
  for (const Row& row : rows) {
    block.columns[0].text().push_back(row.customer);
    block.columns[1].as<std::int32_t>().push_back(base::day_number(*base::parse_day(row.day)));
    block.columns[2].as<std::uint8_t>().push_back(static_cast<std::uint8_t>(row.kind));
    block.columns[3].as<std::int64_t>().push_back(static_cast<std::int64_t>(row.amount * 1e6));
    block.columns[4].as<std::int64_t>().push_back(static_cast<std::int64_t>(row.quantity * 1e6));
    block.columns[5].text().push_back(row.item);
    block.columns[6].text().push_back("goods");
    block.columns[7].text().push_back("France");
    block.columns[8].as<std::uint8_t>().push_back(0);
  }
  tests::FakeWarehouse warehouse;
  warehouse.answer("lines_by_customer", [block](const port::Statement&, const base::BlockSink& sink) { return sink(base::Block{block}); });
  warehouse.answer("count_identities", [](const port::Statement&, const base::BlockSink& sink) {
    base::Block none;
    none.columns.emplace_back("ids", base::ColumnKind::u64).as<std::uint64_t>().push_back(0);
    return sink(std::move(none));
  });
  auto histories = load_histories(warehouse, *base::parse_day("2025-12-31"));
  EXPECT_TRUE(histories) << (histories ? "" : histories.error().message);
  return std::move(*histories);
}

TEST(Histories, OrdersOfOneDayAreOnePurchase) {
  const Histories h = from({{"a", "2025-01-05", 1, 10, 1, "tea"}, {"a", "2025-01-01", 1, 5, 1, "pot"}, {"a", "2025-01-05", 1, 2, 3, "tea"},
                            {"b", "2025-02-01", 1, 7, 1, "pot"}});
  ASSERT_EQ(h.size(), 2u);
  EXPECT_EQ(h.purchases(0), 2u);
  EXPECT_DOUBLE_EQ(h.amount[0], 5);
  EXPECT_DOUBLE_EQ(h.amount[1], 12);
  EXPECT_EQ(h.items[h.favourite_item[0]], "tea");
  EXPECT_EQ(h.items[h.first_item[0]], "pot");
  EXPECT_EQ(h.countries[h.country[1]], "France");
}

TEST(Histories, ACancelledDayIsNoPurchase) {
  const Histories h = from({{"a", "2025-01-01", 1, 50, 1, "tea"}, {"a", "2025-03-01", 1, 80, 2, "urn"}, {"a", "2025-03-09", 2, -80, -2, "urn"}});
  ASSERT_EQ(h.purchases(0), 1u);
  EXPECT_DOUBLE_EQ(h.amount[0], 50);
  EXPECT_DOUBLE_EQ(h.returned[0], 80);
}

TEST(Histories, WhoSentEverythingBackKeepsADayWithoutMoney) {
  const Histories h = from({{"a", "2025-03-01", 1, 80, 2, "urn"}, {"a", "2025-03-02", 2, -80, -2, "urn"}});
  ASSERT_EQ(h.purchases(0), 1u);
  EXPECT_DOUBLE_EQ(h.amount[0], 0);
}

TEST(Histories, ReturnsOfOlderPurchasesAndBookingsChangeNothing) {
  const Histories h = from({{"a", "2025-03-01", 1, 80, 2, "urn"}, {"a", "2025-01-01", 2, -15, -1, "lamp"}, {"a", "2025-03-05", 6, -3, -1, "Manual"}});
  EXPECT_DOUBLE_EQ(h.amount[0], 80);
  EXPECT_DOUBLE_EQ(h.returned[0], 0);
}

TEST(Histories, ACreditOfJustThatAmountBelongsToItsLine) {
  const Histories h = from({{"a", "2025-03-01", 1, 38970, 60, "basket"}, {"a", "2025-03-01", 1, 649.5, 1, "basket"}, {"a", "2025-03-01", 2, -38970, -1, "Manual"}});
  EXPECT_DOUBLE_EQ(h.amount[0], 649.5);
}

TEST(Histories, CustomersWithoutASaleAreLeftOut) {
  EXPECT_EQ(from({{"a", "2025-03-01", 2, -80, -2, "urn"}}).size(), 0u);
}

}  // namespace
}  // namespace understand
