#include "act/deliver/manners.h"

#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "base/random.h"
#include "tests/support/places.h"
#include "tests/support/quiet_hours.h"
#include "tests/support/tally.h"

namespace act::deliver {
namespace {

using namespace std::chrono;
using base::Instant;
using base::Zone;
using model::Cap;
using model::Contact;
using model::Manners;
using model::Person;
using model::Purpose;

const Instant kNoon = sys_days{year{2026} / 3 / 4} + hours{12};  // a Wednesday

void quiet_hours_suite() {
  WB_NEED_SHARED(file, "suites/quiet-hours/cases.json");
  const auto cases = tests::read_quiet_hours(file);
  ASSERT_EQ(cases.size(), 261U);
  tests::Tally tally{"quiet-hours"};
  for (const tests::QuietHours& one : cases) {
    const auto zone = Zone::open(one.zone);
    ASSERT_TRUE(zone) << one.zone;
    EXPECT_EQ(base::to_string(outside_quiet_hours(one.due, *zone, one.from, one.to)), base::to_string(one.send_at))
        << one.zone << " due " << base::to_string(one.due) << " quiet " << one.from << "–" << one.to;
    tally.end_of_case();
  }
}

TEST(QuietHours, Suite) { quiet_hours_suite(); }

TEST(QuietHours, SuiteUnderAnotherZoneOfTheMachine) {
  setenv("TZ", "Asia/Kathmandu", 1);
  tzset();
  quiet_hours_suite();
  unsetenv("TZ");
  tzset();
}

RC_GTEST_PROP(QuietHoursProperty, IsTheFirstMinuteThatIsNotQuiet, (std::uint64_t seed)) {
  static const std::array<Zone, 5> zones = {*Zone::open("Europe/Berlin"), *Zone::open("Australia/Lord_Howe"),
                                            *Zone::open("America/Havana"), *Zone::open("Asia/Shanghai"),
                                            *Zone::open("Africa/Casablanca")};
  base::Rng rng{seed};
  const Zone& zone = zones[rng.below(zones.size())];
  const auto from = static_cast<std::int32_t>(rng.below(1440));
  const auto to = static_cast<std::int32_t>(rng.below(1440));
  const Instant due = sys_days{year{2023} / 1 / 1} + milliseconds{static_cast<std::int64_t>(rng.below(800ULL * 86400 * 1000))};
  const auto quiet = [&](Instant at) {
    const auto local = at + milliseconds{zone.offset_millis(at)};
    const auto minute = floor<minutes>(local - floor<days>(local)).count();
    return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
  };
  Instant expected = ceil<minutes>(due);
  while (quiet(expected)) expected += minutes{1};
  RC_ASSERT(outside_quiet_hours(due, zone, from, to) == expected);
}

/// Whether any window of so many days holds too many of the times.
bool a_window_overflows(std::vector<Instant> times, const Cap& cap) {
  for (const Instant begin : times) {
    const auto inside = std::ranges::count_if(times, [&](Instant t) { return t >= begin && t < begin + days{cap.days}; });
    if (inside > static_cast<std::ptrdiff_t>(cap.most)) return true;
  }
  return false;
}

RC_GTEST_PROP(CapsProperty, AgreesWithHourByHourSearch, (std::uint64_t seed)) {
  base::Rng rng{seed};
  std::vector<Contact> contacts;
  std::vector<Cap> caps = {{"", static_cast<std::int32_t>(1 + rng.below(7)), static_cast<std::uint32_t>(1 + rng.below(3))},
                           {"email", static_cast<std::int32_t>(1 + rng.below(10)), static_cast<std::uint32_t>(1 + rng.below(3))}};
  for (std::uint64_t i = rng.below(12); i > 0; --i) {
    contacts.push_back({kNoon + hours{static_cast<std::int64_t>(rng.below(400)) - 300}, rng.chance(0.5) ? "email" : "push",
                        rng.chance(0.8) ? Purpose::marketing : Purpose::service});
  }
  std::ranges::sort(contacts, {}, &Contact::at);
  const auto allowed = [&](Instant at) {
    for (const Cap& cap : caps) {
      std::vector<Instant> before;
      for (const Contact& c : contacts) {
        if (c.purpose == Purpose::marketing && (cap.channel.empty() || c.channel == cap.channel)) before.push_back(c.at);
      }
      std::vector<Instant> with = before;
      with.push_back(at);
      // Windows that were too full before are not this contact's doing: only those around it count.
      std::erase_if(with, [&](Instant t) { return abs(t - at) >= days{cap.days}; });
      std::vector<Instant> around;
      for (const Instant begin : with) {
        if (begin > at || at >= begin + days{cap.days}) continue;
        const auto inside = std::ranges::count_if(with, [&](Instant t) { return t >= begin && t < begin + days{cap.days}; });
        if (inside > static_cast<std::ptrdiff_t>(cap.most)) return false;
      }
    }
    return true;
  };
  Instant expected = kNoon;
  while (!allowed(expected)) expected += hours{1};
  RC_ASSERT(under_caps(contacts, "email", caps, kNoon) == expected);
}

RC_GTEST_PROP(CapsProperty, NoScheduleOverflowsAWindow, (std::uint64_t seed)) {
  base::Rng rng{seed};
  const std::vector<Cap> caps = {{"", 7, 2}, {"", 30, 6}, {"sms", 7, 1}};
  std::vector<Contact> contacts;
  Instant now = kNoon;
  for (int i = 0; i < 40; ++i) {
    const std::string channel = rng.chance(0.6) ? "email" : "sms";
    const Instant at = under_caps(contacts, channel, caps, now);
    contacts.push_back({at, channel, Purpose::marketing});
    now = at + minutes{static_cast<std::int64_t>(rng.below(5000))};
  }
  std::vector<Instant> all;
  std::vector<Instant> sms;
  for (const Contact& c : contacts) {
    all.push_back(c.at);
    if (c.channel == "sms") sms.push_back(c.at);
  }
  RC_ASSERT(!a_window_overflows(all, caps[0]) && !a_window_overflows(all, caps[1]) && !a_window_overflows(sms, caps[2]));
}

TEST(Caps, TheWindowRolls) {
  const std::vector<Cap> caps = {{"", 7, 2}};
  const std::vector<Contact> contacts = {{kNoon - days{6}, "email", Purpose::marketing}, {kNoon - days{1}, "email", Purpose::marketing}};
  EXPECT_EQ(under_caps(contacts, "email", caps, kNoon), kNoon + days{1});
  EXPECT_EQ(under_caps(contacts, "email", std::vector<Cap>{{"", 7, 0}}, kNoon), Instant::max());
}

struct Asked {
  Person person;
  Manners manners;
  Question question;
  Zone zone = Zone::utc();
  std::vector<Contact> contacts;

  Asked() {
    person.last_order = kNoon - days{100};
    person.birth_year = 1990;
    question.channel = "email";
    question.topic = "win_back";
    question.consent = model::ConsentState::granted;
  }
  Ruling judged(Instant now = kNoon) {
    question.person = &person;
    question.zone = &zone;
    question.contacts = contacts;
    return judge(question, manners, now);
  }
};

TEST(Manners, AnAllowedMessageGoesNow) { EXPECT_TRUE(Asked{}.judged().goes_now(kNoon)); }

TEST(Manners, RefusalsOfMarketing) {
  const auto refused = [](const std::function<void(Asked&)>& change) {
    Asked asked;
    change(asked);
    return name_of(asked.judged().refusal);
  };
  using model::ConsentState;
  EXPECT_EQ(refused([](Asked& a) { a.question.consent = ConsentState::withdrawn; }), "opted_out");
  EXPECT_EQ(refused([](Asked& a) { a.question.suppressed = true; }), "suppressed");
  EXPECT_EQ(refused([](Asked& a) { a.question.consent = ConsentState::unknown; }), "none") << "a customer who bought, by e-mail";
  EXPECT_EQ(refused([](Asked& a) { a.question.consent = ConsentState::unknown, a.question.channel = "sms"; }), "no_consent");
  EXPECT_EQ(refused([](Asked& a) { a.question.consent = ConsentState::unknown, a.person.last_order.reset(); }), "no_consent");
  EXPECT_EQ(refused([](Asked& a) { a.question.consent = ConsentState::unknown, a.manners.existing_customers = false; }), "no_consent");
  EXPECT_EQ(refused([](Asked& a) {
              a.question.consent = ConsentState::unknown, a.manners.opt_in = false, a.question.channel = "sms";
            }), "none");
  EXPECT_EQ(refused([](Asked& a) {
              a.question.consent = ConsentState::unknown, a.manners.opt_in = false, a.question.channel = "sms";
              a.manners.opt_in_channels = {"sms"};
            }), "no_consent");
  EXPECT_EQ(refused([](Asked& a) { a.person.do_not_disturb = true; }), "do_not_disturb");
  EXPECT_EQ(refused([](Asked& a) { a.person.last_order = kNoon - days{1097}; }), "ended");
  EXPECT_EQ(refused([](Asked& a) { a.person.last_order = kNoon - days{1094}; }), "none");
  EXPECT_EQ(refused([](Asked& a) { a.person.last_order = kNoon - days{1500}, a.person.last_click = kNoon - days{9}; }), "none");
  EXPECT_EQ(refused([](Asked& a) { a.person.unanswered = 8, a.person.last_order = kNoon - days{270}; }), "sunset");
  EXPECT_EQ(refused([](Asked& a) { a.person.unanswered = 8, a.person.last_order = kNoon - days{269}; }), "none");
  EXPECT_EQ(refused([](Asked& a) { a.person.unanswered = 7, a.person.last_order = kNoon - days{400}; }), "none");
  EXPECT_EQ(refused([](Asked& a) { a.person.birth_year = 2008, a.question.gives_money = true; }), "minor") << "maybe still 17";
  EXPECT_EQ(refused([](Asked& a) { a.person.birth_year = 2007, a.question.gives_money = true; }), "none");
  EXPECT_EQ(refused([](Asked& a) { a.person.birth_year = 2010; }), "none") << "a letter without money";
  EXPECT_EQ(refused([](Asked& a) { a.person.birth_year = 0, a.question.gives_money = true; }), "none");
  EXPECT_EQ(refused([](Asked& a) {
              a.person.birth_year = 0, a.question.gives_money = true, a.manners.unknown_age_is_minor = true;
            }), "minor");
  EXPECT_EQ(refused([](Asked& a) { a.question.last_by = kNoon - seconds{1}; }), "expired");
  EXPECT_EQ(refused([](Asked& a) { a.person.paused_until = kNoon + days{9}, a.question.last_by = kNoon + days{8}; }), "paused_too_long");
}

TEST(Manners, WaitsForTheHourThePauseAndTheCap) {
  Asked asked;
  EXPECT_EQ(asked.judged(kNoon + hours{10}).at, kNoon + hours{21}) << "22:00 waits for 09:00";
  asked.person.paused_until = kNoon + days{3} + hours{11};
  EXPECT_EQ(asked.judged().at, kNoon + days{3} + hours{21}) << "the pause ends in the night";
  asked.person.paused_until.reset();
  asked.contacts = {{kNoon - days{6} - hours{2}, "email", Purpose::marketing}, {kNoon - days{1}, "email", Purpose::marketing}};
  EXPECT_EQ(asked.judged().at, kNoon + hours{22}) << "the older one leaves the window at 10:00";
}

TEST(Manners, WeekendsCanBeQuiet) {
  Asked asked;
  asked.manners.quiet_weekends = true;
  asked.zone = *Zone::open("Asia/Shanghai");
  const Instant saturday = sys_days{year{2026} / 3 / 7} + hours{4};  // noon in Shanghai
  EXPECT_EQ(asked.judged(saturday).at, Instant{sys_days{year{2026} / 3 / 9} + hours{1}}) << "Monday 09:00 in Shanghai";
}

TEST(Manners, FatigueAndLessOftenHalveTheCaps) {
  Asked asked;
  asked.contacts = {{kNoon - days{2}, "email", Purpose::marketing}};
  EXPECT_TRUE(asked.judged().goes_now(kNoon));
  asked.person.less_often = true;
  EXPECT_EQ(asked.judged().at, kNoon + days{5});
  asked.person.less_often = false;
  asked.person.unanswered = 5;
  EXPECT_EQ(asked.judged().at, kNoon + days{5});
  asked.person.less_often = true;
  EXPECT_EQ(asked.judged().at, kNoon + days{28}) << "a quarter of 6 in 30 days, but never below one";
  asked.contacts.clear();
  EXPECT_TRUE(asked.judged().goes_now(kNoon));
}

TEST(Manners, ServiceAndTransactionalMessages) {
  Asked asked;
  asked.question.consent = model::ConsentState::withdrawn;
  asked.person.do_not_disturb = true;
  asked.person.paused_until = kNoon + days{30};
  for (int i = 0; i < 9; ++i) asked.contacts.push_back({kNoon - hours{i + 1}, "email", Purpose::marketing});
  asked.question.purpose = Purpose::service;
  EXPECT_TRUE(asked.judged().goes_now(kNoon));
  EXPECT_EQ(asked.judged(kNoon + hours{10}).at, kNoon + hours{21}) << "service waits for the morning";
  asked.question.purpose = Purpose::transactional;
  EXPECT_TRUE(asked.judged(kNoon + hours{10}).goes_now(kNoon + hours{10}));
  asked.question.suppressed = true;
  EXPECT_EQ(asked.judged().refusal, Refusal::suppressed) << "a dead address stays dead";
}

RC_GTEST_PROP(MannersProperty, ARulingHoldsWhenItsTimeComes, (std::uint64_t seed)) {
  base::Rng rng{seed};
  Asked asked;
  asked.zone = *Zone::open(rng.chance(0.5) ? "America/New_York" : "Asia/Shanghai");
  asked.manners.quiet_weekends = rng.chance(0.5);
  asked.manners.quiet_from = static_cast<std::int32_t>(rng.below(1440));
  asked.manners.quiet_to = static_cast<std::int32_t>(rng.below(1440));
  asked.person.less_often = rng.chance(0.3);
  asked.person.unanswered = static_cast<std::uint32_t>(rng.below(7));
  for (std::uint64_t i = rng.below(8); i > 0; --i) {
    asked.contacts.push_back({kNoon - hours{static_cast<std::int64_t>(rng.below(700))}, "email", Purpose::marketing});
  }
  std::ranges::sort(asked.contacts, {}, &Contact::at);
  const Instant now = kNoon + milliseconds{static_cast<std::int64_t>(rng.below(3ULL * 86400 * 1000))};
  const Ruling first = asked.judged(now);
  RC_ASSERT(first.refusal == Refusal::none && first.at >= now);
  RC_ASSERT(asked.judged(first.at).goes_now(first.at));
}

}  // namespace
}  // namespace act::deliver
