#include "act/deliver/conductor.h"

#include "act/deliver/crash_points.h"
#include "tests/support/deliver_world.h"

namespace act::deliver {
namespace {

using namespace std::chrono;
using base::Instant;
using model::Enrolment;
using model::EnrolmentState;
using model::MessageState;
using model::Response;
using model::ResponseKind;
using tests::kStart;
using tests::must;

model::Step message_step(std::string id, model::StepIndex next, std::string letter = "memory") {
  return {.id = std::move(id), .what = model::MessageStep{.letter = std::move(letter)}, .next = next};
}

class ConductorTest : public tests::DeliverTest {
 protected:
  ConductorTest() : sender_(*store_, channel_, score_, {.window = 8}) {}

  /// A response to the customer's last message, or of the customer's own where there is none.
  Response response(ResponseKind kind, const Enrolment& entry, Instant at, double human = 1) {
    Response made{.key = fmt::format("{} {} {}", model::name_of(kind), entry.id, base::millis(at)), .kind = kind,
                  .enrolment_id = entry.id, .campaign_id = "c1", .customer_id = entry.customer_id, .at = at, .human = human};
    const auto all = messages(entry.customer_id);
    if (!all.empty()) {
      made.message_id = all.back().id;
      made.step = all.back().step;
    }
    return made;
  }
  bool take(const Response& one, Instant now) { return must(conductor_.take(one, now)); }
  std::size_t wake(Instant now) { return must(conductor_.wake(now, 100)); }
  model::Campaign campaign() { return *must(store_->campaigns().find("c1")); }

  /// Enrolled, the first letter accepted, waiting for a click.
  Enrolment reader(const std::string& customer) {
    const Enrolment entry = enrol(customer);
    run(sender_, kStart);
    wake(kStart);
    EXPECT_EQ(standing(entry).step, "look");
    return entry;
  }

  Sender sender_;
};

TEST_F(ConductorTest, EnteringPutsTheFirstLetterOut) {
  const Enrolment entry = enrol("mary");
  EXPECT_EQ(entry.state, EnrolmentState::sending);
  ASSERT_EQ(messages("mary").size(), 1U);
  EXPECT_EQ(messages("mary")[0].state, MessageState::ready);
  EXPECT_EQ(must(store_->people().contacts("mary", kStart, false, 0)).size(), 1U) << "its place is held";
  EXPECT_FALSE(must(conductor_.enrol({.campaign_id = "c1", .customer_id = "mary", .entered_at = kStart}, "{}", kStart)));
  EXPECT_EQ(messages("mary").size(), 1U);
}

TEST_F(ConductorTest, ACrashBeforeTheCommitLeavesNothing) {
  struct Crash {};
  Conductor crashing{*store_, score_, [](std::string_view point) {
                       if (point == point::kEnrolledNotCommitted) throw Crash{};
                     }};
  add_customer("mary");
  const Enrolment draft{.campaign_id = "c1", .customer_id = "mary", .entered_at = kStart};
  EXPECT_THROW(static_cast<void>(crashing.enrol(draft, "{}", kStart)), Crash);
  EXPECT_TRUE(messages("mary").empty());
  EXPECT_FALSE(must(store_->enrolments().last_entry("c1", "mary")));
  EXPECT_TRUE(must(store_->people().contacts("mary", kStart, true, 0)).empty());
}

TEST_F(ConductorTest, AClickGoesOnAndCountsAsLife) {
  const Enrolment entry = reader("mary");
  EXPECT_EQ(must(store_->people().find("mary"))->unanswered, 1U);
  EXPECT_TRUE(take(response(ResponseKind::clicked, entry, kStart + hours{1}), kStart + hours{1}));
  EXPECT_EQ(standing(entry).step, "quick");
  EXPECT_EQ(must(store_->people().find("mary"))->last_click, kStart + hours{1});
  EXPECT_EQ(must(store_->people().find("mary"))->unanswered, 0U);
  EXPECT_FALSE(take(response(ResponseKind::clicked, entry, kStart + hours{1}), kStart + hours{2})) << "told twice";
}

TEST_F(ConductorTest, AMachinesClickMovesNothing) {
  const Enrolment entry = reader("mary");
  EXPECT_TRUE(take(response(ResponseKind::clicked, entry, kStart + hours{1}, 0.49), kStart + hours{1}));
  EXPECT_EQ(standing(entry).step, "look");
  const auto person = must(store_->people().find("mary"));
  EXPECT_FALSE(person->last_click);
  EXPECT_EQ(person->unanswered, 1U);
  ASSERT_EQ(must(store_->responses().of_enrolment(entry.id)).size(), 1U) << "it is kept";
  wake(kStart + days{3});
  EXPECT_EQ(standing(entry).step, "slow") << "and counts for no branch";
}

TEST_F(ConductorTest, AClickBeforeItsMessageIsSettledIsNotLost) {
  const Enrolment entry = enrol("mary");
  must(sender_.claim(kStart));
  sender_.render(kStart);
  must(sender_.attempt(kStart));
  sender_.transmit();  // the letter is there, our own commit is not
  EXPECT_TRUE(take(response(ResponseKind::clicked, entry, kStart), kStart));
  EXPECT_EQ(standing(entry).state, EnrolmentState::sending);
  must(sender_.settle(kStart));
  wake(kStart);
  EXPECT_EQ(standing(entry).step, "quick");
}

TEST_F(ConductorTest, AnOptOutEndsEverythingAndIsKeptAsProof) {
  const Enrolment entry = reader("mary");
  take(response(ResponseKind::opted_out, entry, kStart + hours{1}), kStart + hours{1});
  EXPECT_EQ(standing(entry).state, EnrolmentState::finished);
  EXPECT_EQ(standing(entry).exit_reason, "opted_out");
  const auto said = must(store_->people().consents("mary"));
  ASSERT_EQ(said.size(), 1U);
  EXPECT_EQ(said[0].state, model::ConsentState::withdrawn);
  EXPECT_EQ(said[0].topic, "*");
  EXPECT_FALSE(said[0].proof.empty());
}

TEST_F(ConductorTest, AnOptOutOfATopicEndsOnlyThatTopicsJourneys) {
  const Enrolment entry = reader("mary");
  must(store_->campaigns().save({.id = "c2", .journey = "varied", .topic = "tips", .launched_at = kStart}));
  must(conductor_.enrol({.campaign_id = "c2", .customer_id = "mary", .entered_at = kStart}, "{}", kStart));
  const Enrolment other = *must(store_->enrolments().last_entry("c2", "mary"));
  Response out = response(ResponseKind::opted_out, entry, kStart + hours{1});
  out.detail = "win_back";
  take(out, kStart + hours{1});
  EXPECT_EQ(standing(entry).state, EnrolmentState::finished);
  EXPECT_NE(standing(other).state, EnrolmentState::finished);
  EXPECT_EQ(must(store_->people().consents("mary")).at(0).topic, "win_back");
}

TEST_F(ConductorTest, AComplaintSuppressesAndWithdraws) {
  const Enrolment entry = reader("mary");
  take(response(ResponseKind::complained, entry, kStart + hours{1}), kStart + hours{1});
  EXPECT_EQ(must(store_->people().suppressed("email", "mary@example.com")), "complained");
  EXPECT_EQ(must(store_->people().consents("mary")).at(0).state, model::ConsentState::withdrawn);
  EXPECT_EQ(standing(entry).state, EnrolmentState::finished);
  EXPECT_EQ(campaign().state, model::CampaignState::running) << "one complaint proves nothing";
}

TEST_F(ConductorTest, AHardBounceSuppressesTheAddressAndNoMore) {
  const Enrolment entry = reader("mary");
  take(response(ResponseKind::bounced_hard, entry, kStart + hours{1}), kStart + hours{1});
  EXPECT_EQ(must(store_->people().suppressed("email", "mary@example.com")), "bounced_hard");
  EXPECT_TRUE(must(store_->people().consents("mary")).empty());
}

TEST_F(ConductorTest, AtThreeComplaintsInAThousandTheCampaignStandsStill) {
  play({.id = "one", .topic = "win_back", .steps = {message_step("memory", model::kEnd)}});
  std::vector<Enrolment> entries;
  for (int i = 0; i < 700; ++i) entries.push_back(enrol(fmt::format("k{}", i)));
  for (int i = 0; i < 10; ++i) run(sender_, kStart);
  ASSERT_EQ(channel_.sent.size(), 700U);
  take(response(ResponseKind::complained, entries[0], kStart), kStart);
  take(response(ResponseKind::complained, entries[1], kStart), kStart);
  EXPECT_EQ(campaign().state, model::CampaignState::running) << "2 of 700 are 0.286 %";
  take(response(ResponseKind::complained, entries[2], kStart), kStart);
  EXPECT_EQ(campaign().state, model::CampaignState::paused) << "3 of 700 are 0.43 %";
  EXPECT_NE(campaign().pause_reason.find("3 of 700"), std::string::npos);
  const Enrolment late = enrol("late");
  run(sender_, kStart);
  EXPECT_EQ(channel_.sent.size(), 700U) << "what is ready waits";
}

TEST_F(ConductorTest, ABuyerGetsNothingMore) {
  const Enrolment entry = enrol("mary");
  take(response(ResponseKind::bought, entry, kStart), kStart);
  EXPECT_EQ(standing(entry).exit_reason, "bought");
  ASSERT_EQ(messages("mary").size(), 1U);
  EXPECT_EQ(messages("mary")[0].state, MessageState::cancelled);
  EXPECT_EQ(messages("mary")[0].detail, "bought");
  EXPECT_TRUE(must(store_->people().contacts("mary", kStart, true, 0)).empty());
  run(sender_, kStart);
  EXPECT_TRUE(channel_.sent.empty());
  EXPECT_EQ(must(store_->people().find("mary"))->last_order, kStart);
}

TEST_F(ConductorTest, ARetryAfterTheJourneyEndedIsNotSent) {
  const Enrolment entry = enrol("mary");
  channel_.answers.push_back({.kind = model::OutcomeKind::retryable, .detail = "refused"});
  must(sender_.claim(kStart));
  sender_.render(kStart);
  must(sender_.attempt(kStart));
  sender_.transmit();
  take(response(ResponseKind::bought, entry, kStart), kStart);
  must(sender_.settle(kStart));
  EXPECT_EQ(messages("mary")[0].state, MessageState::cancelled);
  run(sender_, kStart + days{1});
  EXPECT_EQ(channel_.sent.size(), 1U);
}

TEST_F(ConductorTest, AControlWalksTheSameWayAndGetsGhosts) {
  const Enrolment treated = enrol("mary");
  const Enrolment control = enrol("tom", true);
  ASSERT_EQ(messages("tom").size(), 1U);
  EXPECT_TRUE(messages("tom")[0].ghost);
  run(sender_, kStart);
  EXPECT_EQ(channel_.sent.size(), 1U);
  EXPECT_EQ(messages("tom")[0].state, MessageState::ghost);
  EXPECT_FALSE(messages("tom")[0].attempted_at);
  wake(kStart);
  EXPECT_EQ(standing(control).step, standing(treated).step);
  wake(kStart + days{3});
  wake(kStart + days{7});
  EXPECT_EQ(standing(control).step, standing(treated).step) << "after the offer too";
  EXPECT_FALSE(standing(treated).code.empty());
  EXPECT_TRUE(standing(control).code.empty());
  EXPECT_EQ(must(store_->codes().find("ten-" + std::to_string(control.id))), std::nullopt);
}

TEST_F(ConductorTest, AnEntryAndItsGhostAreOneTransaction) {
  struct Crash {};
  Conductor crashing{*store_, score_, [](std::string_view point) {
                       if (point == point::kEnrolledNotCommitted) throw Crash{};
                     }};
  add_customer("tom");
  const Enrolment draft{.campaign_id = "c1", .customer_id = "tom", .control = true, .entered_at = kStart};
  EXPECT_THROW(static_cast<void>(crashing.enrol(draft, "{}", kStart)), Crash);
  EXPECT_TRUE(messages("tom").empty());
  const Enrolment control = enrol("tom", true);
  ASSERT_EQ(messages("tom").size(), 1U);
  EXPECT_EQ(messages("tom")[0].enrolment_id, control.id);
  EXPECT_EQ(messages("tom")[0].created_at, kStart) << "recorded when the treated's letter is";
  EXPECT_EQ(must(store_->people().contacts("tom", kStart, true, 0)).size(), 1U);
  EXPECT_TRUE(must(store_->people().contacts("tom", kStart, false, 0)).empty());
}

TEST_F(ConductorTest, WhenTheMoneyIsUsedUpTheJourneyGoesTheOtherWay) {
  play({.id = "offer",
        .topic = "win_back",
        .steps = {{.id = "gift", .what = model::OfferStep{.offer = "ten", .if_none = 2}, .next = 1},
                  message_step("with_money", model::kEnd, "offer"), message_step("without", model::kEnd)}});
  must(store_->codes().open_account({.campaign_id = "c1", .offer_id = "ten", .budget = 1200}));  // a code may cost 500
  std::vector<std::string> steps;
  for (const char* customer : {"a", "b", "c", "d"}) steps.push_back(enrol(customer).step);
  EXPECT_EQ(steps, (std::vector<std::string>{"with_money", "with_money", "without", "without"}));
  EXPECT_EQ(must(store_->codes().account("c1", "ten"))->outstanding, 1000);
}

TEST_F(ConductorTest, AnOfferThatIsNotThereGoesTheOtherWay) {
  play({.id = "offer",
        .topic = "win_back",
        .steps = {{.id = "gift", .what = model::OfferStep{.offer = "none", .if_none = 2}, .next = 1},
                  message_step("with_money", model::kEnd, "offer"), message_step("without", model::kEnd)}});
  EXPECT_EQ(enrol("mary").step, "without");
}

TEST_F(ConductorTest, ACodesEndBoundsTheLettersUse) {
  play({.id = "offer",
        .topic = "win_back",
        .steps = {{.id = "gift", .what = model::OfferStep{.offer = "ten", .if_none = model::kEnd}, .next = 1},
                  {.id = "tell", .what = model::MessageStep{.letter = "offer", .valid_for = days{30}}, .next = model::kEnd}}});
  must(store_->codes().open_account({.campaign_id = "c1", .offer_id = "ten"}));
  const Enrolment entry = enrol("mary");
  EXPECT_EQ(entry.code_ends, kStart + days{10});
  EXPECT_EQ(messages("mary")[0].last_by, kStart + days{10}) << "of no use after the printed end";
}

TEST_F(ConductorTest, OnlyRunningCampaignsWake) {
  const Enrolment entry = reader("mary");
  model::Campaign paused = campaign();
  paused.state = model::CampaignState::paused;
  must(store_->campaigns().save(paused));
  EXPECT_EQ(wake(kStart + days{3}), 0U);
  EXPECT_EQ(standing(entry).step, "look");
  paused.state = model::CampaignState::running;
  must(store_->campaigns().save(paused));
  EXPECT_EQ(wake(kStart + days{3}), 1U);
}

TEST_F(ConductorTest, APostedMessageIsOfNoJourney) {
  add_customer("mary");
  model::Message test = tests::letter("test", kStart - days{1});
  test.customer_id = "mary";
  test.campaign_id = "";
  EXPECT_TRUE(must(conductor_.post(test, kStart)));
  EXPECT_FALSE(must(conductor_.post(test, kStart)));
  run(sender_, kStart);
  ASSERT_EQ(channel_.sent.size(), 1U);
  EXPECT_EQ(messages("mary")[0].created_at, kStart);
}

class ChannelChoice : public ConductorTest {
 protected:
  ChannelChoice() {
    score_.channels_ = {"email", "in_app", "sms", "push"};
    score_.habits_.react = {{"sms", 0.05}, {"email", 0.04}, {"push", 0.01}, {"in_app", 0.001}};
  }
  /// The channel the first letter of a journey goes by.
  std::string goes_by(std::vector<std::string> channels, const std::string& customer) {
    model::Journey journey = score_.journey_;
    journey.steps = {{.id = "only", .what = model::MessageStep{.letter = "memory", .channels = std::move(channels)}, .next = 1}};
    play(journey);
    enrol(customer);
    return messages(customer).back().channel;
  }
  void reach(const std::string& customer, const std::string& channel, bool agreed = true) {
    add_customer(customer);
    const model::ContactPoint point{.customer_id = customer, .channel = channel, .address = "a-" + customer};
    must(store_->contacts().put({&point, 1}));
    const model::ConsentRecord said{.customer_id = customer, .channel = channel, .topic = "*",
                                    .state = agreed ? model::ConsentState::granted : model::ConsentState::withdrawn, .valid_from = kStart - hours{1}, .recorded_at = kStart - hours{1}};
    must(store_->people().add_consents({&said, 1}));
  }
};

TEST_F(ChannelChoice, TheFirstOfAListThatReachesTheCustomer) {
  reach("ann", "sms");
  EXPECT_EQ(goes_by({"push", "sms", "email"}, "ann"), "sms");
  add_customer("bob");
  EXPECT_EQ(goes_by({"push", "sms", "email"}, "bob"), "email");
  reach("cyd", "sms", false);
  EXPECT_EQ(goes_by({"sms", "email"}, "cyd"), "email") << "who said no to texts gets none";
}

TEST_F(ChannelChoice, TheBestIsWhatWorked) {
  reach("ann", "sms");
  EXPECT_EQ(goes_by({"best"}, "ann"), "sms") << "as assumed";
  score_.habits_.service_only = {"sms"};
  reach("bob", "sms");
  EXPECT_EQ(goes_by({"best"}, "bob"), "email") << "a channel for service notices carries no marketing";
}

TEST_F(ChannelChoice, WhereNoneReachesTheFirstOnesReasonIsShown) {
  reach("ann", "sms", false);
  score_.manners_.opt_in_channels = {"email"};
  score_.manners_.existing_customers = false;
  EXPECT_EQ(goes_by({"sms", "push"}, "ann"), "sms");
}

}  // namespace
}  // namespace act::deliver
