// What every ActStore promises of the outbox, consent and codes, run on SQLite in memory and on a file. What several
// threads, several processes and the file's bytes show stands in act_store_file_test.cc.
#include <gtest/gtest.h>

#include <thread>

#include "adapter/sqlite/open_sqlite.h"
#include "tests/support/act_rows.h"
#include "tests/support/places.h"

namespace tests {
namespace {

using namespace std::chrono;
using base::Instant;
using model::ConsentState;
using model::Message;
using model::MessageState;

enum class Kind { memory, file };

class ActStoreContract : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    auto opened = GetParam() == Kind::memory ? adapter::sqlite::open_sqlite_in_memory()
                                             : adapter::sqlite::open_sqlite(folder_.path() / "store.sqlite");
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
    must(store_->campaigns().save(campaign()));
  }

  /// A message in the outbox, due at kStart.
  Message added(std::string key, Instant due = kStart) {
    Message message = letter(std::move(key), due);
    EXPECT_TRUE(must(store_->outbox().add(message)));
    return message;
  }
  Message claimed(std::string key) {
    const Message message = added(std::move(key));
    const auto claims = claim();
    EXPECT_EQ(claims.size(), 1U);
    EXPECT_EQ(claims.at(0).id, message.id);
    return claims.at(0);
  }
  Message attempting(std::string key) {
    Message message = claimed(std::move(key));
    EXPECT_TRUE(must(store_->outbox().attempt(message, &kContent, kStart)));
    return message;
  }
  std::vector<Message> claim(Instant now = kStart, std::size_t limit = 100) {
    return must(store_->outbox().claim("email", now, now + minutes{10}, limit));
  }
  bool settle(const Message& message, MessageState state, std::string_view provider_id = {}, Instant due = kStart) {
    return must(store_->outbox().settle(message, state, provider_id, "said", kStart + minutes{1}, due));
  }
  Message now_of(const Message& message) { return *must(store_->outbox().find(message.id)); }
  std::size_t places(const Message& message) {
    return must(store_->people().contacts(message.customer_id, kStart - days{1}, true, 0)).size();
  }

  TemporaryFolder folder_;
  std::unique_ptr<port::ActStore> store_;
};

TEST_P(ActStoreContract, ASendKeyIsThereOnce) {
  const Message first = added("k");
  Message again = letter("k", kStart + hours{5});
  EXPECT_FALSE(must(store_->outbox().add(again)));
  EXPECT_EQ(places(first), 1U);
  const auto found = must(store_->outbox().find_key("k"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, first.id);
  EXPECT_EQ(found->due_at, kStart);
  EXPECT_FALSE(must(store_->outbox().find_key("other")));
}

TEST_P(ActStoreContract, AMessageComesBackAsItWasPutIn) {
  Message put = letter("k", kStart);
  put.last_by = kStart + days{7};
  put.ghost = true;
  put.purpose = model::Purpose::service;
  put.occurrence = 3;
  must(store_->outbox().add(put));
  const Message found = now_of(put);
  EXPECT_EQ(found.send_key, "k");
  EXPECT_EQ(found.campaign_id, "c1");
  EXPECT_EQ(found.customer_id, put.customer_id);
  EXPECT_EQ(found.step, "memory");
  EXPECT_EQ(found.occurrence, 3U);
  EXPECT_EQ(found.topic, "win_back");
  EXPECT_EQ(found.purpose, model::Purpose::service);
  EXPECT_TRUE(found.ghost);
  EXPECT_EQ(found.state, MessageState::ready);
  EXPECT_EQ(found.last_by, put.last_by);
  EXPECT_EQ(found.attempt, 0U);
  EXPECT_FALSE(found.attempted_at);
}

TEST_P(ActStoreContract, ClaimsComeInTheOrderTheyAreDueAndOnce) {
  const Message late = added("late", kStart);
  const Message early = added("early", kStart - hours{1});
  const Message same = added("same", kStart);
  const Message future = added("future", kStart + seconds{1});
  const auto first = claim(kStart, 2);
  ASSERT_EQ(first.size(), 2U);
  EXPECT_EQ(first[0].id, early.id);
  EXPECT_EQ(first[1].id, late.id);
  EXPECT_EQ(first[0].attempt, 1U);
  EXPECT_EQ(first[0].state, MessageState::claimed);
  const auto second = claim();
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].id, same.id);
  EXPECT_TRUE(claim().empty());
  EXPECT_EQ(now_of(future).state, MessageState::ready);
  EXPECT_TRUE(must(store_->outbox().claim("in_app", kStart + days{1}, kStart + days{2}, 10)).empty());
}

TEST_P(ActStoreContract, ACampaignThatStandsStillGivesNothingOut) {
  added("k");
  model::Campaign paused = campaign();
  paused.state = model::CampaignState::paused;
  must(store_->campaigns().save(paused));
  EXPECT_TRUE(claim().empty());
  EXPECT_FALSE(must(store_->counts().next_due("email")));
  Message test = letter("test", kStart);
  test.campaign_id = "";
  must(store_->outbox().add(test));
  EXPECT_EQ(claim().size(), 1U) << "a message of no campaign goes in any case";
  must(store_->campaigns().save(campaign()));
  EXPECT_EQ(claim().size(), 1U);
}

TEST_P(ActStoreContract, AClaimThatRanOutIsReadyAgainAndTheOldWorkerMayNotSend) {
  const Message mine = claimed("k");
  EXPECT_TRUE(must(store_->outbox().expire_leases(kStart + minutes{10} - milliseconds{1})).empty());
  EXPECT_EQ(now_of(mine).state, MessageState::claimed);
  EXPECT_TRUE(must(store_->outbox().expire_leases(kStart + minutes{10})).empty()) << "nothing of it may have left";
  EXPECT_EQ(now_of(mine).state, MessageState::ready);
  const auto again = claim(kStart + minutes{11});
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].attempt, 2U);
  EXPECT_FALSE(must(store_->outbox().attempt(mine, &kContent, kStart + minutes{11})));
  EXPECT_TRUE(must(store_->outbox().attempt(again[0], &kContent, kStart + minutes{11})));
}

TEST_P(ActStoreContract, AClaimWhoseLeaseIsOverMayNotBeAttempted) {
  const Message mine = claimed("k");
  EXPECT_FALSE(must(store_->outbox().attempt(mine, &kContent, kStart + minutes{10})));
  EXPECT_EQ(now_of(mine).state, MessageState::claimed);
}

TEST_P(ActStoreContract, AnAttemptThatRanOutIsUnknownAndNeverReady) {
  const Message mine = attempting("k");
  const auto doubtful = must(store_->outbox().expire_leases(kStart + hours{1}));
  ASSERT_EQ(doubtful.size(), 1U);
  EXPECT_EQ(doubtful[0].id, mine.id);
  EXPECT_EQ(now_of(mine).state, MessageState::unknown);
  EXPECT_TRUE(claim(kStart + days{30}).empty());
  EXPECT_EQ(places(mine), 1U) << "it may have reached the customer";
  EXPECT_EQ(must(store_->outbox().unknown(kStart + hours{1}, 10)).size(), 1U);
  EXPECT_TRUE(must(store_->outbox().unknown(kStart - seconds{1}, 10)).empty());
}

TEST_P(ActStoreContract, BytesAreKeptFromTheAttemptUntilTheFateIsKnown) {
  const Message mine = claimed("k");
  EXPECT_FALSE(must(store_->outbox().frozen(mine.id)));
  must(store_->outbox().attempt(mine, &kContent, kStart));
  settle(mine, MessageState::unknown);
  const auto frozen = must(store_->outbox().frozen(mine.id));
  ASSERT_TRUE(frozen);
  EXPECT_EQ(frozen->subject, kContent.subject);
  EXPECT_EQ(frozen->html, kContent.html);
  EXPECT_EQ(frozen->text, kContent.text);
  EXPECT_EQ(frozen->language, kContent.language);
  EXPECT_EQ(frozen->link, kContent.link);
  EXPECT_EQ(frozen->template_id, kContent.template_id);
  EXPECT_EQ(frozen->fields, kContent.fields);
  settle(mine, MessageState::accepted, "p");
  EXPECT_FALSE(must(store_->outbox().frozen(mine.id)));
  const Message other = claimed("no bytes");
  must(store_->outbox().attempt(other, nullptr, kStart));
  EXPECT_FALSE(must(store_->outbox().frozen(other.id)));
  EXPECT_EQ(now_of(other).state, MessageState::attempting);
}

TEST_P(ActStoreContract, ASettlementNamesItsAttempt) {
  const Message mine = attempting("k");
  EXPECT_TRUE(settle(mine, MessageState::accepted, "p-1"));
  const Message settled = now_of(mine);
  EXPECT_EQ(settled.state, MessageState::accepted);
  EXPECT_EQ(settled.provider_id, "p-1");
  EXPECT_EQ(settled.detail, "said");
  EXPECT_EQ(settled.attempted_at, kStart);
  EXPECT_EQ(settled.settled_at, kStart + minutes{1});
  // Anything said afterwards changes nothing.
  for (const MessageState state : {MessageState::rejected, MessageState::ready, MessageState::unknown, MessageState::accepted}) {
    EXPECT_FALSE(settle(mine, state, "p-2"));
    EXPECT_EQ(now_of(mine).state, MessageState::accepted);
    EXPECT_EQ(now_of(mine).provider_id, "p-1");
  }
  EXPECT_EQ(places(mine), 1U);
}

TEST_P(ActStoreContract, AnAnswerOfAnEarlierAttemptDoesNotTouchALaterOne) {
  const Message first = attempting("k");
  settle(first, MessageState::ready, {}, kStart + minutes{5});
  const auto second = claim(kStart + minutes{5});
  ASSERT_EQ(second.size(), 1U);
  EXPECT_FALSE(settle(first, MessageState::rejected));
  EXPECT_EQ(now_of(first).state, MessageState::claimed);
  EXPECT_EQ(places(first), 1U);
}

TEST_P(ActStoreContract, AcceptedBeatsUnknownAndUnconfirmed) {
  for (const MessageState doubt : {MessageState::unknown, MessageState::unconfirmed}) {
    const Message mine = attempting(fmt::format("late {}", static_cast<int>(doubt)));
    must(store_->outbox().expire_leases(kStart + hours{1}));
    if (doubt == MessageState::unconfirmed) {
      EXPECT_TRUE(settle(mine, doubt));
    }
    Message stale = mine;  // whoever has an older attempt's answer
    stale.attempt = 0;
    EXPECT_FALSE(settle(stale, MessageState::rejected));
    EXPECT_EQ(now_of(mine).state, doubt) << "a late refusal is evidence only";
    EXPECT_FALSE(settle(stale, MessageState::accepted, "p-late"));
    EXPECT_EQ(now_of(mine).state, MessageState::accepted);
    EXPECT_EQ(now_of(mine).provider_id, "p-late");
    EXPECT_FALSE(must(store_->outbox().frozen(mine.id)));
    EXPECT_EQ(places(mine), 1U);
  }
}

TEST_P(ActStoreContract, AnUnknownMessageIsAnsweredOnlyByAcceptedOrUnconfirmed) {
  const Message mine = attempting("k");
  EXPECT_TRUE(settle(mine, MessageState::unknown));
  for (const MessageState state : {MessageState::ready, MessageState::rejected, MessageState::cancelled}) {
    EXPECT_FALSE(settle(mine, state));
    EXPECT_EQ(now_of(mine).state, MessageState::unknown);
  }
  EXPECT_TRUE(settle(mine, MessageState::unconfirmed));
  EXPECT_EQ(now_of(mine).state, MessageState::unconfirmed);
}

TEST_P(ActStoreContract, APlaceUnderTheCapsIsGivenBackOnlyWhenNothingReachedAnybody) {
  const std::pair<MessageState, std::size_t> cases[] = {
      {MessageState::accepted, 1},    {MessageState::unknown, 1}, {MessageState::ready, 1},
      {MessageState::rejected, 0},    {MessageState::dropped, 0}, {MessageState::cancelled, 0}};
  for (const auto& [state, left] : cases) {
    const Message mine = attempting(fmt::format("k{}", static_cast<int>(state)));
    EXPECT_EQ(places(mine), 1U);
    EXPECT_TRUE(settle(mine, state, {}, kStart + days{3}));
    EXPECT_EQ(places(mine), left) << model::name_of(state);
  }
}

TEST_P(ActStoreContract, APlaceMovesWithItsMessage) {
  const auto place = [&](const Message& m) { return must(store_->people().contacts(m.customer_id, kStart - days{1}, false, 0)).at(0); };
  const Message mine = claimed("k");
  EXPECT_EQ(place(mine).at, kStart);
  EXPECT_FALSE(place(mine).sent) << "held, not used";
  EXPECT_TRUE(must(store_->people().contacts(mine.customer_id, kStart - days{1}, false, mine.id)).empty());
  must(store_->outbox().attempt(mine, nullptr, kStart + minutes{2}));
  EXPECT_EQ(place(mine).at, kStart + minutes{2});
  EXPECT_TRUE(place(mine).sent);
  settle(mine, MessageState::ready, {}, kStart + hours{9});
  EXPECT_EQ(place(mine).at, kStart + hours{9});
  EXPECT_FALSE(place(mine).sent);
}

TEST_P(ActStoreContract, AGhostTakesAPlaceThatOnlyGhostsSee) {
  Message ghost = letter("g", kStart);
  ghost.ghost = true;
  must(store_->outbox().add(ghost));
  const auto claims = claim();
  ASSERT_EQ(claims.size(), 1U);
  EXPECT_TRUE(settle(claims[0], MessageState::ghost));
  EXPECT_EQ(must(store_->people().contacts(ghost.customer_id, kStart - days{1}, false, 0)).size(), 0U);
  const auto seen = must(store_->people().contacts(ghost.customer_id, kStart - days{1}, true, 0));
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_TRUE(seen[0].sent);
  EXPECT_EQ(must(store_->counts().attempted_since("email", kStart - days{1})), 0U);
}

TEST_P(ActStoreContract, CancellingTakesBackWhatHasNotLeft) {
  Message ready = letter("ready", kStart + days{1}), gone = letter("gone", kStart), held = letter("held", kStart);
  for (Message* message : {&ready, &gone, &held}) {
    message->enrolment_id = 7;
    message->customer_id = "mary";
    must(store_->outbox().add(*message));
  }
  const Message other = added("other", kStart + days{1});
  for (const Message& one : claim()) {
    if (one.id == gone.id) must(store_->outbox().attempt(one, &kContent, kStart));
  }
  must(store_->outbox().cancel(7, "bought", kStart));
  EXPECT_EQ(now_of(ready).state, MessageState::cancelled);
  EXPECT_EQ(now_of(ready).detail, "bought");
  EXPECT_EQ(now_of(held).state, MessageState::cancelled);
  EXPECT_EQ(now_of(gone).state, MessageState::attempting);
  EXPECT_EQ(now_of(other).state, MessageState::ready);
  EXPECT_EQ(places(gone), 1U) << "of three places two are free again";
  Message worker = now_of(held);
  EXPECT_FALSE(must(store_->outbox().attempt(worker, &kContent, kStart)));
}

TEST_P(ActStoreContract, TransactionsNestAndRollBackAsOne) {
  const auto outcome = store_->transact([&]() -> base::Result<void> {
    added("outer");
    WB_TRY(store_->transact([&]() -> base::Result<void> {
      added("inner");
      return {};
    }));
    EXPECT_TRUE(must(store_->outbox().find_key("inner")));
    return base::fail(base::Code::conflict, "on purpose");
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "on purpose");
  EXPECT_FALSE(must(store_->outbox().find_key("outer")));
  EXPECT_FALSE(must(store_->outbox().find_key("inner")));
  struct Crash {};
  EXPECT_THROW(static_cast<void>(store_->transact([&]() -> base::Result<void> {
    added("crash");
    throw Crash{};
  })), Crash);
  EXPECT_FALSE(must(store_->outbox().find_key("crash")));
  must(store_->transact([&]() -> base::Result<void> {
    added("kept");
    return {};
  }));
  EXPECT_TRUE(must(store_->outbox().find_key("kept")));
}

TEST_P(ActStoreContract, ALookIsOneStateOfTheStore) {
  const Message mine = added("k");
  must(store_->look([&]() -> base::Result<void> {
    EXPECT_TRUE(must(store_->outbox().find(mine.id)));
    return {};
  }));
  EXPECT_EQ(claim().size(), 1U) << "and nothing stays locked";
}

TEST_P(ActStoreContract, ConsentsAreKeptForEverInTheOrderTheyHold) {
  const auto said = [&](ConsentState state, Instant from, Instant learned) {
    const model::ConsentRecord record{.customer_id = "mary", .channel = "email", .topic = "*", .state = state, .valid_from = from,
                                      .recorded_at = learned, .source = "form", .proof = "v1"};
    return must(store_->people().add_consents({&record, 1}));
  };
  EXPECT_EQ(said(ConsentState::withdrawn, kStart, kStart), 1U);
  EXPECT_EQ(said(ConsentState::granted, kStart - days{9}, kStart + days{1}), 1U) << "learned later, true earlier";
  EXPECT_EQ(said(ConsentState::withdrawn, kStart, kStart + days{2}), 0U) << "the same statement again";
  const auto kept = must(store_->people().consents("mary"));
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_EQ(kept[0].state, ConsentState::granted);
  EXPECT_EQ(kept[0].recorded_at, kStart + days{1});
  EXPECT_EQ(kept[1].state, ConsentState::withdrawn);
  EXPECT_EQ(kept[1].recorded_at, kStart) << "when it was learned first";
  EXPECT_EQ(kept[1].proof, "v1");
  EXPECT_TRUE(must(store_->people().consents("tom")).empty());
}

TEST_P(ActStoreContract, ASuppressedAddressIsKnownOnItsChannel) {
  must(store_->people().suppress("email", "mary@example.com", "bounced_hard", kStart));
  must(store_->people().suppress("email", "mary@example.com", "complained", kStart));
  EXPECT_EQ(must(store_->people().suppressed("email", "mary@example.com")), "bounced_hard");
  EXPECT_FALSE(must(store_->people().suppressed("sms", "mary@example.com")));
  EXPECT_FALSE(must(store_->people().suppressed("email", "tom@example.com")));
}

TEST_P(ActStoreContract, OneEnrolmentForEachEntry) {
  model::Enrolment first{.campaign_id = "c1", .customer_id = "mary", .entered_at = kStart, .step = "memory"};
  EXPECT_TRUE(must(store_->enrolments().add(first, R"({"a":1})")));
  model::Enrolment again = first;
  EXPECT_FALSE(must(store_->enrolments().add(again, "{}")));
  again.entry_number = first.entry_number + 1;
  EXPECT_TRUE(must(store_->enrolments().add(again, "{}")));
  EXPECT_EQ(must(store_->enrolments().facts(first.id)), R"({"a":1})");
  EXPECT_EQ(must(store_->enrolments().last_entry("c1", "mary"))->id, again.id);
  EXPECT_EQ(must(store_->enrolments().open_of("mary")).size(), 2U);
}

TEST_P(ActStoreContract, OnlyThoseWhoseTimeHasComeAreDue) {
  const auto enter = [&](std::string customer, std::optional<Instant> wake, model::EnrolmentState state) {
    model::Enrolment one{.campaign_id = "c1", .customer_id = std::move(customer), .entered_at = kStart, .step = "rest",
                         .state = state, .wake_at = wake, .visits = {{"memory", 1}, {"rest", 2}}};
    must(store_->enrolments().add(one, "{}"));
    return one;
  };
  const auto later = enter("later", kStart + hours{1}, model::EnrolmentState::waiting);
  const auto soon = enter("soon", kStart - hours{1}, model::EnrolmentState::waiting);
  const auto sending = enter("sending", std::nullopt, model::EnrolmentState::sending);
  const auto due = must(store_->enrolments().due("c1", kStart, 10));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].id, soon.id);
  EXPECT_EQ(due[0].visits, soon.visits);
  EXPECT_EQ(must(store_->enrolments().next_due()), kStart - hours{1});
  must(store_->enrolments().wake(sending.id, kStart));
  must(store_->enrolments().wake(later.id, kStart));  // waits for a time of its own: left alone
  EXPECT_EQ(must(store_->enrolments().due("c1", kStart, 10)).size(), 2U);
  EXPECT_EQ(must(store_->enrolments().find(later.id))->wake_at, kStart + hours{1});
}

TEST_P(ActStoreContract, BudgetBoundsWhatIsRedeemedAndWhatMayBe) {
  must(store_->codes().open_account({.campaign_id = "c1", .offer_id = "ten", .budget = 1000}));
  const auto issue = [&](std::int64_t enrolment, std::int64_t liability) { return must(store_->codes().issue(code_for(enrolment, liability))); };
  EXPECT_TRUE(issue(1, 400));
  EXPECT_EQ(issue(1, 400)->code, "TEN-1") << "asked again: the same";
  EXPECT_TRUE(issue(2, 600));
  EXPECT_FALSE(issue(3, 1)) << "not a penny more";
  must(store_->codes().redeem("TEN-1", "order 1", 100, kStart));
  EXPECT_FALSE(issue(3, 301));
  EXPECT_TRUE(issue(3, 300)) << "what was redeemed for less is free again";
  EXPECT_EQ(must(store_->codes().expire(kStart + days{11})), 2U);
  const auto account = must(store_->codes().account("c1", "ten"));
  EXPECT_EQ(account->redeemed, 100);
  EXPECT_EQ(account->outstanding, 0);
  EXPECT_EQ(account->issued_count, 3U);
  EXPECT_EQ(account->redeemed_count, 1U);
}

TEST_P(ActStoreContract, ACodeIsRedeemedByOneOrder) {
  must(store_->codes().open_account({.campaign_id = "c1", .offer_id = "ten"}));
  must(store_->codes().issue(code_for(1, 400)));
  must(store_->codes().issue(code_for(2, 400)));
  EXPECT_EQ(must(store_->codes().redeem("TEN-1", "order 1", 350, kStart)).state, model::CodeState::redeemed);
  EXPECT_TRUE(store_->codes().redeem("TEN-1", "order 1", 350, kStart)) << "the same order again changes nothing";
  EXPECT_EQ(must(store_->codes().account("c1", "ten"))->redeemed, 350);
  const auto second = store_->codes().redeem("TEN-1", "order 2", 350, kStart);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::Code::conflict);
  EXPECT_EQ(store_->codes().redeem("NONE", "order 2", 1, kStart).error().code, base::Code::not_found);
  EXPECT_EQ(store_->codes().redeem("TEN-2", "order 2", 1, kStart + days{10}).error().code, base::Code::conflict)
      << "at the printed end it is dead";
  EXPECT_TRUE(store_->codes().redeem("TEN-2", "order 2", 1, kStart + days{10} - milliseconds{1}));
}

TEST_P(ActStoreContract, APoolGivesEachCodeOnceAndThenNoMore) {
  must(store_->codes().open_account({.campaign_id = "c1", .offer_id = "ten"}));
  const std::vector<std::string> pool = {"P3", "P1", "P2"};
  EXPECT_EQ(must(store_->codes().add_pool("ten", pool)), 3U);
  EXPECT_EQ(must(store_->codes().add_pool("ten", pool)), 0U);
  EXPECT_EQ(store_->codes().redeem("P1", "order", 1, kStart).error().code, base::Code::not_found) << "nobody has it yet";
  std::vector<std::string> given;
  for (std::int64_t enrolment = 1; enrolment <= 3; ++enrolment) given.push_back(must(store_->codes().issue(code_for(enrolment, 1)))->code);
  EXPECT_EQ(given, (std::vector<std::string>{"P1", "P2", "P3"}));
  EXPECT_FALSE(must(store_->codes().issue(code_for(4, 1))));
}

TEST_P(ActStoreContract, StockBoundsTheNumberOfCodes) {
  must(store_->codes().open_account({.campaign_id = "c1", .offer_id = "ten", .stock = 2}));
  EXPECT_TRUE(must(store_->codes().issue(code_for(1, 1))));
  EXPECT_TRUE(must(store_->codes().issue(code_for(2, 1))));
  EXPECT_FALSE(must(store_->codes().issue(code_for(3, 1))));
}

TEST_P(ActStoreContract, EightThreadsIssuingDoNotPassTheBudget) {
  must(store_->codes().open_account({.campaign_id = "c1", .offer_id = "ten", .budget = 100 * 37 + 50}));
  std::vector<std::thread> threads;
  std::atomic<int> issued = 0;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) issued += must(store_->codes().issue(code_for(1 + t * 25 + i, 100))) ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(issued, 37);
  EXPECT_EQ(must(store_->codes().account("c1", "ten"))->outstanding, 3700);
}

TEST_P(ActStoreContract, SixteenThreadsRedeemACodeOnce) {
  must(store_->codes().open_account({.campaign_id = "c1", .offer_id = "ten"}));
  for (std::int64_t i = 1; i <= 20; ++i) must(store_->codes().issue(code_for(i, 100)));
  std::vector<std::thread> threads;
  std::atomic<int> redeemed = 0, refused = 0;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 1; i <= 20; ++i) {
        const auto outcome = store_->codes().redeem(fmt::format("TEN-{}", i), fmt::format("order of {}", t), 70, kStart);
        if (outcome) ++redeemed;
        else if (outcome.error().code == base::Code::conflict) ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(redeemed, 20);
  EXPECT_EQ(refused, 300);
  const auto account = must(store_->codes().account("c1", "ten"));
  EXPECT_EQ(account->redeemed, 20 * 70);
  EXPECT_EQ(account->redeemed_count, 20U);
  EXPECT_EQ(account->outstanding, 0);
}

TEST_P(ActStoreContract, AResponseIsKeptOnce) {
  model::Response click{.key = "click 1", .kind = model::ResponseKind::clicked, .message_id = 3, .enrolment_id = 4,
                        .campaign_id = "c1", .customer_id = "mary", .step = "memory", .at = kStart};
  EXPECT_TRUE(must(store_->responses().add(click)));
  click.kind = model::ResponseKind::opened;
  EXPECT_FALSE(must(store_->responses().add(click)));
  ASSERT_EQ(must(store_->responses().of_enrolment(4)).size(), 1U);
  EXPECT_EQ(must(store_->responses().of_message(3))[0].kind, model::ResponseKind::clicked);
  const auto id = must(store_->responses().link_id("https://shop.example/a"));
  EXPECT_EQ(must(store_->responses().link_id("https://shop.example/a")), id);
  EXPECT_EQ(must(store_->responses().link_url(id)), "https://shop.example/a");
  EXPECT_FALSE(must(store_->responses().link_url(id + 1)));
}

TEST_P(ActStoreContract, AnInAppMessageIsThereOnceUntilItEnds) {
  const model::InboxMessage put{.message_id = 5, .customer_id = "mary", .content = kContent, .created_at = kStart,
                                .expires_at = kStart + days{1}};
  must(store_->inbox().put(put));
  must(store_->inbox().put(put));
  const auto there = must(store_->inbox().of_customer("mary", kStart));
  ASSERT_EQ(there.size(), 1U);
  EXPECT_TRUE(must(store_->inbox().of_customer("mary", kStart + days{1})).empty());
  EXPECT_TRUE(must(store_->inbox().of_customer("tom", kStart)).empty());
  EXPECT_FALSE(must(store_->inbox().mark_read(there[0].id, "tom", kStart))) << "only who it is for reads it";
  EXPECT_TRUE(must(store_->inbox().mark_read(there[0].id, "mary", kStart)));
}

TEST_P(ActStoreContract, AGrantIsUsedUpOnce) {
  port::GrantStore& grants = store_->grants();
  EXPECT_FALSE(must(grants.take("mary", "T1")));
  must(grants.add("mary", "T1", 2));
  must(grants.add("mary", "T2", 5'000'000));
  EXPECT_EQ(must(grants.left("mary", "T2")), 1000U);
  EXPECT_TRUE(must(grants.take("mary", "T1")));
  EXPECT_TRUE(must(grants.take("mary", "T1")));
  EXPECT_FALSE(must(grants.take("mary", "T1")));
  EXPECT_FALSE(must(grants.take("tom", "T2")));
  must(grants.drop("mary", "T2"));
  EXPECT_EQ(must(grants.left("mary", "T2")), 0U);
  must(grants.add("mary", "T1", 1));
  const auto undone = store_->transact([&]() -> base::Result<void> {
    EXPECT_TRUE(must(grants.take("mary", "T1")));
    return base::fail(base::Code::conflict, "not so");
  });
  EXPECT_FALSE(undone);
  EXPECT_EQ(must(grants.left("mary", "T1")), 1U);
  must(store_->people().erase("mary", kStart));
  EXPECT_EQ(must(grants.left("mary", "T1")), 0U);
}

TEST_P(ActStoreContract, AnAudienceKnowsItsMembersUntilTheyAreTakenOut) {
  port::AudienceStore& audiences = store_->audiences();
  const port::AudienceStore::Member mary{"mary", "a b", kStart}, tom{"tom", "c", kStart}, moved{"mary", "d", kStart + days{1}};
  must(audiences.added("lost", std::vector{tom, mary}));
  must(audiences.added("other", std::vector{tom}));
  EXPECT_EQ(must(audiences.members("lost")).at(0).customer_id, "mary");
  must(audiences.added("lost", std::vector{moved}));
  ASSERT_EQ(must(audiences.members("lost")).size(), 2U);
  EXPECT_EQ(must(audiences.members("lost"))[0].keys, "d");
  EXPECT_EQ(must(audiences.members("lost"))[0].added_at, kStart + days{1});
  must(store_->people().erase("mary", kStart));
  EXPECT_EQ(must(audiences.members("lost")).size(), 2U) << "until the provider has taken her out";
  must(audiences.removed("lost", std::vector{mary}));
  EXPECT_EQ(must(audiences.members("lost")).size(), 1U);
  EXPECT_EQ(must(audiences.members("other")).size(), 1U);
}

TEST_P(ActStoreContract, AMessageIsFoundByItsProvidersId) {
  const Message message = attempting("a");
  EXPECT_TRUE(settle(message, MessageState::accepted, "SM1"));
  EXPECT_EQ(must(store_->outbox().find_provider("email", "SM1"))->id, message.id);
  EXPECT_FALSE(must(store_->outbox().find_provider("sms", "SM1")));
  EXPECT_FALSE(must(store_->outbox().find_provider("email", "SM2")));
  added("b");
  EXPECT_FALSE(must(store_->outbox().find_provider("email", ""))) << "messages without one are nobody's";
}

TEST_P(ActStoreContract, WhatWaitsComesOnceAndGoes) {
  const model::EarlyNotice early{"acme", "sms", {.key = "e1", .event = "delivered", .provider_id = "SM1", .at = kStart}, kStart};
  EXPECT_TRUE(must(store_->back().keep_early(early)));
  EXPECT_FALSE(must(store_->back().keep_early(early)));
  ASSERT_EQ(must(store_->back().early(10)).size(), 1U);
  EXPECT_EQ(must(store_->back().early(10))[0].notice.provider_id, "SM1");
  must(store_->back().drop_early("acme", "e1"));
  EXPECT_TRUE(must(store_->back().early(10)).empty());

  for (const char* customer : {"mary", "ben"}) must(store_->back().say({.customer_id = customer, .feedback_id = "f", .said_at = kStart, .kind = "nps", .score = 3, .text = "slow"}));
  must(store_->back().say({.customer_id = "mary", .feedback_id = "g", .said_at = kStart, .kind = "survey", .reason = "price"}));
  const auto said = must(store_->back().unsaid(10));
  ASSERT_EQ(said.size(), 3U);
  EXPECT_EQ(said[0].score, 3.0);
  EXPECT_FALSE(said[2].score);
  must(store_->people().erase("ben", kStart));
  must(store_->back().said(said[0].id));
  ASSERT_EQ(must(store_->back().unsaid(10)).size(), 1U);
}

TEST_P(ActStoreContract, ALetterInvitesOnceAndAnswersReplaceEachOther) {
  const model::SurveyInvitation draft{.survey = "nps", .customer_id = "mary", .message_id = 7, .channel = "email", .invited_at = kStart};
  const auto first = must(store_->surveys().invite(draft));
  EXPECT_EQ(must(store_->surveys().invite(draft)).id, first.id);
  EXPECT_EQ(must(store_->surveys().last_of("mary"))->id, first.id);
  must(store_->surveys().mark(first.id, model::SurveyMark::started, kStart));
  must(store_->surveys().mark(first.id, model::SurveyMark::started, kStart + hours{1}));
  EXPECT_EQ(must(store_->surveys().find(first.id))->started_at, kStart);
  EXPECT_EQ(must(store_->surveys().find(first.id))->opened_at, kStart) << "who answered has opened it";
  EXPECT_FALSE(must(store_->surveys().find(first.id))->finished_at);
  must(store_->surveys().answer({.invitation_id = first.id, .question = "q", .choices = {"a", "b"}, .at = kStart}));
  must(store_->surveys().answer({.invitation_id = first.id, .question = "q", .choices = {"b"}, .score = 4, .text = "x", .at = kStart}));
  const auto answers = must(store_->surveys().answers(first.id));
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].choices, std::vector<std::string>{"b"});
  EXPECT_EQ(answers[0].score, 4);
  const auto results = must(store_->surveys().results("nps"));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].answers, 1U);
}

TEST_P(ActStoreContract, ATargetIsGivenOutOnceAndTicketsKeepTheirLatestState) {
  must(store_->back().defer({7, "mary", "shop://a", kStart}));
  must(store_->back().defer({7, "mary", "shop://b", kStart + hours{1}}));
  EXPECT_FALSE(must(store_->back().claim_deferred(7, kStart + hours{2}, kStart + hours{3}))) << "too old";
  EXPECT_EQ(must(store_->back().claim_deferred(7, kStart, kStart + hours{3}))->target, "shop://b");
  EXPECT_FALSE(must(store_->back().claim_deferred(7, kStart, kStart + hours{4})));
  must(store_->back().put_ticket({"desk", "1", "mary", true, false, kStart + hours{2}}));
  must(store_->back().put_ticket({"desk", "1", "mary", false, false, kStart}));
  ASSERT_EQ(must(store_->back().open_tickets()).size(), 1U) << "an older state changes nothing";
  must(store_->back().put_ticket({"desk", "1", "mary", false, false, kStart + hours{3}}));
  EXPECT_TRUE(must(store_->back().open_tickets()).empty());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, ActStoreContract, testing::Values(Kind::memory, Kind::file),
                         [](const auto& of) { return of.param == Kind::memory ? "InMemory" : "OnFile"; });

}  // namespace
}  // namespace tests
