#include <gtest/gtest.h>

#include "adapter/phone/open_phone.h"
#include "tests/mail/suite_json.h"
#include "tests/support/tally.h"

namespace {

TEST(PhoneSuite, EveryWritingInE164) {
  WB_NEED_SHARED(path, "suites/phone-e164/cases.json");
  const auto phones = adapter::phone::open_phone();
  tests::Tally tally{"phone-e164"};
  for (const auto& test : tests::read_json(path)) {
    const auto input = test.at("input").get<std::string>();
    const auto region = test.at("region").get<std::string>();
    const auto number = phones->e164(input, region);
    EXPECT_EQ(number.value_or("none"), test.at("valid").get<bool>() ? test.at("e164").get<std::string>() : "none") << input << ' ' << region;
    tally.end_of_case();
  }
  EXPECT_EQ(tally.cases(), 662);
}

}  // namespace
