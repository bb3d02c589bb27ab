// Letters through a real mail server, read back by a parser that is not ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "act/respond/bounce.h"
#include "adapter/smtp/open_smtp.h"
#include "tests/mail/letter_reader.h"
#include "tests/mail/postfix_peer.h"
#include "tests/mail/suite_json.h"
#include "tests/support/smtp_peer.h"

namespace {

using adapter::smtp::DkimAlgorithm;
using adapter::smtp::SmtpConfig;
using model::OutcomeKind;
using testing::HasSubstr;

const std::vector<std::string> kMailboxes = {"anna@customer.example", "张三@customer.example",
                                             "bounce@bounces.shop.example"};

std::string chinese_html() {
  std::string html = "<!doctype html><html><body>";
  for (int i = 0; i < 300; ++i) html += "<p>我们想念你，张三。这是专属于你的优惠 & 一封信。</p>\n";
  return html + "</body></html>\n";
}

SmtpConfig config_for(const tests::PostfixPeer& peer) {
  SmtpConfig config;
  config.host = "127.0.0.1";
  config.port = peer.port();
  config.ca_file = peer.certificate();
  config.sender.name = "蓝色商店 · Blue Shop";
  config.sender.address = "news@shop.example";
  config.sender.reply_to = "help@shop.example";
  config.sender.list_id = "news.shop.example";
  config.sender.list_name = "商店来信";
  config.sender.bounce_domain = "bounces.shop.example";
  config.connections = 2;
  config.dkim = {{"shop.example", "r1", *adapter::smtp::new_dkim_key(DkimAlgorithm::rsa_sha256)},
                 {"shop.example", "e1", *adapter::smtp::new_dkim_key(DkimAlgorithm::ed25519_sha256)}};
  return config;
}

model::Delivery delivery(int number, const std::string& address) {
  model::Delivery one;
  one.message_id = number;
  one.send_key = fmt::format("{:032x}", number);
  one.reference = fmt::format("ref-{}", number);
  one.address = address;
  one.name = "张三";
  one.content.subject = "我们想念你，好久不见！这是一封主题很长的信，长到必须分成好几个编码词才能放进信头里 😀";
  one.content.html = chinese_html();
  one.content.text = "我们想念你，张三。\nFrom the shop\n.\nSee you = soon \n" + std::string(2000, 'x') + "\n";
  one.content.language = "zh-CN";
  one.unsubscribe_url = "https://shop.example/u/" + std::string(300, 'a') + "?t=1";
  one.at = base::instant_from_millis(1'767'690'000'000);
  return one;
}

nlohmann::json pairs(const std::vector<std::pair<std::string, std::string>>& all) {
  auto list = nlohmann::json::array();
  for (const auto& [first, second] : all) list.push_back(nlohmann::json::array({first, second}));
  return list;
}

TEST(Postfix, LettersArriveAsTheyWereMeant) {
  if (const auto why = tests::PostfixPeer::missing()) GTEST_SKIP() << "skipped: " << *why;
  const tests::PostfixPeer peer{kMailboxes};
  ASSERT_TRUE(peer.runs()) << peer.log();
  const SmtpConfig config = config_for(peer);
  auto channel = adapter::smtp::open_smtp(config);
  ASSERT_TRUE(channel) << channel.error().message;

  std::vector<model::Delivery> all = {delivery(1, "anna@customer.example"), delivery(2, "张三@customer.example"),
                                      delivery(3, "nobody@customer.example")};
  all.push_back(delivery(4, "anna@customer.example"));
  all.back().content.subject = "We miss you";
  all.back().content.html.clear();
  all.back().content.text = "Hello Anna,\n\nwe miss you.\n";
  all.back().name.clear();
  const auto outcomes = (*channel)->send(all);
  for (const std::size_t i : {0U, 1U, 3U}) {
    EXPECT_EQ(outcomes[i].kind, OutcomeKind::accepted) << outcomes[i].detail;
    EXPECT_GE(outcomes[i].provider_id.size(), 5U);
  }
  EXPECT_EQ(outcomes[2].kind, OutcomeKind::rejected) << outcomes[2].detail;
  EXPECT_TRUE(outcomes[2].address_dead);
  EXPECT_THAT(outcomes[2].detail, HasSubstr("5.1.1"));
  EXPECT_EQ(outcomes[2].detail.find("nobody"), std::string::npos);

  auto files = peer.wait_for(0, 2);
  ASSERT_EQ(files.size(), 2U) << peer.log();
  const auto wide = peer.wait_for(1, 1);
  ASSERT_EQ(wide.size(), 1U) << peer.log();
  files.push_back(wide.front());
  const auto letters = tests::read_letters(config.dkim, files);
  if (letters.is_null()) GTEST_SKIP() << "skipped: python3-dkim is not installed";
  ASSERT_EQ(letters.size(), 3U);
  for (const auto& letter : letters) {
    const auto& headers = letter.at("headers");
    const std::string id = headers.at("Message-ID");
    const auto& sent = *std::ranges::find_if(all, [&](const auto& one) { return id.find(one.send_key) == 1; });
    EXPECT_EQ(id, "<" + sent.send_key + "@shop.example>");
    EXPECT_EQ(headers.at("Subject"), sent.content.subject);
    EXPECT_EQ(letter.at("from"), pairs({{config.sender.name, "news@shop.example"}}));
    EXPECT_EQ(letter.at("to"), pairs({{sent.name, sent.address}}));
    EXPECT_EQ(headers.at("Return-Path"), "<bounce+" + sent.reference + "@bounces.shop.example>");
    EXPECT_EQ(headers.at("Reply-To"), "help@shop.example");
    EXPECT_EQ(headers.at("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    EXPECT_EQ(letter.at("raw_unsubscribe"),
              nlohmann::json::array({"List-Unsubscribe: <" + sent.unsubscribe_url + ">"}));
    EXPECT_EQ(headers.at("Content-Language"), "zh-CN");
    EXPECT_EQ(letter.at("date"), "2026-01-06T09:00:00+00:00");
    EXPECT_EQ(letter.at("defects"), nlohmann::json::array());
    EXPECT_EQ(letter.at("signatures"), 2);
    EXPECT_EQ(letter.at("verified"), 2) << sent.message_id;
    nlohmann::json parts = pairs({{"text/plain", sent.content.text}});
    if (!sent.content.html.empty()) parts.push_back(pairs({{"text/html", sent.content.html}})[0]);
    EXPECT_EQ(letter.at("type"), parts.size() == 2 ? "multipart/alternative" : "text/plain");
    EXPECT_TRUE(letter.at("parts") == parts) << letter.at("parts").dump().substr(0, 300);
  }
}

TEST(Postfix, AServerWithAnUnknownCertificateGetsNothing) {
  if (const auto why = tests::PostfixPeer::missing()) GTEST_SKIP() << "skipped: " << *why;
  const tests::PostfixPeer peer{kMailboxes};
  ASSERT_TRUE(peer.runs()) << peer.log();
  SmtpConfig config = config_for(peer);
  config.ca_file.clear();
  auto channel = adapter::smtp::open_smtp(config);
  ASSERT_TRUE(channel);
  const auto outcomes = (*channel)->send(std::vector{delivery(1, "anna@customer.example")});
  EXPECT_EQ(outcomes[0].kind, OutcomeKind::retryable) << outcomes[0].detail;
  EXPECT_THAT(outcomes[0].detail, HasSubstr("certificate"));
}

TEST(Postfix, ABounceComesBackAndSaysWhoseItIs) {
  if (const auto why = tests::PostfixPeer::missing()) GTEST_SKIP() << "skipped: " << *why;
  const tests::SmtpPeer next_hop{[](const std::string& stage, const std::string&) {
    return stage == "RCPT" ? std::string{"550 5.1.1 no such user here"} : std::string{};
  }};
  const tests::PostfixPeer peer{kMailboxes, "gone.example", next_hop.port()};
  ASSERT_TRUE(peer.runs()) << peer.log();
  auto channel = adapter::smtp::open_smtp(config_for(peer));
  ASSERT_TRUE(channel);
  const auto outcomes = (*channel)->send(std::vector{delivery(77, "former@gone.example")});
  ASSERT_EQ(outcomes[0].kind, OutcomeKind::accepted) << outcomes[0].detail;
  const auto files = peer.wait_for(2, 1);
  ASSERT_EQ(files.size(), 1U) << peer.log();
  const auto report = act::respond::read_report(tests::read_file(files.front()));
  EXPECT_EQ(report.kind, act::respond::ReportKind::delivery_status);
  EXPECT_EQ(report.reference, "ref-77");
  EXPECT_EQ(report.message_id, delivery(77, "").send_key + "@shop.example");
  ASSERT_EQ(report.recipients.size(), 1U);
  EXPECT_EQ(report.recipients[0].address, "former@gone.example");
  EXPECT_EQ(report.recipients[0].status, "5.1.1");
  EXPECT_EQ(report.recipients[0].action, "failed");
  EXPECT_EQ(report.recipients[0].decision, act::respond::Decision::hard);
}

}  // namespace
