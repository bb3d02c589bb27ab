#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "adapter/push/open_apns.h"
#include "adapter/push/open_fcm.h"
#include "adapter/web/open_web.h"
#include "base/jwt.h"
#include "tests/support/fake_clock.h"
#include "tests/support/places.h"
#include "tests/support/providers/apns.h"
#include "tests/support/providers/fcm.h"

namespace adapter::push {
namespace {

using model::Delivery;
using model::Outcome;
using model::OutcomeKind;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

const base::Instant kNow = base::instant_from_millis(1'767'690'000'000);

Delivery delivery(const std::string& address, int number = 1) {
  Delivery one;
  one.send_key = fmt::format("{:032x}", number);
  one.address = address;
  one.customer_id = "c1";
  one.content = {.subject = "我们想你了", .text = "A small gift waits", .link = "https://shop.example/gift"};
  one.at = kNow;
  return one;
}

web::WebConfig web_config() {
  web::WebConfig config;
  config.rules = {true, {"127.0.0.1"}};
  config.connect_timeout = 2s;
  config.timeout = 5s;
  return config;
}

class FcmTest : public testing::Test {
 protected:
  FcmTest() : web_(*web::open_web(web_config())) {
    FcmConfig config = *read_service_account(fake_.service_account());
    config.server = fake_.url();
    channel_ = *open_fcm(config, *web_, clock_);
  }
  Outcome send(const Delivery& one) { return channel_->send({&one, 1}).front(); }

  tests::FakeFcm fake_;
  tests::FakeClock clock_{kNow};
  std::unique_ptr<port::HttpClient> web_;
  std::unique_ptr<port::Channel> channel_;
};

TEST_F(FcmTest, AcceptedWithEverythingTheAppNeeds) {
  const Delivery one = delivery("fcm:device-1:APA91b_x");
  const Outcome outcome = send(one);
  EXPECT_EQ(outcome.kind, OutcomeKind::accepted) << outcome.detail;
  const auto taken = fake_.ledger.all();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].to, "device-1:APA91b_x");
  EXPECT_EQ(outcome.provider_id, taken[0].id);
  const json message = json::parse(taken[0].body)["message"];
  EXPECT_EQ(message["notification"]["title"], "我们想你了");
  EXPECT_EQ(message["notification"]["body"], "A small gift waits");
  EXPECT_EQ(message["data"]["send_key"], one.send_key);
  EXPECT_EQ(message["data"]["link"], "https://shop.example/gift");
  EXPECT_EQ(message["android"]["collapse_key"], one.send_key);
  EXPECT_EQ(channel_->name(), "push");
  EXPECT_EQ(channel_->replay_window(), 0s) << "FCM promises nothing about a second call";
}

TEST_F(FcmTest, OneAccessTokenServesManyAndIsRenewedInTime) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send(delivery("fcm:d", i)).kind, OutcomeKind::accepted);
  EXPECT_EQ(fake_.tokens_given(), 1);
  clock_.advance(54min);
  EXPECT_EQ(send(delivery("fcm:d", 5)).kind, OutcomeKind::accepted);
  EXPECT_EQ(fake_.tokens_given(), 1);
  clock_.advance(2min);
  EXPECT_EQ(send(delivery("fcm:d", 6)).kind, OutcomeKind::accepted);
  EXPECT_EQ(fake_.tokens_given(), 2);
}

TEST_F(FcmTest, ATokenThatEndsEarlyCostsOneAttemptAndNoTrouble) {
  EXPECT_EQ(send(delivery("fcm:d", 1)).kind, OutcomeKind::accepted);
  fake_.revoke_tokens();
  const Outcome refused = send(delivery("fcm:d", 2));
  EXPECT_EQ(refused.kind, OutcomeKind::retryable);
  EXPECT_EQ(refused.trouble, "");
  EXPECT_EQ(send(delivery("fcm:d", 2)).kind, OutcomeKind::accepted);
  EXPECT_EQ(fake_.ledger.all().size(), 2U);
}

TEST_F(FcmTest, DeadAndForeignTokens) {
  const Outcome dead = send(delivery("fcm:dead-SECRETTOKEN"));
  EXPECT_EQ(dead.kind, OutcomeKind::rejected);
  EXPECT_TRUE(dead.address_dead);
  EXPECT_THAT(dead.detail, HasSubstr("no proof that the app was removed"));
  EXPECT_THAT(dead.detail, Not(HasSubstr("SECRETTOKEN")));
  const Outcome bad = send(delivery("fcm:bad"));
  EXPECT_EQ(bad.kind, OutcomeKind::rejected);
  EXPECT_TRUE(bad.address_dead);
  const Outcome other = send(delivery("fcm:other"));
  EXPECT_EQ(other.kind, OutcomeKind::retryable);
  EXPECT_THAT(other.trouble, HasSubstr("another project"));
  for (const char* address : {"fcm:", "fcm:a b", "fcm:../x", "apns:x", ""}) {
    const Outcome none = send(delivery(address));
    EXPECT_EQ(none.kind, OutcomeKind::rejected) << address;
    EXPECT_FALSE(none.address_dead) << address;
  }
  EXPECT_TRUE(fake_.ledger.all().empty());
}

TEST_F(FcmTest, SlowerWhenGoogleSaysSo) {
  for (const char* fault : {"429", "503"}) {
    fake_.ledger.fault(fault);
    const Outcome outcome = send(delivery("fcm:d"));
    EXPECT_EQ(outcome.kind, OutcomeKind::retryable) << fault;
    EXPECT_TRUE(outcome.throttled) << fault;
    EXPECT_EQ(outcome.retry_after, 17s) << fault;
    EXPECT_EQ(outcome.trouble, "") << fault;
  }
  EXPECT_TRUE(fake_.ledger.all().empty());
}

TEST_F(FcmTest, TakenWithoutASureAnswerIsInDoubtAndNothingIsSentTwice) {
  for (const char* fault : {"drop", "500 taken"}) {
    fake_.ledger.fault(fault);
    const Delivery one = delivery("fcm:d", fault[0]);
    EXPECT_EQ(send(one).kind, OutcomeKind::unknown) << fault;
    EXPECT_EQ(fake_.ledger.count(one.send_key), 1U) << fault;
    EXPECT_EQ(channel_->look_up(one).kind, OutcomeKind::unknown);
  }
}

TEST_F(FcmTest, WhatIsTooLongIsNotSent) {
  Delivery one = delivery("fcm:d");
  one.content.text = std::string(3'900, 'x');
  EXPECT_EQ(send(one).kind, OutcomeKind::accepted);
  one.content.text = std::string(4'100, 'x');
  const Outcome outcome = send(one);
  EXPECT_EQ(outcome.kind, OutcomeKind::rejected);
  EXPECT_FALSE(outcome.address_dead);
  EXPECT_THAT(outcome.detail, HasSubstr("shorten"));
  EXPECT_EQ(fake_.ledger.all().size(), 1U);
}

TEST_F(FcmTest, AnAccountThatGoogleRefusesIsTroubleAndCheckSaysSo) {
  EXPECT_TRUE(channel_->check());
  fake_.forget_account();
  const auto checked = channel_->check();
  ASSERT_FALSE(checked);
  EXPECT_THAT(checked.error().message, HasSubstr("invalid_grant"));
  const Outcome outcome = send(delivery("fcm:d"));
  EXPECT_EQ(outcome.kind, OutcomeKind::retryable);
  EXPECT_EQ(outcome.trouble, checked.error().message);
  EXPECT_TRUE(fake_.ledger.all().empty());
}

TEST_F(FcmTest, MissingRightsAreTrouble) {
  fake_.ledger.fault("403");
  const Outcome outcome = send(delivery("fcm:d"));
  EXPECT_EQ(outcome.kind, OutcomeKind::retryable);
  EXPECT_THAT(outcome.trouble, HasSubstr("shop-app"));
}

TEST_F(FcmTest, ManyInOrder) {
  std::vector<Delivery> all;
  for (int i = 0; i < 40; ++i) all.push_back(delivery(i % 4 == 3 ? "fcm:dead" : i % 4 == 2 ? "nothing" : "fcm:d", i));
  const auto outcomes = channel_->send(all);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(outcomes[i].kind, i % 4 < 2 ? OutcomeKind::accepted : OutcomeKind::rejected) << i;
    EXPECT_EQ(outcomes[i].address_dead, i % 4 == 3) << i;
  }
  EXPECT_EQ(fake_.ledger.all().size(), 20U);
}

TEST(Fcm, NobodyThereIsNoTrouble) {
  tests::FakeClock clock{kNow};
  const auto web = *web::open_web(web_config());
  FcmConfig config{.project = "p", .client_email = "e", .private_key = tests::new_rsa_key().private_pem, .token_url = "http://127.0.0.1:1/token", .server = "http://127.0.0.1:1"};
  const auto channel = *open_fcm(config, *web, clock);
  const Delivery one = delivery("fcm:d");
  const Outcome outcome = channel->send({&one, 1}).front();
  EXPECT_EQ(outcome.kind, OutcomeKind::retryable);
  EXPECT_EQ(outcome.trouble, "");
  EXPECT_FALSE(channel->check());
}

TEST(Fcm, ServiceAccountsThatAreNone) {
  for (const char* text : {"", "[]", "{}", R"({"project_id":"p","client_email":"e"})", R"({"project_id":1,"client_email":"e","private_key":"k"})"}) {
    const auto config = read_service_account(text);
    ASSERT_FALSE(config) << text;
    EXPECT_THAT(config.error().message, HasSubstr("Firebase console"));
  }
  tests::FakeClock clock{kNow};
  const auto web = *web::open_web(web_config());
  EXPECT_FALSE(open_fcm({.project = "p", .client_email = "e", .private_key = "k"}, *web, clock));
  EXPECT_FALSE(open_fcm({.project = "../x", .client_email = "e", .private_key = tests::new_rsa_key().private_pem}, *web, clock));
}

class ApnsTest : public testing::Test {
 protected:
  ApnsTest() {
    web::WebConfig config = web_config();
    config.ca_file = fake_.certificate();
    web_ = *web::open_web(config);
    channel_ = open({});
  }
  std::unique_ptr<port::Channel> open(const std::function<void(ApnsConfig&)>& change) {
    ApnsConfig config{.key = fake_.key(), .key_id = fake_.setup().key_id, .team_id = fake_.setup().team_id, .topic = fake_.setup().topic, .server = fake_.url()};
    if (change) change(config);
    return *open_apns(config, *web_, clock_);
  }
  void advance(std::chrono::minutes by) {
    clock_.advance(by);
    fake_.set_now(clock_.now());
  }
  Outcome send(const Delivery& one) { return channel_->send({&one, 1}).front(); }

  tests::TemporaryFolder folder_;
  tests::FakeClock clock_{kNow};
  tests::FakeApns fake_{folder_.path(), kNow};
  std::unique_ptr<port::HttpClient> web_;
  std::unique_ptr<port::Channel> channel_;
};

TEST_F(ApnsTest, AcceptedOverHttp2WithTheKeyAsItsId) {
  Delivery one = delivery("apns:0123abcd");
  one.send_key = "00112233445566778899aabbccddeeff";
  one.purpose = model::Purpose::transactional;
  const Outcome outcome = send(one);
  EXPECT_EQ(outcome.kind, OutcomeKind::accepted) << outcome.detail;
  EXPECT_EQ(outcome.provider_id, "00112233-4455-6677-8899-aabbccddeeff");
  const auto taken = fake_.ledger.all();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].id, outcome.provider_id);
  EXPECT_THAT(taken[0].body, HasSubstr("apns-collapse-id: 00112233445566778899aabbccddeeff\n"));
  EXPECT_THAT(taken[0].body, HasSubstr("apns-expiration: 1767776400\n"));
  EXPECT_THAT(taken[0].body, HasSubstr("apns-priority: 10\n"));
  const json payload = json::parse(taken[0].body.substr(taken[0].body.find('{')));
  EXPECT_EQ(payload["aps"]["alert"]["title"], "我们想你了");
  EXPECT_EQ(payload["aps"]["alert"]["body"], "A small gift waits");
  EXPECT_EQ(payload["link"], "https://shop.example/gift");
  EXPECT_EQ(payload["send_key"], one.send_key);
}

TEST_F(ApnsTest, ManyOverOneConnectionInOrder) {
  std::vector<Delivery> all;
  for (int i = 0; i < 60; ++i) all.push_back(delivery(i % 3 == 2 ? "apns:dead" : "apns:d", i));
  const auto outcomes = channel_->send(all);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(outcomes[i].kind, i % 3 == 2 ? OutcomeKind::rejected : OutcomeKind::accepted) << i << outcomes[i].detail;
  EXPECT_EQ(fake_.ledger.all().size(), 40U);
  EXPECT_LE(fake_.connections(), 2U) << "one connection carries all streams";
  EXPECT_EQ(fake_.provider_tokens(), 1U);
}

TEST_F(ApnsTest, TheProviderTokenIsRenewedBetweenTwentyAndSixtyMinutes) {
  EXPECT_EQ(send(delivery("apns:d", 1)).kind, OutcomeKind::accepted);
  advance(39min);
  EXPECT_EQ(send(delivery("apns:d", 2)).kind, OutcomeKind::accepted);
  EXPECT_EQ(fake_.provider_tokens(), 1U);
  advance(2min);
  EXPECT_EQ(send(delivery("apns:d", 3)).kind, OutcomeKind::accepted);
  EXPECT_EQ(fake_.provider_tokens(), 2U);
}

TEST_F(ApnsTest, AnExpiredTokenIsMadeAnewAndTheMessageGoesLater) {
  EXPECT_EQ(send(delivery("apns:d", 1)).kind, OutcomeKind::accepted);
  advance(30min);
  fake_.ledger.fault("expired");
  const Outcome expired = send(delivery("apns:d", 2));
  EXPECT_EQ(expired.kind, OutcomeKind::retryable);
  EXPECT_EQ(expired.trouble, "");
  EXPECT_EQ(send(delivery("apns:d", 2)).kind, OutcomeKind::accepted);
  EXPECT_EQ(fake_.provider_tokens(), 2U);
  EXPECT_EQ(fake_.ledger.all().size(), 2U);
}

TEST_F(ApnsTest, AClockThatIsWrongIsTrouble) {
  fake_.set_now(kNow + 2h);
  const Outcome outcome = send(delivery("apns:d"));
  EXPECT_EQ(outcome.kind, OutcomeKind::retryable);
  EXPECT_THAT(outcome.trouble, HasSubstr("clock"));
  EXPECT_FALSE(channel_->check());
}

TEST_F(ApnsTest, DeadAndWrongDevices) {
  for (const char* device : {"apns:dead-SECRET", "apns:bad-SECRET"}) {
    const Outcome outcome = send(delivery(device));
    EXPECT_EQ(outcome.kind, OutcomeKind::rejected) << device;
    EXPECT_TRUE(outcome.address_dead) << device;
    EXPECT_THAT(outcome.detail, Not(HasSubstr("SECRET")));
  }
  Delivery one = delivery("apns:d");
  one.send_key = "short";
  EXPECT_EQ(send(one).kind, OutcomeKind::rejected);
  EXPECT_EQ(send(delivery("fcm:d")).kind, OutcomeKind::rejected);
  EXPECT_TRUE(fake_.ledger.all().empty());
}

TEST_F(ApnsTest, SlowerWhenAppleSaysSo) {
  for (const char* fault : {"429", "503"}) {
    fake_.ledger.fault(fault);
    const Outcome outcome = send(delivery("apns:d"));
    EXPECT_EQ(outcome.kind, OutcomeKind::retryable) << fault;
    EXPECT_TRUE(outcome.throttled) << fault;
  }
  EXPECT_TRUE(fake_.ledger.all().empty());
}

TEST_F(ApnsTest, TakenWithoutASureAnswerIsInDoubtAndNothingIsSentTwice) {
  for (const char* fault : {"drop", "500 taken"}) {
    EXPECT_EQ(send(delivery("apns:warm", 100 + fault[0])).kind, OutcomeKind::accepted);  // so that the connection is a kept one
    fake_.ledger.fault(fault);
    const Delivery one = delivery("apns:d", fault[0]);
    EXPECT_EQ(send(one).kind, OutcomeKind::unknown) << fault;
    EXPECT_EQ(fake_.ledger.count(one.send_key), 1U) << fault;
  }
}

TEST_F(ApnsTest, WhatIsTooLongIsNotSent) {
  Delivery one = delivery("apns:d");
  one.content.text = std::string(4'100, 'x');
  const Outcome outcome = send(one);
  EXPECT_EQ(outcome.kind, OutcomeKind::rejected);
  EXPECT_THAT(outcome.detail, HasSubstr("shorten"));
  EXPECT_EQ(fake_.connections(), 0U);
}

TEST_F(ApnsTest, WrongCredentialsAreTroubleAndCheckSaysWhich) {
  EXPECT_TRUE(channel_->check());
  const Delivery one = delivery("apns:d");
  for (const auto& [change, word] : std::vector<std::pair<std::function<void(ApnsConfig&)>, std::string>>{
           {[](ApnsConfig& config) { config.key = tests::new_p256_key().private_pem; }, "key_id"},
           {[](ApnsConfig& config) { config.team_id = "OTHER"; }, "team OTHER"},
           {[](ApnsConfig& config) { config.topic = "com.other.app"; }, "com.other.app"}}) {
    const auto channel = open(change);
    const Outcome outcome = channel->send({&one, 1}).front();
    EXPECT_EQ(outcome.kind, OutcomeKind::retryable) << word;
    EXPECT_THAT(outcome.trouble, HasSubstr(word));
    const auto checked = channel->check();
    ASSERT_FALSE(checked) << word;
    EXPECT_THAT(checked.error().message, HasSubstr(word));
  }
  EXPECT_TRUE(fake_.ledger.all().empty());
}

TEST_F(ApnsTest, KeysThatAreNone) {
  EXPECT_FALSE(open_apns({.key = "x", .key_id = "k", .team_id = "t", .topic = "a"}, *web_, clock_));
  EXPECT_FALSE(open_apns({.key = tests::new_rsa_key().private_pem, .key_id = "k", .team_id = "t", .topic = "a"}, *web_, clock_));
  EXPECT_FALSE(open_apns({.key = fake_.key()}, *web_, clock_));
}

}  // namespace
}  // namespace adapter::push
