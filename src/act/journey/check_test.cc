#include "act/journey/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "act/journey/diff.h"
#include "act/journey/facts.h"

namespace act::journey {
namespace {

using namespace std::chrono_literals;
using model::Journey;
using model::kEnd;
using model::Step;
using model::StepIndex;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

struct World {
  std::vector<std::string> letters = {"memory", "last"};
  std::vector<KnownOffer> offers = {{"ten", 5, true}, {"twenty", 10, true}, {"gone", 5, false}};
  std::vector<std::string> events = {"level_up"};
  std::vector<std::string> channels = {"email", "in_app"};

  Known known() const { return {letters, offers, events, channels}; }
};

template <class What>
Step step(std::string id, What what, StepIndex next = kEnd) {
  Step made;
  made.id = std::move(id);
  made.what = std::move(what);
  made.next = next;
  return made;
}

Journey journey(std::vector<Step> steps) {
  Journey made;
  made.id = "test";
  made.title = {"a", "b", "c"};
  made.topic = "win_back";
  made.entry.name = "latest";
  made.entry.line = 2;
  made.exits = {"bought", "opted_out"};
  made.steps = std::move(steps);
  for (std::size_t i = 0; i < made.steps.size(); ++i) made.steps[i].line = static_cast<std::int32_t>(10 + i);
  return made;
}

model::MessageStep letter(std::string name) { return {.letter = std::move(name)}; }

std::vector<std::string> said(const Journey& made) {
  std::vector<std::string> lines;
  const World world;
  for (const Problem& problem : check(made, world.known())) {
    lines.push_back(fmt::format("{}{}: {}", problem.refuses ? "" : "~", problem.line, problem.sentence));
  }
  return lines;
}

TEST(JourneyCheck, AGoodJourneyHasNothing) {
  EXPECT_THAT(said(journey({step("a", letter("memory"), 1), step("b", model::WaitStep{24h}, 2), step("c", model::OfferStep{"ten", kEnd})})),
              IsEmpty());
}

TEST(JourneyCheck, UnreachableSteps) {
  EXPECT_THAT(said(journey({step("a", model::ExitStep{"done"}), step("b", model::WaitStep{24h})})),
              Contains("11: nobody ever reaches the step 'b'"));
}

TEST(JourneyCheck, LoopsNeedAWaitAndAnEnd) {
  EXPECT_THAT(said(journey({step("a", letter("memory"), 1), step("b", model::TagStep{{"t"}, {}}, 0)})),
              Contains("10: an endless loop without a wait: a → b → a; put a wait of some time into it"));
  Journey capped = journey({step("a", letter("memory"), 1), step("b", model::WaitStep{24h}, 0)});
  EXPECT_THAT(said(capped), Contains(HasSubstr("10: the message 'a' stands in a loop without a cap")));
  capped.steps[0].at_most = 3;
  EXPECT_THAT(said(capped), IsEmpty());
  capped.steps[0].instead = 1;  // past itself and round again, for ever
  EXPECT_THAT(said(capped), Contains(HasSubstr("10: a loop without an end: a → b → a")));
  EXPECT_THAT(said(journey({step("a", model::WaitStep{24h}, 0)})), Contains(HasSubstr("10: a loop without an end")));
  Journey hour = journey({step("a", letter("memory"), 1), step("b", model::WaitUntilStep{600, 0x7F}, 0)});
  hour.steps[0].at_most = 3;
  EXPECT_THAT(said(hour), Contains(HasSubstr("without a wait"))) << "at 10:00 it is 10:00 at once";
}

TEST(JourneyCheck, NamesMustExist) {
  EXPECT_THAT(said(journey({step("a", letter("nobody"))})), Contains("10: there is no letter 'nobody'"));
  EXPECT_THAT(said(journey({step("a", model::MessageStep{.letter = "memory", .channels = {"fax"}})})),
              Contains("10: there is no channel 'fax'; known are email, in_app and best"));
  EXPECT_THAT(said(journey({step("a", model::OfferStep{"nothing", kEnd})})), Contains("10: there is no offer 'nothing'"));
  EXPECT_THAT(said(journey({step("a", model::OfferStep{"gone", kEnd})})), Contains(HasSubstr("has no stock left")));
  EXPECT_THAT(said(journey({step("a", model::WaitForStep{{"levelup"}, 1h, kEnd})})), Contains(HasSubstr("~10: no event 'levelup'")));
  EXPECT_THAT(said(journey({step("a", model::WaitForStep{{"level_up", "clicked"}, 1h, kEnd})})), IsEmpty());
  model::BranchStep branch;
  branch.cases.push_back({"hair = 'red'", base::Condition::equals("hair", "red"), kEnd});
  EXPECT_THAT(said(journey({step("a", branch)})), Contains("10: 'hair' is no field a journey can ask for"));
  EXPECT_THAT(said(journey({step("a", letter("memory"), 7)})), Contains(HasSubstr("leads to a step that does not exist")));
  EXPECT_THAT(said(journey({step("a", letter("memory"), 1), step("a", letter("memory"))})), Contains(HasSubstr("two steps are called 'a'")));
}

TEST(JourneyCheck, SharesSumToOne) {
  EXPECT_THAT(said(journey({step("a", model::SplitStep{{{"x", 0.5, kEnd}, {"y", 0.4, kEnd}}})})),
              Contains("10: the shares of 'a' sum to 90 %, not to 100 %"));
  EXPECT_THAT(said(journey({step("a", model::SplitStep{{{"x", 0.1, kEnd}, {"y", 0.2, kEnd}, {"z", 0.7, kEnd}}})})), IsEmpty());
}

TEST(JourneyCheck, TasksTagsWebhooksAndWaits) {
  model::TaskStep mute;
  mute.title = {"a", "b", "c"};
  EXPECT_THAT(said(journey({step("a", mute)})),
              Contains(HasSubstr("needs a script")));
  EXPECT_THAT(said(journey({step("a", model::WebhookStep{"ftp://x"})})), Contains(HasSubstr("must begin with https://")));
  EXPECT_THAT(said(journey({step("a", model::TagStep{})})), Contains(HasSubstr("adds and removes no tag")));
  EXPECT_THAT(said(journey({step("a", model::WaitStep{})})), Contains(HasSubstr("longer than nothing")));
  EXPECT_THAT(said(journey({step("a", model::WaitUntilStep{600, 0})})), Contains(HasSubstr("no weekday")));
}

TEST(JourneyCheck, HeadAndEntry) {
  Journey made = journey({step("a", letter("memory"))});
  made.exits = {"opted_out"};
  EXPECT_THAT(said(made), Contains(HasSubstr("~2: nothing ends this journey when the customer buys")));
  made.exits = {"bought"};
  made.title[1].clear();
  made.topic.clear();
  EXPECT_EQ(said(made).size(), 2U);
  made = journey({step("a", model::OfferStep{"plan", kEnd})});
  made.entry.kind = model::Entry::Kind::date;
  made.entry.name = "easter";
  EXPECT_EQ(said(made).size(), 2U) << "no such date, and no plan to take an offer from";
  EXPECT_THAT(said(journey({})), Contains(HasSubstr("no steps")));
  EXPECT_THAT(said(journey(std::vector<Step>(101, step("a", letter("memory"))))), Contains(HasSubstr("at most 100 steps")));
}

TEST(JourneyCheck, TheLastOfferIsTheLast) {
  const model::MessageStep last{.letter = "last", .says_last = true};
  EXPECT_THAT(said(journey({step("a", last)})), Contains(HasSubstr("but no offer comes before it")));
  const auto after = [&](std::string first, std::string second, std::chrono::hours wait) {
    return said(journey({step("o", model::OfferStep{std::move(first), kEnd}, 1), step("l", last, 2), step("w", model::WaitStep{wait}, 3),
                         step("p", model::OfferStep{std::move(second), kEnd})}));
  };
  EXPECT_THAT(after("ten", "twenty", 24h), Contains("13: the offer of 'p' is better than the one 'l' called the last, and comes within 60 days of it"));
  EXPECT_THAT(after("plan", "twenty", 24h), Contains(HasSubstr("may be better")));
  EXPECT_THAT(after("ten", "twenty", 24h * 60), IsEmpty());
  EXPECT_THAT(after("twenty", "ten", 24h), IsEmpty());
  EXPECT_THAT(after("plan", "plan", 24h), IsEmpty());
}

TEST(JourneyDiff, SaysWhatChanged) {
  const Journey before = journey({step("a", letter("memory"), 1), step("b", model::WaitStep{96h}, 2), step("c", model::TagStep{{"t"}, {}})});
  EXPECT_THAT(diff(before, before).changes, IsEmpty());
  Journey after = before;
  after.steps[0].what = letter("last");
  after.steps[1].what = model::WaitStep{36h};
  after.steps[2] = step("d", model::ExitStep{"done"});
  after.title[0] = "new";
  const Difference found = diff(before, after);
  EXPECT_EQ(found.changes, (std::vector<std::string>{"the journey's title was a / b / c, is new / b / c",
                                                     "at 'a' letter was memory, is last", "at 'b' wait was 4 days, is 36 hours",
                                                     "at 'b' then was c, is d", "the step 'c' is gone", "a new step 'd' (exit)"}));
  EXPECT_TRUE(found.safe_for_running()) << "nobody stands at a tag";
}

TEST(JourneyDiff, IsDangerousWhereCustomersStand) {
  const Journey before = journey({step("a", letter("memory"), 1), step("b", model::WaitStep{96h})});
  Journey gone = before;
  gone.steps.pop_back();
  gone.steps[0].next = kEnd;
  EXPECT_THAT(diff(before, gone).dangers, testing::ElementsAre("customers stand at 'b', which is gone"));
  const std::vector<std::string> nobody_there = {"a"};
  EXPECT_TRUE(diff(before, gone, nobody_there).safe_for_running());
  Journey other = before;
  other.steps[1].what = letter("last");
  EXPECT_THAT(diff(before, other).dangers, testing::ElementsAre("customers stand at 'b', which is no longer a wait"));
}

TEST(JourneyDiff, WritesDurations) {
  EXPECT_EQ(duration_text(96h), "4 days");
  EXPECT_EQ(duration_text(36h), "36 hours");
  EXPECT_EQ(duration_text(90min), "90 minutes");
  EXPECT_EQ(duration_text(0s), "0 seconds");
  EXPECT_EQ(duration_text(24h), "1 day");
}

}  // namespace
}  // namespace act::journey
