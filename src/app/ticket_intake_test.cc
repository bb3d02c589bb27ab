// Tickets and calls, told by a desk or read from a file.
#include "app/ticket_intake.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "access/accounts.h"
#include "app/api_keys.h"
#include "app/feedback_loader.h"
#include "app/public_pages.h"
#include "app/replies_yaml.h"
#include "app/ticket_routes.h"
#include "collect/import.h"
#include "tests/support/deliver_world.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_warehouse.h"
#include "tests/support/places.h"

namespace app {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::kStart;
using tests::must;
using namespace std::chrono_literals;
using Fate = TakenTicket::Fate;

class TicketTest : public tests::DeliverTest {
 protected:
  TicketTest() { add_customer("anna"); }
  IncomingTicket ticket(std::string state, std::string text = "It never came") {
    return {.source = "desk", .id = "7", .customer_id = "anna", .at = clock.now(), .subject = "Parcel", .text = std::move(text), .state = std::move(state)};
  }
  TakenTicket take(const IncomingTicket& one) {
    TakenTicket taken;
    must(store_->transact([&]() -> base::Result<void> {
      WB_ASSIGN(taken, take_ticket(one, {*store_, conductor_, rules, text::Language::zh_tw}, clock.now()));
      return {};
    }));
    return taken;
  }
  /// Events and feedback as the warehouse would hold them, oldest first; then nothing waits.
  std::vector<std::string> said() {
    std::vector<std::string> all;
    for (const model::Feedback& one : must(store_->back().unsaid(1000))) {
      all.push_back(fmt::format("{} {} {}", one.customer_id, one.kind, one.kind.starts_with(model::kEventSaid) ? one.feedback_id : one.text));
      must(store_->back().said(one.id));
    }
    return all;
  }
  std::size_t waiting() { return must(store_->back().open_tickets()).size(); }

  tests::FakeClock clock{kStart};
  act::respond::ReplyRules rules = must(load_replies("nowhere"));
};

TEST_F(TicketTest, WordsOfDesksAreRead) {
  for (const char* word : {"Open", " pending ", "On-hold", "处理中", "處理中", "待回覆"}) EXPECT_EQ(says_open(word), true) << word;
  for (const char* word : {"", "Solved", "closed", "已關閉", "已解决"}) EXPECT_EQ(says_open(word), false) << word;
  EXPECT_FALSE(says_open("perhaps"));
  for (const char* word : {"URGENT", "P1", "緊急", "严重"}) EXPECT_TRUE(says_urgent(word)) << word;
  for (const char* word : {"", "high", "normal", "普通", "3"}) EXPECT_FALSE(says_urgent(word)) << word;
}

TEST_F(TicketTest, AStateIsTakenOnceAndOpeningIsCountedAgainstClosing) {
  EXPECT_EQ(take(ticket("open")).fate, Fate::taken);
  EXPECT_EQ(take(ticket("open")).fate, Fate::known);
  EXPECT_EQ(waiting(), 1U);
  EXPECT_THAT(said(), testing::ElementsAre("anna event/ticket_opened ticket/desk/7/opened", "anna ticket Parcel\nIt never came"));
  clock.advance(1h);
  EXPECT_EQ(take(ticket("solved")).fate, Fate::taken);
  EXPECT_EQ(waiting(), 0U);
  EXPECT_THAT(said(), testing::Contains("anna event/ticket_closed ticket/desk/7/closed"));
  clock.advance(1h);
  EXPECT_EQ(take(ticket("reopened")).fate, Fate::taken);
  EXPECT_THAT(said(), testing::Contains("anna event/ticket_reopened ticket/desk/7/closed")) << "takes the closing's place";
  IncomingTicket old = ticket("closed");
  old.at = clock.now() - 2h;
  EXPECT_EQ(take(old).fate, Fate::known) << "an older state changes nothing";
  EXPECT_EQ(waiting(), 1U);
  EXPECT_TRUE(must(store_->inbox().open_tasks()).empty());
}

TEST_F(TicketTest, JourneysHearOfWhatIsNewAndNotOfHistory) {
  model::Journey journey = tests::varied_journey();
  journey.exits.push_back("ticket_opened");
  play(std::move(journey));
  const auto standing = enrol("anna");
  IncomingTicket old = ticket("open");
  old.at = clock.now() - 24h * 30;
  take(old);
  EXPECT_FALSE(must(store_->enrolments().open_of("anna")).empty()) << "of last month";
  IncomingTicket closed = ticket("closed");
  closed.id = "8";
  take(closed);
  EXPECT_FALSE(must(store_->enrolments().open_of("anna")).empty());
  IncomingTicket fresh = ticket("open");
  fresh.id = "9";
  take(fresh);
  EXPECT_TRUE(must(store_->enrolments().open_of("anna")).empty());
}

TEST_F(TicketTest, WhatCannotWaitGoesToPeopleAtOnce) {
  IncomingTicket severe = ticket("open");
  severe.severity = "P1";
  EXPECT_TRUE(take(severe).urgent);
  IncomingTicket words = ticket("open", "I am allergic and had to see a doctor, my lawyer will write");
  words.id = "8";
  EXPECT_TRUE(take(words).urgent);
  IncomingTicket over = ticket("closed");
  over.id = "9";
  over.severity = "urgent";
  EXPECT_FALSE(take(over).urgent);
  const auto tasks = must(store_->inbox().open_tasks());
  ASSERT_EQ(tasks.size(), 2U);
  EXPECT_EQ(tasks[0].queue, "urgent");
  EXPECT_EQ(tasks[0].title, "緊急工單");
  EXPECT_EQ(tasks[0].deadline, clock.now() + 4h);
  EXPECT_EQ(tasks[0].customer_id, "anna");
}

TEST_F(TicketTest, ACallIsOverUnlessSomebodyWaits) {
  IncomingTicket call = ticket("", "She wants the green tea again");
  call.call = true;
  EXPECT_EQ(take(call).fate, Fate::taken);
  EXPECT_THAT(said(), testing::ElementsAre("anna call Parcel\nShe wants the green tea again"));
  call.id = "8";
  call.state = "待跟进";
  take(call);
  EXPECT_THAT(said(), testing::Contains("anna event/ticket_opened call/desk/8/opened"));
  EXPECT_EQ(waiting(), 1U);
}

TEST_F(TicketTest, AnAddressConcernsEverybodyWhoHasIt) {
  const model::ContactPoint point{.customer_id = "berta", .channel = "email", .address = "anna@example.com", .name = "B"};
  must(store_->contacts().put({&point, 1}));
  IncomingTicket one = ticket("open");
  one.customer_id.clear();
  one.email = "anna@example.com";
  take(one);
  EXPECT_EQ(waiting(), 2U);
  clock.advance(1h);
  one.state = "closed";
  one.at = clock.now();
  take(one);
  EXPECT_EQ(waiting(), 0U);
  one.email = "nobody@example.com";
  EXPECT_EQ(take(one).fate, Fate::stranger);
}

TEST_F(TicketTest, EventsAndWordsGoWhereTheyBelong) {
  take(ticket("open"));
  tests::FakeWarehouse warehouse;
  must(collect::ensure_tables(warehouse));
  EXPECT_EQ(must(load_feedback(*store_, warehouse, base::Zone::utc())), 2U);
  EXPECT_EQ(must(warehouse.read_final("feedback")).rows(), 1U);
  EXPECT_EQ(must(warehouse.read_final("events")).rows(), 1U);
}

TEST_F(TicketTest, AFileIsReadWithItsBadRowsNamed) {
  const tests::TemporaryFolder folder;
  tests::write_file(folder.path() / "t.csv",
                    "Ticket ID,Requester Email,Created at,Subject,Description,Status,Priority,Assignee\n"
                    "1,anna@example.com,2026-02-20 10:00:00,Parcel,\"Broken, again\",open,urgent,Kim\n"
                    "2,new@example.com,2026-02-20 10:00:00,Parcel,Late,solved,low,Kim\n"
                    "3,anna@example.com,2026-02-20 10:00:00,Parcel,Late,perhaps,low,Kim\n"
                    "4,anna@example.com,2036-02-20 10:00:00,Parcel,Late,open,low,Kim\n");
  collect::ImportRequest request;
  request.kind = model::ImportKind::tickets;
  request.path = folder.path() / "t.csv";
  request.rejects_path = folder.path() / "rejects.csv";
  request.now = clock.now();
  const auto import = [&](bool again) {
    request.again = again;
    TicketIntake intake{.tools = {*store_, conductor_, rules, text::Language::en}, .calls = false, .now = clock.now()};
    const auto summary = must(collect::import_records(request, store_->imports(), store_->contacts(), nullptr,
                                                      [&](std::uint32_t, base::Block&& block, collect::Rejects& rejects) { return intake.take(block, rejects); }, {}));
    EXPECT_EQ(summary.rows_rejected, 2U);
    return intake;
  };
  const TicketIntake first = import(false);
  EXPECT_EQ(first.fresh, 2U);
  EXPECT_EQ(first.open, 1U);
  EXPECT_EQ(first.urgent, 1U);
  const std::string rejects = tests::read_file(folder.path() / "rejects.csv");
  EXPECT_THAT(rejects, HasSubstr("says neither open nor closed"));
  EXPECT_THAT(rejects, HasSubstr("lies in the future"));
  EXPECT_THAT(rejects, Not(HasSubstr("Late"))) << "what somebody wrote is not repeated";
  EXPECT_EQ(said().size(), 5U) << "opened and words; opened, closed and words";
  EXPECT_EQ(import(true).fresh, 0U);
  EXPECT_TRUE(said().empty());
  EXPECT_EQ(must(store_->inbox().open_tasks()).size(), 1U);
}

TEST_F(TicketTest, ADeskTellsWithAKeyOfItsScope) {
  entry::Accounts accounts{*store_, clock, entry::AccountsConfig{}};
  TicketRoutes routes{*store_, clock, conducted(*store_, conductor_), rules, text::Language::en};
  http::Router router;
  routes.mount(router, accounts.gate());
  const std::string key = must(make_api_key("desk", store_->keys(), clock.now(), {"tickets"}));
  const std::string other = must(make_api_key("shop", store_->keys(), clock.now(), {"inbox"}));
  const auto ask = [&](std::string body, const std::string& with) {
    http::Request request{.method = "POST", .path = "/api/tickets", .segments = {"api", "tickets"}, .headers = {{"authorization", "Bearer " + with}}, .body = std::move(body), .remote_ip = "10.0.0.1"};
    return router.handle(request);
  };
  const std::string good = R"({"id": "7", "email": "Anna@Example.com", "state": "open", "severity": "urgent", "text": "Two\nlines"})";
  EXPECT_EQ(ask(good, other).status, 403);
  const auto taken = ask(good, key);
  EXPECT_EQ(taken.status, 200) << taken.body;
  EXPECT_EQ(nlohmann::json::parse(taken.body), (nlohmann::json{{"result", "taken"}, {"open", true}, {"urgent", true}}));
  EXPECT_EQ(waiting(), 1U);
  EXPECT_EQ(nlohmann::json::parse(ask(R"({"id": "8", "email": "x@example.com", "state": "open"})", key).body)["result"], "stranger");
  for (const char* bad : {"", "[]", "{}", R"({"id": "7", "state": "open"})", R"({"id": "7", "customer_id": "anna"})", R"({"id": "7", "customer_id": "anna", "state": "maybe"})",
                          R"({"id": "7", "customer_id": "anna", "state": "open", "kind": "letter"})", R"({"id": "7", "customer_id": "anna", "state": "open", "at": "2036-01-01T00:00:00Z"})",
                          R"({"id": "7", "email": "nonsense", "state": "open"})"}) {
    EXPECT_EQ(ask(bad, key).status, 400) << bad;
  }
}

}  // namespace
}  // namespace app
