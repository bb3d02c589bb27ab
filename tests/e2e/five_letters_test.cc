// The five letters as customers get them: five weeks of the real program by a faked clock, received by a real Postfix,
// judged by a parser and a DKIM verifier that are not ours, and pictured by a real browser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <thread>

#include "adapter/smtp/dkim.h"
#include "tests/e2e/delivery_shop.h"
#include "tests/mail/letter_reader.h"
#include "tests/mail/postfix_peer.h"
#include "tests/support/http_call.h"
#include "tests/support/serving.h"

namespace {

namespace fs = std::filesystem;
using namespace std::chrono;
using base::Instant;
using testing::HasSubstr;
using testing::Not;
using tests::Ran;
using tests::Serving;

const Instant kLaunch = Instant{sys_days{2026y / 7 / 1}} + hours{6};  // the simulated shop's last day is 30 June
const std::vector<std::string> kFive = {"memory", "exclusive", "value", "last_call", "goodbye"};

constexpr std::string_view kShop = R"(currency: GBP
shop: {name: {en: Harbour & Hill, zh-CN: 山海小铺, zh-TW: 山海小舖}, address: "12 Quay Street, Bristol BS1 4DJ", url: https://shop.example, email: hello@shop.example}
representative: {name: Mei Lin, title: Customer care, phone: +44 117 496 0000}
public_url: https://news.shop.example
)";

constexpr std::string_view kMail =
    "mail: {{from: news@shop.example, smtp: 'smtp://127.0.0.1:{}', ca_file: '{}', dkim_key: '{}', dkim_selector: r1, "
    "bounce_domain: bounces.shop.example}}\n";

std::string faketime() {
  std::error_code none;
  for (const auto& folder : fs::directory_iterator{"/usr/lib", none}) {
    const fs::path library = folder.path() / "faketime" / "libfaketimeMT.so.1";
    if (fs::exists(library, none)) return library.string();
  }
  return {};
}

/// A picture of the letter in a window of that width, beside the HTML it shows.
void picture(const fs::path& html, int width, int height) {
  const fs::path png = fs::path{html}.replace_extension(fmt::format("{}.png", width));
  const fs::path frame = fs::path{html}.replace_extension(fmt::format("{}.frame.html", width));
  tests::write_file(frame, fmt::format("<body style='margin:0'><iframe src='{}' style='width:{}px;height:{}px;border:0'></iframe>",
                                       html.filename().string(), width, height));
  const tests::TemporaryFolder profile;
  const std::string command = fmt::format(
      "chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
      "--disable-component-update --disable-sync --allow-file-access-from-files --hide-scrollbars --user-data-dir='{}' "
      "--virtual-time-budget=4000 --window-size={},{} --screenshot='{}' 'file://{}' >/dev/null 2>&1",
      profile.path().string(), std::max(width, 500), height, png.string(), frame.string());
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_GT(fs::exists(png) ? fs::file_size(png) : 0U, 20'000U) << png << " shows next to nothing";
  fs::remove(frame);
}

class FiveLetters : public testing::Test {
 protected:
  /// Serves at that time until nothing is due any more.
  void serve_at(Instant now) {
    Serving serving{winback_, clock(now)};
    ASSERT_NE(serving.port(), 0) << serving.said();
    const auto end = steady_clock::now() + seconds{40};
    while (!settled(now) && steady_clock::now() < end) std::this_thread::sleep_for(milliseconds{30});
    EXPECT_TRUE(settled(now)) << base::to_string(now) << " " << serving.said();
    ASSERT_EQ(serving.stop(), 0) << serving.said();
  }

  std::vector<std::pair<std::string, std::string>> clock(Instant now) const {
    const std::string text = base::to_string(now);  // 2026-07-01T06:00:00…
    return {{"LD_PRELOAD", faketime_}, {"FAKETIME", "@" + text.substr(0, 10) + " " + text.substr(11, 8)},
            {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}, {"TZ", "UTC"}};
  }

  std::optional<Instant> next_due() const {
    const auto customer = store_->enrolments().next_due();
    const auto letter = store_->counts().next_due("email");
    if (!customer || !letter) return std::nullopt;
    if (!*customer || !*letter) return *customer ? *customer : *letter;
    return std::min(**customer, **letter);
  }

  bool settled(Instant now) const {
    const auto campaign = store_->campaigns().find("five-letters");
    const std::int64_t waves = now >= kLaunch + days{3} ? 3 : now >= kLaunch + days{1} ? 2 : 1;
    const auto entered = store_->campaigns().offset(
        fmt::format("entered five-letters {} {}", (*campaign)->plan_id, base::millis((*campaign)->launched_at)));
    if (!entered || *entered < waves) return false;
    const auto counts = store_->counts().messages("five-letters");
    if (!counts || std::ranges::any_of(*counts, [](const auto& one) {
          return one.state == model::MessageState::claimed || one.state == model::MessageState::attempting;
        }))
      return false;
    const auto due = next_due();
    return !due || *due > now;
  }

  tests::Program winback_;
  std::string faketime_ = faketime();
  std::unique_ptr<port::ActStore> store_;
};

TEST_F(FiveLetters, ArriveInOrderSignedAndWithAWayOut) {
  if (const auto why = tests::PostfixPeer::missing()) GTEST_SKIP() << "skipped: " << *why;
  if (faketime_.empty()) GTEST_SKIP() << "skipped: faketime is not installed";
  tests::make_shop(winback_, 500, kShop);
  if (HasFatalFailure()) return;
  store_ = tests::store_of(winback_);

  // Everybody has a mailbox.
  std::vector<std::string> mailboxes;
  std::map<std::string, std::size_t> mailbox_of;  // by customer
  std::map<std::string, std::string> language_of;
  ASSERT_TRUE(store_->contacts().each([&](const model::ContactPoint& point) -> base::Result<void> {
    if (point.channel != "email") return {};
    mailbox_of[point.customer_id] = mailboxes.size();
    language_of[point.customer_id] = point.language;
    mailboxes.push_back(point.address);
    return {};
  }));
  const tests::PostfixPeer postfix{mailboxes};
  ASSERT_TRUE(postfix.runs()) << postfix.log();
  const adapter::smtp::DkimKey key{"shop.example", "r1", *adapter::smtp::new_dkim_key(adapter::smtp::DkimAlgorithm::rsa_sha256)};
  tests::write_file(winback_.data() / "dkim.pem", key.private_key);
  tests::write_file(winback_.data() / "winback.yaml",
                    std::string{kShop} + fmt::format(kMail, postfix.port(), postfix.certificate(), (winback_.data() / "dkim.pem").string()));
  const Ran launched = winback_({"campaign", "launch", "five-letters"});
  ASSERT_EQ(launched.status, 0) << launched.err;
  tests::launched_at(*store_, "five-letters", kLaunch);

  // Each visit deals with everything that is due by then.
  int visits = 0;
  for (Instant now = kLaunch; now < kLaunch + days{40}; ++visits) {
    serve_at(now);
    if (HasFatalFailure()) return;
    const auto due = next_due();
    Instant next = due ? ceil<hours>(*due) + minutes{1} : kLaunch + days{40};
    for (const int wave : {1, 3}) {
      const Instant opens = kLaunch + days{wave} + minutes{1};
      if (now < opens) next = std::min(next, opens);
    }
    now = std::max(next, now + hours{1});
  }

  const fs::path shown = tests::binary_dir() / "letters";
  fs::create_directories(shown);
  const bool browser = std::system("command -v chromium >/dev/null 2>&1") == 0;
  std::map<std::string, int> complete;  // customers with all five, by language
  std::string one_letter;
  std::vector<port::ActCounts::Assigned> assigned;
  ASSERT_TRUE(store_->counts().each_assigned("five-letters", [&](const auto& one) -> base::Result<void> {
    assigned.push_back(one);
    return {};
  }));
  for (const auto& one : assigned) {
    if (!mailbox_of.contains(one.customer_id)) continue;
    const std::size_t box = mailbox_of[one.customer_id];
    if (one.control) {
      EXPECT_TRUE(postfix.wait_for(box, 0).empty()) << "a held-out customer got a letter";
      continue;
    }
    const auto messages = store_->counts().of_customer(one.customer_id);
    ASSERT_TRUE(messages);
    std::map<std::string, std::string> step_of;  // by Message-ID
    for (const model::Message& message : *messages) {
      EXPECT_EQ(message.state, model::MessageState::accepted) << message.step << ": " << message.detail;
      step_of[fmt::format("<{}@shop.example>", message.send_key)] = message.step;
    }
    const auto files = postfix.wait_for(box, messages->size());
    ASSERT_EQ(files.size(), messages->size()) << postfix.log();
    const std::string language = language_of[one.customer_id];
    if (files.size() < kFive.size() || complete[language]++ > 0) continue;

    auto letters = tests::read_letters({key}, files);
    if (letters.is_null()) GTEST_SKIP() << "skipped: python3-dkim is not installed";
    std::sort(letters.begin(), letters.end(), [](const auto& a, const auto& b) { return a.at("date") < b.at("date"); });
    std::vector<std::string> order;
    for (const auto& letter : letters) {
      const auto& headers = letter.at("headers");
      const std::string step = step_of[headers.at("Message-ID")];
      order.push_back(step);
      EXPECT_EQ(letter.at("type"), "multipart/alternative");
      EXPECT_EQ(letter.at("signatures"), 1);
      EXPECT_EQ(letter.at("verified"), 1) << step;
      EXPECT_TRUE(letter.at("defects").empty()) << letter.at("defects").dump();
      EXPECT_EQ(headers.at("Content-Language"), language);
      EXPECT_EQ(headers.at("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
      ASSERT_EQ(letter.at("raw_unsubscribe").size(), 1U);
      EXPECT_THAT(letter.at("raw_unsubscribe")[0].get<std::string>(), testing::MatchesRegex("List-Unsubscribe: <https://news.shop.example/u/[A-Za-z0-9_-]*>"));
      ASSERT_EQ(letter.at("parts").size(), 2U);
      const std::string text = letter.at("parts")[0][1], html = letter.at("parts")[1][1];
      for (const std::string& part : {text, html}) {
        EXPECT_THAT(part, HasSubstr("12 Quay Street")) << step;
        EXPECT_THAT(part, HasSubstr("https://news.shop.example/u/"));
        EXPECT_THAT(part, Not(HasSubstr("{{")));
      }
      if (step == "exclusive" || step == "last_call") {
        const auto enrolment = store_->enrolments().last_entry("five-letters", one.customer_id);
        EXPECT_THAT(text, HasSubstr((*enrolment)->code));
        EXPECT_THAT(html, HasSubstr((*enrolment)->code));
      }
      const fs::path page = shown / fmt::format("{}.{}.html", step, language);
      tests::write_file(page, html);
      tests::write_file(fs::path{page}.replace_extension("txt"), headers.at("Subject").get<std::string>() + "\n\n" + text);
      for (const int width : {1280, 390}) {
        if (browser) picture(page, width, 1500);
      }
    }
    EXPECT_EQ(order, kFive);
    one_letter = tests::read_file(files.front());
  }
  std::printf("%d visits in 40 days; all five letters: ", visits);
  for (const auto& [language, customers] : complete) std::printf("%s %d  ", language.c_str(), customers);
  std::printf("\n%s\n", browser ? shown.c_str() : "skipped: chromium is not installed, so there are no pictures");
  EXPECT_GE(complete["en"], 1);
  EXPECT_GE(complete["zh-CN"], 1);
  ASSERT_FALSE(one_letter.empty());

  // The way out: looking changes nothing, the one-click POST does.
  for (std::size_t at = 0; (at = one_letter.find("\n", at)) != one_letter.npos; at += 2) one_letter.replace(at, 1, "\r\n");
  const std::string path = tests::unsubscribe_path(one_letter);
  const auto out = [&] {
    const auto counts = store_->responses().counts("five-letters");
    return std::ranges::any_of(*counts, [](const auto& one) { return one.kind == model::ResponseKind::opted_out; });
  };
  Serving serving{winback_, clock(kLaunch + days{40})};
  const std::uint16_t port = serving.port();
  ASSERT_NE(port, 0) << serving.said();
  EXPECT_EQ(tests::http_call(port, "GET", path).status, 200);
  EXPECT_EQ(tests::http_call(port, "HEAD", path).status, 200);
  EXPECT_FALSE(out()) << "a GET took somebody off the list";
  EXPECT_EQ(tests::http_call(port, "POST", path, "List-Unsubscribe=One-Click").status, 200);
  EXPECT_TRUE(out());
  EXPECT_EQ(serving.stop(), 0);
}

}  // namespace
