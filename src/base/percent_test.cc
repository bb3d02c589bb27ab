#include "base/percent.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Percent, AsProvidersSign) {
  EXPECT_EQ(percent_encode("a b*c~d+e/阿"), "a%20b%2Ac~d%2Be%2F%E9%98%BF");
  EXPECT_EQ(percent_encode(""), "");
}

TEST(Percent, ThereAndBack) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(percent_decode(percent_encode(all), false), all);
  EXPECT_EQ(percent_decode(percent_encode(all), true), all);
}

TEST(Percent, Forms) {
  const auto pairs = form_decode("a=1&b=x+y%2B&&c&d=e=f");
  ASSERT_TRUE(pairs);
  using Pair = std::pair<std::string, std::string>;
  EXPECT_EQ(*pairs, (std::vector<Pair>{{"a", "1"}, {"b", "x y+"}, {"c", ""}, {"d", "e=f"}}));
  EXPECT_EQ(form_encode(*pairs), "a=1&b=x%20y%2B&c=&d=e%3Df");
  for (const char* broken : {"a=%", "a=%4", "%zz=1", "a=%4g"}) EXPECT_FALSE(form_decode(broken)) << broken;
}

}  // namespace
}  // namespace base
