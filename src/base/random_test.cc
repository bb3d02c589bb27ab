#include "base/random.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Rng, SameSeedSameNumbersForEver) {
  Rng a{42};
  Rng b{42};
  for (int i = 0; i < 100; ++i) EXPECT_EQ(a.next(), b.next());
  EXPECT_NE(Rng{1}.next(), Rng{2}.next());
}

TEST(Rng, MomentsOfTheDistributions) {
  Rng rng{7};
  const int n = 200000;
  double normal = 0, square = 0, gamma = 0, beta = 0, poisson = 0;
  for (int i = 0; i < n; ++i) {
    const double z = rng.normal();
    normal += z;
    square += z * z;
    gamma += rng.gamma(0.4, 2);
    beta += rng.beta(0.8, 2.4);
    poisson += static_cast<double>(rng.poisson(75));
  }
  EXPECT_NEAR(normal / n, 0, 0.01);
  EXPECT_NEAR(square / n, 1, 0.02);
  EXPECT_NEAR(gamma / n, 0.2, 0.005);
  EXPECT_NEAR(beta / n, 0.25, 0.005);
  EXPECT_NEAR(poisson / n, 75, 0.1);
}

TEST(StableHash, KnownForEver) {
  // Assignments already made depend on these values.
  EXPECT_EQ(stable_hash("customer-1", 1), stable_hash("customer-1", 1));
  EXPECT_NE(stable_hash("customer-1", 1), stable_hash("customer-1", 2));
  EXPECT_EQ(mix(0), 0xE220A8397B1DCDAFULL);
}

}  // namespace
}  // namespace base
