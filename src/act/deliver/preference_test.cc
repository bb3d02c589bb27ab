#include "act/deliver/preference.h"

#include <gmock/gmock.h>

namespace act::deliver {
namespace {

using testing::ElementsAre;

const ChannelHabits kHabits{.prior_messages = 10, .quiet_after = 3, .react = {{"push", 0.06}, {"sms", 0.05}, {"email", 0.04}}};

std::vector<PastMessage> times(std::size_t n, const char* channel, bool reacted) { return std::vector<PastMessage>(n, {channel, reacted}); }

TEST(ChannelOrder, BeginsWithWhatIsAssumed) {
  EXPECT_THAT(in_order({"email", "fax", "sms", "push"}, {}, kHabits, true), ElementsAre("push", "sms", "email", "fax"));
  EXPECT_THAT(in_order({"email", "sms"}, {}, kHabits, false), ElementsAre("email", "sms")) << "a list stays as it was written";
}

TEST(ChannelOrder, FollowsWhatTheCustomerReactedTo) {
  // (2 + 0.4) / (2 + 10) = 0.2 beats 0.06.
  EXPECT_THAT(in_order({"push", "email"}, times(2, "email", true), kHabits, true), ElementsAre("email", "push"));
}

TEST(ChannelOrder, FallsBackWhenOneGoesQuiet) {
  EXPECT_THAT(in_order({"push", "email"}, times(2, "push", false), kHabits, false), ElementsAre("push", "email"));
  EXPECT_THAT(in_order({"push", "email"}, times(3, "push", false), kHabits, false), ElementsAre("email", "push"));
  auto past = times(5, "push", false);
  past.push_back({"push", true});
  EXPECT_THAT(in_order({"push", "email"}, past, kHabits, false), ElementsAre("push", "email")) << "one reaction breaks the silence";
  auto both = times(3, "push", false);
  for (const auto& one : times(3, "email", false)) both.push_back(one);
  EXPECT_THAT(in_order({"push", "email"}, both, kHabits, false), ElementsAre("push", "email")) << "all quiet: as it was";
}

}  // namespace
}  // namespace act::deliver
