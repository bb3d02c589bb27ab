#include <gmock/gmock.h>

#include "adapter/phone/open_phone.h"
#include "collect/import.h"
#include "tests/support/fake_store.h"
#include "tests/support/fake_warehouse.h"
#include "tests/support/places.h"

namespace collect {
namespace {

struct PhoneImport : testing::Test {
  tests::TemporaryFolder folder;
  tests::FakeWarehouse warehouse;
  tests::FakeStore store;
  std::unique_ptr<port::PhoneNumbers> phones = adapter::phone::open_phone();

  ImportSummary bring_in(std::string_view text, const std::string& region, model::ImportKind kind = model::ImportKind::customers) {
    EXPECT_TRUE(ensure_tables(warehouse));
    const auto path = folder.path() / fmt::format("file{}.csv", text.size());
    tests::write_file(path, text);
    ImportRequest request;
    request.kind = kind;
    request.path = path;
    request.phones = phones.get();
    request.phone_region = region;
    request.rejects_path = folder.path() / "rejects.csv";
    const auto summary = import_file(request, warehouse, store.imports(), store.contacts(), nullptr, {});
    EXPECT_TRUE(summary) << summary.error().message;
    return summary.value_or(ImportSummary{});
  }
  std::map<std::string, model::ContactPoint> on(const std::string& channel) {
    std::map<std::string, model::ContactPoint> found;
    EXPECT_TRUE(store.contacts().each([&](const model::ContactPoint& point) -> base::Result<void> {
      if (point.channel == channel) found.emplace(point.customer_id, point);
      return {};
    }));
    return found;
  }
};

TEST_F(PhoneImport, NumbersOfTheShopsCountryAndOfTheCustomers) {
  const auto summary = bring_in(
      "customer_id,phone,country\n"
      "1,13800138000,\n"             // of the shop's country
      "2,020 7946 0000,United Kingdom\n"  // a landline in London
      "3,07400 123456,GB\n"
      "4,0912 345 678,台湾\n"
      "5,+1 (415) 555-0100,\n"
      "6,138****8000,\n"             // masked
      "7,12,\n"
      "8,,\n"
      "9,02079460000,英国\n",
      "CN");
  const auto texts = on("sms");
  EXPECT_EQ(texts.size(), 4U);
  EXPECT_EQ(texts.at("1").address, "+8613800138000");
  EXPECT_EQ(texts.at("3").address, "+447400123456");
  EXPECT_EQ(texts.at("4").address, "+886912345678");
  EXPECT_EQ(texts.at("5").address, "+14155550100");
  EXPECT_EQ(summary.wrong_phones, 2U);
  EXPECT_EQ(summary.landlines, 2U);
  EXPECT_EQ(on("phone").at("1").address, "+8613800138000");
  EXPECT_TRUE(on("phone").contains("9")) << "calls go to landlines";
  EXPECT_NE(to_json(summary).find(R"("wrong_phones":2,"landlines":2)"), std::string::npos);
}

TEST_F(PhoneImport, WithoutAnyCountryOnlyWholeNumbersAndChineseMobiles) {
  const auto summary = bring_in("customer_id,phone\n1,13800138000\n2,07400 123456\n3,+44 7400 123456\n", "");
  EXPECT_EQ(on("sms").size(), 2U);
  EXPECT_EQ(on("sms").at("1").address, "+8613800138000");
  EXPECT_EQ(on("sms").at("3").address, "+447400123456");
  EXPECT_EQ(summary.wrong_phones, 1U);
}

TEST_F(PhoneImport, RefusalsGoWithTheNumberAndRowsOfOneCustomerCountOnce) {
  bring_in("customer_id,phone,sms_consent\n1,13800138000,no\n", "CN");
  EXPECT_TRUE(on("sms").at("1").opted_out);
  const auto summary = bring_in("customer_id,order_id,ordered_at,amount,customer_phone\n7,a,2026-01-01,5,12\n7,b,2026-01-02,5,12\n8,c,2026-01-02,5,15912345678\n7,d,2026-01-03,5,12\n", "CN",
                                model::ImportKind::orders);
  EXPECT_EQ(summary.wrong_phones, 1U);
  EXPECT_EQ(on("sms").at("8").address, "+8615912345678");
}

}  // namespace
}  // namespace collect
