#include "http/rate_limiter.h"

#include <gtest/gtest.h>

namespace http {
namespace {

using namespace std::chrono_literals;
constexpr base::Instant kStart{};

TEST(RateLimiter, ABurstThenAStream) {
  RateLimiter limiter{2, 5};
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(limiter.allow("1.2.3.4", kStart));
  EXPECT_FALSE(limiter.allow("1.2.3.4", kStart));
  EXPECT_TRUE(limiter.allow("5.6.7.8", kStart)) << "keys are apart";
  EXPECT_FALSE(limiter.allow("1.2.3.4", kStart + 499ms));
  EXPECT_TRUE(limiter.allow("1.2.3.4", kStart + 500ms));
  EXPECT_FALSE(limiter.allow("1.2.3.4", kStart + 500ms));
  int allowed = 0;
  for (int i = 0; i < 1000; ++i) allowed += limiter.allow("1.2.3.4", kStart + 500ms + i * 10ms) ? 1 : 0;
  EXPECT_NEAR(allowed, 20, 1) << "ten seconds at two a second";
}

TEST(RateLimiter, AClockThatGoesBackGivesNothing) {
  RateLimiter limiter{1, 2};
  EXPECT_TRUE(limiter.allow("a", kStart + 1h));
  EXPECT_TRUE(limiter.allow("a", kStart));
  EXPECT_FALSE(limiter.allow("a", kStart));
  EXPECT_FALSE(limiter.allow("a", kStart + 1h));
}

TEST(RateLimiter, MemoryIsBoundedUnderAFlood) {
  RateLimiter limiter{1, 3, 100};
  for (int i = 0; i < 100'000; ++i) limiter.allow("ip" + std::to_string(i), kStart);
  EXPECT_LE(limiter.keys(), 101U);
  EXPECT_FALSE(limiter.allow("somebody new", kStart)) << "strangers share a bucket, and it is empty";
  EXPECT_TRUE(limiter.allow("somebody new", kStart + 10s)) << "full buckets were forgotten";
  EXPECT_LE(limiter.keys(), 2U);
}

}  // namespace
}  // namespace http
