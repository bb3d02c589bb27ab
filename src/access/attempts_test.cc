#include "access/attempts.h"

#include <gtest/gtest.h>

#include "tests/support/act_rows.h"

namespace entry {
namespace {

using namespace std::chrono_literals;
using tests::kStart;

TEST(Attempts, TheDelayGrowsToAQuarterOfAnHourAndNoFurther) {
  Attempts attempts;
  base::Instant now = kStart;
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(attempts.may("a", now));
    attempts.failed("a", now);
  }
  base::Instant::duration last{};
  for (int i = 0; i < 30; ++i) {
    EXPECT_FALSE(attempts.may("a", now));
    base::Instant::duration waited{};
    while (!attempts.may("a", now + waited)) waited += 1s;
    EXPECT_GE(waited, last);
    EXPECT_LE(waited, 15min);
    last = waited;
    now += waited;
    attempts.failed("a", now);
  }
  EXPECT_EQ(last, 15min);
  EXPECT_TRUE(attempts.may("b", now)) << "somebody else's";
  attempts.succeeded("a");
  EXPECT_TRUE(attempts.may("a", now));
}

TEST(Attempts, ADayLaterTheyAreForgotten) {
  Attempts attempts;
  for (int i = 0; i < 20; ++i) attempts.failed("a", kStart);
  attempts.failed("a", kStart + 25h);
  EXPECT_TRUE(attempts.may("a", kStart + 25h));
}

TEST(Attempts, AFloodOfNamesStaysBounded) {
  Attempts attempts{100};
  for (int i = 0; i < 10'000; ++i) {
    const std::string name = std::to_string(i);
    for (int k = 0; k < 6; ++k) attempts.failed(name, kStart);
  }
  EXPECT_FALSE(attempts.may("0", kStart)) << "those that were there first are remembered";
  EXPECT_FALSE(attempts.may("one more", kStart)) << "the rest share one";
  EXPECT_TRUE(attempts.may("one more", kStart + 16min));
}

}  // namespace
}  // namespace entry
