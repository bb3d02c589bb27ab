#include "base/outgoing_url.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(OutgoingUrl, TakenApartAndPutTogetherAgain) {
  const auto url = judge_outgoing_url("https://Hooks.Example.COM/in?a=1&b=%20#frag", {});
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->host, "hooks.example.com");
  EXPECT_EQ(url->target, "/in?a=1&b=%20");
  EXPECT_EQ(url->text, "https://hooks.example.com:443/in?a=1&b=%20");
  EXPECT_EQ(judge_outgoing_url("https://bücher.example:8443", {})->text, "https://xn--bcher-kva.example:8443/");
  EXPECT_EQ(judge_outgoing_url("https://[2606:2800:220:1::1]/x", {})->text, "https://[2606:2800:220:1::1]:443/x");
  EXPECT_EQ(judge_outgoing_url("https://hooks.example.com.?q", {})->text, "https://hooks.example.com:443/?q");
}

TEST(OutgoingUrl, Refused) {
  for (const char* url : {"",
                          "hooks.example.com",
                          "http://hooks.example.com/",
                          "ftp://hooks.example.com/",
                          "file:///etc/passwd",
                          "HTTPS:hooks.example.com",
                          "https://",
                          "https:///x",
                          "https://user@hooks.example.com/",
                          "https://user:secret@hooks.example.com/",
                          "https://hooks.example.com\\@127.0.0.1/",
                          "https://localhost/",
                          "https://a.localhost/",
                          "https://printer.local/",
                          "https://metadata.google.internal/",
                          "https://intranet/",
                          "https://127.0.0.1/",
                          "https://127.0.0.1./",
                          "https://127.1/",
                          "https://0x7f.1/",
                          "https://2130706433/",
                          "https://017700000001/",
                          "https://[::1]/",
                          "https://[::ffff:10.0.0.1]/",
                          "https://[64:ff9b::a00:1]/",
                          "https://[64:ff9b:1::1]/",
                          "https://[2002:7f00:1::]/",
                          "https://[2001::1]/",
                          "https://[fe80::1%25eth0]/",
                          "https://[fd00::1]/",
                          "https://[ff02::1]/",
                          "https://[::]/",
                          "https://[1.2.3.4]/",
                          "https://[::1/",
                          "https://[::1]x/",
                          "https://hooks.example.com:0/",
                          "https://hooks.example.com:65536/",
                          "https://hooks.example.com:/",
                          "https://hooks.example.com:80a/",
                          "https://hooks.example.com/a b",
                          "https://hooks.example.com/\r\nHost: x",
                          "https://hooks.example.com/\xc3\xbc",
                          "https://a_b.example/",
                          "https://%31.example.com/",
                          "https://169.254.169.254/latest/meta-data/"})
    EXPECT_FALSE(judge_outgoing_url(url, {})) << url;
}

TEST(OutgoingUrl, WhatTheOperatorNamedIsAllowed) {
  const OutgoingRules rules{true, {"127.0.0.1", "hooks", "::1", "box.local"}};
  for (const char* url : {"http://127.0.0.1:8080/in", "http://hooks/in", "https://[::1]:8080/", "https://box.local/",
                          "http://a.example/"})
    EXPECT_TRUE(judge_outgoing_url(url, rules)) << url;
  EXPECT_TRUE(judge_outgoing_url("http://hooks/in", rules)->allowed);
  EXPECT_FALSE(judge_outgoing_url("http://a.example/", rules)->allowed);
  for (const char* url :
       {"http://127.0.0.2/", "http://other/", "https://[::2]/", "http://x.box.local/", "http://2130706433/"})
    EXPECT_FALSE(judge_outgoing_url(url, rules)) << url;
}

TEST(OutgoingUrl, EdgesOfTheRanges) {
  const auto is_public = [](std::initializer_list<std::uint8_t> octets) {
    return is_public_address(std::vector<std::uint8_t>{octets});
  };
  EXPECT_TRUE(is_public({9, 255, 255, 255}));
  EXPECT_FALSE(is_public({10, 0, 0, 0}));
  EXPECT_FALSE(is_public({10, 255, 255, 255}));
  EXPECT_TRUE(is_public({11, 0, 0, 0}));
  EXPECT_TRUE(is_public({100, 63, 255, 255}));
  EXPECT_FALSE(is_public({100, 64, 0, 0}));
  EXPECT_FALSE(is_public({100, 127, 255, 255}));
  EXPECT_TRUE(is_public({100, 128, 0, 0}));
  EXPECT_TRUE(is_public({172, 15, 255, 255}));
  EXPECT_FALSE(is_public({172, 31, 255, 255}));
  EXPECT_TRUE(is_public({172, 32, 0, 0}));
  EXPECT_TRUE(is_public({223, 255, 255, 255}));
  EXPECT_FALSE(is_public({224, 0, 0, 0}));
  EXPECT_FALSE(is_public({255, 255, 255, 255}));
  EXPECT_FALSE(is_public({1, 2, 3}));
}

}  // namespace
}  // namespace base
