#include "adapter/phone/open_phone.h"

#include <gtest/gtest.h>

namespace adapter::phone {
namespace {

TEST(Phone, WritingsOfOneNumber) {
  const auto phones = open_phone();
  for (const char* written : {"13800138000", "138-0013-8000", "+86 138 0013 8000", "008613800138000", "8613800138000", "（+86）138 0013 8000", "+８６13800138000"})
    EXPECT_EQ(phones->e164(written, "CN").value_or("none"), "+8613800138000") << written;
  EXPECT_EQ(phones->e164("020 7946 0000", "GB").value_or("none"), "+442079460000");
}

TEST(Phone, WhatIsNone) {
  const auto phones = open_phone();
  for (const std::string& written : {std::string{}, std::string{"abc"}, std::string{"12"}, std::string{"138****8000"}, std::string{"+999 123 456"}, std::string(5000, '1'), std::string{"\xff\xfe"}})
    EXPECT_FALSE(phones->e164(written, "CN")) << written;
  EXPECT_FALSE(phones->e164("13800138000", "")) << "whose country is not known";
  EXPECT_EQ(phones->e164("+8613800138000", "").value_or("none"), "+8613800138000");
}

TEST(Phone, WhoCanGetATextMessage) {
  const auto phones = open_phone();
  EXPECT_TRUE(phones->is_mobile("+8613800138000"));
  EXPECT_FALSE(phones->is_mobile("+861065529988"));  // a line in Beijing
  EXPECT_TRUE(phones->is_mobile("+14155550100")) << "lines and mobile numbers look alike there";
  EXPECT_FALSE(phones->is_mobile("nonsense"));
  EXPECT_EQ(phones->region_of("+8613800138000"), "CN");
  EXPECT_EQ(phones->region_of("+85251234567"), "HK");
  EXPECT_EQ(phones->region_of("+886912345678"), "TW");
  EXPECT_EQ(phones->region_of("+99912345"), "");
}

}  // namespace
}  // namespace adapter::phone
