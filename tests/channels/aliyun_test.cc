#include "adapter/sms/aliyun.h"

#include <gmock/gmock.h>

#include "adapter/web/open_web.h"
#include "tests/support/providers/aliyun.h"

namespace adapter::sms {
namespace {

using model::NoticeKind;
using model::OutcomeKind;
using testing::HasSubstr;

// The example of SendSms in Aliyun's documentation of signatures ("请求签名"), key testId with testSecret.
TEST(Aliyun, SignatureAsDocumented) {
  const port::HttpClient::Fields parameters = {{"AccessKeyId", "testId"},
                                               {"Timestamp", "2017-07-12T02:42:19Z"},
                                               {"Format", "XML"},
                                               {"SignatureMethod", "HMAC-SHA1"},
                                               {"SignatureVersion", "1.0"},
                                               {"SignatureNonce", "45e25e9b-0a6f-4070-8c85-2956eda1b466"},
                                               {"Action", "SendSms"},
                                               {"Version", "2017-05-25"},
                                               {"RegionId", "cn-hangzhou"},
                                               {"PhoneNumbers", "15300000001"},
                                               {"SignName", "阿里云短信测试专用"},
                                               {"TemplateCode", "SMS_71390007"},
                                               {"TemplateParam", R"({"customer":"test"})"},
                                               {"OutId", "123"}};
  EXPECT_EQ(aliyun_signature("GET", parameters, "testSecret"), "zJDF+Lrzhj/ThnlvIToysFRq6t4=");
}

struct AliyunSends : testing::Test {
  std::unique_ptr<tests::ProviderPeer> peer = tests::aliyun_peer();
  std::unique_ptr<port::HttpClient> web = *web::open_web({.rules = {true, {"127.0.0.1"}}});
  AliyunConfig config{.key_id = tests::kAliyunKeyId, .key_secret = tests::kAliyunSecret, .sign = tests::kAliyunSign, .endpoint = peer->url()};
  std::unique_ptr<port::Channel> channel = *open_aliyun(config, *web);
  model::Delivery one;

  AliyunSends() {
    one.send_key = "00ff";
    one.attempt = 1;
    one.reference = "Ref_1";
    one.address = "+8613800138000";
    one.content.template_id = "SMS_71390007";
    one.content.fields = {{"customer", "张三"}};
    one.at = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  model::Outcome send() { return channel->send(std::span{&one, 1}).front(); }
};

TEST_F(AliyunSends, WithoutATemplateNothingGoes) {
  one.content.template_id.clear();
  EXPECT_EQ(send().kind, OutcomeKind::rejected);
  EXPECT_THAT(send().detail, HasSubstr("approved templates only"));
  EXPECT_TRUE(peer->requests().empty());
}

TEST_F(AliyunSends, NumbersAndFieldsAsAliyunWantsThem) {
  EXPECT_EQ(send().kind, OutcomeKind::accepted);
  one.address = "+85251234567";
  ++one.attempt;
  EXPECT_EQ(send().kind, OutcomeKind::accepted);
  const auto ledger = peer->ledger();
  ASSERT_EQ(ledger.size(), 2U);
  EXPECT_EQ(ledger[0].address, "13800138000");
  EXPECT_EQ(ledger[1].address, "85251234567");
  EXPECT_EQ(ledger[0].text, R"({"customer":"张三"})");
}

TEST_F(AliyunSends, AFieldThatIsMissing) {
  one.content.fields.clear();
  EXPECT_EQ(send().kind, OutcomeKind::rejected);
  ++one.attempt;
  EXPECT_THAT(send().detail, HasSubstr("field that the message does not fill"));
}

TEST_F(AliyunSends, ARequestRepeatedOnTheWayIsDoubtAndNoSecondMessage) {
  EXPECT_EQ(send().kind, OutcomeKind::accepted);
  EXPECT_EQ(send().kind, OutcomeKind::unknown);
  EXPECT_EQ(peer->ledger().size(), 1U);
}

TEST_F(AliyunSends, Templates) {
  EXPECT_TRUE(channel->check_template("SMS_71390007"));
  EXPECT_TRUE(channel->check_template("SMS_200"));
  EXPECT_THAT(channel->check_template("SMS_201").error().message, HasSubstr("拒收请回复R"));
  EXPECT_THAT(channel->check_template("SMS_202").error().message, HasSubstr("still being examined"));
  EXPECT_THAT(channel->check_template("SMS_999").error().message, HasSubstr("no approved template"));
}

TEST_F(AliyunSends, ASignatureThatIsNotApproved) {
  config.sign = "别人的店";
  channel = *open_aliyun(config, *web);
  const auto outcome = send();
  EXPECT_EQ(outcome.kind, OutcomeKind::retryable);
  EXPECT_THAT(outcome.trouble, HasSubstr("sign in winback.yaml"));
  EXPECT_FALSE(channel->check());
}

TEST_F(AliyunSends, AClockThatIsOff) {
  config.now = [] { return base::instant_from_millis(1'500'000'000'000); };
  channel = *open_aliyun(config, *web);
  EXPECT_THAT(send().trouble, HasSubstr("clock"));
}

TEST_F(AliyunSends, SettingsThatCannotBe) {
  for (const AliyunConfig& wrong : {AliyunConfig{.key_secret = "s", .sign = "x"}, AliyunConfig{.key_id = "k", .sign = "x"}, AliyunConfig{.key_id = "k", .key_secret = "s"},
                                    AliyunConfig{.key_id = "k", .key_secret = "s", .sign = "【x】"}})
    EXPECT_FALSE(open_aliyun(wrong, *web));
}

struct AliyunCalls : testing::Test {
  const std::string secret = "k9-not-to-be-guessed";
  std::unique_ptr<port::Callback> callback = *aliyun_callback(secret);
  base::Result<model::Told> read(const std::string& body, const std::string& key) {
    return callback->read({"POST", "https://shop.example/callbacks/aliyun?key=" + key, {{"Content-Type", "application/json;charset=utf-8"}}, body}, base::instant_from_millis(7));
  }
};

// The bodies of the documentation's pages SmsReport and SmsUp, with whole numbers.
TEST_F(AliyunCalls, Receipts) {
  const auto told = read(R"([{"phone_number":"13811111111","send_time":"2017-01-01 00:00:00","report_time":"2017-01-01 08:00:05","success":true,"err_code":"DELIVERED",
      "err_msg":"用户接收成功","sms_size":"1","biz_id":"12345","out_id":"67890"},
      {"phone_number":"13811111112","report_time":"2017-01-01 00:00:00","success":false,"err_code":"MK:0001","err_msg":"空号","biz_id":"12346","out_id":"67891"},
      {"phone_number":"13811111113","report_time":"soon","success":false,"err_code":"MK:0005","err_msg":"停机","biz_id":"12347","out_id":"67892"}])",
                         secret);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->reply, R"({"code":0,"msg":"接收成功"})");
  ASSERT_EQ(told->notices.size(), 3U);
  EXPECT_EQ(told->notices[0].event, "delivered");
  EXPECT_EQ(told->notices[0].reference, "67890");
  EXPECT_EQ(told->notices[0].provider_id, "12345");
  EXPECT_EQ(base::to_string(told->notices[0].at), "2017-01-01T00:00:05Z");
  EXPECT_EQ(told->notices[1].event, "bounced_hard");
  EXPECT_EQ(told->notices[1].detail, "Aliyun MK:0001");
  EXPECT_EQ(told->notices[2].event, "bounced_soft");
  EXPECT_EQ(told->notices[2].at, base::instant_from_millis(7));
  for (const auto& notice : told->notices) EXPECT_THAT(notice.detail, testing::Not(HasSubstr("1381111")));
}

TEST_F(AliyunCalls, WhatCustomersWrite) {
  const std::string body = R"([{"phone_number":"13811111111","content":"R","send_time":"2017-09-01 00:00:00","dest_code":"1234","sequence_id":1234567890},
      {"phone_number":"85251234567","content":"请问几时到货","send_time":"2017-09-01 00:00:00","dest_code":"1234","sequence_id":"1234567891"}])";
  const auto told = read(body, secret);
  ASSERT_EQ(told->notices.size(), 2U);
  EXPECT_EQ(told->notices[0].kind, NoticeKind::inbound);
  EXPECT_EQ(told->notices[0].from, "+8613811111111");
  EXPECT_EQ(told->notices[0].text, "R");
  EXPECT_EQ(told->notices[0].key, "up:1234567890");
  EXPECT_EQ(told->notices[1].from, "+85251234567");
}

TEST_F(AliyunCalls, OnlyWithTheKey) {
  EXPECT_TRUE(read("[]", secret));
  EXPECT_FALSE(read("[]", "k9-not-to-be-guessee"));
  EXPECT_FALSE(read("[]", ""));
  EXPECT_FALSE(callback->read({"POST", "https://shop.example/callbacks/aliyun", {}, "[]"}, {}));
  EXPECT_FALSE(read("{}", secret));
  EXPECT_FALSE(read("not json", secret));
  EXPECT_TRUE(read(R"([1,"x",{"y":2},{"success":false}])", secret));
  EXPECT_FALSE(aliyun_callback("short"));
}

}  // namespace
}  // namespace adapter::sms
