#include <gmock/gmock.h>

#include "adapter/web/open_web.h"
#include "tests/channels/contract.h"

namespace channels {

std::vector<Row>& rows() {
  static std::vector<Row> all;
  return all;
}

bool add_row(Row row) {
  rows().push_back(std::move(row));
  return true;
}

model::Delivery delivery_to(const Place& place, const std::string& address, int number) {
  model::Delivery one;
  one.message_id = number;
  one.attempt = 1;
  one.send_key = fmt::format("{:032x}", 0xABC000 + number);
  one.reference = fmt::format("Ref_{}-x", number);
  one.customer_id = "customer-7781";
  one.address = address;
  one.name = "Canary Zhang";
  one.content.subject = "We kept your cat's bed";
  one.content.html = "<p>Come back, Canary.</p>";
  one.content.text = fmt::format("Come back, Canary Zhang: https://shop.example/{}", number);
  one.content.language = "en";
  one.content.link = "https://shop.example/x";
  one.unsubscribe_url = "https://shop.example/u/abc";
  one.at = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  place.prepare(one);
  return one;
}

namespace {

using model::Delivery;
using model::Outcome;
using model::OutcomeKind;
using tests::Fault;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class ChannelContract : public testing::TestWithParam<Row> {
 protected:
  void SetUp() override {
    place_ = GetParam().make();
    web_ = *adapter::web::open_web({.rules = {true, {"127.0.0.1"}}, .connect_timeout = 2s, .timeout = 3s});
    open(true);
  }

  void open(bool right_credentials) {
    auto opened = place_->open(right_credentials, *web_);
    ASSERT_TRUE(opened) << opened.error().message;
    channel_ = std::move(*opened);
  }

  /// Sends one and looks that the outcome says nothing it must not say.
  Outcome send(const Delivery& delivery) {
    const auto outcomes = channel_->send(std::span{&delivery, 1});
    EXPECT_EQ(outcomes.size(), 1U);
    discreet(outcomes.at(0), delivery);
    return outcomes.at(0);
  }

  void discreet(const Outcome& outcome, const Delivery& delivery) const {
    for (const std::string& text : {outcome.detail, outcome.trouble}) {
      EXPECT_EQ(text.find('\n'), text.npos);
      for (const std::string& hidden : {delivery.address, delivery.address.substr(1), delivery.name, delivery.content.text, delivery.content.html, delivery.customer_id}) {
        if (!hidden.empty()) {
          EXPECT_THAT(text, Not(HasSubstr(hidden)));
        }
      }
      for (const std::string& secret : place_->secret) {
        EXPECT_THAT(text, Not(HasSubstr(secret)));
      }
    }
    EXPECT_TRUE(outcome.trouble.empty() || outcome.kind == OutcomeKind::retryable);
    EXPECT_TRUE((!outcome.throttled && !outcome.retry_after) || outcome.kind == OutcomeKind::retryable);
    EXPECT_TRUE(!outcome.address_dead || outcome.kind == OutcomeKind::rejected);
    EXPECT_TRUE(!outcome.detail.empty() || outcome.kind == OutcomeKind::accepted);
  }

  std::string key_of(const Delivery& delivery) const { return place_->key_is_send_key ? delivery.send_key : delivery.reference; }

  /// What is promised of a message whose answer never came: one at the provider, whatever is done next.
  void doubt_is_resolved(const Delivery& delivery) {
    ASSERT_EQ(place_->peer->ledger().size(), 1U);
    const Outcome found = channel_->look_up(delivery);
    discreet({.kind = found.kind, .provider_id = found.provider_id, .detail = found.detail + "."}, delivery);
    EXPECT_EQ(found.kind, place_->looks_up ? OutcomeKind::accepted : OutcomeKind::unknown);
    if (!found.provider_id.empty()) {
      EXPECT_EQ(found.provider_id, place_->peer->ledger()[0].id);
    }
    place_->peer->misbehave(Fault::none);
    if (channel_->replay_window() > 0s) {
      Delivery again = delivery;
      ++again.attempt;
      again.at += 90s;
      EXPECT_EQ(send(again).kind, OutcomeKind::accepted);
    }
    EXPECT_EQ(place_->peer->ledger().size(), 1U);
  }

  std::unique_ptr<Place> place_;
  std::unique_ptr<port::HttpClient> web_;
  std::unique_ptr<port::Channel> channel_;
};

TEST_P(ChannelContract, Accepted) {
  EXPECT_EQ(channel_->name(), place_->channel);
  const Delivery one = delivery_to(*place_, place_->good[0]);
  const Outcome outcome = send(one);
  EXPECT_EQ(outcome.kind, OutcomeKind::accepted) << outcome.detail;
  const auto ledger = place_->peer->ledger();
  ASSERT_EQ(ledger.size(), 1U);
  EXPECT_EQ(ledger[0].key, key_of(one)) << "what the provider gives back names the message";
  EXPECT_EQ(ledger[0].id, outcome.provider_id);
}

TEST_P(ChannelContract, ManyInTheirOrder) {
  std::vector<Delivery> all;
  for (int i = 0; i < 12; ++i) all.push_back(delivery_to(*place_, place_->good[static_cast<std::size_t>(i % 2)], i + 1));
  const std::string other = place_->dead.empty() ? place_->refused : place_->dead;
  if (!other.empty()) all.insert(all.begin() + 5, delivery_to(*place_, other, 99));
  const auto outcomes = channel_->send(all);
  ASSERT_EQ(outcomes.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    discreet(outcomes[i], all[i]);
    EXPECT_EQ(outcomes[i].kind, all[i].message_id == 99 ? OutcomeKind::rejected : OutcomeKind::accepted) << i;
  }
  std::vector<std::string> keys, expected;
  for (const auto& message : place_->peer->ledger()) keys.push_back(message.key);
  for (const Delivery& one : all) {
    if (one.message_id != 99) expected.push_back(key_of(one));
  }
  EXPECT_THAT(keys, testing::UnorderedElementsAreArray(expected));
  EXPECT_TRUE(channel_->send({}).empty());
}

TEST_P(ChannelContract, CertainlyRefused) {
  if (place_->refused.empty()) GTEST_SKIP() << "this provider refuses no address that is alive";
  const Outcome outcome = send(delivery_to(*place_, place_->refused));
  EXPECT_EQ(outcome.kind, OutcomeKind::rejected) << outcome.detail;
  EXPECT_FALSE(outcome.address_dead);
  EXPECT_TRUE(place_->peer->ledger().empty());
}

TEST_P(ChannelContract, ADeadAddress) {
  if (place_->dead.empty()) GTEST_SKIP() << "this provider says later that an address is dead";
  const Outcome outcome = send(delivery_to(*place_, place_->dead));
  EXPECT_EQ(outcome.kind, OutcomeKind::rejected) << outcome.detail;
  EXPECT_TRUE(outcome.address_dead);
  EXPECT_TRUE(place_->peer->ledger().empty());
}

TEST_P(ChannelContract, TooManyAtOnce) {
  place_->peer->misbehave(Fault::throttled);
  Delivery one = delivery_to(*place_, place_->good[0]);
  const Outcome outcome = send(one);
  EXPECT_EQ(outcome.kind, OutcomeKind::retryable) << outcome.detail;
  EXPECT_TRUE(outcome.throttled);
  EXPECT_TRUE(outcome.trouble.empty());
  EXPECT_TRUE(place_->peer->ledger().empty());
  place_->peer->misbehave(Fault::none);
  ++one.attempt;
  EXPECT_EQ(send(one).kind, OutcomeKind::accepted);
}

TEST_P(ChannelContract, TakenWithoutAnAnswerIsUnknownAndNeverSentTwice) {
  place_->peer->misbehave(Fault::accept_then_drop);
  const Delivery one = delivery_to(*place_, place_->good[0]);
  EXPECT_EQ(send(one).kind, OutcomeKind::unknown);
  doubt_is_resolved(one);
}

TEST_P(ChannelContract, TakenAndAnsweredAsAnErrorIsUnknown) {
  place_->peer->misbehave(Fault::accept_then_500);
  const Delivery one = delivery_to(*place_, place_->good[0]);
  EXPECT_EQ(send(one).kind, OutcomeKind::unknown);
  doubt_is_resolved(one);
}

TEST_P(ChannelContract, NotTakenWithoutAnAnswerIsUnknownAsWell) {
  place_->peer->misbehave(Fault::drop);
  const Delivery one = delivery_to(*place_, place_->good[0]);
  EXPECT_EQ(send(one).kind, OutcomeKind::unknown);
  EXPECT_EQ(channel_->look_up(one).kind, OutcomeKind::unknown) << "not found proves nothing";
}

TEST_P(ChannelContract, NobodyThere) {
  const Delivery one = delivery_to(*place_, place_->good[0]);
  place_->peer.reset();
  EXPECT_EQ(send(one).kind, OutcomeKind::retryable);
  EXPECT_EQ(channel_->look_up(one).kind, OutcomeKind::unknown);
  const auto checked = channel_->check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, base::Code::unavailable) << checked.error().message;
}

TEST_P(ChannelContract, NonsenseForAnAnswer) {
  place_->peer->misbehave(Fault::garbage);
  const Outcome outcome = send(delivery_to(*place_, place_->good[0]));
  EXPECT_EQ(outcome.kind, OutcomeKind::rejected);
  EXPECT_FALSE(outcome.address_dead);
}

TEST_P(ChannelContract, RightCredentials) {
  const auto checked = channel_->check();
  EXPECT_TRUE(checked) << checked.error().message;
  EXPECT_TRUE(place_->peer->ledger().empty()) << "a check reaches no customer";
}

TEST_P(ChannelContract, WrongCredentials) {
  open(false);
  const Outcome outcome = send(delivery_to(*place_, place_->good[0]));
  EXPECT_EQ(outcome.kind, OutcomeKind::retryable) << outcome.detail;
  EXPECT_FALSE(outcome.trouble.empty()) << "a person must mend this";
  EXPECT_TRUE(place_->peer->ledger().empty());
  const auto checked = channel_->check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message.find('\n'), std::string::npos);
  for (const std::string& secret : place_->secret) {
    EXPECT_THAT(checked.error().message, Not(HasSubstr(secret)));
  }
}

INSTANTIATE_TEST_SUITE_P(Every, ChannelContract, testing::ValuesIn(rows()), [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace channels
