#include "understand/recommend/recommender.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"

namespace understand::recommend {
namespace {

struct Own {
  std::vector<std::int32_t> days;
  std::vector<std::uint32_t> sizes;
  std::vector<Item> items;

  void basket(std::int32_t day, std::vector<Item> what) {
    days.push_back(day);
    sizes.push_back(static_cast<std::uint32_t>(what.size()));
    items.insert(items.end(), what.begin(), what.end());
  }
  HistoryView view() const { return {days, sizes, items}; }
};

constexpr Item kTea = 0, kPot = 1, kMilk = 2, kBread = 3, kButter = 4, kItems = 30;

/// Everybody buys milk weekly; who buys bread buys butter the next time; a pot is bought once by everybody.
Baskets village(std::size_t people) {
  Baskets all;
  for (std::size_t p = 0; p < people; ++p) {
    Own own;
    const auto other = static_cast<Item>(5 + p % (kItems - 5));
    const std::uint64_t lot = base::mix(p) % 9;  // a third of them bake
    own.basket(-40, {kPot, kMilk});
    const bool bakes = lot < 3;
    own.basket(-30, bakes && lot == 0 ? std::vector<Item>{kMilk, kBread} : std::vector<Item>{kMilk, other});
    own.basket(-20, bakes && lot == 0 ? std::vector<Item>{kMilk, kButter} : bakes ? std::vector<Item>{kMilk, kBread} : std::vector<Item>{kMilk, kTea});
    own.basket(-10, bakes && lot != 0 ? std::vector<Item>{kMilk, kButter} : std::vector<Item>{kMilk, other});
    all.add(own.view());
  }
  return all;
}

std::vector<Recommendation> ask(const Recommender& recommender, const Own& own, std::vector<Item> back = {}, std::size_t most = 4) {
  Recommender::Scratch scratch;
  std::vector<Recommendation> list;
  recommender.recommend(own.view(), back, most, scratch, list);
  return list;
}

bool holds(const std::vector<Recommendation>& list, Item item) { return std::ranges::find(list, item, &Recommendation::item) != list.end(); }

TEST(Recommender, KnowsHabitsAndWhatFollows) {
  const Recommender recommender = Recommender::learn(village(400), {std::vector<std::uint8_t>(kItems, 0), {}}, 0);
  ASSERT_TRUE(recommender.learned());
  EXPECT_TRUE(recommender.durable(kPot));
  EXPECT_FALSE(recommender.durable(kMilk));
  Own own;
  own.basket(-38, {kPot, kMilk});
  own.basket(-31, {kMilk, kTea});
  own.basket(-24, {kMilk, kBread});
  const auto list = ask(recommender, own, {}, 10);
  ASSERT_FALSE(list.empty());
  EXPECT_EQ(list[0].item, kMilk);
  EXPECT_EQ(list[0].why, Why::usual);
  EXPECT_DOUBLE_EQ(list[0].every_days, 7);
  EXPECT_FALSE(holds(list, kPot)) << "nobody buys a second pot";
  const auto butter = std::ranges::find(list, kButter, &Recommendation::item);
  ASSERT_NE(butter, list.end());
  EXPECT_EQ(butter->why, Why::after);
  EXPECT_EQ(butter->because, kBread);
  EXPECT_GE(recommender.check().hits, recommender.check().hits_by_sales);
}

TEST(Recommender, NeverWhatIsHiddenOrWasSentBack) {
  Shelf shelf{std::vector<std::uint8_t>(kItems, 0), {}};
  shelf.hidden[kMilk] = 1;
  const Recommender recommender = Recommender::learn(village(400), shelf, 0);
  Own own;
  own.basket(-30, {kMilk, kTea});
  own.basket(-20, {kMilk, kTea});
  const auto list = ask(recommender, own, {kTea}, kItems);
  EXPECT_FALSE(holds(list, kMilk));
  EXPECT_FALSE(holds(list, kTea));
}

TEST(Recommender, ThinDataIsAnsweredByHabitThenSales) {
  Baskets one;
  Own own;
  own.basket(-3, {kTea});
  one.add(own.view());
  const Recommender recommender = Recommender::learn(one, {std::vector<std::uint8_t>(kItems, 0), {}}, 0);
  EXPECT_FALSE(recommender.learned());
  EXPECT_EQ(recommender.check().customers, 0U);
  ASSERT_EQ(ask(recommender, own).size(), 1U);
  EXPECT_EQ(ask(recommender, own)[0].why, Why::again);
  const Own stranger;
  const auto list = ask(recommender, stranger);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].why, Why::popular);
  const Recommender nothing = Recommender::learn(Baskets{}, {}, 0);
  EXPECT_TRUE(ask(nothing, stranger).empty());
}

RC_GTEST_PROP(Recommender, AnyHistoryGivesFiniteDistinctLists, ()) {
  Baskets all;
  std::vector<Own> people;
  const auto n = *rc::gen::inRange<std::size_t>(1, 150);
  for (std::size_t p = 0; p < n; ++p) {
    Own own;
    const auto baskets = *rc::gen::inRange(1, 4);
    for (int b = 0; b < baskets; ++b) {
      auto what = *rc::gen::container<std::vector<Item>>(rc::gen::inRange<Item>(0, kItems));
      std::ranges::sort(what);
      what.erase(std::unique(what.begin(), what.end()), what.end());
      if (!what.empty()) own.basket(10 * b, what);
    }
    if (own.days.empty()) own.basket(0, {0});
    all.add(own.view());
    people.push_back(own);
  }
  const Recommender recommender = Recommender::learn(all, {std::vector<std::uint8_t>(kItems, 0), std::vector<std::uint32_t>(kItems, 1)}, 40);
  for (const Own& own : people) {
    std::vector<Item> seen;
    for (const Recommendation& one : ask(recommender, own, {}, 10)) {
      RC_ASSERT(one.chance >= 0 && one.chance <= 1);
      RC_ASSERT(std::isfinite(one.every_days));
      RC_ASSERT(std::ranges::find(seen, one.item) == seen.end());
      seen.push_back(one.item);
    }
  }
}

}  // namespace
}  // namespace understand::recommend
