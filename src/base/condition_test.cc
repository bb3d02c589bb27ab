#include "base/condition.h"

#include <cmath>

#include <gtest/gtest.h>

namespace base {
namespace {

constexpr FactName kFields[] = {{"spend"}, {"orders"}, {"country", true}, {"clicked", false, true}};

Fact fact(std::string_view name) {
  if (name == "spend") return 120.5;
  if (name == "country") return std::string_view{"法国"};
  if (name == "clicked") return 1.0;
  return {};  // orders: not known
}

bool holds(std::string_view text) {
  const auto condition = Condition::parse(text, kFields);
  EXPECT_TRUE(condition) << (condition ? "" : condition.error().message);
  return condition && condition->holds(fact);
}

TEST(Condition, ComparesJoinsAndNegates) {
  EXPECT_TRUE(holds("spend > 120 and spend <= 120.5"));
  EXPECT_TRUE(holds("spend<1 or country = 法国"));
  EXPECT_TRUE(holds("country != '美国' and not (spend < 100)"));
  EXPECT_TRUE(holds("spend = 1 and spend = 2 or clicked")) << "'and' binds closer than 'or'";
  EXPECT_FALSE(holds("spend = 1 and (spend = 2 or clicked)"));
  EXPECT_TRUE(Condition{}.holds(fact)) << "no condition at all";
}

TEST(Condition, AFlagStandsAlone) {
  EXPECT_TRUE(holds("clicked"));
  EXPECT_TRUE(holds("clicked = 1 and not not clicked"));
  EXPECT_FALSE(Condition::parse("spend", kFields)) << "a number that is no flag must be compared";
}

TEST(Condition, AnUnknownFactMakesItsComparisonFalse) {
  EXPECT_FALSE(holds("orders = 0"));
  EXPECT_FALSE(holds("orders != 0"));
  EXPECT_TRUE(holds("not (orders != 0)"));
  const auto condition = Condition::parse("spend != 3", kFields);
  ASSERT_TRUE(condition);
  EXPECT_FALSE(condition->holds([](std::string_view) { return Fact{std::nan("")}; }));
}

TEST(Condition, OtherWordsBecomeConditions) {
  const auto extra = [](std::string_view word) -> std::optional<Condition> {
    if (word != "french") return std::nullopt;
    return Condition::any_of({Condition::equals("country", "France"), Condition::equals("country", "法国")});
  };
  const auto condition = Condition::parse("french and spend > 1", kFields, extra);
  ASSERT_TRUE(condition);
  EXPECT_TRUE(condition->holds(fact));
  EXPECT_EQ(condition->fields(), (std::vector<std::string>{"country", "spend"}));
  EXPECT_FALSE(Condition::parse("german", kFields, extra));
}

TEST(Condition, SaysWhereItIsWrong) {
  for (const char* bad : {"", "spend >", "spend > x", "colour = red", "clicked and", "(clicked", "country = 'x", "clicked x",
                          "country < x", "spend = inf", "country =", "spend = 1e999", "'x' = country", ")"}) {
    const auto condition = Condition::parse(bad, kFields);
    ASSERT_FALSE(condition) << bad;
    EXPECT_NE(condition.error().message.find("at character"), std::string::npos) << condition.error().message;
  }
  EXPECT_EQ(Condition::parse("spend > 5 & clicked", kFields).error().message,
            "in the condition \"spend > 5 & clicked\", at character 11: expected nothing more, 'and' or 'or'");
}

TEST(Condition, KeepsItsLimits) {
  EXPECT_FALSE(Condition::parse(std::string(5000, '('), kFields));
  std::string nots;
  for (int i = 0; i < 5000; ++i) nots += "not ";
  EXPECT_FALSE(Condition::parse(nots + "clicked", kFields));
  std::string many = "clicked";
  for (int i = 0; i < 2000; ++i) many += " or clicked";
  EXPECT_FALSE(Condition::parse(many, kFields));
}

}  // namespace
}  // namespace base
