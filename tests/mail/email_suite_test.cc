#include <gtest/gtest.h>

#include "base/email.h"
#include "tests/mail/suite_json.h"
#include "tests/support/tally.h"

namespace {

TEST(EmailSuite, AcceptsWholeCategoriesAndRefusesWholeCategories) {
  WB_NEED_SHARED(path, "suites/is-email/tests.json");
  tests::Tally tally{"is-email"};
  for (const auto& test : tests::read_json(path)) {
    const auto text = test.at("address").get<std::string>();
    const auto category = test.at("category").get<std::string>();
    const bool wanted = category == "ISEMAIL_VALID_CATEGORY" || category == "ISEMAIL_DNSWARN";
    const auto address = base::parse_email(text);
    EXPECT_EQ(address.has_value(), wanted) << test.at("id") << ' ' << category << ' ' << text;
    if (address) {
      EXPECT_EQ(address->text(), text);
    }
    tally.end_of_case();
  }
  EXPECT_EQ(tally.cases(), 94);
}

}  // namespace
