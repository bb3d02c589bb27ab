#include <gmock/gmock.h>

#include "adapter/mail_api/resend.h"
#include "adapter/mail_api/sendgrid.h"
#include "adapter/mail_api/ses.h"
#include "adapter/web/open_web.h"
#include "tests/support/providers/resend.h"
#include "tests/support/providers/sendgrid.h"
#include "tests/support/providers/ses.h"

namespace adapter::mail_api {
namespace {

using model::OutcomeKind;
using testing::HasSubstr;
using testing::Not;

const MailSender kSender{.address = "news@shop.example", .name = "小猫书店"};

struct Letters : testing::Test {
  std::unique_ptr<port::HttpClient> web = *web::open_web({.rules = {true, {"127.0.0.1"}}});
  model::Delivery one;
  Letters() {
    one.send_key = "00ff";
    one.reference = "Ref_1";
    one.address = "a.b@Mail.Example";
    one.content = {.subject = "你好, \"friend\"", .html = "<p>x</p>", .text = "x"};
    one.unsubscribe_url = "https://shop.example/u/abc";
  }
  static model::Outcome send(port::Channel& channel, const model::Delivery& letter) { return channel.send(std::span{&letter, 1}).front(); }
};

TEST_F(Letters, SesCarriesOneClickAndTheSendersName) {
  const auto peer = tests::ses_peer();
  const auto channel = *open_ses({.key_id = tests::kSesKeyId, .key_secret = tests::kSesSecret, .region = tests::kSesRegion, .sender = kSender, .endpoint = peer->url()}, *web);
  ASSERT_EQ(send(*channel, one).kind, OutcomeKind::accepted);
  const auto sent = peer->ledger().at(0);
  EXPECT_EQ(sent.address, "a.b@mail.example");
  EXPECT_EQ(sent.text, one.content.subject);
  EXPECT_EQ(sent.more,
            "=?UTF-8?B?5bCP54yr5Lmm5bqX?= <news@shop.example>\nList-Unsubscribe: <https://shop.example/u/abc>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n");
  one.unsubscribe_url.clear();
  ASSERT_EQ(send(*channel, one).kind, OutcomeKind::accepted);
  EXPECT_THAT(peer->ledger().at(1).more, Not(HasSubstr("List-Unsubscribe")));
}

TEST_F(Letters, SendgridToo) {
  const auto peer = tests::sendgrid_peer();
  const auto channel = *open_sendgrid({.key = tests::kSendgridKey, .sender = kSender, .endpoint = peer->url()}, *web);
  ASSERT_EQ(send(*channel, one).kind, OutcomeKind::accepted);
  EXPECT_EQ(peer->ledger().at(0).more, "小猫书店\n<https://shop.example/u/abc>\nList-Unsubscribe=One-Click");
  EXPECT_THAT(peer->requests().at(0).body, HasSubstr(R"("click_tracking":{"enable":false})"));
}

TEST_F(Letters, ResendAnswersARepeatedCallWithoutSending) {
  const auto peer = tests::resend_peer();
  const auto channel = *open_resend({.key = tests::kResendKey, .sender = kSender, .endpoint = peer->url()}, *web);
  const auto first = send(*channel, one);
  one.attempt = 7;
  one.at += std::chrono::hours{3};
  EXPECT_EQ(send(*channel, one).provider_id, first.provider_id);
  EXPECT_EQ(peer->ledger().size(), 1U);
  one.content.text = "other bytes";
  EXPECT_EQ(send(*channel, one).kind, OutcomeKind::unknown) << "a letter of this key is on its way, not this one";
  EXPECT_EQ(channel->replay_window(), std::chrono::hours{24});
}

TEST_F(Letters, WhatCannotBeALetterIsNotSent) {
  const auto peer = tests::resend_peer();
  const auto channel = *open_resend({.key = tests::kResendKey, .sender = kSender, .endpoint = peer->url()}, *web);
  const auto refused = [&](auto change) {
    model::Delivery letter = one;
    change(letter);
    const auto outcome = send(*channel, letter);
    EXPECT_EQ(outcome.kind, OutcomeKind::rejected) << outcome.detail;
    EXPECT_FALSE(outcome.detail.empty());
  };
  refused([](auto& letter) { letter.content.subject = "a\r\nBcc: x@y.example"; });
  refused([](auto& letter) { letter.content.subject.clear(); });
  refused([](auto& letter) { letter.content.html.clear(), letter.content.text.clear(); });
  refused([](auto& letter) { letter.address = "a@b.example, c@d.example"; });
  refused([](auto& letter) { letter.address = "张三@mail.example"; });
  refused([](auto& letter) { letter.unsubscribe_url = "https://shop.example/>\r\nX: y"; });
  refused([](auto& letter) { letter.unsubscribe_url = "http://shop.example/u"; });
  EXPECT_TRUE(peer->requests().empty());
}

TEST(Mailbox, NamesOfAnyKind) {
  EXPECT_EQ(mailbox("", "a@b.example"), "a@b.example");
  EXPECT_EQ(mailbox("Cat \"&\" Co\\", "a@b.example"), R"("Cat \"&\" Co\\" <a@b.example>)");
  std::string name;
  for (int i = 0; i < 40; ++i) name += "猫";
  const std::string box = mailbox(name, "a@b.example");
  for (std::size_t at = 0; at < box.size();) {
    const std::size_t end = std::min(box.find(' ', at), box.size());
    EXPECT_LE(end - at, 75U);
    at = end + 1;
  }
}

TEST_F(Letters, SettingsThatCannotBe) {
  EXPECT_FALSE(open_ses({.key_id = "k", .key_secret = "s", .region = "evil.example/", .sender = kSender}, *web));
  EXPECT_FALSE(open_ses({.key_id = "k", .region = "eu-west-1", .sender = kSender}, *web));
  EXPECT_FALSE(open_sendgrid({.sender = kSender}, *web));
  EXPECT_FALSE(open_resend({.key = "re_1", .sender = {.address = "nobody"}}, *web));
  EXPECT_FALSE(open_resend({.key = "re_1", .sender = {.address = "a@shop.example", .name = "x\r\ny"}}, *web));
  EXPECT_FALSE(sendgrid_callback("MFkw"));
  EXPECT_FALSE(resend_callback("whsec_AAAA"));
  EXPECT_FALSE(ses_callback("winback", *web));
}

}  // namespace
}  // namespace adapter::mail_api
