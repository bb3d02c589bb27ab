#include "report/svg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "report/bars.h"
#include "report/html.h"

namespace report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Ticks, AreRoundAndCoverTheRange) {
  EXPECT_THAT(ticks(0, 9, 5), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(ticks(-5, 19, 3), ElementsAre(-10, 0, 10, 20));
  for (const double high : {0.0007, 0.3, 1.0, 7.3, 999.0, 123456.0}) {
    const auto marks = ticks(0, high, 5);
    EXPECT_GE(marks.back(), high * 0.999999);
    EXPECT_LE(marks.size(), 7U) << high;
  }
  EXPECT_EQ(ticks(3, 3, 5).size(), 2U);
  EXPECT_EQ(ticks(0, std::numeric_limits<double>::infinity(), 5).size(), 2U);
}

TEST(Svg, EscapesTextsAndSurvivesFiguresThatAreNone) {
  Svg svg{10, 10};
  svg.text(1, 2, "<b>\"&'", "m");
  svg.rect(std::numeric_limits<double>::quiet_NaN(), 1e300, -5, 1, "f-teal");
  const std::string out = svg.str("a \"label\"");
  EXPECT_THAT(out, HasSubstr("&lt;b&gt;&quot;&amp;&#39;"));
  EXPECT_THAT(out, HasSubstr("aria-label=\"a &quot;label&quot;\""));
  EXPECT_THAT(out, HasSubstr("x=\"0\" y=\"100000\" width=\"0\""));
  EXPECT_THAT(out, Not(HasSubstr("nan")));
}

TEST(TextWidth, ChineseIsASquareALetter) {
  EXPECT_DOUBLE_EQ(text_width("流失"), 24);
  EXPECT_GT(text_width("MMMM"), text_width("iiii"));
}

TEST(TextWidth, TooLongTextsAreCutBetweenLetters) {
  EXPECT_EQ(shortened("short", 100), "short");
  EXPECT_EQ(shortened("沉默时间超出范围", 44), "沉默时…");
  EXPECT_EQ(shortened("anything", 0), "…");
  EXPECT_DOUBLE_EQ(centred(0, "流失", 0, 100), 12);
  EXPECT_DOUBLE_EQ(centred(95, "流失", 0, 100), 88);
  EXPECT_DOUBLE_EQ(centred(95, "流失", 0, 10), 5);
}

TEST(StackedBar, LeavesOutEmptyPartsAndNamesTheOthers) {
  const std::string out = stacked_bar(
      "label", {{"one", 3, "3 (75 %)", "f-teal"}, {"none", 0, "0", "f-red"}, {"two", 1, "1 (25 %)", "f-blue"}});
  EXPECT_THAT(out, HasSubstr("one  3 (75\u00a0%)"));
  EXPECT_THAT(out, Not(HasSubstr("none")));
  EXPECT_EQ(stacked_bar("label", {{"none", 0, "0", "f-red"}}), "");
}

TEST(BarChart, StartsAtZeroUnlessAnIntervalReachesBelow) {
  const std::string positive =
      bar_chart("l", {{"a", 0, 5, "5", "f-teal", 0, 0, false}, {"b", 0, 10, "10", "f-teal", 0, 0, false}});
  EXPECT_THAT(positive, HasSubstr("<rect x=\"0\" y=\"23\" width=\"178.5\""));  // on a phone: half of the full width
  EXPECT_EQ(bar_chart("l", {}), "");
}

TEST(Escape, DropsControlCharactersAndKeepsPercentWithItsNumber) {
  EXPECT_EQ(escape(std::string_view{"a\x00\x01\nb", 5}), "a   b");
  EXPECT_EQ(escape("5 % of <x>"), "5\u00a0% of &lt;x&gt;");
}

TEST(Tables, EscapeTheirCells) {
  Table table{{{"<h>"}}, Phone::card};
  EXPECT_EQ(table.str(), "");
  table.row({"<script>"});
  EXPECT_THAT(table.str(), HasSubstr("data-head=\"&lt;h&gt;\">&lt;script&gt;</td>"));
}

}  // namespace
}  // namespace report
