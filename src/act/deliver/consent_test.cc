#include "act/deliver/consent.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"

namespace act::deliver {
namespace {

using base::instant_from_millis;
using model::ConsentRecord;
using model::ConsentState;

ConsentRecord said(ConsentState state, std::string channel, std::string topic, std::int64_t from, std::int64_t recorded = -1) {
  ConsentRecord record;
  record.state = state;
  record.channel = std::move(channel);
  record.topic = std::move(topic);
  record.valid_from = instant_from_millis(from);
  record.recorded_at = instant_from_millis(recorded < 0 ? from : recorded);
  return record;
}
ConsentRecord yes(std::string channel, std::string topic, std::int64_t from, std::int64_t recorded = -1) {
  return said(ConsentState::granted, std::move(channel), std::move(topic), from, recorded);
}
ConsentRecord no(std::string channel, std::string topic, std::int64_t from, std::int64_t recorded = -1) {
  return said(ConsentState::withdrawn, std::move(channel), std::move(topic), from, recorded);
}

ConsentState now(const std::vector<ConsentRecord>& statements, std::int64_t at = 100, std::int64_t known = 100) {
  return in_force(statements, "email", "win_back", instant_from_millis(at), instant_from_millis(known));
}

TEST(Consent, TheLaterStatementOfAScopeCounts) {
  EXPECT_EQ(now({}), ConsentState::unknown);
  EXPECT_EQ(now({yes("email", "win_back", 1)}), ConsentState::granted);
  EXPECT_EQ(now({yes("email", "win_back", 1), no("email", "win_back", 2)}), ConsentState::withdrawn);
  EXPECT_EQ(now({no("email", "win_back", 2), yes("email", "win_back", 3)}), ConsentState::granted);
  EXPECT_EQ(now({no("email", "win_back", 2), yes("email", "win_back", 2)}), ConsentState::withdrawn) << "at the same moment no";
}

TEST(Consent, ScopesNarrowAndWide) {
  EXPECT_EQ(now({yes("email", "win_back", 1), no("*", "*", 2)}), ConsentState::withdrawn) << "a wide no beats an older yes";
  EXPECT_EQ(now({no("*", "*", 2), yes("email", "win_back", 3)}), ConsentState::granted) << "a later yes to just this";
  EXPECT_EQ(now({no("email", "win_back", 1), yes("*", "*", 5)}), ConsentState::withdrawn) << "a general yes does not undo it";
  EXPECT_EQ(now({no("email", "*", 1), yes("*", "win_back", 5)}), ConsentState::withdrawn);
  EXPECT_EQ(now({yes("sms", "win_back", 1), no("email", "tips", 2)}), ConsentState::unknown) << "said of something else";
  EXPECT_EQ(now({yes("*", "win_back", 1)}), ConsentState::granted);
}

TEST(Consent, TwoTimes) {
  const std::vector<ConsentRecord> late = {yes("email", "win_back", 1), no("email", "win_back", 10, 50)};
  EXPECT_EQ(now(late, 20, 40), ConsentState::granted) << "not yet known then";
  EXPECT_EQ(now(late, 20, 60), ConsentState::withdrawn) << "known later to have held";
  EXPECT_EQ(now(late, 5, 60), ConsentState::granted);
  EXPECT_EQ(now({yes("email", "win_back", 200, 1)}), ConsentState::unknown) << "holds from later on";
}

/// The rule said once more, the slow way: each withdrawal looks for the grant that takes it back.
ConsentState oracle(const std::vector<ConsentRecord>& statements, std::int64_t at, std::int64_t known) {
  std::vector<ConsentRecord> counted;
  for (const ConsentRecord& one : statements) {
    const bool here = (one.channel == "email" || one.channel == "*") && (one.topic == "win_back" || one.topic == "*");
    if (here && base::millis(one.valid_from) <= at && base::millis(one.recorded_at) <= known) counted.push_back(one);
  }
  bool granted = false;
  for (const ConsentRecord& one : counted) {
    granted = granted || one.state == ConsentState::granted;
    if (one.state != ConsentState::withdrawn) continue;
    const bool taken_back = std::ranges::any_of(counted, [&](const ConsentRecord& other) {
      return other.state == ConsentState::granted && other.valid_from > one.valid_from &&
             (one.channel == "*" || other.channel == one.channel) && (one.topic == "*" || other.topic == one.topic);
    });
    if (!taken_back) return ConsentState::withdrawn;
  }
  return granted ? ConsentState::granted : ConsentState::unknown;
}

RC_GTEST_PROP(ConsentProperty, AgreesWithTheRuleAndNotWithTheOrder, (std::uint64_t seed)) {
  base::Rng rng{seed};
  std::vector<ConsentRecord> statements;
  const std::array<std::string, 3> channels = {"email", "*", "sms"};
  const std::array<std::string, 3> topics = {"win_back", "*", "tips"};
  for (std::uint64_t i = rng.below(9); i > 0; --i) {
    statements.push_back(said(static_cast<ConsentState>(rng.below(3)), channels[rng.below(3)], topics[rng.below(3)],
                              static_cast<std::int64_t>(rng.below(8)), static_cast<std::int64_t>(rng.below(8))));
  }
  const auto at = static_cast<std::int64_t>(rng.below(9));
  const auto known = static_cast<std::int64_t>(rng.below(9));
  const ConsentState state = now(statements, at, known);
  RC_ASSERT(state == oracle(statements, at, known));
  std::ranges::reverse(statements);
  RC_ASSERT(state == now(statements, at, known));
  // A no to everything, said and known last, always wins.
  statements.push_back(no("*", "*", 50));
  RC_ASSERT(now(statements) == ConsentState::withdrawn);
}

}  // namespace
}  // namespace act::deliver
