#include "adapter/webhook/open_webhook.h"

#include <gmock/gmock.h>

#include "adapter/web/open_web.h"
#include "base/webhook_signature.h"
#include "tests/support/http_peer.h"

namespace adapter::webhook {
namespace {

using model::Delivery;
using model::Outcome;
using model::OutcomeKind;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

web::WebConfig config_here() {
  web::WebConfig config;
  config.rules = {true, {"127.0.0.1"}};
  config.connect_timeout = 2s;
  config.timeout = 3s;
  return config;
}

Delivery delivery(const std::string& url, int number = 1) {
  Delivery one;
  one.send_key = fmt::format("{:032x}", number);
  one.address = url;
  one.content.text = R"({"event":"winback","name":"张三"})";
  one.at = base::instant_from_millis(1'767'690'000'000);
  return one;
}

std::string url_of(const tests::HttpPeer& peer) { return fmt::format("http://127.0.0.1:{}/in?x=1", peer.port()); }

Outcome send_one(const web::WebConfig& config, const Delivery& one) {
  const auto web = *web::open_web(config);
  auto channel = open_webhook({.secret = kSecret}, *web);
  EXPECT_TRUE(channel);
  return (*channel)->send(std::span{&one, 1}).front();
}

TEST(Webhook, SignedSoThatAReceiverCanVerify) {
  tests::HttpPeer peer{[](const auto&) { return tests::HttpPeer::status(204); }};
  const Delivery one = delivery(url_of(peer));
  EXPECT_EQ(send_one(config_here(), one).kind, OutcomeKind::accepted);
  auto requests = peer.requests();
  ASSERT_EQ(requests.size(), 1U);
  auto& request = requests[0];
  EXPECT_EQ(request.line, "POST /in?x=1 HTTP/1.1");
  EXPECT_EQ(request.headers["content-type"], "application/json");
  EXPECT_EQ(request.headers["webhook-id"], one.send_key);
  EXPECT_EQ(request.body, one.content.text);
  EXPECT_TRUE(base::WebhookSecret::open(kSecret)->verify(request.headers["webhook-id"],
                                                         request.headers["webhook-timestamp"],
                                                         request.headers["webhook-signature"], request.body, one.at));
}

TEST(Webhook, AnswersAndTheirMeaning) {
  struct Case {
    int status;
    OutcomeKind kind;
    bool dead = false, throttled = false;
    int retry_after = 0;
  };
  using enum OutcomeKind;
  for (const Case& one : {Case{200, accepted},
                          {202, accepted},
                          {301, rejected},
                          {307, rejected},
                          {400, rejected},
                          {404, rejected},
                          {408, retryable},
                          {410, rejected, true},
                          {425, retryable},
                          {429, retryable, false, true, 120},
                          {503, retryable, false, true, 7},
                          {500, unknown},
                          {502, unknown},
                          {504, unknown}}) {
    tests::HttpPeer peer{[&](const auto&) {
      std::string more = "Location: http://127.0.0.1:1/\r\n";
      if (one.retry_after > 0) more += "Retry-After: " + std::to_string(one.retry_after) + "\r\n";
      return tests::HttpPeer::status(one.status, more);
    }};
    const Outcome outcome = send_one(config_here(), delivery(url_of(peer)));
    EXPECT_EQ(outcome.kind, one.kind) << one.status;
    EXPECT_EQ(outcome.address_dead, one.dead) << one.status;
    EXPECT_EQ(outcome.throttled, one.throttled) << one.status;
    EXPECT_EQ(outcome.retry_after.value_or(0s).count(), one.retry_after) << one.status;
    EXPECT_THAT(outcome.detail, HasSubstr(std::to_string(one.status)));
    EXPECT_EQ(peer.requests().size(), 1U);
  }
}

TEST(Webhook, NoAnswer) {
  web::WebConfig config = config_here();
  config.timeout = 500ms;
  std::string closed;
  for (const char* fault : {"drop", "hang"}) {
    tests::HttpPeer peer{[&](const auto&) { return std::string{fault}; }};
    closed = url_of(peer);
    EXPECT_EQ(send_one(config, delivery(closed)).kind, OutcomeKind::unknown) << fault;
    EXPECT_EQ(peer.requests().size(), 1U) << fault;
  }
  EXPECT_EQ(send_one(config, delivery(closed)).kind, OutcomeKind::retryable);  // nobody listens any more
  EXPECT_EQ(send_one(config, delivery("https://nobody.invalid/")).kind, OutcomeKind::retryable);
}

TEST(Webhook, AnEndlessAnswerIsNotRead) {
  tests::HttpPeer peer{
      [&](const auto&) { return "HTTP/1.1 200 x\r\nContent-Length: 10000000\r\n\r\n" + std::string(200'000, 'x'); }};
  EXPECT_EQ(send_one(config_here(), delivery(url_of(peer))).kind, OutcomeKind::accepted);
}

TEST(Webhook, PrivateAddressesAreNotCalled) {
  tests::HttpPeer peer{[](const auto&) { return tests::HttpPeer::status(200); }};
  web::WebConfig config = config_here();
  config.rules.allowed_hosts.clear();
  EXPECT_EQ(send_one(config, delivery(url_of(peer))).kind, OutcomeKind::rejected);
  // A name that looks public and leads inside: what counts is the address after the DNS.
  for (const char* address : {"127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.1", "[::ffff:127.0.0.1]"}) {
    config.resolve = {fmt::format("hooks.example.com:{}:{}", peer.port(), address)};
    const Outcome outcome = send_one(config, delivery(fmt::format("http://hooks.example.com:{}/in", peer.port())));
    EXPECT_EQ(outcome.kind, OutcomeKind::rejected) << address << outcome.detail;
    EXPECT_THAT(outcome.detail, HasSubstr("not public")) << address;
  }
  // The same name, allowed by the operator.
  config.resolve = {fmt::format("hooks.example.com:{}:127.0.0.1", peer.port())};
  config.rules.allowed_hosts = {"hooks.example.com"};
  EXPECT_EQ(send_one(config, delivery(fmt::format("http://hooks.example.com:{}/in", peer.port()))).kind,
            OutcomeKind::accepted);
  EXPECT_EQ(peer.requests().size(), 1U);
}

TEST(Webhook, ManyInOrderOverFewConnections) {
  tests::HttpPeer peer{[](const tests::HttpRequest& request) {
    const bool odd = (request.headers.at("webhook-id").back() - '0') % 2 == 1;
    std::this_thread::sleep_for(5ms);
    return tests::HttpPeer::status(odd ? 200 : 404);
  }};
  web::WebConfig config = config_here();
  config.connections = 4;
  std::vector<Delivery> all;
  for (int i = 0; i < 60; ++i) all.push_back(delivery(url_of(peer), i % 10));
  all[30].address = "ftp://nowhere";
  const auto web = *web::open_web(config);
  auto channel = open_webhook({.secret = kSecret}, *web);
  const auto outcomes = (*channel)->send(all);
  for (std::size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(outcomes[i].kind, i % 2 == 1 ? OutcomeKind::accepted : OutcomeKind::rejected) << i;
  EXPECT_EQ(peer.requests().size(), 59U);
  EXPECT_LE(peer.connections(), 4U);
  EXPECT_EQ((*channel)->replay_window(), 24h);
}

TEST(Webhook, AKeptConnectionThatBreaksSendsNothingTwice) {
  tests::HttpPeer peer{[calls = 0](const auto&) mutable { return ++calls == 1 ? tests::HttpPeer::status(200) : std::string{"drop"}; }};
  const auto web = *web::open_web(config_here());
  auto channel = *open_webhook({.secret = kSecret}, *web);
  const Delivery one = delivery(url_of(peer));
  EXPECT_EQ(channel->send(std::span{&one, 1}).front().kind, OutcomeKind::accepted);
  EXPECT_EQ(channel->send(std::span{&one, 1}).front().kind, OutcomeKind::unknown);
  EXPECT_EQ(peer.requests().size(), 2U) << "not a third over another connection after the kept one broke";
}

TEST(Webhook, BadSecretsAreRefused) {
  const auto web = *web::open_web(config_here());
  for (const char* secret : {"", "whsec_", "whsec_short", "whsec_AAAA", "not base64!"}) {
    EXPECT_FALSE(open_webhook({.secret = secret}, *web)) << secret;
  }
}

}  // namespace
}  // namespace adapter::webhook
