#include "understand/reasons/remedies.h"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace understand::reasons {
namespace {

TEST(Remedies, ManyMoreThanUsualAreProposed) {
  const std::vector<Complained> said = {{"price", 12, 130}, {"delivery", 60, 110}};
  const auto found = find_surges(said, 1000, 11000, {});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].reason, "delivery");
  EXPECT_TRUE(found[0].proposed);
  EXPECT_NEAR(found[0].share, 0.06, 1e-12);
  EXPECT_NEAR(found[0].usual, 0.01, 1e-12);
  EXPECT_GT(found[0].more.low, 0.03);
  EXPECT_LT(found[0].more.high, 0.08);
  EXPECT_FALSE(found[1].proposed) << "as many as always";
}

TEST(Remedies, AFewAreCasesAndNoGroup) {
  const std::vector<Complained> said = {{"delivery", 9, 0}};
  EXPECT_FALSE(find_surges(said, 20, 5000, {})[0].proposed);
}

TEST(Remedies, WithoutAPastNothingIsUsual) {
  const std::vector<Complained> said = {{"delivery", 500, 0}};
  const auto found = find_surges(said, 1000, 0, {});
  EXPECT_FALSE(found[0].proposed);
  EXPECT_FALSE(found[0].compared);
  EXPECT_TRUE(find_surges({}, 0, 0, {}).empty());
}

RC_GTEST_PROP(RemediesProperty, EveryFigureIsANumberAndTheIntervalHoldsTheDifference, ()) {
  const double now = *rc::gen::inRange(0, 500), before = *rc::gen::inRange(0, 500), a = *rc::gen::inRange(0, 1000), b = *rc::gen::inRange(0, 1000);
  const std::vector<Complained> said = {{"x", now, before}};
  const auto found = find_surges(said, a, b, {});
  RC_ASSERT(std::isfinite(found[0].share) && std::isfinite(found[0].usual) && std::isfinite(found[0].more.low) && std::isfinite(found[0].more.high));
  RC_ASSERT(found[0].share <= 1 && found[0].usual <= 1);
  if (std::max(a, now) > 0 && std::max(b, before) > 0) {
    const double difference = found[0].share - found[0].usual;
    RC_ASSERT(found[0].more.low <= difference + 1e-9 && difference <= found[0].more.high + 1e-9);
  }
}

/// Where nothing changed, a surge is seen seldom: 500 shops whose last month is like those before.
TEST(Remedies, ChanceAloneIsSeldomTakenForASurge) {
  std::uint64_t state = 7;
  const auto uniform = [&state] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>(state >> 11) / 9007199254740992.0;
  };
  const auto drawn = [&](int n, double p) {
    int k = 0;
    for (int i = 0; i < n; ++i) k += uniform() < p;
    return static_cast<double>(k);
  };
  int alarms = 0;
  for (int shop = 0; shop < 500; ++shop) {
    std::vector<Complained> said;
    for (const char* reason : {"a", "b", "c", "d", "e"}) said.push_back({reason, drawn(400, 0.03), drawn(4800, 0.03)});
    const auto found = find_surges(said, 400, 4800, {});
    alarms += std::ranges::any_of(found, &Surge::proposed) ? 1 : 0;
  }
  // The rules say 90 % over all reasons. It is 8.4 %, not the 5 % of one side: at shares so small the score interval is a little short above.
  EXPECT_LE(alarms, 50);
  EXPECT_GT(alarms, 0) << "or the rule could see nothing";
}

}  // namespace
}  // namespace understand::reasons
