#include "understand/persona/marks.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"

namespace understand::persona {
namespace {

Tag tag(std::string name, std::size_t customers, std::uint32_t values, std::uint64_t seed) {
  Tag made{std::move(name), {""}, {}};
  for (std::uint32_t v = 1; v <= values; ++v) made.values.push_back("v" + std::to_string(v));
  base::Rng rng{seed};
  for (std::size_t i = 0; i < customers; ++i) made.value.push_back(1 + static_cast<std::uint32_t>(rng.below(values)));
  return made;
}

// R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "BH") = 0.02 0.04 0.04 0.02
TEST(BenjaminiHochberg, AsInR) {
  const auto q = benjamini_hochberg({0.01, 0.04, 0.03, 0.005});
  EXPECT_NEAR(q[0], 0.02, 1e-12);
  EXPECT_NEAR(q[1], 0.04, 1e-12);
  EXPECT_NEAR(q[2], 0.04, 1e-12);
  EXPECT_NEAR(q[3], 0.02, 1e-12);
}

TEST(Marks, FindsWhatMarksTheTopAndItsInterval) {
  constexpr std::size_t n = 20'000;
  std::vector<Tag> tags{tag("city", n, 5, 1), tag("age", n, 4, 2)};
  std::vector<std::uint8_t> top;
  base::Rng rng{3};
  for (std::size_t i = 0; i < n; ++i) top.push_back(rng.uniform() < (tags[0].value[i] == 2 ? 0.4 : 0.15));
  const Marks marks = find_marks(tags, top);
  ASSERT_FALSE(marks.singles.empty());
  const Mark& first = marks.singles.front();
  EXPECT_EQ(first.tag, 0U);
  EXPECT_EQ(first.value, 2U);
  EXPECT_NEAR(first.lift, 0.4 / 0.2, 0.1);
  EXPECT_LT(first.interval.low, first.lift);
  EXPECT_GT(first.interval.high, first.lift);
  EXPECT_GT(first.shrunk, 1);
  EXPECT_LT(first.shrunk, first.lift);
  for (const Mark& one : marks.singles) EXPECT_EQ(one.tag, 0U) << "age says nothing";
  EXPECT_TRUE(marks.pairs.empty());
}

TEST(Marks, PairsOnlyWhereTheyAdd) {
  constexpr std::size_t n = 40'000;
  std::vector<Tag> tags{tag("city", n, 4, 4), tag("age", n, 4, 5)};
  std::vector<std::uint8_t> top;
  base::Rng rng{6};
  for (std::size_t i = 0; i < n; ++i) {
    const bool both = tags[0].value[i] == 1 && tags[1].value[i] == 1;
    top.push_back(rng.uniform() < (both ? 0.6 : tags[0].value[i] == 1 || tags[1].value[i] == 1 ? 0.2 : 0.1));
  }
  const Marks marks = find_marks(tags, top);
  ASSERT_EQ(marks.pairs.size(), 1U);
  EXPECT_EQ(marks.pairs[0].value, 1U);
  EXPECT_EQ(marks.pairs[0].second_value, 1U);
}

TEST(Marks, ChanceAloneMarksNothingMoreThanRarely) {
  int worlds_with_marks = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::vector<Tag> tags{tag("a", 1000, 10, 10 + seed), tag("b", 1000, 10, 1000 + seed)};
    std::vector<std::uint8_t> top;
    base::Rng rng{5000 + seed};
    for (int i = 0; i < 1000; ++i) top.push_back(rng.uniform() < 0.2);
    worlds_with_marks += find_marks(tags, top).singles.empty() ? 0 : 1;
  }
  EXPECT_LE(worlds_with_marks, 20) << "5 % of worlds are to be expected";
}

TEST(Marks, NothingWithoutTopOrWithout) {
  const std::vector<Tag> tags{tag("a", 5, 2, 1)};
  EXPECT_TRUE(find_marks(tags, std::vector<std::uint8_t>(5, 0)).singles.empty());
  EXPECT_TRUE(find_marks(tags, std::vector<std::uint8_t>(5, 1)).singles.empty());
  EXPECT_TRUE(find_marks({}, {}).singles.empty());
}

RC_GTEST_PROP(Marks, AlwaysFinite, ()) {
  const auto n = *rc::gen::inRange<std::size_t>(1, 300);
  std::vector<Tag> tags{tag("a", n, *rc::gen::inRange(1U, 6U), 7), tag("b", n, *rc::gen::inRange(1U, 40U), 8)};
  const auto raw = *rc::gen::container<std::vector<std::uint8_t>>(n, rc::gen::inRange<std::uint8_t>(0, 2));
  const Marks marks = find_marks(tags, raw, 1);
  for (const auto* list : {&marks.singles, &marks.pairs}) {
    for (const Mark& one : *list) {
      RC_ASSERT(std::isfinite(one.lift) && std::isfinite(one.shrunk) && one.q >= 0 && one.q <= 1);
      RC_ASSERT(one.interval.low <= one.lift + 1e-9 && one.interval.high >= one.lift - 1e-9);
    }
  }
}

}  // namespace
}  // namespace understand::persona
