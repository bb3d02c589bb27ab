#include "measure/fairness.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace measure {
namespace {

TEST(Fairness, FlagsTheGroupThatGetsLessAndNoOther) {
  base::Rng rng{2};
  std::vector<double> depth;
  Division country{"country", {}}, city{"city", {}};
  for (int i = 0; i < 3000; ++i) {
    const bool north = rng.chance(0.3);
    country.group.push_back(north ? "north" : "south");
    city.group.push_back(fmt::format("city {}", rng.below(20)));
    depth.push_back(rng.chance(north ? 0.3 : 0.5) ? 0.1 : 0);
  }
  const Division divisions[] = {country, city};
  const auto found = compare_depths(depth, divisions);
  int cities = 0;
  for (const auto& d : found) {
    if (d.division == "country") {
      EXPECT_TRUE(d.flagged) << d.group;
      EXPECT_NEAR(d.difference.difference, d.group == "north" ? -0.02 : 0.02, 0.006);
      EXPECT_NEAR(d.depth - d.others, d.difference.difference, 1e-12);
    } else {
      cities += d.flagged ? 1 : 0;
    }
  }
  EXPECT_LE(cities, 1);
}

TEST(Fairness, AgreesWithComparingTheTwoPartsDirectly) {
  const std::vector<double> depth = {0.1, 0, 0.2, 0.1, 0, 0, 0.1, 0.3};
  std::vector<double> many;
  Division d{"value", {}};
  for (int k = 0; k < 10; ++k) {
    for (std::size_t i = 0; i < depth.size(); ++i) {
      many.push_back(depth[i] + 0.001 * k);
      d.group.push_back(i < 4 ? "a" : "b");
    }
  }
  const Division divisions[] = {d};
  const auto found = compare_depths(many, divisions);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_NEAR(found[0].difference.difference, -found[1].difference.difference, 1e-12);
  EXPECT_NEAR(found[0].difference.standard_error, found[1].difference.standard_error, 1e-12);
}

TEST(Fairness, SaysNothingOfSmallOrUnknownGroups) {
  Division d{"age", {}};
  std::vector<double> depth;
  for (int i = 0; i < 100; ++i) {
    depth.push_back(0.1);
    d.group.push_back(i < 20 ? "young" : i < 60 ? "old" : "");
  }
  const Division divisions[] = {d};
  EXPECT_TRUE(compare_depths(depth, divisions).empty());
  EXPECT_TRUE(compare_depths({}, {}).empty());
}

}  // namespace
}  // namespace measure
