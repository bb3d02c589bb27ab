#include "base/json.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Json, WhatIsMissingReadsAsEmpty) {
  const auto json = Json::parse(R"({"a":"x","n":12,"t":true,"o":{"b":["1",2,null]},"z":null})");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->text("a"), "x");
  EXPECT_EQ(json->text("n"), "12");
  EXPECT_EQ(json->text("t"), "true");
  EXPECT_EQ(json->text("o"), "");
  EXPECT_EQ(json->text("none"), "");
  EXPECT_TRUE(json->has("z"));
  EXPECT_EQ(json->at("a").at("b").text("c"), "");
  const auto items = json->at("o").at("b").items();
  ASSERT_EQ(items.size(), 3U);
  EXPECT_EQ(items[0].text() + items[1].text() + items[2].text(), "12");
  EXPECT_TRUE(json->at("a").items().empty());
  EXPECT_EQ(Json{}.text("a"), "");
}

TEST(Json, WhatIsNone) {
  for (const char* text : {"", "{", "{\"a\":}", "nul", "\"\xff\"", "{} x"}) EXPECT_FALSE(Json::parse(text)) << text;
  EXPECT_TRUE(Json::parse(std::string(100'000, '[') + std::string(100'000, ']')));
}

TEST(Json, PartsOutliveTheDocument) {
  Json part;
  {
    const auto whole = Json::parse(R"({"a":{"b":"kept"}})");
    part = whole->at("a");
  }
  EXPECT_EQ(part.text("b"), "kept");
}

TEST(Json, Strings) {
  EXPECT_EQ(json_string("a\"b\\\n阿"), R"("a\"b\\\n阿")");
  EXPECT_EQ(json_string("\xff"), "\"\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace base
