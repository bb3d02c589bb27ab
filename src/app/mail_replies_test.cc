#include "app/mail_replies.h"

#include <gmock/gmock.h>

#include "act/deliver/consent.h"
#include "app/feedback_loader.h"
#include "app/public_links.h"
#include "app/replies_yaml.h"
#include "collect/import.h"
#include "tests/support/deliver_world.h"
#include "tests/support/fake_warehouse.h"

namespace app {
namespace {

using tests::kStart;
using tests::must;

class MailRepliesTest : public tests::DeliverTest {
 protected:
  /// A letter that went out under a key of 32 digits.
  model::Message sent(char digit) {
    model::Message message = post(std::string(32, digit));
    message = must(store_->outbox().claim("email", kStart, kStart + std::chrono::hours{1}, 1)).at(0);
    must(store_->outbox().attempt(message, nullptr, kStart));
    must(store_->outbox().settle(message, model::MessageState::accepted, "", "", kStart, kStart));
    return message;
  }
  BounceCounts take(std::string_view raw) {
    BounceCounts counts;
    const ReplyTools tools{*store_, conductor_, rules, text::Language::zh_cn};
    must(store_->transact([&] { return take_mail(raw, tools, sign, kStart + std::chrono::hours{2}, counts); }));
    return counts;
  }
  static std::string reply(const model::Message& to, std::string_view words, std::string_view head = "") {
    return fmt::format("From: a@customer.example\nTo: hello@shop.example\nMessage-ID: <{1}@customer.example>\nIn-Reply-To: <{0}@shop.example>\n{2}\n{1}\n\nOn Friday Shop <hello@shop.example> wrote:\n> STOP\n",
                       to.send_key, words, head);
  }
  act::respond::Sign sign = [this](std::string_view purpose, std::string_view bytes) { return store_->sign(purpose, bytes); };
  act::respond::ReplyRules rules = must(load_replies("nowhere"));
};

TEST_F(MailRepliesTest, AnAnswerIsHeardOnce) {
  const model::Message message = sent('a');
  EXPECT_EQ(take(reply(message, "Do you still sell the green tea?")).replies, 1U);
  EXPECT_EQ(take(reply(message, "Do you still sell the green tea?")).replies, 1U);
  ASSERT_EQ(must(store_->responses().of_message(message.id)).size(), 1U);
  const auto tasks = must(store_->inbox().open_tasks());
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(tasks[0].title, "收到提问（email）");
  EXPECT_EQ(tasks[0].script, "Do you still sell the green tea?");
}

TEST_F(MailRepliesTest, TheSignedAddressNamesTheLetterToo) {
  const model::Message message = sent('b');
  const PublicLinks links{"https://news.shop.example", sign};
  EXPECT_EQ(take(fmt::format("From: a@customer.example\nTo: <bounce+{}@shop.example>\nSubject: Re: hello\n\nThank you, I am well\n", links.reference(message.id))).replies, 1U);
  EXPECT_EQ(must(store_->responses().of_message(message.id)).size(), 1U);
  EXPECT_TRUE(must(store_->inbox().open_tasks()).empty()) << "thanks ask for nothing";
}

TEST_F(MailRepliesTest, AStopIsAnOptOut) {
  const model::Message message = sent('c');
  EXPECT_EQ(take(reply(message, "Please don't write to me any more")).replies, 1U);
  EXPECT_EQ(act::deliver::in_force(must(store_->people().consents(message.customer_id)), "email", "win_back", kStart + std::chrono::days{1}, kStart + std::chrono::days{1}),
            model::ConsentState::withdrawn);
}

TEST_F(MailRepliesTest, MachinesAndStrangersChangeNothing) {
  const model::Message message = sent('d');
  EXPECT_EQ(take(reply(message, "I am away", "Auto-Submitted: auto-replied\n")).auto_replies, 1U);
  EXPECT_EQ(take("From: b@customer.example\nTo: hello@shop.example\nIn-Reply-To: <00000000000000000000000000000000@other.example>\n\nSTOP\n").no_report, 1U);
  EXPECT_TRUE(must(store_->responses().of_message(message.id)).empty());
  EXPECT_TRUE(must(store_->inbox().open_tasks()).empty());
  EXPECT_TRUE(must(store_->back().unsaid(10)).empty());
}

TEST_F(MailRepliesTest, OldChineseMailIsRead) {
  const model::Message message = sent('e');
  // "请问什么时候发货" in GB18030.
  EXPECT_EQ(take(reply(message, "\xC7\xEB\xCE\xCA\xCA\xB2\xC3\xB4\xCA\xB1\xBA\xF2\xB7\xA2\xBB\xF5", "Content-Type: text/plain; charset=\"gb2312\"\n")).replies, 1U);
  const auto tasks = must(store_->inbox().open_tasks());
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(tasks[0].script, "请问什么时候发货");
  EXPECT_EQ(tasks[0].queue, "support");
}

TEST_F(MailRepliesTest, WhatWasSaidGoesToTheWarehouseAndLeavesTheStore) {
  const model::Message message = sent('f');
  take(reply(message, "The parcel was broken and nobody answered"));
  tests::FakeWarehouse warehouse;
  must(collect::ensure_tables(warehouse));
  EXPECT_EQ(must(load_feedback(*store_, warehouse, base::Zone::utc())), 1U);
  EXPECT_TRUE(must(store_->back().unsaid(10)).empty());
  EXPECT_EQ(must(load_feedback(*store_, warehouse, base::Zone::utc())), 0U);
}

}  // namespace
}  // namespace app
