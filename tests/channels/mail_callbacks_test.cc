#include <gmock/gmock.h>

#include "adapter/mail_api/resend.h"
#include "adapter/mail_api/sendgrid.h"
#include "adapter/mail_api/ses.h"
#include "tests/support/providers/resend.h"
#include "tests/support/providers/sendgrid.h"
#include "tests/support/providers/ses.h"

namespace adapter::mail_api {
namespace {

using base::Code;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

const base::Instant kNow = base::instant_from_millis(1'795'339'000'000);

/// Gives SNS's certificate, and counts who asks for what.
class CertificateWeb final : public port::HttpClient {
 public:
  std::string certificate;
  int status = 200;
  std::vector<std::string> asked;

  base::Result<Answer> get(std::string_view url) override {
    asked.emplace_back(url);
    return Answer{.status = status, .body = certificate};
  }
  base::Result<Answer> post_form(std::string_view, const Fields&, std::string_view, std::string_view) override { return base::fail(Code::internal, "nothing is posted"); }
  std::vector<Exchange> exchange(std::span<const Request> requests) override { return std::vector<Exchange>(requests.size()); }
};

struct Sns : testing::Test {
  tests::RsaSigner signer;
  CertificateWeb web;
  std::unique_ptr<port::Callback> callback;
  Sns() {
    web.certificate = signer.certificate();
    callback = *ses_callback(tests::kSesTopic, web);
  }
  static std::string event(const std::string& type, const std::string& part) {
    return fmt::format(R"({{"eventType":"{}",{}"mail":{{"timestamp":"2026-11-22T08:40:02.012Z","messageId":"EXAMPLE7c191be45","destination":["canary@mail.example"],"tags":{{"reference":["Ref_1"]}}}}}})",
                       type, part);
  }
};

TEST_F(Sns, EachEvent) {
  struct Case {
    std::string type, part, event, detail;
  };
  for (const Case& one :
       {Case{"Send", "\"send\":{},", "accepted", ""}, Case{"Delivery", R"("delivery":{"timestamp":"2026-11-22T08:41:00.000Z"},)", "delivered", ""},
        Case{"Bounce", R"("bounce":{"bounceType":"Permanent","bounceSubType":"General","bouncedRecipients":[{"emailAddress":"canary@mail.example","diagnosticCode":"smtp; 550 5.1.1 <canary@mail.example> unknown"}]},)",
             "bounced_hard", "smtp; 550 5.1.1 … unknown"},
        Case{"Bounce", R"("bounce":{"bounceType":"Transient","bounceSubType":"MailboxFull"},)", "bounced_soft", "MailboxFull"},
        Case{"Complaint", R"("complaint":{"complaintFeedbackType":"abuse"},)", "complained", "abuse"}, Case{"Open", "\"open\":{},", "opened", ""}, Case{"Click", "\"click\":{},", "clicked", ""},
        Case{"Reject", R"("reject":{"reason":"Bad content"},)", "bounced_soft", "Bad content"},
        Case{"Subscription", R"("subscription":{"newTopicPreferences":{"unsubscribeAll":true}},)", "opted_out", ""}}) {
    for (const int version : {1, 2}) {
      const auto told = callback->read(tests::sns_notification(signer, event(one.type, one.part), tests::kSesTopic, version), kNow);
      ASSERT_TRUE(told) << told.error().message;
      ASSERT_EQ(told->notices.size(), 1U) << one.type;
      EXPECT_EQ(told->notices[0].event, one.event);
      EXPECT_EQ(told->notices[0].detail, one.detail);
      EXPECT_EQ(told->notices[0].reference, "Ref_1");
      EXPECT_EQ(told->notices[0].provider_id, "EXAMPLE7c191be45");
      EXPECT_EQ(base::to_string(told->notices[0].at), one.event == "delivered" ? "2026-11-22T08:41:00Z" : "2026-11-22T08:40:02Z");
    }
  }
  EXPECT_TRUE(callback->read(tests::sns_notification(signer, event("DeliveryDelay", "")), kNow)->notices.empty());
  EXPECT_TRUE(callback->read(tests::sns_notification(signer, "not JSON"), kNow)->notices.empty());
  EXPECT_THAT(web.asked, testing::ElementsAre(tests::kSnsCertificate)) << "the certificate is kept";
}

TEST_F(Sns, OnlyTheTopicAndOnlySigned) {
  const std::string said = event("Open", "");
  EXPECT_FALSE(callback->read(tests::sns_notification(signer, said, "arn:aws:sns:eu-west-1:666:evil"), kNow));
  EXPECT_TRUE(web.asked.empty()) << "nothing is fetched for a stranger's topic";
  EXPECT_FALSE(callback->read(tests::sns_notification(tests::RsaSigner{}, said), kNow));
  auto changed = tests::sns_notification(signer, said);
  changed.body.replace(changed.body.find("Open"), 4, "Send");
  EXPECT_FALSE(callback->read(changed, kNow));
  EXPECT_TRUE(callback->read(tests::sns_notification(signer, said), kNow));
  for (const char* body : {"", "[]", "{}", "{\"Type\":\"Notification\"}"}) EXPECT_FALSE(callback->read({"POST", "", {}, body}, kNow)) << body;
}

TEST_F(Sns, CertificatesOfStrangersAreNotFetched) {
  const auto request = tests::sns_notification(signer, event("Open", ""));
  for (const char* url : {"https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem", "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
                          "https://evil.example/SimpleNotificationService-0.pem", "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0.pem",
                          "https://sns.evil.example/x.amazonaws.com/SimpleNotificationService-0.pem", "https://sns.eu-west-1.amazonaws.com/evil.pem", "",
                          "https://sns..amazonaws.com/SimpleNotificationService-0.pem", "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem?x"}) {
    auto changed = request;
    const std::size_t at = changed.body.find(tests::kSnsCertificate);
    changed.body.replace(at, std::string_view{tests::kSnsCertificate}.size(), url);
    EXPECT_FALSE(callback->read(changed, kNow)) << url;
  }
  EXPECT_TRUE(web.asked.empty());
}

TEST_F(Sns, ACertificateThatDoesNotComeIsAskedForAgain) {
  web.status = 503;
  const auto refused = callback->read(tests::sns_notification(signer, event("Open", "")), kNow);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::unavailable) << "SNS tries again";
  web.status = 200;
  EXPECT_TRUE(callback->read(tests::sns_notification(signer, event("Open", "")), kNow));
  EXPECT_EQ(web.asked.size(), 2U);
}

TEST_F(Sns, Subscriptions) {
  const std::string url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:123456789012:winback&Token=2336";
  const auto told = callback->read(tests::sns_confirmation(signer, url), kNow);
  ASSERT_TRUE(told) << told.error().message;
  EXPECT_EQ(told->confirm_url, url);
  EXPECT_TRUE(told->notices.empty());
  EXPECT_FALSE(callback->read(tests::sns_confirmation(signer, "https://evil.example/?Action=ConfirmSubscription"), kNow));
  EXPECT_FALSE(callback->read(tests::sns_confirmation(signer, "https://sns.eu-west-1.amazonaws.com/?Action=Publish"), kNow));
}

// The body, key, timestamp and signature of the tests of SendGrid's own libraries.
TEST(Sendgrid, SignatureAsDocumented) {
  const auto callback = *sendgrid_callback("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpiglSI8eNEc6wEA3F+g==");
  const port::Callback::Request request{
      "POST", "https://shop.example/callbacks/sendgrid",
      {{"x-twilio-email-event-webhook-signature", "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="},
       {"x-twilio-email-event-webhook-timestamp", "1600112502"}},
      "[{\"email\":\"hello@world.com\",\"event\":\"dropped\",\"reason\":\"Bounced Address\",\"sg_event_id\":\"ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA\",\"sg_message_id\":"
      "\"LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0\",\"smtp-id\":\"<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>\",\"timestamp\":1600112492}]\r\n"};
  const base::Instant then = base::instant_from_millis(1'600'112'502'000);
  const auto told = callback->read(request, then + 5min);
  ASSERT_TRUE(told) << told.error().message;
  ASSERT_EQ(told->notices.size(), 1U);
  EXPECT_EQ(told->notices[0].event, "bounced_hard");
  EXPECT_EQ(told->notices[0].provider_id, "LRzXl_NHStOGhQ4kofSm_A");
  EXPECT_EQ(told->notices[0].at, base::instant_from_millis(1'600'112'492'000));
  EXPECT_FALSE(callback->read(request, then + 26h)) << "too old";
  EXPECT_FALSE(callback->read(request, then - 1h)) << "from the future";
}

TEST(Sendgrid, EachEvent) {
  const tests::EcSigner signer;
  const auto callback = *sendgrid_callback(signer.public_key());
  const std::string body = R"([{"event":"processed","sg_event_id":"e1","sg_message_id":"m1.x","reference":"Ref_1","send_key":"00ff","timestamp":1795338990},
    {"event":"delivered","sg_event_id":"e2","reference":"Ref_1"},{"event":"open","sg_event_id":"e3"},{"event":"click","sg_event_id":"e4"},{"event":"spamreport","sg_event_id":"e5"},
    {"event":"unsubscribe","sg_event_id":"e6"},{"event":"bounce","type":"bounce","sg_event_id":"e7","reason":"550 5.1.1 <canary@mail.example> unknown"},
    {"event":"bounce","type":"blocked","sg_event_id":"e8"},{"event":"dropped","reason":"Unsubscribed Address","sg_event_id":"e9"},{"event":"dropped","reason":"Spam Content","sg_event_id":"e10"},
    {"event":"deferred","sg_event_id":"e11"},{"event":"delivered"}])";
  const auto told = callback->read(tests::sendgrid_call(signer, body, kNow), kNow);
  ASSERT_TRUE(told) << told.error().message;
  std::vector<std::string> events;
  for (const auto& notice : told->notices) {
    events.push_back(notice.event);
    EXPECT_THAT(notice.detail, Not(HasSubstr("canary")));
  }
  EXPECT_THAT(events, testing::ElementsAre("accepted", "delivered", "opened", "clicked", "complained", "opted_out", "bounced_hard", "bounced_soft", "opted_out", "bounced_soft"));
  EXPECT_EQ(told->notices[0].send_key, "00ff");
  EXPECT_EQ(told->notices[0].reference, "Ref_1");
  EXPECT_EQ(told->notices[0].provider_id, "m1");
  EXPECT_EQ(told->notices[0].key, "e1");
  EXPECT_EQ(told->notices[1].at, kNow);

  EXPECT_FALSE(callback->read(tests::sendgrid_call(tests::EcSigner{}, body, kNow), kNow));
  auto changed = tests::sendgrid_call(signer, body, kNow);
  changed.body += " ";
  EXPECT_FALSE(callback->read(changed, kNow));
  EXPECT_FALSE(callback->read({"POST", "", {}, body}, kNow));
  EXPECT_FALSE(callback->read(tests::sendgrid_call(signer, "{}", kNow), kNow));
}

TEST(Resend, EachEvent) {
  const auto callback = *resend_callback(tests::kResendSecret);
  const auto event = [](const std::string& type, const std::string& more = "") {
    return fmt::format(R"({{"type":"{}","created_at":"2026-11-22T23:41:12.126Z","data":{{"email_id":"56761188-7520","from":"Shop <news@shop.example>","to":["canary@mail.example"],{}"tags":{{"reference":"Ref_1"}}}}}})",
                       type, more);
  };
  struct Case {
    std::string type, more, event;
  };
  for (const Case& one :
       {Case{"email.sent", "", "accepted"}, Case{"email.delivered", "", "delivered"}, Case{"email.opened", "", "opened"}, Case{"email.clicked", R"("click":{"link":"https://x"},)", "clicked"},
        Case{"email.complained", "", "complained"},
        Case{"email.bounced", R"("bounce":{"message":"The recipient canary@mail.example is on the suppression list","subType":"Suppressed","type":"Permanent"},)", "bounced_hard"},
        Case{"email.bounced", R"("bounce":{"message":"full","type":"Transient"},)", "bounced_soft"}, Case{"email.failed", "", "bounced_soft"}}) {
    const auto told = callback->read(tests::resend_call(event(one.type, one.more), kNow), kNow);
    ASSERT_TRUE(told) << told.error().message;
    ASSERT_EQ(told->notices.size(), 1U) << one.type;
    EXPECT_EQ(told->notices[0].event, one.event);
    EXPECT_EQ(told->notices[0].reference, "Ref_1");
    EXPECT_EQ(told->notices[0].provider_id, "56761188-7520");
    EXPECT_EQ(told->notices[0].key, "msg_1");
    EXPECT_THAT(told->notices[0].detail, Not(HasSubstr("canary")));
  }
  EXPECT_TRUE(callback->read(tests::resend_call(event("email.delivery_delayed"), kNow), kNow)->notices.empty());
  EXPECT_TRUE(callback->read(tests::resend_call(event("contact.created"), kNow), kNow)->notices.empty());
  EXPECT_FALSE(callback->read(tests::resend_call(event("email.sent"), kNow), kNow + 10min)) << "too old";
  auto changed = tests::resend_call(event("email.sent"), kNow);
  changed.body[10] = 'X';
  EXPECT_FALSE(callback->read(changed, kNow));
  EXPECT_FALSE(callback->read({"POST", "", {}, "{}"}, kNow));
  const auto list = callback->read(tests::resend_call(R"({"type":"email.sent","data":{"email_id":"1","tags":[{"name":"reference","value":"Ref_9"}]}})", kNow), kNow);
  EXPECT_EQ(list->notices.at(0).reference, "Ref_9");
}

}  // namespace
}  // namespace adapter::mail_api
