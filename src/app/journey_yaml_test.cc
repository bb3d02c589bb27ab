#include "app/journey_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "act/journey/check.h"
#include "act/journey/machine.h"
#include "app/desk.h"
#include "app/journey_words.h"
#include "app/presets.h"
#include "base/random.h"
#include "tests/support/places.h"

namespace app {
namespace {

using namespace std::chrono_literals;
using model::Journey;
using model::kEnd;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kHead =
    "journey: j\n"
    "title: {en: a, zh-CN: b, zh-TW: c}\n"
    "topic: win_back\n"
    "entry: {plan: latest}\n"
    "exits: [bought]\n"
    "steps:\n";  // the steps begin in line 7

std::string error_of(const std::string& yaml) {
  const auto read = read_journey(yaml, "j.yaml");
  return read ? "no error" : read.error().message;
}

TEST(JourneyYaml, ReadsDurationsClocksSharesAndTimes) {
  EXPECT_EQ(*parse_duration("4 days"), 96h);
  EXPECT_EQ(*parse_duration("1 day"), 24h);
  EXPECT_EQ(*parse_duration("36 hours"), 36h);
  EXPECT_EQ(*parse_duration("2 weeks"), 336h);
  for (const char* bad : {"", "4", "days", "4 moons", "-1 days", "4.5 days", "99999999999999999999 days", "4 days 3 hours", "99999 weeks"}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
  EXPECT_EQ(parse_clock("10:00 on weekdays")->weekdays, 0x1F);
  EXPECT_EQ(parse_clock("10:00")->minute_of_day, 600);
  EXPECT_EQ(parse_clock("9:30 on mon, sun")->weekdays, 0x41);
  for (const char* bad : {"", "10", "24:00", "10:60", "10:0", "10:00 on", "10:00 on someday", "10:00 weekdays", "1000"}) {
    EXPECT_FALSE(parse_clock(bad)) << bad;
  }
  EXPECT_DOUBLE_EQ(*parse_share("25 %"), 0.25);
  EXPECT_DOUBLE_EQ(*parse_share("0.25"), 0.25);
  EXPECT_FALSE(parse_share("a quarter"));
  EXPECT_EQ(parse_times("3 times"), 3U);
  EXPECT_FALSE(parse_times("0 times"));
}

TEST(JourneyYaml, StepsFollowOneAnotherAndTargetsAreFound) {
  const auto read = read_journey(kHead +
                                     "  - {step: a, wait_for: clicked, within: 1 day, then: c}\n"
                                     "  - {step: b, message: five-letters/memory, says_last: true}\n"
                                     "  - {step: c, branch: [{when: orders > 1, go: a}, {when: at_risk, go: end}]}\n",
                                 "j.yaml");
  ASSERT_TRUE(read) << read.error().message;
  const auto& wait = std::get<model::WaitForStep>(read->steps[0].what);
  EXPECT_EQ(read->steps[0].next, 2U);
  EXPECT_EQ(wait.otherwise, 1U);
  EXPECT_EQ(read->steps[1].next, 2U);
  EXPECT_EQ(read->steps[1].line, 8);
  const auto& branch = std::get<model::BranchStep>(read->steps[2].what);
  EXPECT_EQ(branch.cases[0].to, 0U);
  EXPECT_EQ(branch.cases[1].to, kEnd);
  EXPECT_EQ(read->steps[2].next, kEnd) << "after the last one comes the end";
  EXPECT_TRUE(read->last_offer);
}

TEST(JourneyYaml, EveryErrorNamesFileAndLine) {
  const std::pair<std::string, std::string> cases[] = {
      {"journey: [", "j.yaml, line "},
      {"- a", "j.yaml, line 1: expected a journey"},
      {"journey: j\ncolour: red\n", "j.yaml, line 2: 'colour' is not known here"},
      {"journey: J!\n", "j.yaml, line 1: journey must be its name"},
      {"journey: j\njourney: k\n", "j.yaml, line 2: 'journey' stands twice"},
      {"journey: j\ntopic: t\ntitle: {en: a}\n", "j.yaml, line 3: title is needed in en, zh-CN and zh-TW"},
      {kHead + "  a: b\n", "j.yaml, line 7: steps must be a list"},
      {kHead + "  - {wait: 1 day}\n", "j.yaml, line 7: a step needs its own name"},
      {kHead + "  - {step: end, wait: 1 day}\n", "j.yaml, line 7: a step needs its own name"},
      {kHead + "  - {step: a}\n", "j.yaml, line 7: the step 'a' does nothing"},
      {kHead + "  - {step: a, wait: 1 day, exit: x}\n", "j.yaml, line 7: the step 'a' is both wait and exit"},
      {kHead + "  - {step: a, wait: 1 day}\n  - {step: a, wait: 1 day}\n", "j.yaml, line 8: there are two steps 'a'"},
      {kHead + "  - {step: a, wait: soon}\n", "j.yaml, line 7: wait: 'soon' is no time"},
      {kHead + "  - {step: a, wait: 1 day, then: b}\n", "j.yaml, line 7: there is no step 'b'; the steps are a, or end"},
      {kHead + "  - step: a\n    wait: 1 day\n    colour: red\n", "j.yaml, line 9: 'colour' is not known here"},
      {kHead + "  - {step: a, branch: [{when: hair = red, go: end}]}\n", "j.yaml, line 7: in the condition \"hair = red\", at character 1"},
      {kHead + "  - {step: a, exit: x, then: a}\n", "j.yaml, line 7: 'then' is not known here"},
      {kHead + "  - {step: a, wait: 1 day, at_most: often}\n", "j.yaml, line 7: at_most must be a number"},
      {kHead + "  - {step: a, message: ../../etc/passwd}\n", "j.yaml, line 7: message names a letter"},
      {kHead + "  - {step: a, webhook: ftp://shop}\n", "j.yaml, line 7: webhook must be an address"},
      {kHead + "  - {step: a, split: [{arm: x, share: half, go: end}, {arm: y, share: 50 %, go: end}]}\n", "j.yaml, line 7: an arm needs"},
      {kHead + "  - {step: a, task: care, title: {en: a, zh-CN: b, zh-TW: c}}\n", "j.yaml, line 7: script is missing"},
      {kHead + "  - just a text\n", "j.yaml, line 7: a step has fields"},
      {std::string{kHead}.replace(kHead.find("plan: latest"), 12, "plan: a, event: b"), "j.yaml, line 4: an entry is by exactly one"},
      {std::string{kHead}.replace(kHead.find("plan: latest"), 12, "segment: spnd > 1"), "j.yaml, line 4: in the condition"},
  };
  for (const auto& [yaml, expected] : cases) EXPECT_THAT(error_of(yaml), HasSubstr(expected)) << yaml;
}

TEST(JourneyYaml, GarbageIsRefusedAndNeverCrashes) {
  EXPECT_THAT(error_of(std::string(300 * 1024, '#')), HasSubstr("larger than 256 KB"));
  EXPECT_NE(error_of(std::string(100'000, '[')), "no error");
  const std::string good{*shipped_journey("five-letters")};
  base::Rng rng{1};
  for (int i = 0; i < 3000; ++i) {
    std::string broken = good;
    for (std::uint64_t k = 1 + rng.below(4); k > 0; --k) {
      const std::size_t at = rng.below(broken.size());
      const std::string piece = std::string{"{}[]:,-&*!|>'\"%@`\n\t \xFF"}.substr(rng.below(21), 1);
      broken = rng.chance(0.5) ? broken.erase(at, rng.below(20)) : broken.insert(at, piece);
    }
    const auto read = read_journey(broken, "broken.yaml");
    EXPECT_THAT(read ? "broken.yaml, line 0" : read.error().message, HasSubstr("broken.yaml, line "));
  }
}

struct Around {
  std::vector<std::string> letters = {"five-letters/memory", "five-letters/exclusive", "five-letters/value",
                                      "five-letters/last_call", "five-letters/goodbye", "welcome-back/thanks",
                                      "welcome-back/usual", "welcome-back/second_order", "tips/weekly"};
  std::vector<act::journey::KnownOffer> offers = {{"ten_percent", 5, true}};
  std::vector<std::string> channels = {"email", "in_app"};
  act::journey::Known known() const { return {letters, offers, std::nullopt, channels}; }
};

void expect_launchable(const Journey& journey, const Around& around = {}) {
  for (const auto& problem : act::journey::check(journey, around.known())) {
    EXPECT_FALSE(problem.refuses) << journey.id << ", line " << problem.line << ": " << problem.sentence;
  }
}

TEST(ShippedJourneys, AreReadAndMayBeLaunched) {
  EXPECT_THAT(shipped_journeys(), testing::IsSupersetOf({"cart-memory", "five-letters", "welcome-back"}));
  Around shipped;
  const auto letters = load_letters("no folder of one's own");
  ASSERT_TRUE(letters) << letters.error().message;
  shipped.letters = letters->ids();
  shipped.channels.assign(model::kChannels.begin(), model::kChannels.end());
  const auto offers = all_preset_offers();
  ASSERT_TRUE(offers) << offers.error().message;
  for (const model::Offer& offer : *offers) shipped.offers.push_back({offer.id, offer.redemption_cost + 100 * offer.basket_share, true});
  for (const std::string& name : shipped_journeys()) {
    const std::string_view text = *shipped_journey(name);
    EXPECT_TRUE(text.starts_with("# yaml-language-server: $schema=../journey.schema.json\n")) << name;
    const auto journey = read_journey(text, name + ".yaml");
    ASSERT_TRUE(journey) << journey.error().message;
    EXPECT_EQ(journey->id, name);
    expect_launchable(*journey, shipped);
  }
  EXPECT_FALSE(shipped_journey("nothing"));
}

/// Letters one customer gets, with the day of the journey; `clicks`: they click each letter a day later.
std::vector<std::string> letters_of(bool clicks, bool has_offer) {
  using namespace act::journey;
  const Journey journey = *read_journey(*shipped_journey("five-letters"), "five-letters.yaml");
  const base::Zone zone = *base::Zone::open("Asia/Shanghai");
  const base::Instant start = std::chrono::sys_days{std::chrono::year{2026} / 3 / 6} + 20h;  // a Saturday morning there
  base::Instant now = start;
  World world;
  world.zone = &zone;
  world.issue = [&](const std::string& offer) -> base::Result<std::optional<World::Issued>> {
    return World::Issued{offer, "CODE", now + 24h * 14};
  };
  model::Enrolment state;
  state.customer_id = "C";
  state.entered_at = now;
  if (has_offer) state.offer_id = "ten_percent";
  std::vector<std::string> letters;
  Input input = Entered{};
  while (state.state != model::EnrolmentState::finished) {
    const auto at = *advance(journey, state, input, world, now);
    state = at.next;
    for (const Effect& effect : at.effects) {
      const auto* send = std::get_if<Send>(&effect);
      if (send == nullptr) continue;
      const auto day = std::chrono::floor<std::chrono::days>(now - start).count();
      const auto local = now + std::chrono::milliseconds{zone.offset_millis(now)};
      EXPECT_EQ(local - std::chrono::floor<std::chrono::days>(local), 10h) << send->step;
      letters.push_back(fmt::format("{} {}", day, send->message->letter.substr(13)));
    }
    input = Woken{};
    if (state.state != model::EnrolmentState::waiting) continue;
    const bool awaits = std::holds_alternative<model::WaitForStep>(journey.steps[find_step(journey, state.step)].what);
    if (awaits && clicks) {
      now += 24h;
      input = Happened{"clicked"};
    } else {
      now = *state.wake_at;
    }
  }
  letters.push_back(state.exit_reason);
  return letters;
}

TEST(ShippedJourneys, FiveLettersAtTenOnTheCustomersClock) {
  EXPECT_EQ(letters_of(false, true), (std::vector<std::string>{"2 memory", "6 exclusive", "11 value", "16 last_call", "23 goodbye", "silent"}));
  EXPECT_EQ(letters_of(true, true), (std::vector<std::string>{"2 memory", "6 exclusive", "11 value", "16 last_call", "23 goodbye", "stayed"}));
  EXPECT_EQ(letters_of(false, false), (std::vector<std::string>{"2 memory", "11 value", "23 goodbye", "silent"}));
}

TEST(JourneyDocs, EveryExampleIsRead) {
  const std::string text = tests::read_file(tests::source_dir() / "docs/journeys.md");
  int examples = 0;
  for (std::size_t at = text.find("```yaml\n"); at != std::string::npos; at = text.find("```yaml\n", at)) {
    at += 8;
    std::string yaml = text.substr(at, text.find("```", at) - at);
    if (yaml.starts_with("- ")) {
      std::string indented = kHead;
      for (std::size_t line = 0; line < yaml.size();) {
        const std::size_t end = yaml.find('\n', line) + 1;
        indented += "  " + yaml.substr(line, end - line);
        line = end;
      }
      yaml = indented;
    }
    const auto journey = read_journey(yaml, fmt::format("example {}", examples + 1));
    ASSERT_TRUE(journey) << journey.error().message;
    if (examples != 1) expect_launchable(*journey);  // the second shows every kind of step, not a journey
    ++examples;
  }
  EXPECT_EQ(examples, 3);
}

}  // namespace
}  // namespace app
