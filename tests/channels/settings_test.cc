#include "app/channels.h"

#include <gmock/gmock.h>

#include "app/act_settings.h"
#include "app/channels_mail.h"
#include "app/engine.h"
#include "tests/support/places.h"

namespace app {
namespace {

using model::OutcomeKind;
using testing::HasSubstr;

constexpr char kTwilio[] = "{provider: twilio, account: AC00000000000000000000000000000001, token: secret-token-1, from: \"+15005550006\"}";

struct ChannelSettings : testing::Test {
  tests::TemporaryFolder folder;
  base::Result<ActSettings> load(const std::string& text) {
    tests::write_file(folder.path() / "winback.yaml", text);
    return load_act_settings(folder.path() / "winback.yaml");
  }
  std::string refused(const std::string& text) {
    const auto settings = load(text);
    EXPECT_FALSE(settings) << text;
    return settings ? "" : settings.error().message;
  }
};

/// Takes every request and remembers where it went.
class Recorder final : public port::HttpClient {
 public:
  std::vector<std::string> urls;
  base::Result<Answer> get(std::string_view) override { return base::fail(base::Code::unavailable, "nobody"); }
  base::Result<Answer> post_form(std::string_view, const Fields&, std::string_view, std::string_view) override { return base::fail(base::Code::unavailable, "nobody"); }
  std::vector<Exchange> exchange(std::span<const Request> requests) override {
    std::vector<Exchange> all;
    for (const Request& one : requests) {
      urls.push_back(one.url);
      all.push_back({.answer = Answer{.status = 200, .body = R"({"sid":"SM1","Code":"OK","BizId":"9"})"}});
    }
    return all;
  }
};

TEST_F(ChannelSettings, TextMessagesGoByTheProviderOfTheirCountry) {
  const auto settings = load(fmt::format("channels:\n  sms:\n    - {{provider: aliyun, key_id: k, key_secret: s, sign: 小猫, countries: [cn, HK]}}\n    - {}\n", kTwilio));
  ASSERT_TRUE(settings) << settings.error().message;
  Recorder web;
  const auto channels = open_channels(settings->channels, {.web = web, .public_url = "https://news.shop.example", .shop = "Shop"});
  ASSERT_TRUE(channels) << channels.error().message;
  ASSERT_EQ(channels->size(), 1U);
  std::vector<model::Delivery> all(3);
  for (auto& one : all) {
    one.content.text = "hello";
    one.content.template_id = "SMS_1";
  }
  all[0].address = "+8613800138000";
  all[1].address = "+14155550100";
  all[2].address = "+85251234567";
  for (const auto& outcome : channels->front()->send(all)) EXPECT_EQ(outcome.kind, OutcomeKind::accepted);
  EXPECT_THAT(web.urls, testing::ElementsAre(HasSubstr("aliyuncs"), HasSubstr("aliyuncs"), HasSubstr("api.twilio.com")));
}

TEST_F(ChannelSettings, ANumberThatNoProviderTakes) {
  const auto settings = load("channels: {sms: {provider: aliyun, key_id: k, key_secret: s, sign: 小猫, countries: CN}}\n");
  Recorder web;
  const auto channels = open_channels(settings->channels, {.web = web, .public_url = "", .shop = "Shop"});
  model::Delivery one;
  one.address = "+14155550100";
  const auto outcome = channels->front()->send(std::span{&one, 1}).front();
  EXPECT_EQ(outcome.kind, OutcomeKind::rejected);
  EXPECT_THAT(outcome.detail, HasSubstr("no provider of sms"));
  EXPECT_TRUE(web.urls.empty());
}

TEST_F(ChannelSettings, CallbacksOnlyWhereTheyCanBeKnown) {
  const auto count = [&](const std::string& text) {
    const auto settings = load(text);
    EXPECT_TRUE(settings) << settings.error().message;
    Recorder web;
    const auto callbacks = open_callbacks(settings->channels, {.web = web, .public_url = "https://x.example", .shop = "Shop"});
    EXPECT_TRUE(callbacks) << callbacks.error().message;
    return callbacks ? callbacks->size() : 0U;
  };
  EXPECT_EQ(count(fmt::format("channels: {{sms: {}}}\n", kTwilio)), 1U);
  EXPECT_EQ(count("channels: {sms: {provider: aliyun, key_id: k, key_secret: s, sign: 小猫}}\n"), 0U);
  EXPECT_EQ(count("channels: {sms: {provider: aliyun, key_id: k, key_secret: s, sign: 小猫, callback_secret: 0123456789abcdef}}\n"), 1U);
  EXPECT_EQ(count("channels: {email: {provider: resend, key: re_1, from: news@shop.example}}\n"), 0U);
  EXPECT_EQ(count("channels: {email: {provider: resend, key: re_1, from: news@shop.example, webhook_secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}}\n"), 1U);
  EXPECT_EQ(count("channels: {email: {provider: ses, key_id: k, key_secret: s, region: eu-west-1, from: news@shop.example, topic: \"arn:aws:sns:eu-west-1:1:x\"}}\n"), 1U);
}

TEST_F(ChannelSettings, LettersGoOneWay) {
  const std::string api = "channels: {email: {provider: sendgrid, key: SG.1, from: news@shop.example}}\n";
  const auto settings = load(api);
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_TRUE(settings->sends_letters());
  const auto mail = open_mail(*settings);
  ASSERT_TRUE(mail) << mail.error().message;
  EXPECT_EQ((*mail)->name(), "email");
  EXPECT_FALSE(load("")->sends_letters());
  EXPECT_THAT(refused(api + "mail: {from: news@shop.example, smtp: \"smtp://127.0.0.1:25\"}\n"), AllOf(HasSubstr("not by both"), HasSubstr("line 1")));
}

TEST_F(ChannelSettings, WhatCannotBe) {
  EXPECT_THAT(refused("channels: {sms: {provider: pigeon}}\n"), HasSubstr("no provider 'pigeon'"));
  EXPECT_THAT(refused("channels: {sms: {provider: twilio, account: AC1}}\n"), HasSubstr("needs token"));
  EXPECT_THAT(refused("channels: {sms: {provider: twilio, account: AC1, token: t, form: x}}\n"), HasSubstr("'form' is nothing twilio has"));
  const auto settings = load("channels: {sms: {provider: twilio, account: AC1, token: t, from: \"+1\"}}\n");
  ASSERT_TRUE(settings);
  Recorder web;
  const auto channels = open_channels(settings->channels, {.web = web, .public_url = "", .shop = "Shop"});
  ASSERT_FALSE(channels);
  EXPECT_THAT(channels.error().message, AllOf(HasSubstr("winback.yaml, line 1"), HasSubstr("account SID")));
}

}  // namespace
}  // namespace app
