#include "app/terminal.h"

#include <gtest/gtest.h>

namespace app {
namespace {

TEST(Terminal, EastAsianCharactersTakeTwoColumns) {
  EXPECT_EQ(display_width(""), 0u);
  EXPECT_EQ(display_width("Anna"), 4u);
  EXPECT_EQ(display_width("Zoë – £5"), 8u);
  EXPECT_EQ(display_width("明前龙井"), 8u);
  EXPECT_EQ(display_width("双11大促"), 8u);
  EXPECT_EQ(display_width("，。（）"), 8u) << "full-width punctuation";
  EXPECT_EQ(display_width("こんにちは"), 10u);
  EXPECT_EQ(display_width("안녕"), 4u);
  EXPECT_EQ(display_width("🎁"), 2u);
}

TEST(Terminal, BrokenBytesAreMeasuredWithoutHarm) {
  for (const std::string_view text : {"\xE6\x98", "a\xFF", "\x80\x80", "\xF0\x9F\x8E", "\xC3"}) {
    EXPECT_GE(display_width(text), 1u);
    EXPECT_LE(display_width(text), text.size());
    for (std::size_t width = 0; width < 4; ++width) EXPECT_LE(display_width(fitted(text, width)), width);
  }
}

TEST(Terminal, FittedCutsBetweenCharacters) {
  EXPECT_EQ(fitted("Reminder letter", 15), "Reminder letter");
  EXPECT_EQ(fitted("Reminder letter", 8), "Reminde…");
  EXPECT_EQ(fitted("明前龙井100克", 11), "明前龙井10…");
  EXPECT_EQ(fitted("明前龙井", 8), "明前龙井");
  EXPECT_EQ(fitted("明前龙井", 7), "明前龙…");
  EXPECT_EQ(fitted("明前龙井", 6), "明前…") << "half a character is none";
  EXPECT_EQ(fitted("明前龙井", 1), "…");
  EXPECT_EQ(fitted("明前龙井", 0), "");
}

TEST(Terminal, TablesAlignWhateverTheLanguage) {
  TextTable table{{{"顾客", false, 8}, {"Worth", true}}};
  table.add({"小猫钓鱼的人", "7.50"});
  table.add({"Anna", "1,204.00"});
  EXPECT_EQ(table.str(),
            "顾客         Worth\n"
            "────────  ────────\n"
            "小猫钓…       7.50\n"
            "Anna      1,204.00\n");
}

}  // namespace
}  // namespace app
