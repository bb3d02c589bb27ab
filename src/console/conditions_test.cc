#include "console/conditions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace console {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ConditionSql, NoTextOfAnybodyBecomesSql) {
  for (const std::string value : {"France", "O'Brien", "a\\b", "1; DROP TABLE profiles", "{c0:String}", "价格"}) {
    const auto made = condition_sql("country = \"" + value + "\" and spend > 5");
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_THAT(made->sql, Not(HasSubstr("Brien")));
    EXPECT_THAT(made->sql, Not(HasSubstr("DROP")));
    ASSERT_EQ(made->parameters.size(), 2U);
    EXPECT_EQ(made->sql, "((toString(country) = {c0:String}) AND (toFloat64(spend) > {c1:Float64}))");
  }
}

TEST(ConditionSql, FieldsAreNamedAsTheTableNamesThem) {
  const auto made = condition_sql("purchases >= 2 or not (silent < 30 and basket != 4.5)");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->sql, "((toFloat64(purchase_days) >= {c0:Float64}) OR NOT ((toFloat64(silent_days) < {c1:Float64}) AND (toFloat64(average_basket) != {c2:Float64})))");
  EXPECT_EQ(made->parameters[2].value, "4.5");
}

TEST(ConditionSql, NamesOfSegmentsAndStages) {
  const auto lapsed = condition_sql("lapsed");
  ASSERT_TRUE(lapsed) << lapsed.error().message;
  EXPECT_THAT(lapsed->sql, HasSubstr(" OR "));
  const auto champions = condition_sql("champions");
  ASSERT_TRUE(champions);
  EXPECT_EQ(champions->parameters.front().value, "champions");
}

TEST(ConditionSql, NothingIsEverybodyAndNonsenseNamesThePlace) {
  EXPECT_EQ(condition_sql("  ")->sql, "1");
  const auto broken = condition_sql("spend > and");
  ASSERT_FALSE(broken);
  EXPECT_THAT(broken.error().message, HasSubstr("character 9"));
  EXPECT_FALSE(condition_sql("customer_id = 'x'")) << "only the fields segments may ask for";
}

}  // namespace
}  // namespace console
