#include "adapter/sms/twilio.h"

#include <gmock/gmock.h>

#include "adapter/web/open_web.h"
#include "tests/channels/contract.h"
#include "tests/support/providers/twilio.h"

namespace adapter::sms {
namespace {

using model::NoticeKind;
using model::OutcomeKind;
using port::HttpClient;
using testing::HasSubstr;

const HttpClient::Fields kDocumented = {{"CallSid", "CA1234567890ABCDE"}, {"Digits", "1234"}, {"From", "+14158675309"}, {"To", "+18005551212"}, {"Caller", "+14158675309"}};

// The example of Twilio's page "Webhooks Security" and of the tests of its libraries, token 12345.
TEST(Twilio, SignatureAsDocumented) {
  EXPECT_EQ(twilio_signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", kDocumented), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
}

TEST(Twilio, SignatureOfJsonAsDocumented) {
  const std::string url = "https://mycompany.com/myapp.php?foo=1&bar=2&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
  const auto callback = *twilio_callback("12345");
  port::Callback::Request request{.method = "POST",
                                  .url = url,
                                  .headers = {{"content-type", "application/json"}, {"x-twilio-signature", "a9nBmqA0ju/hNViExpshrM61xv4="}},
                                  .body = R"({"property": "value", "boolean": true})"};
  EXPECT_TRUE(callback->read(request, {}));
  request.body[3] = 'P';
  EXPECT_FALSE(callback->read(request, {}));
}

struct Receipts : testing::Test {
  std::unique_ptr<port::Callback> callback = *twilio_callback(tests::kTwilioToken);
  base::Instant now = base::instant_from_millis(1'700'000'000'000);
  const std::string url = "https://shop.example/callbacks/twilio?ref=Ref_1-x";

  base::Result<model::Told> read(const tests::SignedCall& call) { return callback->read({"POST", call.url, call.headers, call.body}, now); }
  model::Notice only(const tests::SignedCall& call) {
    const auto told = read(call);
    EXPECT_TRUE(told);
    EXPECT_EQ(told->notices.size(), 1U);
    return told->notices.at(0);
  }
};

TEST_F(Receipts, EachStatus) {
  struct Case {
    std::string status, code, event;
  };
  for (const Case& one : {Case{"queued", "", "accepted"}, Case{"sent", "", "accepted"}, Case{"delivered", "", "delivered"}, Case{"read", "", "opened"},
                          Case{"undelivered", "30003", "bounced_soft"}, Case{"undelivered", "30005", "bounced_hard"}, Case{"failed", "21610", "opted_out"},
                          Case{"failed", "30006", "bounced_hard"}, Case{"failed", "", "bounced_soft"}}) {
    const auto notice = only(tests::twilio_call(url, {{"MessageSid", "SM1"}, {"MessageStatus", one.status}, {"ErrorCode", one.code}, {"To", "+14155550100"}}));
    EXPECT_EQ(notice.kind, NoticeKind::event);
    EXPECT_EQ(notice.event, one.event) << one.status << one.code;
    EXPECT_EQ(notice.reference, "Ref_1-x");
    EXPECT_EQ(notice.provider_id, "SM1");
    EXPECT_EQ(notice.key, "SM1:" + one.status);
    EXPECT_EQ(notice.at, now);
  }
  EXPECT_TRUE(read(tests::twilio_call(url, {{"MessageSid", "SM1"}, {"MessageStatus", "scheduled"}}))->notices.empty());
}

TEST_F(Receipts, WhatCustomersWrite) {
  const auto told = read(tests::twilio_call("https://shop.example/callbacks/twilio", {{"MessageSid", "SM9"}, {"From", "+14155550100"}, {"Body", "When does my parcel come? 猫"}}));
  ASSERT_TRUE(told);
  ASSERT_EQ(told->notices.size(), 1U);
  EXPECT_EQ(told->notices[0].kind, NoticeKind::inbound);
  EXPECT_EQ(told->notices[0].from, "+14155550100");
  EXPECT_EQ(told->notices[0].text, "When does my parcel come? 猫");
  EXPECT_EQ(told->content_type, "text/xml; charset=utf-8");
  EXPECT_THAT(told->reply, HasSubstr("<Response/>"));

  const auto stop = read(tests::twilio_call(url, {{"MessageSid", "SM9"}, {"From", "+14155550100"}, {"Body", "Stop"}, {"OptOutType", "STOP"}}));
  ASSERT_EQ(stop->notices.size(), 2U);
  EXPECT_EQ(stop->notices[0].kind, NoticeKind::withdrew);
  EXPECT_EQ(stop->notices[1].kind, NoticeKind::inbound);
  EXPECT_NE(stop->notices[0].key, stop->notices[1].key);
  EXPECT_EQ(read(tests::twilio_call(url, {{"MessageSid", "SM9"}, {"From", "+14155550100"}, {"Body", "Start"}, {"OptOutType", "START"}}))->notices[0].kind, NoticeKind::agreed);
}

TEST_F(Receipts, OnlyTwilioIsBelieved) {
  const auto call = tests::twilio_call(url, {{"MessageSid", "SM1"}, {"MessageStatus", "delivered"}});
  ASSERT_TRUE(read(call));
  auto changed = call;
  changed.body += "&ErrorCode=30005";
  EXPECT_FALSE(read(changed));
  changed = call;
  changed.url = "https://shop.example/callbacks/twilio?ref=Ref_2-x";
  EXPECT_FALSE(read(changed));
  changed = call;
  changed.headers.pop_back();
  EXPECT_FALSE(read(changed));
  changed = call;
  changed.headers[1].second[0] = changed.headers[1].second[0] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(read(changed));
  changed = call;
  changed.headers[0].second = "application/json";
  EXPECT_FALSE(read(changed)) << "a form is not JSON without a hash";
  changed = call;
  changed.body = "%";
  EXPECT_FALSE(read(changed));
  changed = tests::twilio_call("https://shop.example:443/callbacks/twilio", {{"MessageSid", "SM1"}, {"MessageStatus", "delivered"}});
  changed.url = "https://shop.example/callbacks/twilio";
  EXPECT_TRUE(read(changed)) << "Twilio may sign the address with its port";
}

struct TwilioSends : testing::Test {
  std::unique_ptr<tests::ProviderPeer> peer = tests::twilio_peer();
  std::unique_ptr<HttpClient> web = *web::open_web({.rules = {true, {"127.0.0.1"}}});
  TwilioConfig config{.account = tests::kTwilioAccount, .token = tests::kTwilioToken, .from = tests::kTwilioFrom, .endpoint = peer->url()};
  model::Delivery to(std::string address, std::string text = "Hello") {
    model::Delivery one;
    one.address = std::move(address);
    one.content.text = std::move(text);
    one.at = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return one;
  }
  model::Outcome send(const model::Delivery& one) { return (*open_twilio(config, *web))->send(std::span{&one, 1}).front(); }
};

TEST_F(TwilioSends, WhatItsCodesMean) {
  EXPECT_EQ(send(to("+15005550004")).detail, "opted_out");
  EXPECT_TRUE(send(to("+15005550001")).address_dead);
  EXPECT_THAT(send(to("+15005550003")).detail, HasSubstr("country"));
  EXPECT_EQ(send(to("+15005550003")).kind, OutcomeKind::rejected);
}

TEST_F(TwilioSends, TooLongIsNotSent) {
  EXPECT_EQ(send(to("+14155550100", std::string(1530, 'a'))).kind, OutcomeKind::accepted);
  const auto outcome = send(to("+14155550100", std::string(1531, 'a')));
  EXPECT_EQ(outcome.kind, OutcomeKind::rejected);
  EXPECT_THAT(outcome.detail, HasSubstr("11 messages long"));
  EXPECT_EQ(send(to("+14155550100", "")).kind, OutcomeKind::rejected);
  EXPECT_EQ(peer->requests().size(), 1U);
}

TEST_F(TwilioSends, AServiceInsteadOfANumber) {
  config.from.clear();
  config.service = "MG1";
  EXPECT_EQ(send(to("+14155550100")).kind, OutcomeKind::accepted);
  EXPECT_THAT(peer->requests()[0].body, HasSubstr("MessagingServiceSid=MG1"));
}

TEST_F(TwilioSends, AnOlderMessageWithTheSameTextIsNotThisOne) {
  auto channel = *open_twilio(config, *web);
  auto one = to("+14155550100");
  ASSERT_EQ(channel->send(std::span{&one, 1}).front().kind, OutcomeKind::accepted);
  EXPECT_EQ(channel->look_up(one).kind, OutcomeKind::accepted);
  one.at += std::chrono::seconds{60};
  EXPECT_EQ(channel->look_up(one).kind, OutcomeKind::unknown);
}

TEST_F(TwilioSends, SettingsThatCannotBe) {
  for (const TwilioConfig& wrong : {TwilioConfig{.account = "x", .token = "t", .from = "+1"}, TwilioConfig{.account = tests::kTwilioAccount, .from = "+1"},
                                    TwilioConfig{.account = tests::kTwilioAccount, .token = "t"},
                                    TwilioConfig{.account = tests::kTwilioAccount, .token = "t", .from = "+1", .service = "MG1"}})
    EXPECT_FALSE(open_twilio(wrong, *web));
}

}  // namespace
}  // namespace adapter::sms
