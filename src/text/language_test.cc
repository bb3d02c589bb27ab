#include "text/language.h"

#include <gtest/gtest.h>

namespace text {
namespace {

TEST(Language, ReadsCommonNames) {
  EXPECT_EQ(*parse_language("zh_CN.UTF-8"), Language::zh_cn);
  EXPECT_EQ(*parse_language("zh-Hant"), Language::zh_tw);
  EXPECT_EQ(*parse_language("en_GB"), Language::en);
  EXPECT_FALSE(parse_language("fr"));
}

TEST(Numbers, AreWrittenAsPeopleWriteThem) {
  EXPECT_EQ(whole(Language::en, 541909), "541,909");
  EXPECT_EQ(brief(Language::en, 12345), "12.3k");
  EXPECT_EQ(brief(Language::zh_cn, 12345), "1.23 万");
  EXPECT_EQ(brief(Language::zh_tw, 123456789), "1.23 億");
  EXPECT_EQ(brief(Language::en, -0.04), "−0.04");
  EXPECT_EQ(money(Language::en, "GBP", 4180), "£4,180");
  EXPECT_EQ(money(Language::en, "GBP", -6.1, 2), "−£6.10");
  EXPECT_EQ(money(Language::zh_cn, "CNY", 860), "￥860");
  EXPECT_EQ(money(Language::en, "CHF", 12), "CHF 12");
  EXPECT_EQ(money(Language::en, "", 12), "12");
  EXPECT_EQ(money_brief(Language::en, "GBP", 0), "£0");
  EXPECT_EQ(decimal(-29482.94, 1), "−29,482.9");
  EXPECT_EQ(money_brief(Language::en, "GBP", 4183), "£4,180");
  EXPECT_EQ(money_brief(Language::en, "GBP", -12345), "−£12.3k");
  EXPECT_EQ(money_brief(Language::en, "GBP", 96.4), "£96");
  EXPECT_EQ(money_brief(Language::en, "GBP", 6.1), "£6.10");
  EXPECT_EQ(money_brief(Language::zh_cn, "CNY", 12345), "￥1.23 万");
  EXPECT_EQ(percent(Language::en, 0.74), "74 %");
  EXPECT_EQ(percent(Language::zh_cn, 0.074), "7.4%");
}

TEST(Dates, FollowTheLanguage) {
  const base::Day day = *base::parse_day("2026-11-21");
  EXPECT_EQ(date(Language::en, day), "21 November 2026");
  EXPECT_EQ(date(Language::zh_cn, day), "2026年11月21日");
  EXPECT_EQ(short_date(Language::en, day), "21 Nov 2026");
  EXPECT_EQ(month(Language::en, day, false), "Nov");
  EXPECT_EQ(month(Language::zh_tw, day, true), "2026年11月");
}

}  // namespace
}  // namespace text
