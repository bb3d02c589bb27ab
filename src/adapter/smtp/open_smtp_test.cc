#include "adapter/smtp/open_smtp.h"

#include <gmock/gmock.h>

#include <atomic>

#include "adapter/smtp/reply.h"
#include "tests/support/smtp_peer.h"

namespace adapter::smtp {
namespace {

using model::Delivery;
using model::Outcome;
using model::OutcomeKind;
using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::vector<Delivery> letters(std::size_t count, const std::string& domain = "customer.example") {
  std::vector<Delivery> all(count);
  for (std::size_t i = 0; i < count; ++i) {
    all[i].send_key = fmt::format("{:032x}", i + 1);
    all[i].reference = fmt::format("ref-{}", i);
    all[i].address = fmt::format("anna{}@{}", i, domain);
    all[i].content.subject = "我们想念你";
    all[i].content.text = "Hello\n.a line with a dot\n";
    all[i].at = base::instant_from_millis(1'767'690'000'000);
  }
  return all;
}

SmtpConfig config_for(std::uint16_t port) {
  SmtpConfig config;
  config.host = "127.0.0.1";
  config.port = port;
  config.security = Security::none;
  config.sender.address = "news@shop.example";
  config.sender.bounce_domain = "bounces.shop.example";
  config.connections = 1;
  config.usual_domain = {0, 1, 16};
  config.connect_timeout = config.reply_timeout = config.final_reply_timeout = 5s;
  return config;
}

std::vector<Outcome> send(const SmtpConfig& config, const std::vector<Delivery>& all) {
  auto channel = open_smtp(config);
  EXPECT_TRUE(channel) << channel.error().message;
  return (*channel)->send(all);
}

Outcome send_one(const SmtpConfig& config) { return send(config, letters(1)).front(); }

TEST(Smtp, AcceptedLettersComeOverOneConnection) {
  tests::SmtpPeer peer;
  auto channel = open_smtp(config_for(peer.port()));
  ASSERT_TRUE(channel);
  const auto all = letters(20);
  for (const Outcome& outcome : (*channel)->send(all)) {
    EXPECT_EQ(outcome.kind, OutcomeKind::accepted) << outcome.detail;
    EXPECT_EQ(outcome.provider_id, "Q0");
  }
  EXPECT_EQ((*channel)->send(letters(1)).front().kind, OutcomeKind::accepted);
  EXPECT_EQ(peer.connections(), 1U);
  const auto received = peer.received();
  ASSERT_EQ(received.size(), 21U);
  EXPECT_THAT(received[3].from, HasSubstr("<bounce+ref-3@bounces.shop.example>"));
  EXPECT_THAT(received[3].from, Not(HasSubstr("SMTPUTF8")));
  EXPECT_THAT(received[3].to, HasSubstr("<anna3@customer.example>"));
  EXPECT_EQ(received[3].bytes, compose(all[3], config_for(0).sender)->bytes);
}

TEST(Smtp, LettersGoInParallelAsFarAsAllowed) {
  tests::SmtpPeer peer{[](const std::string& stage, const std::string&) {
    if (stage == "dot") std::this_thread::sleep_for(100ms);
    return std::string{};
  }};
  SmtpConfig config = config_for(peer.port());
  config.connections = 4;
  const auto begin = std::chrono::steady_clock::now();
  for (const Outcome& outcome : send(config, letters(16))) EXPECT_EQ(outcome.kind, OutcomeKind::accepted);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1200ms);  // 1.6 s one after another, 0.4 s by four
  EXPECT_EQ(peer.connections(), 4U);
}

TEST(Smtp, OneDomainIsNotGivenMoreThanItsConnections) {
  std::atomic<int> under_way{0}, most{0};
  tests::SmtpPeer peer{[&](const std::string& stage, const std::string&) {
    if (stage == "RCPT") most = std::max<int>(most, ++under_way);
    if (stage == "dot") {
      std::this_thread::sleep_for(10ms);
      --under_way;
    }
    return std::string{};
  }};
  SmtpConfig config = config_for(peer.port());
  config.connections = 8;
  config.domains["CUSTOMER.example"] = {0, 1, 2};
  for (const Outcome& outcome : send(config, letters(12))) EXPECT_EQ(outcome.kind, OutcomeKind::accepted);
  EXPECT_EQ(most, 2);
}

struct Fault {
  const char* stage;
  const char* reply;
  OutcomeKind kind;
  bool address_dead = false;
  bool throttled = false;
};

TEST(Smtp, EveryFaultAtEveryStage) {
  using enum OutcomeKind;
  const Fault faults[] = {
      {"greeting", "421 4.7.0 busy", retryable, false, true},
      {"greeting", "554 5.7.1 not you", retryable},  // about us, not about the letter
      {"greeting", "drop", retryable},
      {"EHLO", "drop", retryable},
      {"MAIL", "451 4.3.0 try later", retryable, false, true},
      {"MAIL", "454 4.7.0 slower", retryable, false, true},
      {"MAIL", "432 4.2.9 password needed", retryable},
      {"MAIL", "530 5.7.0 log in first", retryable},
      {"MAIL", "553 5.1.8 sender unknown", rejected},
      {"MAIL", "550 5.1.1 odd but about the sender", rejected},
      {"MAIL", "drop", retryable},
      {"RCPT", "450 4.2.0 greylisted", retryable, false, true},
      {"RCPT", "452 4.2.2 mailbox full", retryable, false, true},
      {"RCPT", "451 4.7.1 slow down", retryable, false, true},
      {"RCPT", "441 4.4.1 no route", retryable},
      {"RCPT", "550 5.1.1 <anna0@customer.example> user unknown", rejected, true},
      {"RCPT", "550 5.1.0 no such address", rejected, true},
      {"RCPT", "550 5.1.2 no such domain", rejected, true},
      {"RCPT", "501 5.1.3 bad syntax", rejected, true},
      {"RCPT", "550 No such user here", rejected, true},
      {"RCPT", "550 5.7.1 blocked for policy", rejected},
      {"RCPT", "552 5.2.2 over quota", rejected},
      {"RCPT", "550 we do not like you", rejected},
      {"RCPT", "drop", retryable},
      {"DATA", "451 4.3.0 try later", retryable, false, true},
      {"DATA", "554 5.5.1 no valid recipients", rejected},
      {"DATA", "drop", retryable},
      {"dot", "451 4.3.0 queue full", retryable, false, true},
      {"dot", "421 4.7.0 too much", retryable, false, true},
      {"dot", "550 5.7.1 spam", rejected},
      {"dot", "550 5.1.1 unknown user", rejected, true},
      {"dot", "drop", unknown},
      {"dot", "999 nonsense", unknown},
  };
  for (const Fault& fault : faults) {
    tests::SmtpPeer peer{[&](const std::string& stage, const std::string&) {
      return stage == fault.stage ? std::string{fault.reply} : std::string{};
    }};
    const Outcome outcome = send_one(config_for(peer.port()));
    const std::string where = fmt::format("{} {}: {}", fault.stage, fault.reply, outcome.detail);
    EXPECT_EQ(outcome.kind, fault.kind) << where;
    EXPECT_EQ(outcome.address_dead, fault.address_dead) << where;
    EXPECT_EQ(outcome.throttled, fault.throttled) << where;
    EXPECT_THAT(outcome.detail, Not(HasSubstr("anna"))) << where;
    EXPECT_FALSE(outcome.detail.empty()) << where;
    if (std::string_view{fault.reply} != "drop") {
      EXPECT_THAT(outcome.detail, HasSubstr(std::string{fault.reply}.substr(0, 3)));
    }
    EXPECT_EQ(peer.received().size(), std::string_view{fault.stage} == "dot" ? 1U : 0U) << where;
  }
}

TEST(Smtp, ALetterBrokenOffHalfWayIsRetryable) {
  tests::SmtpPeer peer{[](const std::string& stage, const std::string&) {
    return stage == "body" ? std::string{"drop"} : std::string{};
  }};
  auto all = letters(1);
  all[0].content.text.clear();
  for (int i = 0; i < 200'000; ++i) all[0].content.text += "a line of the letter that is long enough to fill buffers\n";
  const Outcome outcome = send(config_for(peer.port()), all).front();
  EXPECT_EQ(outcome.kind, OutcomeKind::retryable) << outcome.detail;
  EXPECT_TRUE(peer.received().empty());
}

TEST(Smtp, SilenceBeforeTheDotIsRetryableAndAfterItUnknown) {
  for (const char* hanging : {"greeting", "EHLO", "MAIL", "RCPT", "DATA", "dot"}) {
    tests::SmtpPeer peer{[&](const std::string& stage, const std::string&) {
      return stage == hanging ? std::string{"hang"} : std::string{};
    }};
    SmtpConfig config = config_for(peer.port());
    config.connect_timeout = config.reply_timeout = 300ms;
    config.final_reply_timeout = std::string_view{hanging} == "dot" ? 400ms : 60s;
    const auto begin = std::chrono::steady_clock::now();
    const Outcome outcome = send_one(config);
    EXPECT_EQ(outcome.kind, std::string_view{hanging} == "dot" ? OutcomeKind::unknown : OutcomeKind::retryable)
        << hanging << ' ' << outcome.detail;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 4s) << hanging;
  }
}

TEST(Smtp, ALateAnswerIsNotTakenForTheNextLetters) {
  std::atomic<int> dots{0};
  tests::SmtpPeer peer{[&](const std::string& stage, const std::string&) {
    if (stage == "dot" && dots++ == 0) {
      std::this_thread::sleep_for(1800ms);
      return std::string{"550 5.1.1 too late"};
    }
    return std::string{};
  }};
  SmtpConfig config = config_for(peer.port());
  config.final_reply_timeout = 200ms;
  auto channel = open_smtp(config);
  ASSERT_TRUE(channel);
  const auto outcomes = (*channel)->send(letters(3));
  EXPECT_EQ(outcomes[0].kind, OutcomeKind::unknown) << outcomes[0].detail;
  EXPECT_EQ(outcomes[1].kind, OutcomeKind::accepted) << outcomes[1].detail;
  EXPECT_EQ(outcomes[2].kind, OutcomeKind::accepted) << outcomes[2].detail;
  EXPECT_EQ(peer.connections(), 2U);
}

TEST(Smtp, ASlowAnswerToTheDotIsWaitedFor) {
  tests::SmtpPeer peer{[&](const std::string& stage, const std::string&) {
    if (stage == "dot") std::this_thread::sleep_for(1500ms);
    return std::string{};
  }};
  SmtpConfig config = config_for(peer.port());
  config.reply_timeout = 300ms;
  config.final_reply_timeout = 10s;
  EXPECT_EQ(send_one(config).kind, OutcomeKind::accepted);
}

TEST(Smtp, NobodyListens) {
  std::uint16_t port = 0;
  {
    tests::SmtpPeer gone;
    port = gone.port();
  }
  SmtpConfig config = config_for(port);
  config.connections = 4;
  for (const Outcome& outcome : send(config, letters(10))) {
    EXPECT_EQ(outcome.kind, OutcomeKind::retryable);
    EXPECT_FALSE(outcome.throttled);
    EXPECT_FALSE(outcome.detail.empty());
  }
}

TEST(Smtp, AServerThatBearsFewConnectionsGetsTheRestOverThose) {
  std::atomic<int> greeted{0};
  tests::SmtpPeer peer{[&](const std::string& stage, const std::string&) {
    if (stage == "greeting" && greeted++ >= 2) return std::string{"421 4.7.0 too many connections"};
    if (stage == "dot") std::this_thread::sleep_for(20ms);
    return std::string{};
  }};
  SmtpConfig config = config_for(peer.port());
  config.connections = 6;
  std::size_t accepted = 0, throttled = 0;
  for (const Outcome& outcome : send(config, letters(40))) {
    accepted += outcome.kind == OutcomeKind::accepted;
    throttled += outcome.throttled;
  }
  EXPECT_EQ(accepted, 36U);
  EXPECT_EQ(throttled, 4U);  // those the surplus connections were opened for
}

TEST(Smtp, AThrottlingDomainIsLeftAloneAndOthersGoOn) {
  std::atomic<int> asked{0};
  tests::SmtpPeer peer{[&](const std::string& stage, const std::string& text) {
    if (stage == "RCPT" && text.find("slow.example") != std::string::npos) {
      ++asked;
      return std::string{"454 4.7.0 slow down"};
    }
    return std::string{};
  }};
  SmtpConfig config = config_for(peer.port());
  config.first_back_off = 60s;
  auto all = letters(5, "slow.example");
  const auto others = letters(5, "quick.example");
  all.insert(all.end(), others.begin(), others.end());
  const auto outcomes = send(config, all);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(outcomes[i].kind, i < 5 ? OutcomeKind::retryable : OutcomeKind::accepted) << i;
    EXPECT_EQ(outcomes[i].throttled, i < 5) << i;
    if (i < 5) {
      ASSERT_TRUE(outcomes[i].retry_after) << i;
      EXPECT_GT(*outcomes[i].retry_after, 50s);
    }
  }
  EXPECT_EQ(asked, 1);
}

TEST(Smtp, PaceOfADomain) {
  tests::SmtpPeer peer;
  SmtpConfig config = config_for(peer.port());
  config.connections = 4;
  config.usual_domain = {20, 2, 4};  // two at once, then one every 50 ms
  const auto begin = std::chrono::steady_clock::now();
  for (const Outcome& outcome : send(config, letters(8))) EXPECT_EQ(outcome.kind, OutcomeKind::accepted);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 295ms);

  config.longest_wait = 120ms;
  std::size_t accepted = 0;
  for (const Outcome& outcome : send(config, letters(8))) {
    accepted += outcome.kind == OutcomeKind::accepted;
    if (outcome.kind != OutcomeKind::accepted) {
      EXPECT_EQ(outcome.kind, OutcomeKind::retryable);
      EXPECT_TRUE(outcome.throttled);
      EXPECT_TRUE(outcome.retry_after);
    }
  }
  EXPECT_GE(accepted, 3U);
  EXPECT_LE(accepted, 5U);
}

TEST(Smtp, LogsInAndARefusedLoginIsNobodysBounce) {
  std::string said;
  tests::SmtpPeer peer{[&](const std::string& stage, const std::string& text) {
                         if (stage == "AUTH") said = text;
                         return std::string{};
                       },
                       {"AUTH PLAIN"}};
  SmtpConfig config = config_for(peer.port());
  config.user = "shop";
  config.password = "secret";
  EXPECT_EQ(send_one(config).kind, OutcomeKind::accepted);
  EXPECT_THAT(said, HasSubstr("AUTH PLAIN"));

  tests::SmtpPeer refusing{[&](const std::string& stage, const std::string&) {
                             return stage == "AUTH" ? std::string{"535 5.7.8 no"} : std::string{};
                           },
                           {"AUTH PLAIN"}};
  config.port = refusing.port();
  const auto outcomes = send(config, letters(3));
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.kind, OutcomeKind::retryable) << outcome.detail;
    EXPECT_THAT(outcome.detail, Not(HasSubstr("secret")));
  }
  EXPECT_EQ(refusing.connections(), 1U);
}

TEST(Smtp, WithoutTlsNothingIsSentWhereTlsIsAsked) {
  tests::SmtpPeer peer;
  SmtpConfig config = config_for(peer.port());
  config.security = Security::starttls;
  EXPECT_EQ(send_one(config).kind, OutcomeKind::retryable);
  EXPECT_TRUE(peer.received().empty());
}

TEST(Smtp, AddressesOutsideAsciiNeedAServerThatTakesThem) {
  auto all = letters(2);
  all[0].address = "张三@例子.测试";
  {
    tests::SmtpPeer peer;
    const auto outcomes = send(config_for(peer.port()), all);
    EXPECT_EQ(outcomes[0].kind, OutcomeKind::accepted) << outcomes[0].detail;
    const auto received = peer.received();
    ASSERT_EQ(received.size(), 2U);
    EXPECT_THAT(received[0].from, HasSubstr("SMTPUTF8"));
    EXPECT_THAT(received[0].to, HasSubstr("<张三@xn--fsqu00a.xn--0zwm56d>"));
    EXPECT_THAT(received[1].from, Not(HasSubstr("SMTPUTF8")));
  }
  {
    tests::SmtpPeer peer{{}, {}};
    const auto outcomes = send(config_for(peer.port()), all);
    EXPECT_EQ(outcomes[0].kind, OutcomeKind::rejected) << outcomes[0].detail;
    EXPECT_FALSE(outcomes[0].address_dead);
    EXPECT_EQ(outcomes[1].kind, OutcomeKind::accepted) << outcomes[1].detail;
    EXPECT_EQ(peer.received().size(), 1U);
  }
}

TEST(Smtp, WhatCannotBeALetterIsRejectedWithoutAsking) {
  tests::SmtpPeer peer;
  auto all = letters(3);
  all[0].address = "anna@customer.example\r\nRCPT TO:<eve@evil.example>";
  all[1].content.subject = "a\r\nBcc: eve@evil.example";
  const auto outcomes = send(config_for(peer.port()), all);
  EXPECT_EQ(outcomes[0].kind, OutcomeKind::rejected);
  EXPECT_TRUE(outcomes[0].address_dead);
  EXPECT_EQ(outcomes[1].kind, OutcomeKind::rejected);
  EXPECT_FALSE(outcomes[1].address_dead);
  EXPECT_EQ(outcomes[2].kind, OutcomeKind::accepted);
  EXPECT_EQ(peer.received().size(), 1U);
}

TEST(Smtp, ConfigurationsThatCannotWorkAreRefused) {
  const auto refused = [](auto change) {
    SmtpConfig config = config_for(25);
    change(config);
    return !open_smtp(config);
  };
  EXPECT_TRUE(refused([](SmtpConfig& c) { c.host = ""; }));
  EXPECT_TRUE(refused([](SmtpConfig& c) { c.host = "a/b"; }));
  EXPECT_TRUE(refused([](SmtpConfig& c) { c.sender.address = "nobody"; }));
  EXPECT_TRUE(refused([](SmtpConfig& c) { c.helo_name = "x\r\nMAIL"; }));
  EXPECT_TRUE(refused([](SmtpConfig& c) { c.dkim.push_back({"shop.example", "s", "no key"}); }));
  EXPECT_TRUE(refused([](SmtpConfig& c) {
    c.host = "smtp.far.example";
    c.user = "u";
  }));
}

TEST(SmtpReply, DetailsNameNobody) {
  EXPECT_EQ(without_addresses("5.1.1 <anna@c.example>: user anna, unknown Anna; joanna fine", "anna@c.example"),
            "5.1.1 (address) user (address) unknown (address) joanna fine");
  EXPECT_EQ(without_addresses("a\x01\x7f b", "x@y.example"), "a?? b");
  EXPECT_LE(without_addresses(std::string(5000, 'x'), "x@y.example").size(), 300U);
  EXPECT_EQ(without_addresses("\xff\xfe bytes", "x@y.example"), "?? bytes");
}

TEST(SmtpReply, EnhancedStatus) {
  EXPECT_EQ(enhanced_status("5.1.1 no"), "5.1.1");
  EXPECT_EQ(enhanced_status("4.7.650 no"), "4.7.650");
  for (const char* text : {"", "5.1", "3.1.1 x", "5.1.1.1 x", "5.1.1111 x", "x 5.1.1", "5..1"})
    EXPECT_EQ(enhanced_status(text), "") << text;
}

TEST(SmtpPace, BackOffDoublesAndIsForgotten) {
  Pace pace{{0, 1, 8}, {}, 10s};
  Pace::Time now{};
  pace.begin("a.example", now);
  pace.end("a.example");
  EXPECT_EQ(pace.back_off("a.example", now), 10s);
  EXPECT_EQ(pace.back_off("a.example", now), 10s);  // the same signal
  EXPECT_EQ(pace.when("a.example", now), now + 10s);
  EXPECT_EQ(pace.when("b.example", now), now);
  now += 10s;
  EXPECT_EQ(pace.when("a.example", now), now);
  EXPECT_EQ(pace.back_off("a.example", now), 20s);
  now += 20s;
  pace.taken("a.example");
  EXPECT_EQ(pace.back_off("a.example", now), 10s);
  for (int i = 0; i < 20; ++i) {
    now += 400s;
    EXPECT_LE(pace.back_off("a.example", now), 320s);
  }
}

}  // namespace
}  // namespace adapter::smtp
