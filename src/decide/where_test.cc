#include "decide/where.h"

#include <gtest/gtest.h>

namespace decide {
namespace {

model::Profiles two() {
  model::Profiles p;
  p.as_of = base::day_from_number(1000);
  for (int i = 0; i < 2; ++i) {
    p.customer_id.push_back(i == 0 ? "a" : "b");
    p.last_day.push_back(i == 0 ? 900 : 700);
    p.purchase_days.push_back(i == 0 ? 1 : 9);
    p.spend.push_back(i == 0 ? 20 : 900);
    p.segment.push_back(i == 0 ? model::Segment::hibernating : model::Segment::at_risk);
    p.stage.push_back(i == 0 ? model::Stage::lapsed_light : model::Stage::lapsed_heavy);
    p.country.push_back(static_cast<std::uint32_t>(i));
  }
  p.countries = {"", "法国 南部"};
  return p;
}

bool holds(std::string_view text, std::size_t row) {
  const auto condition = parse_where(text);
  EXPECT_TRUE(condition) << (condition ? "" : condition.error().message);
  const auto profiles = two();
  return condition && (*condition)(profiles, row);
}

TEST(Where, NamesFieldsAndLogic) {
  EXPECT_TRUE(holds("at_risk", 1));
  EXPECT_TRUE(holds("lapsed", 0));
  EXPECT_FALSE(holds("lapsed_heavy", 0));
  EXPECT_TRUE(holds("spend >= 500 and (silent > 299 or stage = lapsed_light)", 1));
  EXPECT_TRUE(holds("not (purchases > 1)", 0));
  EXPECT_TRUE(holds("country = '法国 南部'", 1));
  EXPECT_TRUE(holds("spend<100 or spend>800", 1));
  EXPECT_TRUE(holds("country != '法国 南部' and silent = 100", 0));
}

TEST(Where, SaysWhereItIsWrong) {
  for (const char* bad : {"", "spend", "spend >", "spend > x", "colour = red", "at_risk and", "(at_risk", "country = 'x", "at_risk x"}) {
    const auto condition = parse_where(bad);
    ASSERT_FALSE(condition) << bad;
    EXPECT_NE(condition.error().message.find("at character"), std::string::npos);
  }
  EXPECT_FALSE(parse_where(std::string(5000, '(')));
}

}  // namespace
}  // namespace decide
