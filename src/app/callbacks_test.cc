#include "app/callbacks.h"

#include <gmock/gmock.h>

#include "act/deliver/consent.h"
#include "app/replies_yaml.h"
#include "tests/support/deliver_world.h"
#include "tests/support/fake_clock.h"

namespace app {
namespace {

using model::ConsentState;
using model::MessageState;
using model::Notice;
using model::NoticeKind;
using testing::HasSubstr;
using tests::must;
using namespace std::chrono_literals;

/// A provider whose calls carry what they tell in memory; signed by a word in a header.
class FakeCallback final : public port::Callback {
 public:
  std::string_view channel() const override { return "sms"; }
  std::string_view provider() const override { return "acme"; }
  base::Result<model::Told> read(const Request& request, base::Instant) override {
    seen = request;
    for (const auto& [name, value] : request.headers) {
      if (name == "x-signature" && value == "right") return told;
    }
    return base::fail(base::Code::invalid_input, "the signature is wrong");
  }
  Request seen;
  model::Told told;
};

class FakeWeb final : public port::HttpClient {
 public:
  base::Result<Answer> get(std::string_view url) override {
    got.emplace_back(url);
    return Answer{.status = 200};
  }
  base::Result<Answer> post_form(std::string_view, const Fields&, std::string_view, std::string_view) override {
    return base::fail(base::Code::unavailable, "nobody answers");
  }
  std::vector<Exchange> exchange(std::span<const Request> requests) override { return std::vector<Exchange>(requests.size()); }
  std::vector<std::string> got;
};

class CallbacksTest : public tests::DeliverTest {
 protected:
  CallbacksTest() {
    auto fake = std::make_unique<FakeCallback>();
    provider = fake.get();
    std::vector<std::unique_ptr<port::Callback>> all;
    all.push_back(std::move(fake));
    rules = must(load_replies("nowhere"));
    callbacks = std::make_unique<Callbacks>(*store_, clock, conducted(*store_, conductor_), sign, std::move(all), web,
                                            Callbacks::Config{"https://news.shop.example/", rules});
    callbacks->mount(router);
    const model::ContactPoint phone{.customer_id = "mary", .channel = "phone", .address = "+15005550006"};
    must(store_->contacts().put({&phone, 1}));
  }

  int call(std::vector<Notice> notices, const char* signature = "right", std::string path = "/callbacks/acme") {
    provider->told.notices = std::move(notices);
    http::Request request{.method = "POST", .path = path, .segments = *http::split_path(path), .query = {{"a b", "ü&"}}, .headers = {{"x-signature", signature}}, .body = "raw", .remote_ip = "10.0.0.9"};
    return router.handle(request).status;
  }
  Notice event(std::string key, std::string kind, std::string provider_id) {
    return {.key = std::move(key), .event = std::move(kind), .provider_id = std::move(provider_id), .at = clock.now()};
  }
  Notice wrote(std::string key, std::string text) {
    return {.kind = NoticeKind::inbound, .key = std::move(key), .from = "+15005550006", .text = std::move(text), .at = clock.now()};
  }
  /// A text message that the provider took under this id.
  model::Message sent(const std::string& provider_id, const std::string& customer = "mary") {
    model::Message message = tests::letter("key of " + provider_id, clock.now());
    message.channel = "sms";
    message.customer_id = customer;
    must(store_->outbox().add(message));
    message = must(store_->outbox().claim("sms", clock.now(), clock.now() + 1h, 1)).at(0);
    must(store_->outbox().attempt(message, nullptr, clock.now()));
    must(store_->outbox().settle(message, MessageState::accepted, provider_id, "", clock.now(), clock.now()));
    return message;
  }
  ConsentState consent(const char* customer = "mary", const char* topic = "win_back") {
    return act::deliver::in_force(must(store_->people().consents(customer)), "sms", topic, clock.now(), clock.now());
  }
  std::string metrics() {
    std::string text;
    callbacks->write(text);
    return text;
  }

  tests::FakeClock clock{tests::kStart};
  act::respond::Sign sign = [this](std::string_view purpose, std::string_view bytes) { return store_->sign(purpose, bytes); };
  act::respond::ReplyRules rules;
  FakeWeb web;
  FakeCallback* provider = nullptr;
  std::unique_ptr<Callbacks> callbacks;
  http::Router router;
};

TEST_F(CallbacksTest, AReceiptNamesItsMessageByTheProvidersIdAndCountsOnce) {
  const model::Message message = sent("SM1");
  EXPECT_EQ(call({event("e1", "delivered", "SM1")}), 200);
  EXPECT_EQ(call({event("e1", "delivered", "SM1")}), 200) << "reported again";
  ASSERT_EQ(must(store_->responses().of_message(message.id)).size(), 1U);
  EXPECT_EQ(must(store_->responses().of_message(message.id))[0].kind, model::ResponseKind::delivered);
  EXPECT_EQ(this->message(message.id).provider_id, "SM1");
  EXPECT_THAT(metrics(), HasSubstr("winback_callbacks_total{provider=\"acme\",outcome=\"taken\"} 1\n"));
  EXPECT_THAT(metrics(), HasSubstr("winback_callbacks_total{provider=\"acme\",outcome=\"known\"} 1\n"));
  EXPECT_EQ(provider->seen.url, "https://news.shop.example/callbacks/acme?a%20b=%C3%BC%26");
  EXPECT_EQ(provider->seen.body, "raw");
}

TEST_F(CallbacksTest, WhoCannotSignIsToldNothingAndChangesNothing) {
  const model::Message message = sent("SM1");
  EXPECT_EQ(call({event("e1", "complained", "SM1")}, "wrong"), 401);
  EXPECT_TRUE(must(store_->responses().of_message(message.id)).empty());
  EXPECT_THAT(metrics(), HasSubstr("outcome=\"refused\"} 1\n"));
  EXPECT_EQ(call({}, "right", "/callbacks/other"), 404);
  for (int i = 0; i < 30; ++i) call({}, "wrong");
  EXPECT_EQ(call({}, "wrong"), 429);
  EXPECT_EQ(call({event("e1", "delivered", "SM1")}), 200) << "the provider itself is still heard";
}

TEST_F(CallbacksTest, AnEventMayComeBeforeOurOwnCommit) {
  add_customer("mary");
  model::Message message = tests::letter("key", clock.now());
  message.channel = "sms";
  message.customer_id = "mary";
  must(store_->outbox().add(message));
  message = must(store_->outbox().claim("sms", clock.now(), clock.now() + 1h, 1)).at(0);
  must(store_->outbox().attempt(message, nullptr, clock.now()));
  EXPECT_EQ(call({event("e1", "delivered", "SM9")}), 200);
  EXPECT_THAT(metrics(), HasSubstr("outcome=\"early\"} 1\n"));
  EXPECT_EQ(must(take_early(*store_, conductor_, sign, clock.now())), 0U);
  EXPECT_EQ(must(store_->back().early(10)).size(), 1U);
  must(store_->outbox().settle(message, MessageState::accepted, "SM9", "", clock.now(), clock.now()));
  clock.advance(1min);
  EXPECT_EQ(must(take_early(*store_, conductor_, sign, clock.now())), 1U);
  EXPECT_EQ(must(store_->responses().of_message(message.id)).size(), 1U);
  EXPECT_TRUE(must(store_->back().early(10)).empty());
}

TEST_F(CallbacksTest, AnEventOfAMessageNobodySentIsLetGoAfterTenMinutes) {
  EXPECT_EQ(call({event("e1", "delivered", "of another program")}), 200);
  clock.advance(9min);
  EXPECT_EQ(must(take_early(*store_, conductor_, sign, clock.now())), 0U);
  EXPECT_EQ(must(store_->back().early(10)).size(), 1U);
  clock.advance(1min);
  EXPECT_EQ(must(take_early(*store_, conductor_, sign, clock.now())), 0U);
  EXPECT_TRUE(must(store_->back().early(10)).empty());
}

TEST_F(CallbacksTest, EventsInAnyOrderLeaveTheSame) {
  const model::Message message = sent("SM1");
  EXPECT_EQ(call({event("e3", "clicked", "SM1"), event("e2", "delivered", "SM1")}), 200);
  EXPECT_EQ(call({event("e1", "accepted", "SM1")}), 200);
  EXPECT_EQ(this->message(message.id).state, MessageState::accepted);
  EXPECT_EQ(must(store_->responses().of_message(message.id)).size(), 2U);
}

TEST_F(CallbacksTest, AStopIsHeardAtOnceAndOnlyOnItsChannel) {
  sent("SM1");
  EXPECT_EQ(call({wrote("in1", " Stop. ")}), 200);
  EXPECT_EQ(consent(), ConsentState::withdrawn);
  EXPECT_NE(act::deliver::in_force(must(store_->people().consents("mary")), "email", "win_back", clock.now(), clock.now()), ConsentState::withdrawn);
  EXPECT_TRUE(must(store_->back().unsaid(10)).empty()) << "a keyword is no opinion";
  clock.advance(1h);
  EXPECT_EQ(call({wrote("in2", "START")}), 200);
  EXPECT_EQ(consent(), ConsentState::granted);
}

TEST_F(CallbacksTest, APoliteStopIsAStop) {
  for (const char* text : {"Stop please!", "please stop", "STOP, thanks", "请退订", "Unsubscribe please"}) {
    EXPECT_EQ(act::respond::read_reply({.channel = "sms", .text = text}, rules).kind, act::respond::ReplyKind::stop) << text;
  }
}

TEST_F(CallbacksTest, AStopWithoutAnyMessageOfOursHoldsToo) {
  EXPECT_EQ(call({wrote("in1", "退訂")}), 200);
  EXPECT_EQ(consent(), ConsentState::withdrawn);
  EXPECT_EQ(call({{.kind = NoticeKind::inbound, .key = "in2", .from = "+4915112345678", .text = "STOP", .at = clock.now()}}), 200);
  EXPECT_TRUE(must(store_->people().suppressed("sms", "+4915112345678")));
}

TEST_F(CallbacksTest, AQuestionIsATaskForPeopleAndASignOfLife) {
  const model::Message message = sent("SM1");
  model::Person person = must(store_->people().find("mary")).value_or(model::Person{.customer_id = "mary"});
  person.unanswered = 4;
  must(store_->people().put({&person, 1}));
  EXPECT_EQ(call({wrote("in1", "When will my order arrive?")}), 200);
  EXPECT_EQ(call({wrote("in1", "When will my order arrive?")}), 200);
  const auto tasks = must(store_->inbox().open_tasks());
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(tasks[0].queue, "support");
  EXPECT_EQ(tasks[0].deadline, clock.now() + 48h);
  EXPECT_EQ(tasks[0].script, "When will my order arrive?");
  EXPECT_EQ(tasks[0].campaign_id, "c1");
  EXPECT_EQ(must(store_->people().find("mary"))->unanswered, 0U);
  const auto responses = must(store_->responses().of_message(message.id));
  ASSERT_EQ(responses.size(), 1U);
  EXPECT_EQ(responses[0].kind, model::ResponseKind::answered);
  const auto said = must(store_->back().unsaid(10));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].kind, "reply/sms");
  must(store_->people().erase("mary", clock.now()));
  EXPECT_TRUE(must(store_->back().unsaid(10)).empty());
  EXPECT_EQ(must(store_->inbox().open_tasks())[0].script, "");
}

TEST_F(CallbacksTest, WhatCannotWaitGoesToItsOwnQueue) {
  EXPECT_EQ(call({wrote("in1", "我吃了之后过敏了，要投诉")}), 200);
  const auto tasks = must(store_->inbox().open_tasks());
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(tasks[0].queue, "urgent");
  EXPECT_EQ(tasks[0].deadline, clock.now() + 4h);
}

TEST_F(CallbacksTest, ConsentAtTheProviderIsKeptWithItsProof) {
  const auto says = [&](NoticeKind kind, const char* key, const char* subject) {
    return Notice{.kind = kind, .key = key, .from = "+15005550006", .subject = subject, .at = clock.now()};
  };
  EXPECT_EQ(call({says(NoticeKind::agreed, "a1", "restock")}), 200);
  EXPECT_EQ(consent("mary", "restock"), ConsentState::granted);
  const auto records = must(store_->people().consents("mary"));
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].source, "provider");
  EXPECT_EQ(records[0].proof, "acme/a1");
  clock.advance(1min);
  EXPECT_EQ(call({says(NoticeKind::withdrew, "w1", "")}), 200);
  EXPECT_EQ(consent("mary", "restock"), ConsentState::withdrawn);
  EXPECT_EQ(call({says(NoticeKind::withdrew, "w1", "")}), 200);
  EXPECT_THAT(metrics(), HasSubstr("outcome=\"known\"} 1\n"));
}

TEST_F(CallbacksTest, WithdrawingEndsTheCustomersJourneys) {
  enrol("mary");
  EXPECT_FALSE(must(store_->enrolments().open_of("mary")).empty());
  EXPECT_EQ(call({{.kind = NoticeKind::withdrew, .key = "w1", .from = "+15005550006", .at = clock.now()}}), 200);
  EXPECT_TRUE(must(store_->enrolments().open_of("mary")).empty());
}

TEST_F(CallbacksTest, TheProvidersWordsAreAnsweredAndItsAddressConfirmed) {
  provider->told = {.content_type = "application/xml", .reply = "<ok/>", .confirm_url = "https://sns.example/confirm"};
  const http::Request request{.method = "GET", .path = "/callbacks/acme", .segments = {"callbacks", "acme"}, .headers = {{"x-signature", "right"}}, .remote_ip = "10.0.0.9"};
  const auto answer = router.handle(request);
  EXPECT_EQ(answer.body, "<ok/>");
  EXPECT_EQ(http::find(answer.headers, "Content-Type"), "application/xml");
  EXPECT_THAT(web.got, testing::ElementsAre("https://sns.example/confirm"));
}

TEST_F(CallbacksTest, NothingOfACallIsKeptWhenAnythingOfItFails) {
  const model::Message message = sent("SM1");
  EXPECT_EQ(call({event("e1", "delivered", "SM1"), event("e2", "no such event", "SM1")}), 503);
  EXPECT_TRUE(must(store_->responses().of_message(message.id)).empty());
  provider->told.notices.clear();
  http::Request large{.method = "POST", .path = "/callbacks/acme", .segments = {"callbacks", "acme"}, .headers = {{"x-signature", "right"}}, .body = std::string(1024 * 1024 + 1, 'x'), .remote_ip = "10.0.0.9"};
  EXPECT_EQ(router.handle(large).status, 413);
}

}  // namespace
}  // namespace app
