#include "adapter/wecom/open_wecom.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "adapter/web/open_web.h"
#include "tests/support/fake_clock.h"
#include "tests/support/providers/wecom.h"

namespace adapter::wecom {
namespace {

using model::Delivery;
using model::Outcome;
using model::OutcomeKind;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

const base::Instant kNow = base::instant_from_millis(1'767'690'000'000);

Delivery delivery(const std::string& address, int number = 1) {
  Delivery one;
  one.send_key = fmt::format("{:032x}", number);
  one.address = address;
  one.content = {.subject = "礼物", .text = "好久不见,送你一份小礼物", .link = "https://shop.example/gift"};
  one.at = kNow;
  return one;
}

class WecomTest : public testing::Test {
 protected:
  WecomTest() {
    web::WebConfig config;
    config.rules = {true, {"127.0.0.1"}};
    config.timeout = 5s;
    web_ = *web::open_web(config);
    channel_ = open({});
    fake_.set_now(base::millis(kNow) / 1000 + 2);
  }
  std::unique_ptr<port::Channel> open(const std::function<void(WecomConfig&)>& change) {
    WecomConfig config{.corp_id = "ww1", .secret = "s3cret", .member = "lisi", .server = fake_.url()};
    if (change) change(config);
    return *open_wecom(config, *web_, clock_);
  }
  Outcome send(const Delivery& one) { return channel_->send({&one, 1}).front(); }

  tests::FakeClock clock_{kNow};
  tests::FakeWecom fake_;
  std::unique_ptr<port::HttpClient> web_;
  std::unique_ptr<port::Channel> channel_;
};

TEST_F(WecomTest, ATaskForTheColleagueWhoConfirmsIt) {
  const Outcome outcome = send(delivery("zhangsan/woAJ2GCAAAXtWyujaWJHDDGi0mACAAAA"));
  EXPECT_EQ(outcome.kind, OutcomeKind::accepted) << outcome.detail;
  EXPECT_THAT(outcome.detail, HasSubstr("confirms"));
  const auto taken = fake_.ledger.all();
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(outcome.provider_id, taken[0].id);
  EXPECT_EQ(taken[0].key, "zhangsan");
  EXPECT_EQ(taken[0].to, "woAJ2GCAAAXtWyujaWJHDDGi0mACAAAA");
  const json body = json::parse(taken[0].body);
  EXPECT_EQ(body["text"]["content"], "好久不见,送你一份小礼物");
  EXPECT_EQ(body["attachments"][0]["link"]["url"], "https://shop.example/gift");
  EXPECT_EQ(send(delivery("woB", 2)).kind, OutcomeKind::accepted);
  EXPECT_EQ(fake_.ledger.all()[1].key, "lisi") << "the member of the settings";
  EXPECT_EQ(fake_.tokens_given(), 1);
  EXPECT_EQ(channel_->replay_window(), 0s);
}

TEST_F(WecomTest, RefusalsOfThisMessage) {
  const Outcome dead = send(delivery("zhangsan/dead-SECRET"));
  EXPECT_EQ(dead.kind, OutcomeKind::rejected);
  EXPECT_TRUE(dead.address_dead);
  EXPECT_THAT(dead.detail, Not(HasSubstr("SECRET")));
  const Outcome full = send(delivery("zhangsan/full"));
  EXPECT_EQ(full.kind, OutcomeKind::rejected);
  EXPECT_FALSE(full.address_dead);
  for (const char* code : {"errcode 84061", "errcode 41048", "errcode 40058"}) {
    fake_.ledger.fault(code);
    const Outcome outcome = send(delivery("woB"));
    EXPECT_EQ(outcome.kind, OutcomeKind::rejected) << code;
    EXPECT_THAT(outcome.detail, HasSubstr(code));
  }
  Delivery empty = delivery("woB");
  empty.content.text.clear();
  EXPECT_EQ(send(empty).kind, OutcomeKind::rejected);
  for (const char* address : {"", "/", "a/", "a/b c", "a/b/c"}) EXPECT_EQ(send(delivery(address)).kind, OutcomeKind::rejected) << address;
  EXPECT_TRUE(fake_.ledger.all().empty());
}

TEST_F(WecomTest, LimitsSlowItDown) {
  for (const char* fault : {"429", "errcode 45009", "errcode 45033"}) {
    fake_.ledger.fault(fault);
    const Outcome outcome = send(delivery("woB"));
    EXPECT_EQ(outcome.kind, OutcomeKind::retryable) << fault;
    EXPECT_TRUE(outcome.throttled) << fault;
    EXPECT_TRUE(outcome.retry_after) << fault;
    EXPECT_EQ(outcome.trouble, "") << fault;
  }
}

TEST_F(WecomTest, ATokenThatEndsEarlyCostsOneAttempt) {
  EXPECT_EQ(send(delivery("woB")).kind, OutcomeKind::accepted);
  fake_.end_token();
  const Outcome refused = send(delivery("woB", 2));
  EXPECT_EQ(refused.kind, OutcomeKind::retryable);
  EXPECT_EQ(refused.trouble, "");
  EXPECT_EQ(send(delivery("woB", 2)).kind, OutcomeKind::accepted);
  EXPECT_EQ(fake_.ledger.all().size(), 2U);
}

TEST_F(WecomTest, AnAttemptInDoubtIsFoundAmongTheTasksAndNeverMadeTwice) {
  for (const char* fault : {"drop", "500 taken", "503"}) {
    fake_.ledger.fault(fault);
    const Delivery one = delivery(fmt::format("zhangsan/wo{}", std::string_view{fault}.substr(0, 3)));
    const std::size_t before = fake_.ledger.all().size();
    EXPECT_EQ(send(one).kind, OutcomeKind::unknown) << fault;
    const Outcome found = channel_->look_up(one);
    if (std::string_view{fault} == "503") {
      EXPECT_EQ(found.kind, OutcomeKind::unknown) << "no task: nobody can say that none comes";
      continue;
    }
    EXPECT_EQ(fake_.ledger.all().size(), before + 1);
    EXPECT_EQ(found.kind, OutcomeKind::accepted) << fault;
    EXPECT_EQ(found.provider_id, fake_.ledger.all().back().id);
    EXPECT_THAT(found.detail, HasSubstr("not confirmed"));
  }
  const Delivery first = delivery("zhangsan/wodro");
  fake_.set_status(1);
  EXPECT_THAT(channel_->look_up(first).detail, HasSubstr("has sent it"));
  fake_.set_status(2);
  EXPECT_EQ(channel_->look_up(first).kind, OutcomeKind::rejected);
  fake_.set_status(3);
  EXPECT_EQ(channel_->look_up(first).kind, OutcomeKind::rejected);
  fake_.set_status(0);
  EXPECT_EQ(send(first).kind, OutcomeKind::accepted);
  EXPECT_EQ(channel_->look_up(first).kind, OutcomeKind::unknown) << "two tasks for the same customer in those minutes";
  Delivery later = first;
  later.at = kNow + 1h;
  EXPECT_EQ(channel_->look_up(later).kind, OutcomeKind::unknown);
}

TEST_F(WecomTest, WrongCredentialsAreTroubleAndCheckSaysWhich) {
  EXPECT_TRUE(channel_->check());
  const Delivery one = delivery("woB");
  for (const auto& [change, word] : std::vector<std::pair<std::function<void(WecomConfig&)>, std::string>>{
           {[](WecomConfig& config) { config.corp_id = "ww2"; }, "corp_id is wrong"}, {[](WecomConfig& config) { config.secret = "other"; }, "secret is wrong"}}) {
    const auto channel = open(change);
    const Outcome outcome = channel->send({&one, 1}).front();
    EXPECT_EQ(outcome.kind, OutcomeKind::retryable) << word;
    EXPECT_THAT(outcome.trouble, HasSubstr(word));
    EXPECT_THAT(outcome.trouble, Not(HasSubstr("other")));
    const auto checked = channel->check();
    ASSERT_FALSE(checked);
    EXPECT_THAT(checked.error().message, HasSubstr(word));
  }
  for (const char* code : {"errcode 48002", "errcode 60020"}) {
    fake_.ledger.fault(code);
    EXPECT_THAT(send(one).trouble, HasSubstr("admin console")) << code;
  }
  EXPECT_TRUE(fake_.ledger.all().empty());
}

}  // namespace
}  // namespace adapter::wecom
