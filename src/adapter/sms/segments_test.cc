#include "adapter/sms/segments.h"

#include <gtest/gtest.h>

#include <string>

namespace adapter::sms {
namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string all;
  while (count-- > 0) all += text;
  return all;
}

struct Case {
  std::string text;
  std::size_t count, units;
  bool unicode;
};

TEST(Segments, LimitsOfBothAlphabets) {
  for (const Case& one : {Case{"", 0, 0, false},
                          {"Hello", 1, 5, false},
                          {times(160, "a"), 1, 160, false},
                          {times(161, "a"), 2, 161, false},
                          {times(306, "a"), 2, 306, false},
                          {times(307, "a"), 3, 307, false},
                          {times(80, "€"), 1, 160, false},
                          {times(79, "€") + "aaa", 2, 161, false},
                          {times(70, "猫"), 1, 70, true},
                          {times(71, "猫"), 2, 71, true},
                          {times(134, "猫"), 2, 134, true},
                          {times(135, "猫"), 3, 135, true},
                          {"ä ö ñ Ü § Ω", 1, 11, false},
                          {"ç", 1, 1, true},  // only the capital is in the alphabet
                          {"Ç", 1, 1, false},
                          {"`", 1, 1, true},
                          {times(35, "😀"), 1, 70, true},
                          {times(36, "😀"), 2, 72, true}}) {
    const Segments found = segments(one.text);
    EXPECT_EQ(found.count, one.count) << one.text;
    EXPECT_EQ(found.units, one.units) << one.text;
    EXPECT_EQ(found.unicode, one.unicode) << one.text;
  }
}

TEST(Segments, NoPartEndsInsideACharacter) {
  // 152 letters, then an escape pair that would straddle the end of the first part of 153.
  EXPECT_EQ(segments(times(152, "a") + times(76, "€") + "a").count, 2U);
  EXPECT_EQ(segments(times(152, "a") + times(76, "€") + "aa").count, 3U);
  // 67 units hold 33 emoji and no half of one.
  EXPECT_EQ(segments(times(66, "😀")).count, 2U);
  EXPECT_EQ(segments(times(67, "😀")).count, 3U);
}

TEST(Segments, BrokenBytesAreCounted) {
  for (const std::string text : {"\xff", "\xe7\x8c", "\xf0\x9f\x98", "\xc0\x80", "a\x80"}) {
    EXPECT_TRUE(segments(text).unicode);
    EXPECT_EQ(segments(text).count, 1U);
  }
}

}  // namespace
}  // namespace adapter::sms
