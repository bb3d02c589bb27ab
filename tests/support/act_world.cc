#include "tests/support/act_world.h"

#include "adapter/sqlite/open_sqlite.h"

namespace tests {

using act::deliver::CodeTerms;
using act::deliver::LetterTraits;
using act::deliver::Print;
using std::chrono::days;
using std::chrono::hours;

std::optional<CodeTerms> FakeScore::terms(std::string_view offer, const model::Enrolment& enrolment, base::Instant now) {
  if (offer == "none") return std::nullopt;
  return CodeTerms{fmt::format("{}-{}", offer, enrolment.id), now + days{10}, 500};
}

LetterTraits FakeScore::traits(std::string_view letter) {
  return {.uses_offer = letter == "offer", .gives_money = letter == "offer"};
}

base::Result<Print> FakeScore::print(const act::deliver::Job& job, base::Instant) {
  Print print;
  print.content.subject = job.message.letter;
  print.content.text = fmt::format("Dear {}, {}", job.contact.name, job.enrolment.code);
  print.reference = job.message.send_key;
  print.unsubscribe_url = "https://example.com/u/" + job.message.send_key;
  return print;
}

const base::Zone& FakeScore::zone(const model::Person& person) {
  auto known = zones_.find(person.zone);
  if (known == zones_.end()) {
    auto opened = base::Zone::open(person.zone.empty() ? "UTC" : person.zone);
    WB_CHECK(opened.has_value());
    known = zones_.emplace(person.zone, *opened).first;
  }
  return known->second;
}

model::Journey varied_journey() {
  using namespace model;
  Journey journey{.id = "varied", .topic = "win_back", .exits = {"bought", "opted_out", "complained"}};
  const auto add = [&](std::string id, auto what, StepIndex next) {
    journey.steps.push_back({.id = std::move(id), .what = std::move(what), .next = next});
  };
  const base::FactName clicked[] = {{"clicked"}};
  add("memory", MessageStep{.letter = "memory"}, 1);
  add("look", WaitForStep{.events = {"clicked"}, .at_most = days{3}, .otherwise = 2}, 2);
  add("choose", BranchStep{{{"clicked", *base::Condition::parse("clicked = 1", clicked), 3}}}, 4);
  add("quick", WaitStep{hours{20}}, 5);
  add("slow", WaitStep{days{4}}, 5);
  add("gift", OfferStep{.offer = "ten", .if_none = 7}, 6);
  add("exclusive", MessageStep{.letter = "offer"}, 7);
  add("rest", WaitUntilStep{.minute_of_day = 10 * 60, .weekdays = 0x1F}, 8);
  add("half", SplitStep{{{"app", 0.5, 9}, {"mail", 0.5, 10}}}, 10);
  add("in_app", MessageStep{.letter = "news", .channels = {"in_app"}, .purpose = Purpose::marketing}, 11);
  add("news", MessageStep{.letter = "news"}, 11);
  add("ask", TaskStep{.queue = "calls", .title = {"Call"}, .script = {"Say hello"}}, 12);
  add("tag", TagStep{.add = {"written"}}, 13);
  add("pause", WaitStep{days{6}}, 14);
  add("bye", MessageStep{.letter = "bye"}, kEnd);
  return journey;
}

std::unique_ptr<port::ActStore> store_in_memory() {
  auto opened = adapter::sqlite::open_sqlite_in_memory();
  WB_CHECK(opened.has_value());
  return std::move(*opened);
}

model::Campaign campaign_of(const model::Journey& journey, base::Instant at) {
  return {.id = "c1", .journey = journey.id, .topic = journey.topic, .salt = 7, .launched_at = at};
}

}  // namespace tests
