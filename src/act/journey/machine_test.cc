#include "act/journey/machine.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "act/journey/check.h"
#include "act/journey/facts.h"
#include "base/random.h"

namespace act::journey {
namespace {

using namespace std::chrono_literals;
using base::Instant;
using model::Enrolment;
using model::EnrolmentState;
using model::Journey;
using model::kEnd;
using model::Step;
using model::StepIndex;

const Instant kStart = std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 8h;  // a Monday

template <class What>
Step step(std::string id, What what, StepIndex next = kEnd) {
  Step made;
  made.id = std::move(id);
  made.what = std::move(what);
  made.next = next;
  return made;
}

/// memory → (clicked within 4 days → offer, else goodbye) → last call while the code lives → goodbye.
Journey letters() {
  Journey journey;
  journey.exits = {"bought"};
  journey.steps.push_back(step("memory", model::MessageStep{.letter = "memory"}, 1));
  journey.steps.push_back(step("look", model::WaitForStep{{"clicked"}, 96h, 6}, 2));
  journey.steps.push_back(step("offer", model::OfferStep{"plan", 6}, 3));
  journey.steps.push_back(step("exclusive", model::MessageStep{.letter = "exclusive"}, 4));
  journey.steps.push_back(step("rest", model::WaitStep{24h}, 5));
  model::BranchStep alive;
  alive.cases.push_back({"code_lives", *base::Condition::parse("code_lives", fact_names()), 7});
  journey.steps.push_back(step("alive", alive, 6));
  journey.steps.push_back(step("goodbye", model::MessageStep{.letter = "goodbye"}, kEnd));
  journey.steps.push_back(step("last", model::MessageStep{.letter = "last"}, 6));
  return journey;
}

Enrolment customer(bool control = false) {
  Enrolment enrolment;
  enrolment.customer_id = "C1";
  enrolment.control = control;
  enrolment.entered_at = kStart;
  enrolment.offer_id = "ten_percent";
  return enrolment;
}

template <class E>
std::vector<E> all(const Transition& transition) {
  std::vector<E> found;
  for (const Effect& effect : transition.effects) {
    if (const auto* one = std::get_if<E>(&effect)) found.push_back(*one);
  }
  return found;
}

World world_with_codes(int& issued, std::chrono::days lives) {
  World world;
  world.issue = [&issued, lives](const std::string& offer) -> base::Result<std::optional<World::Issued>> {
    ++issued;
    return World::Issued{offer, "CODE", kStart + lives};
  };
  world.would_issue = [lives](const std::string& offer) { return std::optional{World::Issued{offer, "", kStart + lives}}; };
  return world;
}

TEST(JourneyMachine, WalksTheWholeSequence) {
  const Journey journey = letters();
  int issued = 0;
  const World world = world_with_codes(issued, std::chrono::days{7});
  auto at = *advance(journey, customer(), Entered{}, world, kStart);
  ASSERT_EQ(all<Send>(at).size(), 1U);
  EXPECT_EQ(at.next.step, "memory");
  EXPECT_EQ(at.next.state, EnrolmentState::sending);
  at = *advance(journey, at.next, Woken{}, world, kStart + 1s);
  EXPECT_EQ(at.next.step, "look");
  EXPECT_EQ(at.next.wake_at, kStart + 1s + 96h);
  at = *advance(journey, at.next, Happened{"clicked"}, world, kStart + 10h);
  EXPECT_EQ(at.next.step, "exclusive");
  EXPECT_EQ(at.next.code, "CODE");
  EXPECT_EQ(issued, 1);
  at = *advance(journey, at.next, Woken{}, world, kStart + 10h);
  at = *advance(journey, at.next, Woken{}, world, kStart + 34h);
  EXPECT_EQ(at.next.step, "last");
  at = *advance(journey, at.next, Woken{}, world, kStart + 35h);
  EXPECT_EQ(at.next.step, "goodbye");
  at = *advance(journey, at.next, Woken{}, world, kStart + 36h);
  EXPECT_EQ(at.next.state, EnrolmentState::finished);
  EXPECT_EQ(at.next.exit_reason, "completed");
  EXPECT_EQ(at.next.finished_at, kStart + 36h);
}

TEST(JourneyMachine, ADeadCodeHasNoLastCall) {
  const Journey journey = letters();
  int issued = 0;
  const World world = world_with_codes(issued, std::chrono::days{1});
  auto at = *advance(journey, customer(), Entered{}, world, kStart);
  at = *advance(journey, at.next, Woken{}, world, kStart);
  at = *advance(journey, at.next, Happened{"clicked"}, world, kStart + 10h);
  at = *advance(journey, at.next, Woken{}, world, kStart + 11h);
  at = *advance(journey, at.next, Woken{}, world, kStart + 35h);
  EXPECT_EQ(at.next.step, "goodbye");
}

TEST(JourneyMachine, NoBudgetNoOffer) {
  const Journey journey = letters();
  World world;
  world.issue = [](const std::string&) -> base::Result<std::optional<World::Issued>> { return std::nullopt; };
  auto at = *advance(journey, customer(), Entered{}, world, kStart);
  at = *advance(journey, at.next, Woken{}, world, kStart);
  at = *advance(journey, at.next, Happened{"clicked"}, world, kStart + 10h);
  EXPECT_EQ(at.next.step, "goodbye");
  EXPECT_TRUE(at.next.code.empty());
}

TEST(JourneyMachine, AFailingIssueFailsTheTransition) {
  const Journey journey = letters();
  World world;
  world.issue = [](const std::string&) -> base::Result<std::optional<World::Issued>> {
    return base::fail(base::Code::unavailable, "the store is gone");
  };
  auto at = *advance(journey, customer(), Entered{}, world, kStart);
  at = *advance(journey, at.next, Woken{}, world, kStart);
  EXPECT_FALSE(advance(journey, at.next, Happened{"clicked"}, world, kStart + 10h));
}

TEST(JourneyMachine, ControlsWalkTheSameWayWithoutCodes) {
  const Journey journey = letters();
  int issued = 0;
  const World world = world_with_codes(issued, std::chrono::days{7});
  auto at = *advance(journey, customer(true), Entered{}, world, kStart);
  EXPECT_EQ(all<Send>(at).size(), 1U) << "the caller records a ghost";
  at = *advance(journey, at.next, Woken{}, world, kStart);
  at = *advance(journey, at.next, Happened{"clicked"}, world, kStart + 10h);
  EXPECT_EQ(at.next.step, "exclusive");
  at = *advance(journey, at.next, Woken{}, world, kStart + 10h);
  at = *advance(journey, at.next, Woken{}, world, kStart + 34h);
  EXPECT_EQ(at.next.step, "last") << "the code a treated customer would hold still lives";
  EXPECT_EQ(issued, 0);
  EXPECT_TRUE(at.next.code.empty());
}

TEST(JourneyMachine, ControlsMeetNobodyAndNothing) {
  Journey journey;
  journey.steps.push_back(step("call", model::TaskStep{}, 1));
  journey.steps.push_back(step("hook", model::WebhookStep{"https://x.example"}, 2));
  journey.steps.push_back(step("tag", model::TagStep{{"a"}, {}}, kEnd));
  EXPECT_EQ(advance(journey, customer(), Entered{}, {}, kStart)->effects.size(), 4U);
  EXPECT_EQ(advance(journey, customer(true), Entered{}, {}, kStart)->effects.size(), 1U) << "only Finish";
}

TEST(JourneyMachine, ExitsAndOptOutsEndItInAnyState) {
  const Journey journey = letters();
  const auto sending = advance(journey, customer(), Entered{}, {}, kStart)->next;
  const auto waiting = advance(journey, sending, Woken{}, {}, kStart)->next;
  for (const Enrolment& state : {customer(), sending, waiting}) {
    for (const char* event : {"bought", "opted_out", "complained", "erased"}) {
      const auto end = *advance(journey, state, Happened{event}, {}, kStart + 1h);
      EXPECT_EQ(end.next.state, EnrolmentState::finished);
      EXPECT_EQ(end.next.exit_reason, event);
      EXPECT_EQ(all<Finish>(end).size(), 1U);
      EXPECT_TRUE(all<Send>(end).empty());
    }
  }
}

TEST(JourneyMachine, ALostStepEndsIt) {
  Enrolment lost = customer();
  lost.step = "removed";
  lost.wake_at = kStart;
  EXPECT_EQ(advance(letters(), lost, Woken{}, {}, kStart)->next.exit_reason, "step_gone");
}

TEST(JourneyMachine, StopsAfterAHundredSteps) {
  Journey journey;
  journey.steps.push_back(step("round", model::TagStep{{"a"}, {}}, 0));
  const auto end = *advance(journey, customer(), Entered{}, {}, kStart);
  EXPECT_EQ(end.next.exit_reason, "endless");
  EXPECT_EQ(all<ChangeTags>(end).size(), 100U);
}

TEST(JourneyMachine, ACappedStepIsPassedBy) {
  Journey journey;
  journey.steps.push_back(step("letter", model::MessageStep{.letter = "again"}, 1));
  journey.steps[0].at_most = 3;
  journey.steps.push_back(step("rest", model::WaitStep{24h}, 0));
  Enrolment state = customer();
  Instant now = kStart;
  std::uint32_t last = 0;
  Input input = Entered{};
  for (int i = 0; i < 20 && state.state != EnrolmentState::finished; ++i) {
    const auto at = *advance(journey, state, input, {}, now);
    if (const auto sent = all<Send>(at); !sent.empty()) last = sent[0].occurrence;
    state = at.next;
    input = Woken{};
    now += 24h;
  }
  EXPECT_EQ(state.exit_reason, "completed");
  EXPECT_EQ(last, 3U);
}

TEST(JourneyMachine, SplitsDrawByShareAndStayDrawn) {
  Journey journey;
  journey.steps.push_back(step("try", model::SplitStep{{{"a", 0.2, kEnd}, {"b", 0.8, kEnd}}}));
  World world;
  world.salt = 7;
  int a = 0;
  for (int i = 0; i < 20000; ++i) {
    Enrolment one = customer();
    one.customer_id = std::to_string(i);
    const auto first = all<Chose>(*advance(journey, one, Entered{}, world, kStart));
    const auto again = all<Chose>(*advance(journey, one, Entered{}, world, kStart + 90h));
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].arm, again[0].arm);
    EXPECT_EQ(first[0].propensity, first[0].arm == "a" ? 0.2 : 0.8);
    a += first[0].arm == "a" ? 1 : 0;
  }
  EXPECT_NEAR(a, 4000, 5 * std::sqrt(20000 * 0.2 * 0.8));
}

TEST(JourneyMachine, WaitsUntilAnHourOfTheCustomersDay) {
  const auto zone = *base::Zone::open("America/New_York");
  const model::WaitUntilStep ten{10 * 60, 0b0011111};
  const auto at = [&](std::string_view day, std::chrono::minutes clock) {
    return base::Instant{*base::parse_day(day)} + clock;
  };
  EXPECT_EQ(next_time(ten, zone, at("2026-03-02", 15h)), at("2026-03-02", 15h)) << "10:00 sharp is now";
  EXPECT_EQ(next_time(ten, zone, at("2026-03-02", 15h + 1min)), at("2026-03-03", 15h));
  EXPECT_EQ(next_time(ten, zone, at("2026-03-06", 16h)), at("2026-03-09", 14h)) << "over the weekend and into summer time";
  const model::WaitUntilStep skipped{2 * 60 + 30, 0x7F};
  EXPECT_EQ(next_time(skipped, zone, at("2026-03-08", 6h)), at("2026-03-08", 7h + 30min)) << "02:30 does not exist: 03:30";
}

// ---- properties over journeys made at random

Known permissive() {
  static const std::vector<std::string> letter = {"l"};
  static const std::vector<KnownOffer> offer = {{"o", 1, true}};
  static const std::vector<std::string> channel = {"email"};
  return {letter, offer, std::nullopt, channel};
}

Journey random_journey(base::Rng& rng) {
  Journey journey;
  journey.title = {"t", "t", "t"};
  journey.topic = "win_back";
  journey.exits = {"bought"};
  const std::uint64_t count = 1 + rng.below(10);
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto next = i + 1 < count ? static_cast<StepIndex>(i + 1) : kEnd;
    const auto any = [&] { return rng.chance(0.3) ? static_cast<StepIndex>(rng.below(count)) : rng.chance(0.5) ? next : kEnd; };
    Step made = step("s" + std::to_string(i), model::WaitStep{std::chrono::hours{1 + rng.below(100)}}, next);
    switch (rng.below(9)) {
      case 0:
      case 1: made.what = model::MessageStep{.letter = "l"}; break;
      case 2: made.what = model::WaitForStep{{rng.chance(0.5) ? "clicked" : "opened"}, 24h, any()}; break;
      case 3: {
        model::BranchStep branch;
        branch.cases.push_back({"clicked", *base::Condition::parse("clicked", fact_names()), any()});
        branch.cases.push_back({"has_code", *base::Condition::parse("has_code", fact_names()), any()});
        made.what = branch;
        break;
      }
      case 4: made.what = model::SplitStep{{{"a", 0.5, any()}, {"b", 0.5, next}}}; break;
      case 5: made.what = model::OfferStep{"o", any()}; break;
      case 6: made.what = model::TagStep{{"t"}, {}}; break;
      case 7: made.what = model::WaitUntilStep{600, 0x1F}; break;
      default: break;
    }
    if (rng.chance(0.4)) {
      made.at_most = static_cast<std::uint32_t>(1 + rng.below(3));
      made.instead = rng.chance(0.2) ? any() : kEnd;
    }
    journey.steps.push_back(std::move(made));
  }
  return journey;
}

bool valid(const Journey& journey) {
  const auto problems = check(journey, permissive());
  return std::ranges::none_of(problems, &Problem::refuses);
}

Input random_input(base::Rng& rng) {
  static const std::array<std::string, 6> kEvents = {"clicked", "opened", "visited", "answered", "bought", "opted_out"};
  if (rng.chance(0.7)) return Woken{};
  if (rng.chance(0.1)) return Entered{};
  return Happened{kEvents[rng.below(rng.chance(0.1) ? 6 : 4)]};
}

/// Everything a transition says, as text, to compare two.
std::string shown(const Transition& at) {
  const Enrolment& e = at.next;
  std::string text = fmt::format("{}|{}|{}|{}|{}|{}|{}", e.step, static_cast<int>(e.state), e.wake_at ? base::millis(*e.wake_at) : -1,
                                 e.offer_id, e.code, e.exit_reason, e.finished_at ? base::millis(*e.finished_at) : -1);
  for (const auto& [id, count] : e.visits) text += fmt::format("|{}={}", id, count);
  for (const Effect& effect : at.effects) {
    text += fmt::format("|e{}", effect.index());
    if (const auto* send = std::get_if<Send>(&effect)) text += fmt::format("{}{}", send->step, send->occurrence);
    if (const auto* chose = std::get_if<Chose>(&effect)) text += chose->arm;
  }
  return text;
}

RC_GTEST_PROP(JourneyMachineProperty, IsDeterministicAndOrderly, (std::uint64_t seed, bool control)) {
  base::Rng rng{seed};
  const Journey journey = random_journey(rng);
  int issued = 0;
  World world;
  world.salt = seed;
  const bool stock = rng.chance(0.7);
  world.issue = [&](const std::string& offer) -> base::Result<std::optional<World::Issued>> {
    ++issued;
    if (!stock) return std::nullopt;
    return World::Issued{offer, "C", std::nullopt};
  };
  const std::uint64_t facts_seed = rng.next();
  world.facts = [facts_seed](std::string_view name) -> base::Fact {
    return static_cast<double>(base::stable_hash(name, facts_seed) & 1);
  };
  Instant now = kStart;
  Enrolment state = customer(control);
  Input input = Entered{};
  for (int i = 0; i < 60; ++i) {
    const auto at = *advance(journey, state, input, world, now);
    RC_ASSERT(shown(at) == shown(*advance(journey, state, input, world, now)));
    const auto sends = all<Send>(at);
    RC_ASSERT(sends.size() <= 1U);
    const bool unchanged = shown(at) == shown({state, {}});
    RC_ASSERT((at.next.state == EnrolmentState::sending) ==
              (sends.size() == 1 || (state.state == EnrolmentState::sending && unchanged)));
    RC_ASSERT(all<Finish>(at).size() == (at.next.state == EnrolmentState::finished && state.state != EnrolmentState::finished ? 1U : 0U));
    if (state.state == EnrolmentState::finished) RC_ASSERT(unchanged);
    if (control) RC_ASSERT(issued == 0 && all<AskPerson>(at).empty() && all<ChangeTags>(at).empty());
    // A timer that comes too early for the state changes nothing.
    if (at.next.state == EnrolmentState::waiting && at.next.wake_at && *at.next.wake_at > now) {
      RC_ASSERT(shown(*advance(journey, at.next, Woken{}, world, *at.next.wake_at - 1ms)) == shown({at.next, {}}));
    }
    RC_ASSERT(at.next.state != EnrolmentState::waiting || at.next.wake_at.has_value());
    state = at.next;
    input = random_input(rng);
    now += std::chrono::hours{rng.below(50)};
  }
}

TEST(JourneyMachineProperty, EveryPathThroughAValidJourneyEnds) {
  int tried = 0;
  for (std::uint64_t seed = 0; tried < 2000; ++seed) {
    base::Rng rng{seed};
    const Journey journey = random_journey(rng);
    if (!valid(journey)) continue;
    ++tried;
    World world;
    world.salt = seed;
    world.issue = [&](const std::string& offer) -> base::Result<std::optional<World::Issued>> {
      if (rng.chance(0.3)) return std::nullopt;
      return World::Issued{offer, "C", std::nullopt};
    };
    world.facts = [&](std::string_view) -> base::Fact { return rng.chance(0.5) ? 1.0 : 0.0; };  // the worst of facts
    Enrolment state = customer(rng.chance(0.3));
    Input input = Entered{};
    Instant now = kStart;
    int inputs = 0;
    while (state.state != EnrolmentState::finished && inputs < 5000) {
      state = advance(journey, state, input, world, now)->next;
      ++inputs;
      if (state.wake_at) now = *state.wake_at;
      input = state.wake_at && rng.chance(0.4) ? Input{Happened{"clicked"}} : Input{Woken{}};
    }
    ASSERT_EQ(state.state, EnrolmentState::finished) << "seed " << seed;
    ASSERT_NE(state.exit_reason, "endless") << "seed " << seed;
  }
}

}  // namespace
}  // namespace act::journey
