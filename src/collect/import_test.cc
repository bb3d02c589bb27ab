#include "collect/import.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "base/decimal.h"
#include "base/random.h"
#include "collect/byte_source.h"
#include "collect/csv_reader.h"
#include "tests/support/fake_store.h"
#include "tests/support/fake_warehouse.h"
#include "tests/support/places.h"

namespace collect {
namespace {

using Row = tests::FakeWarehouse::Row;

class Import : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(ensure_tables(warehouse)); }

  static ImportRequest request(const std::filesystem::path& path, model::ImportKind kind = model::ImportKind::orders) {
    ImportRequest result;
    result.kind = kind;
    result.path = path;
    return result;
  }
  static std::filesystem::path fixture(std::string_view name) {
    return tests::source_dir() / "tests/fixtures/collect" / name;
  }

  std::filesystem::path file(std::string_view text, std::string_view name = "orders.csv") {
    tests::write_file(folder.path() / name, text);
    return folder.path() / name;
  }
  base::Result<ImportSummary> run(ImportRequest what) {
    what.rejects_path = rejects_path();
    return import_file(what, warehouse, store.imports(), store.contacts(), nullptr, {});
  }
  ImportSummary good(ImportRequest what) {
    auto summary = run(std::move(what));
    EXPECT_TRUE(summary) << summary.error().message;
    return summary.value_or(ImportSummary{});
  }
  std::string bad(ImportRequest what) {
    const auto summary = run(std::move(what));
    EXPECT_FALSE(summary);
    EXPECT_TRUE(warehouse.rows().empty());
    return summary ? "" : summary.error().message;
  }
  std::string rejects_path() { return folder.path() / "rejects.csv"; }

  /// The rows of one order, by their line in the file.
  std::vector<Row> order(std::string_view id) {
    std::vector<Row> found;
    for (const auto& [key, row] : warehouse.rows()) {
      if (row.contains("order_id") && row.at("order_id") == id) found.push_back(row);
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Row& a, const Row& b) { return std::stoul(a.at("line")) < std::stoul(b.at("line")); });
    return found;
  }
  std::vector<Row> all() {
    std::vector<Row> found;
    for (const auto& [key, row] : warehouse.rows()) found.push_back(row);
    return found;
  }
  /// Every contact point, by customer and channel.
  std::map<std::pair<std::string, std::string>, model::ContactPoint> contacts() {
    std::map<std::pair<std::string, std::string>, model::ContactPoint> found;
    EXPECT_TRUE(store.contacts().each([&](const model::ContactPoint& point) -> base::Result<void> {
      found.emplace(std::pair{point.customer_id, point.channel}, point);
      return {};
    }));
    return found;
  }
  static std::string role(const ImportSummary& summary, std::string_view heading) {
    for (const ColumnReport& column : summary.columns) {
      if (column.heading == heading) return column.role;
    }
    return "";
  }

  tests::TemporaryFolder folder;
  tests::FakeWarehouse warehouse;
  tests::FakeStore store;
};

TEST_F(Import, Shopify) {
  const ImportSummary summary = good(request(fixture("shopify_orders.csv")));
  EXPECT_EQ(summary.system, "shopify");
  EXPECT_EQ(summary.source, "shopify");
  EXPECT_EQ(summary.currency, "EUR");
  EXPECT_EQ(summary.rows_rejected, 0u);
  EXPECT_EQ(role(summary, "Name"), "order_id");
  EXPECT_EQ(role(summary, "Lineitem name"), "product");

  const auto first = order("#1001");
  ASSERT_EQ(first.size(), 3u);  // two lines, and the order's discount
  const std::string ann = *store.contacts().pseudonym("ann.lee@example.com");
  std::int64_t money = 0;
  for (const Row& row : first) {
    EXPECT_EQ(row.at("customer_id"), ann) << "later lines leave the address blank";
    EXPECT_EQ(row.at("country"), "DE");
    EXPECT_EQ(row.at("ordered_at"), "2024-03-01T09:15:00Z");
    money += *base::parse_decimal(row.at("amount"), base::DecimalMark::point);
  }
  EXPECT_EQ(base::decimal_text(money), "54") << "the subtotal of the export";
  EXPECT_EQ(contacts().at({ann, "email"}).address, "ann.lee@example.com");
  EXPECT_EQ(contacts().at({ann, "email"}).name, "Ann Lee");

  const auto partly = order("#1002");
  ASSERT_EQ(partly.size(), 2u);
  EXPECT_EQ(summary.refunds.rows, 2u);
  EXPECT_EQ(summary.cancellations.rows, 1u);
  EXPECT_EQ(order("#1003")[0].at("amount"), "0");
  EXPECT_EQ(order("#1003")[0].at("amount_original"), "25");
  EXPECT_EQ(order("#1004")[0].at("amount"), "0");
  EXPECT_EQ(base::decimal_text(summary.net), "74");  // 54 + (30 - 10)
  EXPECT_EQ(base::decimal_text(summary.undone_by_status.money), "50");
  for (const Row& row : all()) {
    for (const auto& [name, value] : row)
      EXPECT_EQ(value.find('@') == std::string::npos || name == "properties", true) << name << " " << value;
  }
}

TEST_F(Import, WooCommerce) {
  const ImportSummary summary = good(request(fixture("woocommerce_orders.csv")));
  EXPECT_EQ(summary.system, "woocommerce");
  EXPECT_EQ(base::decimal_text(summary.net), "54");
  EXPECT_EQ(summary.cancellations.rows, 1u);
  EXPECT_EQ(order("2001").size(), 2u);
  EXPECT_EQ(order("2001")[1].at("product"), "Tea, green");
  EXPECT_EQ(contacts().size(), 6u);
}

TEST_F(Import, YouzanInGb18030) {
  ImportRequest what = request(fixture("youzan_orders_gb18030.csv"));
  what.zone = *base::Zone::open("Asia/Shanghai");
  what.currency = "CNY";
  const ImportSummary summary = good(what);
  EXPECT_EQ(summary.charset, "GB18030");
  EXPECT_EQ(summary.system, "youzan");
  EXPECT_EQ(base::decimal_text(summary.net), "265");
  EXPECT_EQ(summary.adjustments.rows, 1u) << "postage";
  EXPECT_EQ(summary.cancellations.rows, 1u);
  EXPECT_EQ(summary.refunds.rows, 1u);
  EXPECT_EQ(summary.missing_customers.rows, 1u) << "a masked number is nobody";
  const auto first = order("E20240601120001");
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].at("customer_id"), *store.contacts().pseudonym("+8613800138001"));
  EXPECT_EQ(first[0].at("product"), "明前龙井 100克");
  EXPECT_EQ(first[0].at("ordered_at"), "2024-06-01T04:00:01Z");
  EXPECT_EQ(contacts().begin()->first.second, "phone");
}

TEST_F(Import, Taobao) {
  ImportRequest what = request(fixture("taobao_orders.csv"));
  what.zone = *base::Zone::open("Asia/Shanghai");
  const ImportSummary summary = good(what);
  EXPECT_EQ(summary.system, "taobao");
  const auto first = order("2024061800010001");  // written ="2024…" for spreadsheets
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].at("amount"), "1299");
  EXPECT_EQ(first[0].at("customer_id"), "小猫钓鱼");
  EXPECT_EQ(first[0].at("local_day"), "2024-06-18");
  EXPECT_EQ(contacts().at({"小猫钓鱼", "phone"}).address, "+8613600136001");
  EXPECT_EQ(summary.cancellations.rows, 1u) << "never paid";
  EXPECT_EQ(base::decimal_text(summary.net), "1398.5");  // 1299 + 199 - 99.50
}

TEST_F(Import, TraditionalChineseWithDecimalCommas) {
  ImportRequest what = request(fixture("orders_traditional.csv"));
  what.zone = *base::Zone::open("Asia/Taipei");
  const ImportSummary summary = good(what);
  EXPECT_EQ(base::decimal_text(summary.net), "2850.5");
  EXPECT_EQ(summary.currency, "TWD");
  EXPECT_EQ(order("A1")[0].at("ordered_at"), "2024-06-01T07:05:00Z");
}

TEST_F(Import, TheSameFileAgainChangesNothing) {
  const ImportSummary first = good(request(fixture("woocommerce_orders.csv")));
  const auto rows = warehouse.rows();
  const ImportSummary second = good(request(fixture("woocommerce_orders.csv")));
  EXPECT_TRUE(second.already_imported);
  EXPECT_EQ(second.import_id, first.import_id);
  EXPECT_EQ(warehouse.rows(), rows);
  EXPECT_TRUE(nlohmann::json::parse(to_json(second))["already_imported"]);
  EXPECT_EQ(nlohmann::json::parse(to_json(second))["net"], "54");
}

constexpr std::string_view kHead = "order_id,customer_id,date,sku,quantity,price\n";

TEST_F(Import, OverlappingFilesCountEveryLineOnce) {
  good(
      request(file("order_id,customer_id,date,sku,quantity,price\n1,a,2024-01-01,s1,1,5\n1,a,2024-01-01,s1,1,5\n2,b,"
                   "2024-01-02,s1,1,5\n")));
  EXPECT_EQ(warehouse.rows().size(), 3u) << "equal lines of one order are two lines";
  // the same orders in another format and order of columns, and one more
  const ImportSummary second =
      good(request(file("date;price;quantity;sku;customer_id;order_id\n01.01.2024;5,00;1;s1;a;1\n01.01.2024;5,00;1;s1;"
                        "a;1\n02.01.2024;5,00;1;s1;b;2\n"
                        "03.01.2024;7,50;1;s2;b;3\n",
                        "more.csv")));
  EXPECT_EQ(second.repeated_lines, 1u);
  EXPECT_EQ(warehouse.rows().size(), 4u);
}

TEST_F(Import, BadRowsAreListedAndTheRestIsKept) {
  const ImportSummary summary = good(request(
      file(std::string{kHead} +
           "1,a,2024-01-01,s1,1,5\n2,b,soon,s1,1,5\n3,c,2024-01-03,s1,many,5\n4,d,2024-01-04,s1\n"
           "5,e,\"2024-\n01-05\",s1,1,5\n6,f,2024-02-30,s1,1,5\n7,g,2024-01-07,=1+1,1,5\n,h,2024-01-08,s1,1,5\n")));
  EXPECT_EQ(summary.rows_kept, 2u);
  EXPECT_EQ(summary.rows_rejected, 6u);
  EXPECT_EQ(summary.rows_read, 8u);
  auto reader = *CsvReader::open(source_of(tests::read_file(rejects_path()), 1 << 20), 0, {}, "rejects.csv");
  EXPECT_EQ(reader.heading(), (std::vector<std::string>{"file", "line", "column", "value", "reason"}));
  RowBatch batch;
  std::map<std::string, std::pair<std::string, std::string>> by_line;
  while (*reader.next(batch)) {
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      by_line[std::string{batch.row(i)[1]}] = {std::string{batch.row(i)[2]}, std::string{batch.row(i)[4]}};
      EXPECT_EQ(batch.row(i)[0], "orders.csv");
    }
  }
  EXPECT_EQ(by_line.at("3").first, "date");
  EXPECT_EQ(by_line.at("4"), (std::pair<std::string, std::string>{"quantity", "is no number that can be read"}));
  EXPECT_EQ(by_line.at("5").second, "the row has 4 values, the heading has 6");
  EXPECT_EQ(by_line.at("6").first, "date");
  EXPECT_EQ(by_line.at("8").second, "is no day of the calendar");
  EXPECT_EQ(by_line.at("10").first, "order_id");
}

TEST_F(Import, StrictStoresNothingWhenARowIsBad) {
  ImportRequest what =
      request(file(std::string{kHead} + "1,a@b.example,2024-01-01,s1,1,5\n2,b@b.example,soon,s1,1,5\n"));
  what.strict = true;
  const std::string message = bad(what);
  EXPECT_NE(message.find("line 3"), std::string::npos) << message;
  EXPECT_TRUE(contacts().empty());
  EXPECT_TRUE(store.imports().list()->empty());
}

TEST_F(Import, DayAndMonthAreDecidedByTheLastRowOrAskedFor) {
  std::string text = "order_id,customer_id,date,amount\n";
  for (int i = 0; i < 30'000; ++i) text += fmt::format("{},c{},0{}/0{}/2024,5\n", i, i % 7, 1 + i % 9, 1 + i % 5);
  EXPECT_NE(bad(request(file(text))).find("--date-format dmy"), std::string::npos);
  text += "30000,c1,31/05/2024,5\n";
  const ImportSummary summary = good(request(file(text)));
  EXPECT_EQ(summary.rows_kept, 30'001u);
  EXPECT_EQ(order("1")[0].at("local_day"), "2024-02-02");
  EXPECT_EQ(order("2")[0].at("local_day"), "2024-03-03");
  EXPECT_EQ(order("5")[0].at("local_day"), "2024-01-06") << "06/01 is the sixth of January";
}

TEST_F(Import, TheUserMaySayWhatDatesMean) {
  ImportRequest what = request(file("order_id,customer_id,date,amount\n1,a,03/04/2024,5\n"));
  what.date_order = DateOrder::month_first;
  good(what);
  EXPECT_EQ(order("1")[0].at("local_day"), "2024-03-04");
}

TEST_F(Import, SeveralCurrenciesNeedDatedRates) {
  const auto path = file(
      "order_id,customer_id,date,amount,currency\n1,a,2024-02-10,10,USD\n2,b,2024-03-10,10,usd\n3,c,2024-03-10,10,EUR\n"
      "4,d,2024-01-10,10,GBP\n5,e,2023-12-10,10,USD\n6,f,2024-01-10,10,JPY\n7,g,2024-01-10,10,\n");
  EXPECT_NE(bad(request(path)).find("several currencies (EUR, GBP, JPY, USD)"), std::string::npos);
  ImportRequest what = request(path);
  what.base_currency = "EUR";
  what.fx_path = fixture("fx.csv");
  const ImportSummary summary = good(what);
  EXPECT_EQ(summary.currency, "EUR");
  EXPECT_EQ(base::decimal_text(summary.net), "28.2") << "9 + 9.2 + 10";
  EXPECT_EQ(summary.rows_rejected, 4u) << "GBP and USD before their first rate, JPY without any, one that names none";
  EXPECT_EQ(order("1")[0].at("currency"), "USD");
  EXPECT_EQ(order("1")[0].at("amount"), "9");
  EXPECT_EQ(order("1")[0].at("amount_original"), "10");
  EXPECT_EQ(summary.converted.rows, 2u);
}

TEST_F(Import, OtherCurrenciesWithoutRatesAreRejectedNeverMixed) {
  ImportRequest what =
      request(file("order_id,customer_id,date,amount,currency\n1,a,2024-02-10,10,USD\n2,b,2024-03-10,10,EUR\n"));
  what.base_currency = "EUR";
  const ImportSummary summary = good(what);
  EXPECT_EQ(base::decimal_text(summary.net), "10");
  EXPECT_EQ(summary.rows_rejected, 1u);
}

TEST_F(Import, KindsOfLines) {
  const ImportSummary summary =
      good(request(file("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID\n"
                        "1,A10,MUG,2,2024-01-01,5,a\n2,A11,POT,1,2024-01-01,9.5,\nC3,A10,MUG,-1,2024-01-02,5,a\n4,A12,"
                        "LID,-1,2024-01-02,3,b\n5,A13,CARD,1,2024-01-02,0,b\n"
                        "6,POST,POSTAGE,1,2024-01-02,4,b\n7,A14,broken,-3,2024-01-02,0,\n8,A15,x,1,2024-01-03,-2,b\n9,"
                        "A16,CUP,1,2024-01-03,1,b\n10,A17,JUG,1,2024-01-03,1,b\n"
                        "11,A18,CAN,1,2024-01-03,1,b\n12,A19,PAN,1,2024-01-03,1,b\n")));
  EXPECT_EQ(summary.sales.rows, 6u);
  EXPECT_EQ(base::decimal_text(summary.cancellations.money), "-5");
  EXPECT_EQ(base::decimal_text(summary.returns.money), "-3");
  EXPECT_EQ(summary.gifts.rows, 1u);
  EXPECT_EQ(summary.adjustments.rows, 2u);
  EXPECT_EQ(base::decimal_text(summary.refunds.money), "-2");
  EXPECT_EQ(summary.missing_customers.rows, 2u);
  EXPECT_EQ(base::decimal_text(summary.missing_customers.money), "9.5");
  const auto json = nlohmann::json::parse(to_json(summary));
  EXPECT_EQ(json["sales"]["rows"], 6);
  EXPECT_EQ(json["cancellations"]["money"], "-5");
}

TEST_F(Import, LettersBeforeNumbersAreNoCancellationsWhereAllIdsHaveThem) {
  const ImportSummary summary = good(
      request(file("order_id,customer_id,date,amount\nC1,a,2024-01-01,5\nC2,b,2024-01-01,6\nC3,b,2024-01-01,-6\n")));
  EXPECT_EQ(summary.cancellations.rows, 0u);
  EXPECT_EQ(summary.sales.rows, 2u);
}

TEST_F(Import, RowsInAnyOrderGetTheSameKeys) {
  base::Rng rng{2};
  std::vector<std::string> lines;
  for (int i = 0; i < 20'000; ++i) {
    const auto day = base::day_from_number(19'000 + static_cast<int>(rng.below(400)));
    lines.push_back(
        fmt::format("{},c{:04},{},s{},1,5\n", rng.below(5000), rng.below(800), base::to_string(day), rng.below(3)));
    if (rng.chance(0.2)) lines.push_back(lines[rng.below(lines.size())]);
  }
  const auto text_of = [&] {
    std::string text{kHead};
    for (const std::string& line : lines) text += line;
    return text;
  };
  const auto keys_of = [&](const std::string& text) {
    warehouse.clear();
    const ImportSummary summary = good(request(file(text)));
    EXPECT_EQ(summary.rows_kept, lines.size());
    std::vector<std::string> keys;
    for (const auto& [key, row] : warehouse.rows()) keys.push_back(key);
    return keys;
  };
  const auto shuffled = keys_of(text_of());  // the whole file must be remembered
  EXPECT_EQ(shuffled.size(), lines.size());
  const auto by = [&](std::size_t column) {
    std::stable_sort(lines.begin(), lines.end(), [&](const std::string& a, const std::string& b) {
      const auto cell = [&](std::string_view line) {
        for (std::size_t i = 0; i < column; ++i) line.remove_prefix(line.find(',') + 1);
        return line.substr(0, line.find(','));
      };
      return cell(a) < cell(b);
    });
    return keys_of(text_of());
  };
  EXPECT_EQ(by(1), shuffled) << "sorted by customer";
  EXPECT_EQ(by(2), shuffled) << "sorted by time";
  std::reverse(lines.begin(), lines.end());
  EXPECT_EQ(keys_of(text_of()), shuffled) << "newest first";
}

TEST_F(Import, AnInsertThatFailedIsTakenUpAgain) {
  std::string text{kHead};
  for (int i = 0; i < 300'000; ++i) text += fmt::format("{},c{},2024-01-0{},s1,1,5\n", i, i % 100, 1 + i / 40'000);
  const ImportRequest what = request(file(text));
  warehouse.fail_insert(2);
  const auto failed = run(what);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, base::Code::unavailable);
  EXPECT_EQ(warehouse.inserts(), 1u);
  const ImportSummary summary = good(what);
  EXPECT_EQ(summary.import_id, 1u) << "the unfinished entry, so that rows keep their id";
  EXPECT_EQ(warehouse.read_final("order_lines")->rows(), 300'000u);
  EXPECT_EQ(warehouse.inserts(), 2u) << "the block that was there already was not doubled";
}

TEST_F(Import, UndoTakesTheRowsAwayAndNamesWhatToImportAgain) {
  const auto first = file(std::string{kHead} + "1,a,2024-01-01,s1,1,5\n2,b,2024-01-20,s1,1,5\n", "january.csv");
  good(request(first));
  good(request(file(std::string{kHead} + "9,z,2023-01-01,s1,1,5\n", "old.csv")));
  const ImportSummary third =
      good(request(file(std::string{kHead} + "2,b,2024-01-20,s1,1,5\n3,b,2024-02-01,s1,1,5\n", "overlap.csv")));
  const auto undone = undo_import(third.import_id, {}, warehouse, store.imports());
  ASSERT_TRUE(undone) << undone.error().message;
  ASSERT_EQ(undone->import_again.size(), 1u);
  EXPECT_EQ(undone->import_again[0].file_name, "january.csv");
  EXPECT_EQ(warehouse.rows().size(), 2u);
  EXPECT_FALSE(undo_import(third.import_id, {}, warehouse, store.imports()));
  EXPECT_EQ(undo_import(99, {}, warehouse, store.imports()).error().code, base::Code::not_found);
  ImportRequest again = request(first);
  again.again = true;
  EXPECT_FALSE(good(again).already_imported);
  EXPECT_EQ(warehouse.rows().size(), 3u);
  const ImportSummary back = good(request(folder.path() / "overlap.csv"));
  EXPECT_FALSE(back.already_imported) << "an undone import can be made anew";
  EXPECT_EQ(warehouse.rows().size(), 4u);
}

TEST_F(Import, WhatIsMissingIsNamed) {
  EXPECT_NE(bad(request(file("foo,bar\n1,2\n"))).find("--map ordered_at=HEADING"), std::string::npos);
  EXPECT_NE(bad(request(file("order_id,date\n1,2024-01-01\n"))).find("--map customer_id=HEADING"), std::string::npos);
  EXPECT_NE(bad(request(file("1,2024-01-01,5\n2,2024-01-02,5\n"))).find("has no heading"), std::string::npos);
  EXPECT_NE(bad(request(file(""))).find("is empty"), std::string::npos);
  EXPECT_NE(bad(request("nowhere.csv")).find("nowhere.csv"), std::string::npos);
  EXPECT_NE(bad(request(file("PK\x03\x04zip"))).find("save the sheet as CSV"), std::string::npos);
  EXPECT_NE(bad(request(file("[{\"a\":1}]"))).find("one object a line"), std::string::npos);
  ImportRequest what = request(file("who,when\na,2024-01-01\n"));
  what.columns = {{"customer_id", "whom"}};
  EXPECT_NE(bad(what).find("has no column 'whom'"), std::string::npos);
  what.columns = {{"custmer", "who"}};
  EXPECT_NE(bad(what).find("'custmer' is no meaning known here"), std::string::npos);
}

TEST_F(Import, MapAndHeadingSayWhatIsNotRecognised) {
  ImportRequest what = request(file("who,when,howmuch\na,2024-01-01,5\n"));
  what.columns = {{"customer_id", "who"}, {"amount", "howmuch"}};
  const ImportSummary summary = good(what);
  EXPECT_EQ(base::decimal_text(summary.net), "5");
  EXPECT_EQ(role(summary, "when"), "ordered_at") << "the only column of dates";
  ImportRequest bare = request(file("b,2024-01-01,7\n", "bare.csv"));
  bare.table.heading = {"customer_id", "date", "amount"};
  EXPECT_EQ(base::decimal_text(good(bare).net), "7");
}

TEST_F(Import, CustomerIdsThatAreAddressesStayOutOfTheWarehouse) {
  good(request(file("customer,date,amount\nA@Example.com ,2024-01-01,5\nb@example.com,2024-01-02,6\n")));
  for (const Row& row : all()) {
    EXPECT_TRUE(row.at("customer_id").starts_with("p_"));
    EXPECT_EQ(row.at("order_id").find('@'), row.at("customer_id").size())
        << "only the sign between customer and moment";
  }
  EXPECT_EQ(contacts().size(), 2u);
  EXPECT_TRUE(contacts().contains({*store.contacts().pseudonym("a@example.com"), "email"}));
}

TEST_F(Import, Customers) {
  const ImportSummary summary = good(request(fixture("customers.csv"), model::ImportKind::customers));
  EXPECT_EQ(summary.rows_kept, 2u);
  EXPECT_EQ(summary.rows_rejected, 1u);
  EXPECT_EQ(summary.withheld, (std::vector<std::string>{"Last Name", "Second Mail"}));
  const auto rows = all();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].at("birthday"), "1990-02-03");
  EXPECT_EQ(rows[1].at("birthday"), "1900-01-01");
  EXPECT_EQ(rows[0].at("tags"), "[vip,tea,gift]");
  EXPECT_EQ(rows[0].at("attributes"), R"({"Total Spent":"120.50","Favourite Colour":"green"})");
  EXPECT_TRUE(contacts().at({"7001", "email"}).opted_out);
  EXPECT_FALSE(contacts().at({"7002", "email"}).opted_out);
  EXPECT_EQ(contacts().at({"7001", "email"}).language, "en-GB");
  EXPECT_EQ(contacts().at({"7001", "phone"}).address, "+442079460001");
}

TEST_F(Import, ShopifyCustomersMeetTheirOrders) {
  good(request(fixture("shopify_orders.csv")));
  std::set<std::string> buyers;
  for (const Row& row : all()) buyers.insert(row.at("customer_id"));
  warehouse.clear();
  const ImportSummary summary = good(request(fixture("shopify_customers.csv"), model::ImportKind::customers));
  EXPECT_EQ(summary.system, "shopify");
  EXPECT_EQ(summary.rows_kept, 3u);
  int met = 0;
  for (const Row& row : all()) met += buyers.contains(row.at("customer_id")) ? 1 : 0;
  EXPECT_EQ(met, 2);
  EXPECT_TRUE(contacts().at({*store.contacts().pseudonym("bob@example.org"), "email"}).opted_out);
}

TEST_F(Import, Products) {
  const ImportSummary summary = good(request(fixture("products.csv"), model::ImportKind::products));
  EXPECT_EQ(summary.rows_kept, 2u);
  const auto rows = all();
  EXPECT_EQ(rows[0].at("cost"), "46.5");
  EXPECT_EQ(rows[0].at("rating"), "4.8");
  EXPECT_EQ(rows[0].at("tags"), "[新茶,礼盒]");
  EXPECT_EQ(rows[1].at("cost"), "\\N");
  EXPECT_EQ(rows[1].at("stock"), "0");
}

TEST_F(Import, EventsFromJsonLines) {
  const ImportSummary summary = good(request(fixture("events.jsonl"), model::ImportKind::events));
  EXPECT_EQ(summary.format, "JSON lines");
  EXPECT_EQ(summary.rows_kept, 3u);
  EXPECT_EQ(summary.rows_rejected, 2u);
  EXPECT_EQ(summary.repeated_lines, 1u);
  ASSERT_EQ(warehouse.rows().size(), 3u);
  for (const Row& row : all()) {
    if (row.at("event_id") != "e-1") continue;
    EXPECT_EQ(row.at("sku"), "LS-M");
    EXPECT_EQ(row.at("properties"), R"({"properties.value":"25.10","properties.items":"a,b"})");
  }
}

TEST_F(Import, SpendOfOneDayAndChannelIsAddedUp) {
  const ImportSummary summary = good(request(fixture("spend.csv"), model::ImportKind::spend));
  EXPECT_EQ(summary.rows_kept, 4u);
  EXPECT_EQ(base::decimal_text(summary.net), "1625.5");
  const auto rows = all();
  ASSERT_EQ(rows.size(), 3u);
  int acquisition = 0;
  for (const Row& row : rows) {
    if (row.at("purpose") != "1") continue;
    ++acquisition;
    EXPECT_EQ(row.at("amount"), "1500");
    EXPECT_EQ(row.at("new_customers"), "30");
  }
  EXPECT_EQ(acquisition, 1);
}

/// A Parquet port that gives a few rows as text, as the real one does.
class TwoRows : public port::Parquet {
 public:
  base::Result<void> read(const std::string&, const base::BlockSink& sink) override {
    base::Block block;
    for (const auto& [name, cells] : {std::pair<std::string, std::vector<std::string>>{"order_id", {"1", "2"}},
                                      {"customer_id", {"a", "b"}},
                                      {"created_at", {"2024-01-01 10:00:00.000", "2024-01-02 11:30:00.500"}},
                                      {"amount", {"5.25", "6"}}}) {
      block.columns.emplace_back(name, base::ColumnKind::text);
      for (const std::string& cell : cells) block.columns.back().text().push_back(cell);
    }
    return sink(std::move(block));
  }
  base::Result<void> write(const std::string&, const base::BlockSource&) override { return {}; }
};

TEST_F(Import, Parquet) {
  TwoRows parquet;
  const auto summary = import_file(request(file("PAR1....", "orders.parquet")), warehouse, store.imports(),
                                   store.contacts(), &parquet, {});
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->format, "Parquet");
  EXPECT_EQ(base::decimal_text(summary->net), "11.25");
  EXPECT_EQ(order("2")[0].at("ordered_at"), "2024-01-02T11:30:00Z");
}

TEST_F(Import, ProgressIsReported) {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  const auto path = fixture("woocommerce_orders.csv");
  const auto summary =
      import_file(request(path), warehouse, store.imports(), store.contacts(), nullptr, [&](const ImportProgress& p) {
        rows = p.rows;
        bytes = p.bytes_done;
        EXPECT_EQ(p.bytes_total, std::filesystem::file_size(path));
      });
  ASSERT_TRUE(summary);
  EXPECT_EQ(rows, 4u);
  EXPECT_EQ(bytes, std::filesystem::file_size(path));
}

TEST_F(Import, RandomBytesNeverCrash) {
  base::Rng rng{12};
  const std::string_view alphabet = "a1,;\n\r\"'=-./: 年€\xFF\x80{}[]\t2024";
  for (int round = 0; round < 400; ++round) {
    std::string text = rng.chance(0.7) ? std::string{kHead} : std::string{};
    for (std::size_t n = 1 + rng.below(400); n > 0; --n) {
      text += rng.chance(0.1) ? static_cast<char>(rng.below(256)) : alphabet[rng.below(alphabet.size())];
    }
    for (const model::ImportKind kind :
         {model::ImportKind::orders, model::ImportKind::customers, model::ImportKind::events}) {
      const auto summary = run(request(file(text), kind));
      if (!summary) {
        EXPECT_NE(summary.error().code, base::Code::internal) << summary.error().message;
      }
    }
  }
}

}  // namespace
}  // namespace collect
