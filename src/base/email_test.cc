#include "base/email.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Email, KeepsWhatWasWrittenAndComparesInLowerCase) {
  const auto address = parse_email("Anna.Berg+Shop@Example.COM");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->text(), "Anna.Berg+Shop@example.com");
  EXPECT_EQ(address->normal(), "anna.berg+shop@example.com");
  EXPECT_FALSE(address->needs_smtputf8);
}

TEST(Email, ErrorsDoNotRepeatTheAddress) {
  const auto address = parse_email("secret name@example.com");
  ASSERT_FALSE(address);
  EXPECT_EQ(address.error().message.find("secret"), std::string::npos);
}

// RFC 6531 and RFC 5890: cases of our own, the published suite is older than both.
struct Wide {
  std::string_view address;
  std::string_view text;  // empty: refused
  bool needs_smtputf8;
};

TEST(Email, InternationalAddresses) {
  const Wide cases[] = {
      {"kontakt@bücher.example", "kontakt@xn--bcher-kva.example", false},
      {"kontakt@BÜCHER.example", "kontakt@xn--bcher-kva.example", false},
      {"kontakt@XN--BCHER-KVA.example", "kontakt@xn--bcher-kva.example", false},
      {"info@例子.测试", "info@xn--fsqu00a.xn--0zwm56d", false},
      {"info@例子。测试", "info@xn--fsqu00a.xn--0zwm56d", false},    // the ideographic full stop is a dot
      {"info@straße.example", "info@xn--strae-oqa.example", false},  // non-transitional: not strasse
      {"张三@例子.测试", "张三@xn--fsqu00a.xn--0zwm56d", true},
      {"Jos\u00e9@example.com", "Jos\u00e9@example.com", true},
      {"Jose\u0301@example.com", "Jos\u00e9@example.com", true},  // form C
      {"δοκιμή@παράδειγμα.δοκιμή", "δοκιμή@xn--hxajbheg2az3al.xn--jxalpdlp", true},
      {"संपर्क@example.com", "संपर्क@example.com", true},
      {"a\u00a0b@example.com", "", false},  // a space that does not break
      {"a\u200bb@example.com", "", false},  // zero width
      {"a\u202eb@example.com", "", false},  // turns the reading direction
      {"a\u0085b@example.com", "", false},  // a line end to some
      {"a\u2028b@example.com", "", false},  // a line end to others
      {"a\ufffdb@example.com", "", false},
      {"a\xff@example.com", "", false},                 // not UTF-8
      {"a\xc0\xae@example.com", "", false},             // overlong
      {"a@exa\u200bmple.com", "a@example.com", false},  // UTS 46 drops it
      {"a@exa\xffmple.com", "", false},
      {"a@１２７．０．０．１", "", false},  // full-width digits are digits
      {"a@x\uff20y.com", "", false},        // a full-width @ does not become a second one
      {"a@xn--a.com", "", false},           // no Punycode
      {"a@☃.example", "a@xn--n3h.example", false},
      {"a@-bücher.example", "", false},
      {"用户名用户名用户名用户名用户名用户名用户名用户@example.com", "", false},  // 69 octets
  };
  for (const Wide& one : cases) {
    const auto address = parse_email(one.address);
    EXPECT_EQ(address.has_value(), !one.text.empty()) << one.address;
    if (!address) continue;
    EXPECT_EQ(address->text(), one.text);
    EXPECT_EQ(address->needs_smtputf8, one.needs_smtputf8) << one.address;
    const auto again = parse_email(address->text());
    ASSERT_TRUE(again) << one.address;
    EXPECT_EQ(again->text(), address->text());
  }
}

TEST(Email, WhatWouldBreakAnEnvelopeIsRefused) {
  for (const char* text : {"a@b.com>", "a@b.com\r\nRCPT TO:<c@d.com>", "a b@c.com", "a@b.com,c@d.com", "<a@b.com>",
                           "a@b.com;c@d.com", "a@b@c.com", "a@b.com NOTIFY=NEVER", "a\"b@c.com", "a@b.com\n"})
    EXPECT_FALSE(parse_email(text)) << text;
  EXPECT_FALSE(parse_email(std::string_view{"a\0@b.com", 8}));
  EXPECT_FALSE(parse_email(std::string_view{"a@b.com\0", 8}));
}

TEST(Email, LengthsOfRfc5321) {
  const auto of = [](std::size_t local, std::size_t domain) {  // labels of 63 and fewer
    std::string address(local, 'a');
    address += '@';
    for (std::size_t i = 0; i < domain; ++i) address += i % 64 == 63 ? '.' : 'd';
    return parse_email(address).has_value();
  };
  EXPECT_TRUE(of(64, 100));
  EXPECT_FALSE(of(65, 100));
  EXPECT_TRUE(of(64, 189));  // 254 octets in all
  EXPECT_FALSE(of(64, 190));
  EXPECT_FALSE(parse_email(fmt::format("a@{:d>64}.com", "")));
}

}  // namespace
}  // namespace base
