#include "app/api.h"

#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "access/accounts.h"
#include "act/deliver/sender.h"
#include "adapter/sqlite/open_sqlite.h"
#include "app/api_keys.h"
#include "http/server.h"
#include "tests/support/act_world.h"
#include "tests/support/fake_channel.h"
#include "tests/support/fake_clock.h"
#include "tests/support/places.h"
#include "tests/support/strings.h"
#include "tests/support/tally.h"

namespace app {
namespace {

using namespace std::chrono_literals;
using model::MessageState;
using model::ResponseKind;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

/// A customer on a journey with a letter on its way, an in-app message and a code.
class ApiTest : public testing::Test {
 protected:
  ApiTest() {
    store = std::move(*adapter::sqlite::open_sqlite_in_memory());
    score.journey_ = tests::varied_journey();
    EXPECT_TRUE(store->campaigns().save(tests::campaign_of(score.journey_, clock.now())));
    EXPECT_TRUE(store->campaigns().add_version({"c1", 1, "-", clock.now(), "test"}));
    const model::ContactPoint point{.customer_id = "anna", .channel = "email", .address = "anna@example.com", .name = "Anna", .language = "en"};
    EXPECT_TRUE(store->contacts().put({&point, 1}));
    const model::ConsentRecord agreed{"anna", "*", "*", model::ConsentState::granted, clock.now() - 24h, clock.now() - 24h, "checkout", ""};
    EXPECT_TRUE(store->people().add_consents({&agreed, 1}));
    EXPECT_TRUE(store->codes().open_account({.campaign_id = "c1", .offer_id = "ten"}));
    conductor = std::make_unique<act::deliver::Conductor>(*store, score);
    EXPECT_TRUE(*conductor->enrol({.campaign_id = "c1", .customer_id = "anna", .entered_at = clock.now()}, "{}", clock.now()));
    message = store->counts().of_customer("anna")->at(0);
    accounts = std::make_unique<entry::Accounts>(*store, clock, entry::AccountsConfig{});
    api = std::make_unique<Api>(*store, clock, conducted(*store, *conductor), sign());
    api->mount(router, accounts->gate());
    key = *make_api_key("shop", store->keys(), clock.now());
  }

  act::respond::Sign sign() {
    return [this](std::string_view purpose, std::string_view bytes) { return store->sign(purpose, bytes); };
  }
  static std::string percent(std::string_view text) {
    std::string out;
    for (const char c : text) out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return out;
  }
  http::Response ask(std::string method, std::string url, std::string body = "", std::optional<std::string> authorization = std::nullopt) {
    http::Request request;
    request.method = std::move(method);
    const std::size_t mark = url.find('?');
    request.path = url.substr(0, mark);
    if (mark != std::string::npos) request.query = http::parse_form(url.substr(mark + 1));
    request.segments = http::split_path(request.path).value_or(std::vector<std::string>{});
    request.headers.emplace_back("authorization", authorization.value_or("Bearer " + key));
    request.body = std::move(body);
    request.remote_ip = "10.0.0.1";
    return router.handle(request);
  }
  /// An in-app message that was delivered to the customer.
  std::int64_t put_inbox(const std::string& customer, const std::string& subject) {
    model::Message sent{.send_key = base::to_hex(base::sha256(customer + subject)).substr(0, 32), .customer_id = customer, .channel = "in_app"};
    EXPECT_TRUE(store->outbox().add(sent));
    EXPECT_TRUE(store->inbox().put({.message_id = sent.id, .customer_id = customer, .content = {subject, "<p>" + subject + "</p>", subject, "en"}, .created_at = clock.now()}));
    return store->inbox().of_customer(customer, clock.now())->back().id;
  }
  void issue(const std::string& code, base::Instant ends_at) {
    const auto issued = store->codes().issue({.code = code, .offer_id = "ten", .campaign_id = "c1", .enrolment_id = next_enrolment++, .customer_id = "anna",
                                              .issued_at = clock.now(), .ends_at = ends_at, .liability = 500});
    ASSERT_TRUE(issued && *issued);
  }
  /// The first letter leaves and its answer is still out.
  void attempt() {
    auto claimed = *store->outbox().claim("email", clock.now() + 24h, clock.now() + 48h, 1);
    ASSERT_EQ(claimed.size(), 1U);
    ASSERT_TRUE(*store->outbox().attempt(claimed[0], nullptr, clock.now()));
  }
  MessageState state() { return (*store->outbox().find(message.id))->state; }
  std::size_t count(ResponseKind kind, std::int64_t id) {
    const auto all = *store->responses().of_message(id);
    return static_cast<std::size_t>(std::ranges::count(all, kind, &model::Response::kind));
  }

  tests::FakeClock clock{std::chrono::sys_days{std::chrono::year{2026} / 3 / 2} + 10h};
  std::unique_ptr<port::ActStore> store;
  tests::FakeScore score;
  std::unique_ptr<act::deliver::Conductor> conductor;
  std::unique_ptr<entry::Accounts> accounts;
  std::unique_ptr<Api> api;
  http::Router router;
  model::Message message;
  std::string key;
  std::int64_t next_enrolment = 1000;
};

TEST_F(ApiTest, EveryRouteWantsALivingKey) {
  ASSERT_TRUE(make_api_key("old", store->keys(), clock.now()));
  const std::string old = *make_api_key("older", store->keys(), clock.now());
  ASSERT_TRUE(*store->keys().revoke("older", clock.now()));
  int routes = 0;
  for (const auto& route : router.routes()) {
    ASSERT_TRUE(route.pattern.starts_with("/api/")) << route.pattern;
    ++routes;
    std::string url = route.pattern;
    for (std::size_t at; (at = url.find(':')) != std::string::npos;) url.replace(at, std::min(url.find('/', at), url.size()) - at, "1");
    for (const std::string& wrong : {std::string{}, std::string{"Bearer "}, std::string{"Bearer wb_0"}, "Bearer " + old, "Basic " + key, key, "Bearer " + key + "0",
                                     "Bearer " + key.substr(0, key.size() - 1)}) {
      clock.advance(60s);
      const auto refused = ask(route.method, url, "{}", wrong);
      EXPECT_EQ(refused.status, 401) << route.method << " " << url;
      EXPECT_EQ(json::parse(refused.body), json::parse(R"({"error":{"code":"unauthorized","message":"sign in, or send a key"}})"));
    }
    EXPECT_NE(ask(route.method, url, "{}").status, 401);
  }
  EXPECT_EQ(routes, 7);
}

TEST_F(ApiTest, KeysAreKeptAsDigestsAndLimited) {
  const auto keys = *store->keys().list();
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(key.size(), 67U);
  EXPECT_EQ(keys[0].digest, base::to_hex(base::sha256(key)));
  EXPECT_EQ(make_api_key("shop", store->keys(), clock.now()).error().code, base::Code::conflict);
  ASSERT_TRUE(*store->keys().revoke("shop", clock.now()));
  EXPECT_FALSE(*store->keys().revoke("shop", clock.now()));
  EXPECT_EQ(ask("GET", "/api/inbox?customer_id=anna").status, 401) << "at once";
  key = *make_api_key("shop", store->keys(), clock.now());
  int busy = 0;
  for (int i = 0; i < 30; ++i) busy += ask("GET", "/api/inbox?customer_id=anna", "", "Bearer guess").status == 429 ? 1 : 0;
  EXPECT_EQ(busy, 11) << "twenty guesses, one of them spent above, then no more";
  EXPECT_EQ(ask("GET", "/api/inbox?customer_id=anna").status, 200) << "who has a key is not locked out by guesses from the same place";
  busy = 0;
  for (int i = 0; i < 600; ++i) busy += ask("GET", "/api/inbox?customer_id=anna").status == 429 ? 1 : 0;
  EXPECT_EQ(busy, 101);
  clock.advance(10s);
  EXPECT_EQ(ask("GET", "/api/inbox?customer_id=anna").status, 200);
}

TEST_F(ApiTest, InboxIsListedReadAndClicked) {
  const std::int64_t id = put_inbox("anna", "Hello");
  const json list = json::parse(ask("GET", "/api/inbox?customer_id=anna").body);
  ASSERT_EQ(list["messages"].size(), 1U);
  EXPECT_EQ(list["messages"][0]["subject"], "Hello");
  EXPECT_EQ(list["messages"][0]["html"], "<p>Hello</p>");
  EXPECT_EQ(list["messages"][0]["language"], "en");
  EXPECT_TRUE(list["messages"][0]["read_at"].is_null());
  const std::string path = fmt::format("/api/inbox/{}/", id);
  EXPECT_EQ(ask("POST", path + "read", R"({"customer_id":"bert"})").status, 404) << "somebody else's";
  EXPECT_EQ(ask("POST", path + "read", R"({"customer_id":"anna"})").status, 200);
  EXPECT_EQ(ask("POST", path + "read", R"({"customer_id":"anna"})").status, 200);
  EXPECT_EQ(ask("POST", path + "click", R"({"customer_id":"anna"})").status, 200);
  EXPECT_EQ(ask("POST", path + "click", R"({"customer_id":"anna"})").status, 200);
  const std::int64_t sent = store->inbox().of_customer("anna", clock.now())->at(0).message_id;
  EXPECT_EQ(count(ResponseKind::opened, sent), 1U);
  EXPECT_EQ(count(ResponseKind::clicked, sent), 1U) << "one a second";
  EXPECT_EQ((*store->people().find("anna"))->last_click, clock.now()) << "a click is a sign of life";
  EXPECT_FALSE(json::parse(ask("GET", "/api/inbox?customer_id=anna").body)["messages"][0]["read_at"].is_null());
  EXPECT_EQ(ask("POST", "/api/inbox/999/read", R"({"customer_id":"anna"})").status, 404);
  EXPECT_EQ(ask("POST", "/api/inbox/x/read", R"({"customer_id":"anna"})").status, 404);
  EXPECT_THAT(ask("POST", path + "read", "{}").body, HasSubstr("customer_id is missing"));
  EXPECT_THAT(ask("GET", "/api/inbox").body, HasSubstr("customer_id is empty"));
}

TEST_F(ApiTest, CodesLiveUntilTheirPrintedEnd) {
  const base::Instant end = clock.now() + 24h;
  for (const char* code : {"A1", "A2", "A3"}) issue(code, end);
  EXPECT_EQ(json::parse(ask("GET", "/api/codes/A1").body)["state"], "issued");
  EXPECT_EQ(ask("GET", "/api/codes/NONE").status, 404);
  clock.set(end - 1ms);
  EXPECT_EQ(ask("POST", "/api/codes/a1/redeem", R"({"order_id":"o1","amount":"4.25"})").status, 200) << "capitals do not matter";
  clock.set(end);
  EXPECT_EQ(json::parse(ask("GET", "/api/codes/A2").body)["state"], "expired");
  EXPECT_EQ(ask("POST", "/api/codes/A2/redeem", R"({"order_id":"o2"})").status, 409);
  clock.set(end + 1ms);
  EXPECT_EQ(ask("POST", "/api/codes/A3/redeem", R"({"order_id":"o3"})").status, 409);
  ASSERT_TRUE(store->codes().expire(clock.now()));
  EXPECT_EQ(ask("POST", "/api/codes/A3/redeem", R"({"order_id":"o3"})").status, 409);
  const auto account = **store->codes().account("c1", "ten");
  EXPECT_EQ(account.redeemed, 425);
  EXPECT_EQ(account.redeemed_count, 1U);
  EXPECT_EQ(account.outstanding, 0);
}

TEST_F(ApiTest, RedeemingTellsTheJourneyOnceForAnOrder) {
  issue("TEN", clock.now() + 24h);
  const auto first = ask("POST", "/api/codes/TEN/redeem", R"({"order_id":"o1"})");
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(json::parse(first.body)["amount"], 5.0) << "nothing said: what was expected";
  EXPECT_EQ(json::parse(first.body)["order_id"], "o1");
  EXPECT_EQ(ask("POST", "/api/codes/TEN/redeem", R"({"order_id":"o1","amount":9})").status, 200) << "the same order again";
  EXPECT_EQ(ask("POST", "/api/codes/TEN/redeem", R"({"order_id":"o2"})").status, 409);
  EXPECT_EQ((*store->codes().find("TEN"))->cost, 500);
  EXPECT_EQ((*store->people().find("anna"))->last_click, clock.now());
  for (const char* body : {"", "[]", "{}", R"({"order_id":""})", R"({"order_id":7})", R"({"order_id":"a\u0000b"})", R"({"order_id":"o1","amount":-1})",
                           R"({"order_id":"o1","amount":"much"})", R"({"order_id":"o1","amount":1e300})"}) {
    EXPECT_EQ(ask("POST", "/api/codes/TEN/redeem", body).status, 400) << body;
  }
}

TEST_F(ApiTest, OfSixteenOrdersExactlyOneGetsACode) {
  issue("RACE", clock.now() + 24h);
  std::atomic<int> won = 0, lost = 0, ready = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&, i] {
        ++ready;
        while (ready < 16) std::this_thread::yield();
        const int status = ask("POST", "/api/codes/RACE/redeem", fmt::format(R"({{"order_id":"o{}"}})", i)).status;
        ++(status == 200 ? won : lost);
        EXPECT_TRUE(status == 200 || status == 409) << status;
      });
    }
  }
  EXPECT_EQ(won, 1);
  EXPECT_EQ(lost, 15);
  EXPECT_EQ((*store->codes().account("c1", "ten"))->redeemed_count, 1U);
}

TEST_F(ApiTest, ProvidersMayBeFasterThanOurOwnCommit) {
  attempt();
  const std::string accepted = fmt::format(R"({{"key":"e1","kind":"accepted","send_key":"{}"}})", message.send_key);
  EXPECT_EQ(json::parse(ask("POST", "/api/responses", accepted).body)["result"], "taken");
  EXPECT_EQ(state(), MessageState::accepted);
  EXPECT_EQ(json::parse(ask("POST", "/api/responses", accepted).body)["result"], "known");
  // Our own worker comes late with a doubt: it changes nothing.
  auto late = **store->outbox().find(message.id);
  late.state = MessageState::attempting;
  ASSERT_TRUE(store->outbox().settle(late, MessageState::unknown, "", "timeout", clock.now(), clock.now()));
  EXPECT_EQ(state(), MessageState::accepted);
}

TEST_F(ApiTest, DeliveredSettlesADoubt) {
  attempt();
  clock.advance(72h);
  ASSERT_EQ(store->outbox().expire_leases(clock.now())->size(), 1U);
  ASSERT_EQ(state(), MessageState::unknown);
  const std::string reference = act::respond::make_token(sign(), act::respond::Use::verp, {message.id, 0});
  const auto answer = ask("POST", "/api/responses", fmt::format(R"({{"key":"e2","kind":"delivered","reference":"{}","at":"2026-03-02T10:00:00+01:00"}})", reference));
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(state(), MessageState::accepted);
  EXPECT_EQ(count(ResponseKind::delivered, message.id), 1U);
}

TEST_F(ApiTest, EventsAreCheckedAndCountOnce) {
  attempt();
  const auto event = [&](std::string_view kind, std::string_view event_key = "e") {
    return fmt::format(R"({{"key":"{}","kind":"{}","send_key":"{}"}})", event_key, kind, message.send_key);
  };
  for (const char* kind : {"bought", "redeemed", "sneezed", ""}) {
    const auto refused = ask("POST", "/api/responses", event(kind));
    EXPECT_EQ(refused.status, 400) << kind;
    EXPECT_THAT(refused.body, HasSubstr("kind"));
  }
  EXPECT_EQ(ask("POST", "/api/responses", R"({"key":"e","kind":"clicked"})").status, 400);
  EXPECT_EQ(ask("POST", "/api/responses", R"({"key":"e","kind":"clicked","send_key":"00"})").status, 404);
  EXPECT_EQ(ask("POST", "/api/responses", R"({"key":"e","kind":"clicked","reference":"forged"})").status, 404);
  EXPECT_EQ(ask("POST", "/api/responses", R"({"key":"e","kind":"clicked","send_key":"00","at":"yesterday"})").status, 400);
  EXPECT_EQ(json::parse(ask("POST", "/api/responses", event("complained")).body)["result"], "taken");
  EXPECT_EQ(json::parse(ask("POST", "/api/responses", event("complained")).body)["result"], "known");
  EXPECT_EQ(*store->people().suppressed("email", "anna@example.com"), "complained");
  EXPECT_TRUE(store->enrolments().open_of("anna")->empty());
}

TEST_F(ApiTest, BouncesComeAsRawMail) {
  attempt();
  const std::string report = fmt::format(
      "Return-Path: <>\r\nTo: <bounce+{}@shop.example>\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
      "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; anna@example.com\r\n"
      "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n--x--\r\n",
      act::respond::make_token(sign(), act::respond::Use::verp, {message.id, 0}));
  EXPECT_EQ(json::parse(ask("POST", "/api/bounces", report).body)["result"], "hard");
  EXPECT_EQ(json::parse(ask("POST", "/api/bounces", report).body)["result"], "known");
  EXPECT_EQ(*store->people().suppressed("email", "anna@example.com"), "bounced_hard");
  EXPECT_EQ(json::parse(ask("POST", "/api/bounces", "From: anna@example.com\r\n\r\nThank you!").body)["result"], "no_report");
  EXPECT_EQ(ask("POST", "/api/bounces", "").status, 400);
}

TEST_F(ApiTest, JsonSuite) {
  WB_NEED_SHARED(folder, "suites/json-parsing/test_parsing");
  tests::Tally tally{"json-parsing on the API"};
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    const std::string name = entry.path().filename().string();
    clock.advance(1s);
    const auto answer = ask("POST", "/api/responses", tests::read_file(entry.path()));
    EXPECT_EQ(answer.status, 400) << name;
    const std::string said = json::parse(answer.body)["error"]["message"];
    const bool refused = said.starts_with("the body is not JSON");
    EXPECT_TRUE(!name.starts_with("y_") || !refused) << name << ": " << said;
    EXPECT_TRUE(!name.starts_with("n_") || refused) << name << ": " << said;
    tally.end_of_case();
  }
  EXPECT_GT(tally.cases(), 100);
}

TEST_F(ApiTest, NaughtyStringsComeBackAsTheyWere) {
  WB_NEED_SHARED(file, "suites/naughty-strings/blns.json");
  tests::Tally tally{"naughty-strings through the API"};
  for (const std::string& text : json::parse(tests::read_file(file)).get<std::set<std::string>>()) {
    clock.advance(1s);
    if (!text.empty() && text.find('\0') == std::string::npos) put_inbox(text, text);
    const auto answer = ask("GET", "/api/inbox?customer_id=" + percent(text));
    if (answer.status == 200) {
      const json body = json::parse(answer.body);
      EXPECT_EQ(body["customer_id"], text);
      ASSERT_EQ(body["messages"].size(), 1U);
      EXPECT_EQ(body["messages"][0]["subject"], text);
      EXPECT_EQ(body["messages"][0]["text"], text);
      const auto read = ask("POST", fmt::format("/api/inbox/{}/read", body["messages"][0]["id"].get<int>()), json{{"customer_id", text}}.dump());
      EXPECT_EQ(read.status, 200) << read.body;
    } else {
      EXPECT_EQ(answer.status, 400);
      EXPECT_THAT(answer.body, HasSubstr("customer_id"));
    }
    const auto order = ask("POST", "/api/codes/" + percent(text.substr(0, 60)) + "/redeem", json{{"order_id", text}}.dump(-1, ' ', false, json::error_handler_t::replace));
    EXPECT_TRUE(order.status >= 400 && order.status < 500) << order.status;
    tally.end_of_case();
  }
  EXPECT_GT(tally.cases(), 250);
}

}  // namespace
}  // namespace app
