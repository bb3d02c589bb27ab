#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <sstream>

#include "adapter/smtp/dkim.h"
#include "base/base64.h"
#include "tests/mail/dkim_verify.h"
#include "tests/mail/suite_json.h"
#include "tests/support/tally.h"

namespace {

using adapter::smtp::DkimAlgorithm;
using adapter::smtp::DkimSigner;

const base::Instant kNow = base::instant_from_millis(1'767'690'000'123);

DkimSigner signer(DkimAlgorithm algorithm, const char* selector) {
  const auto key = adapter::smtp::new_dkim_key(algorithm);
  auto opened = DkimSigner::open({"shop.example", selector, *key});
  return std::move(*opened);
}

TEST(DkimSuite, TheVerifierOfTheTestsAgreesWithTheSuite) {
  WB_NEED_SHARED(path, "suites/dkim/cases.json");
  tests::Tally tally{"dkim"};
  for (const auto& one : tests::read_json(path)) {
    const auto verdict = tests::verify_dkim(*base::from_base64(one.at("message_b64").get<std::string>()),
                                            one.at("dns").get<std::map<std::string, std::string>>());
    EXPECT_GT(verdict.signatures, 0);
    EXPECT_EQ(verdict.good > 0 ? "pass" : "fail", one.at("expect").get<std::string>())
        << one.at("name") << ' ' << verdict.why;
    tally.end_of_case();
  }
  EXPECT_EQ(tally.cases(), 53);
}

/// The suite's header sets and bodies, taken out of its messages.
struct Pieces {
  std::map<std::string, std::string> headers, bodies;
};

Pieces pieces_of(const nlohmann::json& cases) {
  Pieces pieces;
  for (const auto& one : cases) {
    const auto name = one.at("name").get<std::string>();
    const std::size_t first = name.find('/');
    if (first == std::string::npos || name.ends_with("body-appended")) continue;
    const std::string message = *base::from_base64(one.at("message_b64").get<std::string>());
    const std::size_t gap = message.find("\r\n\r\n");
    const std::size_t from = message.find("\r\nFrom") + 2;
    const std::string header = message.substr(from, gap + 2 - from);
    pieces.bodies.emplace(name.substr(first + 1, name.find('/', first + 1) - first - 1), message.substr(gap + 4));
    if (one.at("expect") == "pass" && name.find("whitespace") == std::string::npos)
      pieces.headers.emplace(name.substr(0, first), header);
  }
  return pieces;
}

TEST(DkimSuite, Python3DkimAcceptsEverySignatureOfOurs) {
  WB_NEED_SHARED(path, "suites/dkim/cases.json");
  const Pieces pieces = pieces_of(tests::read_json(path));
  ASSERT_EQ(pieces.headers.size(), 3U);
  ASSERT_EQ(pieces.bodies.size(), 9U);
  const DkimSigner rsa = signer(DkimAlgorithm::rsa_sha256, "r1");
  const DkimSigner ed25519 = signer(DkimAlgorithm::ed25519_sha256, "e1");
  const std::map<std::string, std::string> dns = {{rsa.record_name(), rsa.public_record()},
                                                  {ed25519.record_name(), ed25519.public_record()}};
  const tests::TemporaryFolder folder;
  std::map<std::string, std::string> letters;
  for (const auto& [header_name, header] : pieces.headers) {
    for (const auto& [body_name, body] : pieces.bodies) {
      const std::string message = header + "\r\n" + body;
      const auto first = rsa.sign(message, kNow), second = ed25519.sign(message, kNow);
      ASSERT_TRUE(first && second);
      const std::string letter = *first + *second + message;
      const auto verdict = tests::verify_dkim(letter, dns);
      EXPECT_EQ(verdict.signatures, 2);
      EXPECT_EQ(verdict.good, 2) << header_name << ' ' << body_name << ' ' << verdict.why;
      const std::string name = header_name + "-" + body_name + ".eml";
      tests::write_file(folder.path() / name, letter);
      letters[name] = letter;
    }
  }
  tests::write_file(folder.path() / "dns.json", nlohmann::json(dns).dump());
  const auto out = folder.path() / "out.txt";
  const std::string command =
      fmt::format("/usr/bin/python3 {} {} >{}", (tests::source_dir() / "tests/mail/dkim_judge.py").string(),
                  folder.path().string(), out.string());
  const int status = std::system(command.c_str());
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "skipped: python3-dkim is not installed";
  ASSERT_EQ(status, 0);
  tests::Tally tally{"dkim, ours judged by python3-dkim"};
  std::istringstream lines{tests::read_file(out)};
  std::string name;
  int count = 0, good = 0;
  while (lines >> name >> count >> good) {
    EXPECT_TRUE(letters.contains(name));
    EXPECT_EQ(count, 2) << name;
    EXPECT_EQ(good, 2) << name;
    tally.end_of_case();
  }
  EXPECT_EQ(tally.cases(), 27);
}

TEST(Dkim, SignatureCoversWhatRfc8058Needs) {
  const DkimSigner rsa = signer(DkimAlgorithm::rsa_sha256, "r1");
  const auto field = rsa.sign("From: a@shop.example\r\n\r\nhello\r\n", kNow);
  ASSERT_TRUE(field);
  std::string names = field->substr(field->find("h=") + 2);
  names = names.substr(0, names.find(';'));
  std::erase_if(names, [](char c) { return c == ' ' || c == '\r' || c == '\n'; });
  std::multiset<std::string> set;
  std::istringstream list{names};
  for (std::string name; std::getline(list, name, ':');) set.insert(name);
  for (const char* name : {"to", "subject", "date", "message-id", "list-unsubscribe", "list-unsubscribe-post",
                           "mime-version", "content-type", "reply-to", "list-id", "feedback-id"})
    EXPECT_EQ(set.count(name), 1U) << name;
  EXPECT_EQ(set.count("from"), 2U);
  std::istringstream lines{*field};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 79U);
  EXPECT_THAT(*field, testing::HasSubstr("t=1767690000;"));
}

TEST(Dkim, AnyChangeAndAnyAddedHeaderBreaksIt) {
  const DkimSigner rsa = signer(DkimAlgorithm::rsa_sha256, "r1");
  const std::map<std::string, std::string> dns = {{rsa.record_name(), rsa.public_record()}};
  const std::string message =
      "From: a@shop.example\r\nTo: c@d.example\r\nSubject: hi\r\nMIME-Version: 1.0\r\n\r\nhello  world \r\n\r\n";
  const auto field = rsa.sign(message, kNow);
  ASSERT_TRUE(field);
  EXPECT_EQ(*rsa.sign(message, kNow), *field);
  EXPECT_EQ(tests::verify_dkim(*field + message, dns).good, 1);
  for (const char* added : {"From: b@evil.example\r\n", "List-Unsubscribe: <https://evil.example/>\r\n",
                            "Reply-To: b@evil.example\r\n", "Content-Type: text/html\r\n"})
    EXPECT_EQ(tests::verify_dkim(*field + added + message, dns).good, 0) << added;
  for (std::size_t i = 0; i < message.size(); ++i) {
    std::string changed = message;
    if (changed[i] == '\r' || changed[i] == '\n' || changed[i] == ' ' || changed[i] == ':') continue;
    changed[i] = changed[i] == 'q' ? 'z' : 'q';
    EXPECT_EQ(tests::verify_dkim(*field + changed, dns).good, 0) << i;
  }
}

TEST(Dkim, WeakAndForeignKeysAreRefused) {
  EXPECT_FALSE(DkimSigner::open({"shop.example", "s1", "no key"}));
  EXPECT_FALSE(DkimSigner::open({"shop.example", "s 1", *adapter::smtp::new_dkim_key(DkimAlgorithm::ed25519_sha256)}));
  EXPECT_FALSE(DkimSigner::open({"shop", "s1", *adapter::smtp::new_dkim_key(DkimAlgorithm::ed25519_sha256)}));
  const tests::TemporaryFolder folder;
  const auto pem = [&](const std::string& arguments) {
    const std::string file = (folder.path() / "key.pem").string();
    EXPECT_EQ(std::system(fmt::format("openssl {} -out {} 2>/dev/null", arguments, file).c_str()), 0);
    return tests::read_file(file);
  };
  const auto weak =
      DkimSigner::open({"shop.example", "s1", pem("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024")});
  ASSERT_FALSE(weak);
  EXPECT_THAT(weak.error().message, testing::HasSubstr("1024"));
  EXPECT_FALSE(DkimSigner::open({"shop.example", "s1", pem("ecparam -name prime256v1 -genkey -noout")}));
  EXPECT_FALSE(DkimSigner::open({"shop.example", "s1", pem("genpkey -algorithm RSA -aes128 -pass pass:abcd")}));
  EXPECT_TRUE(DkimSigner::open({"shop.example", "s1", pem("genpkey -algorithm RSA")}));
}

}  // namespace
