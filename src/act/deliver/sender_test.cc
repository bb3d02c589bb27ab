#include "act/deliver/sender.h"

#include "act/deliver/crash_points.h"
#include "tests/support/deliver_world.h"
#include "tests/support/fake_channel.h"

namespace act::deliver {
namespace {

using namespace std::chrono;
using base::Instant;
using model::MessageState;
using model::Outcome;
using model::OutcomeKind;
using tests::kStart;
using tests::must;

class SenderTest : public tests::DeliverTest {
 protected:
  Sender sender(SenderConfig config = {.window = 8}) { return Sender{*store_, channel_, score_, std::move(config)}; }
  std::size_t contacts(const model::Message& m) {
    return must(store_->people().contacts(m.customer_id, kStart - days{40}, true, 0)).size();
  }
};

TEST(BackOff, DoublesFromAMinuteToSixHours) {
  EXPECT_EQ(back_off(1, minutes{1}), minutes{1});
  EXPECT_EQ(back_off(2, minutes{1}), minutes{2});
  EXPECT_EQ(back_off(5, minutes{1}), minutes{16});
  EXPECT_EQ(back_off(9, minutes{1}), minutes{256});
  EXPECT_EQ(back_off(10, minutes{1}), hours{6});
  EXPECT_EQ(back_off(4'000'000'000, minutes{1}), hours{6});
}

TEST_F(SenderTest, ALetterGoesOnceAndIsSettled) {
  const model::Message letter = post("k");
  Sender own = sender();
  run(own, kStart);
  ASSERT_EQ(channel_.sent.size(), 1U);
  const model::Delivery& delivery = channel_.sent[0];
  EXPECT_EQ(delivery.send_key, "k");
  EXPECT_EQ(delivery.attempt, 1U);
  EXPECT_EQ(delivery.address, letter.customer_id + "@example.com");
  EXPECT_FALSE(delivery.unsubscribe_url.empty());
  EXPECT_EQ(message(letter.id).state, MessageState::accepted);
  EXPECT_EQ(message(letter.id).attempted_at, kStart);
  EXPECT_EQ(must(store_->people().find(letter.customer_id))->unanswered, 1U);
  EXPECT_EQ(own.in_flight(), 0U);
}

TEST_F(SenderTest, APrinterOnAThreadOfItsOwnSendsTheSame) {
  std::vector<model::Message> letters;
  for (int i = 0; i < 30; ++i) letters.push_back(post(fmt::format("k{}", i)));
  tests::FakeScore printer_score;
  Sender own{*store_, channel_, score_, {.window = 8}, {}, Printer{store_.get(), &printer_score}};
  run(own, kStart);
  EXPECT_EQ(channel_.sent.size(), 30U);
  for (const model::Message& one : letters) EXPECT_EQ(message(one.id).state, MessageState::accepted);
}

TEST_F(SenderTest, NotMoreThanAWindowIsInFlight) {
  for (int i = 0; i < 20; ++i) post(fmt::format("k{}", i));
  Sender own = sender({.window = 6});
  std::size_t before = 0;
  for (int i = 0; i < 12; ++i) {
    must(own.round(kStart));
    EXPECT_LE(channel_.sent.size() - before, 6U);
    before = channel_.sent.size();
  }
  EXPECT_EQ(channel_.sent.size(), 20U);
}

TEST_F(SenderTest, CertainlyNotTakenIsTriedAgainLaterAndLater) {
  const model::Message letter = post("k");
  for (int i = 0; i < 3; ++i) channel_.answers.push_back({.kind = OutcomeKind::retryable, .detail = "refused"});
  Sender own = sender();
  run(own, kStart);
  EXPECT_EQ(message(letter.id).state, MessageState::ready);
  EXPECT_EQ(message(letter.id).due_at, kStart + minutes{1});
  run(own, kStart + seconds{59});
  EXPECT_EQ(channel_.sent.size(), 1U);
  run(own, kStart + minutes{1});
  EXPECT_EQ(message(letter.id).due_at, kStart + minutes{1} + minutes{2});
  run(own, kStart + minutes{3});
  EXPECT_EQ(message(letter.id).due_at, kStart + minutes{3} + minutes{4});
  run(own, kStart + minutes{7});
  EXPECT_EQ(message(letter.id).state, MessageState::accepted);
  EXPECT_EQ(channel_.sent.size(), 4U);
  EXPECT_EQ(channel_.sent.back().send_key, "k") << "the same key at every attempt";
  EXPECT_EQ(contacts(letter), 1U);
}

TEST_F(SenderTest, AfterTenAttemptsItIsGivenUp) {
  const model::Message letter = post("k");
  for (int i = 0; i < 10; ++i) channel_.answers.push_back({.kind = OutcomeKind::retryable, .detail = "refused"});
  Sender own = sender();
  Instant now = kStart;
  for (int i = 0; i < 12; ++i) {
    run(own, now);
    now += hours{6};
  }
  EXPECT_EQ(channel_.sent.size(), 10U);
  EXPECT_EQ(message(letter.id).state, MessageState::rejected);
  EXPECT_EQ(message(letter.id).detail, "refused");
  EXPECT_EQ(contacts(letter), 0U) << "it reached nobody: the place is free";
}

TEST_F(SenderTest, ThrottlingIsNoFailure) {
  const model::Message letter = post("k");
  for (int i = 0; i < 15; ++i) channel_.answers.push_back({.kind = OutcomeKind::retryable, .detail = "429", .throttled = true});
  Sender own = sender();
  Instant now = kStart;
  for (int i = 0; i < 16; ++i) {
    run(own, now);
    now += hours{6};
  }
  EXPECT_EQ(channel_.sent.size(), 16U);
  EXPECT_EQ(message(letter.id).state, MessageState::accepted);
}

TEST_F(SenderTest, TheProvidersWishForPatienceIsHeeded) {
  const model::Message letter = post("k");
  channel_.answers.push_back({.kind = OutcomeKind::retryable, .detail = "451", .retry_after = minutes{17}});
  Sender own = sender();
  run(own, kStart);
  EXPECT_EQ(message(letter.id).due_at, kStart + minutes{17});
}

TEST_F(SenderTest, WhatWouldComeTooLateIsNotTriedAgain) {
  model::Message letter = tests::letter("k", kStart);
  letter.last_by = kStart + minutes{10};
  add_customer(letter.customer_id);
  must(store_->outbox().add(letter));
  channel_.answers.push_back({.kind = OutcomeKind::retryable, .detail = "451", .retry_after = minutes{17}});
  Sender own = sender();
  run(own, kStart);
  EXPECT_EQ(message(letter.id).state, MessageState::rejected);
}

TEST_F(SenderTest, ARefusalIsFinalAndADeadAddressIsSuppressed) {
  const model::Message refused = post("refused");
  channel_.answers.push_back({.kind = OutcomeKind::rejected, .detail = "550 policy"});
  Sender own = sender();
  run(own, kStart);
  EXPECT_EQ(message(refused.id).state, MessageState::rejected);
  EXPECT_FALSE(must(store_->people().suppressed("email", refused.customer_id + "@example.com")));

  const model::Message dead = post("dead");
  channel_.answers.push_back({.kind = OutcomeKind::rejected, .detail = "550 5.1.1", .address_dead = true});
  run(own, kStart);
  EXPECT_EQ(must(store_->people().suppressed("email", dead.customer_id + "@example.com")), "bounced_hard");
  model::Message next = tests::letter("next", kStart);
  next.customer_id = dead.customer_id;
  must(store_->outbox().add(next));
  run(own, kStart);
  EXPECT_EQ(channel_.sent.size(), 2U);
  EXPECT_EQ(message(next.id).state, MessageState::dropped);
  EXPECT_EQ(message(next.id).detail, "suppressed");
}

TEST_F(SenderTest, AnOptOutBetweenClaimAndAttemptWins) {
  const model::Message letter = post("k");
  Sender own = sender();
  ASSERT_EQ(must(own.claim(kStart)), 1U);
  own.render(kStart);
  const model::ConsentRecord out{.customer_id = letter.customer_id, .channel = "email", .topic = "*", .state = model::ConsentState::withdrawn,
                                 .valid_from = kStart, .recorded_at = kStart, .source = "one-click"};
  must(store_->people().add_consents({&out, 1}));
  must(own.attempt(kStart));
  own.transmit();
  must(own.settle(kStart));
  EXPECT_TRUE(channel_.sent.empty());
  EXPECT_EQ(message(letter.id).state, MessageState::dropped);
  EXPECT_EQ(message(letter.id).detail, "opted_out");
  EXPECT_EQ(contacts(letter), 0U);
}

TEST_F(SenderTest, QuietHoursPutOffAndKeepThePlace) {
  const model::Message letter = post("k");
  score_.manners_.quiet_from = 11 * 60;
  score_.manners_.quiet_to = 14 * 60;
  Sender own = sender();
  run(own, kStart);
  EXPECT_TRUE(channel_.sent.empty());
  EXPECT_EQ(message(letter.id).state, MessageState::ready);
  EXPECT_EQ(message(letter.id).due_at, kStart + hours{2});
  EXPECT_EQ(contacts(letter), 1U);
  run(own, kStart + hours{2});
  EXPECT_EQ(channel_.sent.size(), 1U);
}

TEST_F(SenderTest, WithoutAnAddressNothingGoes) {
  model::Message letter = tests::letter("k", kStart);
  must(store_->outbox().add(letter));
  Sender own = sender();
  run(own, kStart);
  EXPECT_TRUE(channel_.sent.empty());
  EXPECT_EQ(message(letter.id).state, MessageState::dropped);
  EXPECT_EQ(message(letter.id).detail, "no_address");
}

TEST_F(SenderTest, WarmUpLetsSoManyGoEachDay) {
  for (int i = 0; i < 40; ++i) post(fmt::format("k{}", i));
  Sender own = sender({.window = 8, .warm_up = {5, 12}});
  run(own, kStart);
  EXPECT_EQ(channel_.sent.size(), 5U);
  run(own, kStart + hours{11});
  EXPECT_EQ(channel_.sent.size(), 5U);
  Sender again = sender({.window = 8, .warm_up = {5, 12}});  // the program was started anew: what went today counts
  run(again, kStart + hours{11});
  EXPECT_EQ(channel_.sent.size(), 5U);
  run(own, kStart + hours{12});
  EXPECT_EQ(channel_.sent.size(), 17U) << "the second day begins at midnight UTC";
  run(own, kStart + hours{36});
  EXPECT_EQ(channel_.sent.size(), 40U) << "afterwards there is no limit";
}

TEST_F(SenderTest, WarmUpCountsWhatThePrinterHolds) {
  for (int i = 0; i < 40; ++i) post(fmt::format("k{}", i));
  tests::FakeScore printer_score;
  Sender own{*store_, channel_, score_, {.window = 4, .warm_up = {10}}, {}, Printer{store_.get(), &printer_score}};
  run(own, kStart);
  EXPECT_EQ(channel_.sent.size(), 10U);
}

TEST_F(SenderTest, SoManyAnHour) {
  for (int i = 0; i < 25; ++i) post(fmt::format("k{}", i));
  Sender own = sender({.window = 8, .per_hour = 10});
  run(own, kStart + minutes{5});
  EXPECT_EQ(channel_.sent.size(), 10U);
  run(own, kStart + minutes{59});
  EXPECT_EQ(channel_.sent.size(), 10U);
  run(own, kStart + minutes{60});
  EXPECT_EQ(channel_.sent.size(), 20U);
}

TEST_F(SenderTest, ADoubtIsReplayedWhileTheProviderDeduplicates) {
  channel_.window = hours{24};
  const model::Message letter = post("k");
  channel_.answers.push_back({.kind = OutcomeKind::unknown, .detail = "connection lost"});
  Sender own = sender();
  run(own, kStart);
  ASSERT_EQ(message(letter.id).state, MessageState::unknown);
  must(own.resolve(kStart + hours{23}));
  ASSERT_EQ(channel_.sent.size(), 2U);
  EXPECT_EQ(channel_.sent[1].send_key, channel_.sent[0].send_key);
  EXPECT_EQ(channel_.sent[1].content.text, channel_.sent[0].content.text);
  EXPECT_EQ(channel_.sent[1].content.subject, channel_.sent[0].content.subject);
  EXPECT_EQ(message(letter.id).state, MessageState::accepted);
}

TEST_F(SenderTest, AfterTheWindowItIsAskedForAndNeverSentAgain) {
  channel_.window = hours{24};
  const model::Message letter = post("k");
  channel_.answers.push_back({.kind = OutcomeKind::unknown});
  Sender own = sender();
  run(own, kStart);
  must(own.resolve(kStart + hours{24}));
  EXPECT_EQ(channel_.sent.size(), 1U);
  ASSERT_EQ(channel_.asked.size(), 1U);
  EXPECT_EQ(message(letter.id).state, MessageState::unknown);
  channel_.known = {.kind = OutcomeKind::accepted, .provider_id = "found"};
  must(own.resolve(kStart + hours{30}));
  EXPECT_EQ(message(letter.id).state, MessageState::accepted);
  EXPECT_EQ(message(letter.id).provider_id, "found");
  EXPECT_EQ(channel_.sent.size(), 1U);
}

TEST_F(SenderTest, WithoutAnswerItIsUnconfirmedAfterThreeDays) {
  const model::Message letter = post("k");
  channel_.answers.push_back({.kind = OutcomeKind::unknown, .detail = "no answer"});
  Sender own = sender();
  run(own, kStart);
  must(own.resolve(kStart + hours{72} - seconds{1}));
  EXPECT_EQ(message(letter.id).state, MessageState::unknown);
  must(own.resolve(kStart + hours{72}));
  EXPECT_EQ(message(letter.id).state, MessageState::unconfirmed);
  EXPECT_EQ(channel_.sent.size(), 1U);
  EXPECT_EQ(contacts(letter), 1U) << "it may have reached the customer, so it counts";
}

TEST_F(SenderTest, BytesAreKeptOnlyWhereTheyMayBeSentAgain) {
  const model::Message letter = post("k");
  channel_.answers.push_back({.kind = OutcomeKind::unknown});
  Sender own = sender();
  run(own, kStart);
  EXPECT_FALSE(must(store_->outbox().frozen(letter.id)));
  channel_.window = hours{24};
  const model::Message kept = post("kept");
  channel_.answers.push_back({.kind = OutcomeKind::unknown});
  run(own, kStart);
  EXPECT_TRUE(must(store_->outbox().frozen(kept.id)));
}

TEST_F(SenderTest, OneGrantIsOneMessage) {
  channel_.grants = true;
  add_customer("mary");
  std::vector<model::Message> both;
  for (const char* key : {"k1", "k2"}) {
    both.push_back(tests::letter(key, kStart));
    both.back().customer_id = "mary";
    must(store_->outbox().add(both.back()));
  }
  must(store_->grants().add("mary", "", 1));
  channel_.answers = {{.kind = OutcomeKind::retryable, .detail = "busy"}};
  Sender own = sender();
  run(own, kStart);
  EXPECT_EQ(channel_.sent.size(), 1U);
  EXPECT_EQ(message(both[0].id).state, MessageState::ready);
  EXPECT_EQ(message(both[1].id).state, MessageState::dropped);
  EXPECT_EQ(message(both[1].id).detail, "no_grant");
  EXPECT_EQ(must(store_->grants().left("mary", "")), 1U) << "certainly not taken: the grant is there for the next attempt";
  run(own, kStart + minutes{1});
  EXPECT_EQ(message(both[0].id).state, MessageState::accepted);
  EXPECT_EQ(must(store_->grants().left("mary", "")), 0U);
  EXPECT_EQ(channel_.sent.size(), 2U);
}

TEST_F(SenderTest, AnAttemptInDoubtOrRefusedKeepsItsGrant) {
  channel_.grants = true;
  for (const OutcomeKind kind : {OutcomeKind::unknown, OutcomeKind::rejected}) {
    const model::Message one = post(fmt::format("k{}", static_cast<int>(kind)));
    must(store_->grants().add(one.customer_id, "", 1));
    channel_.answers = {{.kind = kind}};
    Sender own = sender();
    run(own, kStart);
    EXPECT_EQ(must(store_->grants().left(one.customer_id, "")), 0U);
  }
}

TEST_F(SenderTest, ARollBackGivesTheGrantBack) {
  channel_.grants = true;
  const model::Message one = post("k");
  must(store_->grants().add(one.customer_id, "", 1));
  struct Crash {};
  Sender own{*store_, channel_, score_, {.window = 8, .lease = minutes{10}}, [&](std::string_view point) {
               if (point == point::kAttemptingNotCommitted) throw Crash{};
             }};
  must(own.claim(kStart));
  own.render(kStart);
  EXPECT_THROW(static_cast<void>(own.attempt(kStart)), Crash);
  EXPECT_EQ(must(store_->grants().left(one.customer_id, "")), 1U);
  EXPECT_TRUE(channel_.sent.empty());
}

TEST_F(SenderTest, InAppIsExactlyOnceOverARollBack) {
  model::Message note = tests::letter("k", kStart);
  note.channel = "in_app";
  add_customer(note.customer_id);
  must(store_->outbox().add(note));
  tests::FakeChannel app{"in_app", 1};
  struct Crash {};
  bool crashes = true;
  Sender first{*store_, app, score_, {.window = 8, .lease = minutes{10}}, [&](std::string_view point) {
                 if (crashes && point == point::kAttemptingNotCommitted) throw Crash{};
               }};
  must(first.claim(kStart));
  first.render(kStart);
  EXPECT_THROW(static_cast<void>(first.attempt(kStart)), Crash);
  EXPECT_TRUE(must(store_->inbox().of_customer(note.customer_id, kStart)).empty());
  crashes = false;
  Sender second{*store_, app, score_, {.window = 8}};
  must(second.resolve(kStart + minutes{10}));
  run(second, kStart + minutes{10});
  EXPECT_EQ(must(store_->inbox().of_customer(note.customer_id, kStart)).size(), 1U);
  EXPECT_EQ(message(note.id).state, MessageState::accepted);
  EXPECT_TRUE(app.calls.empty());
}

TEST_F(SenderTest, AChannelInTroubleRestsAndSaysWhyAndLosesNothing) {
  const model::Message letter = post("k");
  channel_.answers.push_back({.kind = OutcomeKind::retryable, .detail = "HTTP 401", .trouble = "the key was refused; set a new one"});
  Sender own = sender();
  run(own, kStart);
  EXPECT_EQ(own.trouble(), "the key was refused; set a new one");
  EXPECT_EQ(must(store_->findings().find("channel/email"))->json, "the key was refused; set a new one");
  EXPECT_EQ(message(letter.id).state, MessageState::ready);
  run(own, kStart + minutes{4});
  EXPECT_EQ(channel_.sent.size(), 1U) << "it rests";
  run(own, kStart + minutes{6});
  EXPECT_EQ(channel_.sent.size(), 2U);
  EXPECT_EQ(message(letter.id).state, MessageState::accepted);
  EXPECT_EQ(own.trouble(), "");
  EXPECT_EQ(must(store_->findings().find("channel/email"))->json, "");
}

TEST_F(SenderTest, TroubleOfTheChannelGivesNoMessageUp) {
  const model::Message letter = post("k");
  Sender own = sender();
  for (int i = 0; i < 15; ++i) {
    channel_.answers.push_back({.kind = OutcomeKind::retryable, .trouble = "no money left at the provider"});
    run(own, kStart + hours{7 * i});
  }
  EXPECT_EQ(channel_.sent.size(), 15U);
  EXPECT_EQ(message(letter.id).state, MessageState::ready);
}

}  // namespace
}  // namespace act::deliver
