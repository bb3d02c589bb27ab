#include "understand/rfm.h"

#include <set>

#include <gtest/gtest.h>

namespace understand {
namespace {

TEST(Quintiles, SplitDistinctValuesEvenly) {
  std::vector<double> values;
  for (int i = 0; i < 100; ++i) values.push_back(i);
  std::array<int, 6> count{};
  for (const auto score : quintiles(values)) ++count[score];
  for (int score = 1; score <= 5; ++score) EXPECT_EQ(count[static_cast<std::size_t>(score)], 20);
}

TEST(Quintiles, EqualValuesGetEqualScores) {
  const std::vector<double> values = {1, 1, 1, 1, 1, 1, 1, 2, 3, 9};
  const auto scores = quintiles(values);
  for (int i = 1; i < 7; ++i) EXPECT_EQ(scores[static_cast<std::size_t>(i)], scores[0]);
  EXPECT_EQ(scores[0], 2);
  EXPECT_EQ(scores[9], 5);
}

TEST(Quintiles, OneCustomerAndNone) {
  EXPECT_TRUE(quintiles({}).empty());
  EXPECT_EQ(quintiles(std::vector<double>{7})[0], 3);
}

TEST(Segments, AllElevenOccurAndBetterIsNeverWorse) {
  std::set<model::Segment> seen;
  for (int r = 1; r <= 5; ++r) {
    for (int f = 1; f <= 5; ++f) {
      for (int m = 1; m <= 5; ++m) seen.insert(segment_of(r, f, m));
    }
  }
  EXPECT_EQ(seen.size(), model::kSegments);
  EXPECT_EQ(segment_of(5, 5, 5), model::Segment::champions);
  EXPECT_EQ(segment_of(1, 5, 5), model::Segment::cannot_lose);
  EXPECT_EQ(segment_of(1, 1, 1), model::Segment::lost);
  EXPECT_EQ(segment_of(5, 1, 1), model::Segment::new_customers);
}

}  // namespace
}  // namespace understand
