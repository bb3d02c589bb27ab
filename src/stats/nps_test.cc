#include "stats/nps.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace stats {
namespace {

TEST(NetPromoter, IsPromotersMinusDetractors) {
  const NetPromoter nps = net_promoter(50, 30, 20, 0.95);
  EXPECT_DOUBLE_EQ(nps.score, 0.3);
  // By hand: a = (50.5, 30.5, 20.5), A = 101.5; mean 0.295567, variance (71/101.5 − 0.087360)/102.5 = 0.00597218.
  EXPECT_NEAR(nps.interval.low, 0.295567 - 1.959964 * 0.0772799, 1e-5);
  EXPECT_NEAR(nps.interval.high, 0.295567 + 1.959964 * 0.0772799, 1e-5);
}

TEST(NetPromoter, NobodyAnsweredSaysNothing) {
  const NetPromoter nps = net_promoter(0, 0, 0, 0.95);
  EXPECT_EQ(nps.score, 0);
  EXPECT_LE(nps.interval.low, -0.9);
  EXPECT_GE(nps.interval.high, 0.9);
}

TEST(NetPromoter, OneAnswerIsNoCertainty) {
  const NetPromoter nps = net_promoter(1, 0, 0, 0.95);
  EXPECT_EQ(nps.score, 1);
  EXPECT_LT(nps.interval.low, 0.2);
  EXPECT_EQ(nps.interval.high, 1);
}

RC_GTEST_PROP(NetPromoter, HoldsTheScoreAndStaysWithinItsBounds, ()) {
  const auto p = static_cast<double>(*rc::gen::inRange(0, 5000)), n = static_cast<double>(*rc::gen::inRange(0, 5000)), d = static_cast<double>(*rc::gen::inRange(0, 5000));
  const NetPromoter nps = net_promoter(p, n, d, 0.95);
  RC_ASSERT(nps.interval.low >= -1 && nps.interval.high <= 1);
  RC_ASSERT(nps.interval.low <= nps.score && nps.score <= nps.interval.high);
}

}  // namespace
}  // namespace stats
