// The real program is killed with SIGKILL again and again while it works off a campaign; the ledgers of what received its
// letters and webhooks say afterwards whether the promise of the outbox was kept.
#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "act/deliver/crash_points.h"
#include "base/random.h"
#include "tests/e2e/delivery_shop.h"
#include "tests/support/http_call.h"
#include "tests/support/http_peer.h"
#include "tests/support/serving.h"
#include "tests/support/smtp_peer.h"

namespace {

using namespace std::chrono;
using act::deliver::point::kOfTheProgram;
using model::MessageState;
using tests::Ran;
using tests::Serving;

constexpr int kKills = 55;
constexpr std::size_t kWindow = 16;
constexpr int kAgain = 5;  // letters after the first

constexpr std::string_view kSettings = R"(currency: GBP
shop: {{name: Harbour & Hill, address: 12 Quay Street, url: https://shop.example, email: hello@shop.example}}
public_url: https://news.shop.example
mail: {{from: news@shop.example, smtp: "smtp://127.0.0.1:{}", insecure: true}}
sending: {{window: {}, lease: 3 seconds, first_retry: 1 second}}
manners: {{quiet_hours: never, caps: [{{most: 100, days: 1}}], fatigue_after: 0, sunset_after: 0, end_months: 120}}
webhook_secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
webhook_hosts: [127.0.0.1]
webhook_http: true
)";

constexpr std::string_view kJourney = R"(journey: hello
title: {{en: Hello, zh-CN: 你好, zh-TW: 你好}}
topic: win_back
entry: {{plan: latest}}
exits: [bought, opted_out]
steps:
  - step: one
    message: hello/one
  - step: tell
    webhook: http://127.0.0.1:{}/hook
  - step: rest
    wait: 6 seconds
  - step: again
    message: hello/again
    at_most: {} times
    instead: done
    then: tell
  - step: done
    exit: finished
)";

constexpr std::string_view kLetter = R"(---
subject: Letter {0}
---
<p>{{{{ customer.first_name | default: 'Hello' }}}}, this is letter {0} of <a href="{{{{ links.shop }}}}">{{{{ shop.name }}}}</a>, {{{{ shop.address }}}}.</p>
<p><a href="{{{{ links.unsubscribe }}}}">unsubscribe</a> <a href="{{{{ links.preferences }}}}">choose</a></p>
)";

/// A mail server on a bad day.
class BadDay {
 public:
  std::string operator()(const std::string& stage) {
    double what = 0;
    int slow = 0;
    {
      const std::lock_guard lock{mutex_};
      what = rng_.uniform();
      slow = static_cast<int>(20 + rng_.below(60));
    }
    if (stage == "greeting" && what < 0.02) return "421 4.3.2 too busy";
    if (stage == "MAIL" && what < 0.03) return "451 4.3.0 not now";
    if (stage == "RCPT" && what < 0.03) return "450 4.2.1 mailbox busy";
    if (stage == "body" && what < 0.02) return "drop";
    if (stage != "dot") return {};
    std::this_thread::sleep_for(milliseconds{slow});
    if (what < 0.02) return "drop";
    if (what < 0.05) return "452 4.3.1 no room";
    return {};
  }

 private:
  std::mutex mutex_;
  base::Rng rng_{20261121};
};

struct OptOut {
  std::string address;
  system_clock::time_point at;
};

class Killed : public testing::Test {
 protected:
  Killed()
      : mail_([this](const std::string& stage, const std::string&) { return bad_day_(stage); }),
        hooks_([this](const tests::HttpRequest& request) {
          const std::lock_guard lock{mutex_};
          // Every third webhook is taken and not answered the first time.
          const auto [known, first] = hook_ids_.emplace(request.headers.at("webhook-id"), 0);
          return ++known->second == 1 && hook_ids_.size() % 3 == 0 ? std::string{"drop"} : tests::HttpPeer::status(204);
        }) {}

  void SetUp() override {
    tests::make_shop(winback_, 500, fmt::format(kSettings, mail_.port(), kWindow));
    if (HasFatalFailure()) return;
    std::filesystem::create_directories(winback_.data() / "letters" / "hello");
    for (const char* name : {"one", "again"})
      tests::write_file(winback_.data() / "letters" / "hello" / fmt::format("{}.en.html", name), fmt::format(kLetter, name));
    tests::write_file(winback_.here() / "hello.yaml", fmt::format(kJourney, hooks_.port(), kAgain));
    const Ran launched = winback_({"campaign", "launch", "hello.yaml"});
    ASSERT_EQ(launched.status, 0) << launched.err;
    store_ = tests::store_of(winback_);
    tests::launched_earlier(*store_, "hello", hours{24 * 4});
  }

  /// A letter that came from somebody who has not opted out yet; empty when there is none.
  std::string fresh_letter(std::string& address) const {
    const auto all = mail_.received();
    for (auto letter = all.rbegin(); letter != all.rend(); ++letter) {
      const bool known = std::ranges::any_of(opted_out_, [&](const OptOut& o) { return o.address == letter->to; });
      if (known) continue;
      address = letter->to;
      return letter->bytes;
    }
    return {};
  }

  /// As a mail provider does when its user presses "unsubscribe": again until it is answered.
  bool opt_out(Serving& serving) {
    if (pending_.empty()) pending_ = fresh_letter(pending_address_);
    if (pending_.empty()) return false;
    const auto answer = tests::http_call(serving.port(), "POST", tests::unsubscribe_path(pending_), "List-Unsubscribe=One-Click");
    if (answer.status != 200) return false;
    opted_out_.push_back({pending_address_, system_clock::now()});
    pending_.clear();
    return true;
  }

  /// Runs the program until it dies at that point. False when it does not come there.
  bool killed_at(std::string_view point, int times) {
    Serving serving{winback_, {{"WINBACK_CRASH_AT", fmt::format("{}:{}", point, times)}}};
    const bool by_response = point.starts_with("response");
    const auto end = steady_clock::now() + seconds{4};
    while (steady_clock::now() < end && !serving.ended(milliseconds{20})) {
      if (by_response && serving.port() != 0) opt_out(serving);
    }
    const auto status = serving.ended(milliseconds{0});
    if (!status) {
      serving.kill();
      ++kills_;
      return false;
    }
    EXPECT_TRUE(WIFSIGNALED(*status) && WTERMSIG(*status) == SIGKILL) << serving.said();
    ++kills_;
    return true;
  }

  void killed_at_random() {
    Serving serving{winback_};
    ASSERT_NE(serving.port(), 0) << serving.said();
    std::this_thread::sleep_for(milliseconds{rng_.below(350)});
    if (kills_ % 3 == 0) opt_out(serving);
    EXPECT_TRUE(serving.kill()) << "it ended by itself: " << serving.said();
    ++kills_;
  }

  /// Everybody is at the end and nothing is open but what is in doubt.
  bool dry() {
    const auto open = store_->enrolments().open_of({}, "hello");
    const auto counts = store_->counts().messages("hello");
    if (!open || !counts || !open->empty()) return false;
    return std::ranges::none_of(*counts, [](const auto& one) {
      return one.state == MessageState::ready || one.state == MessageState::claimed || one.state == MessageState::attempting;
    });
  }

  void judge();

  tests::Program winback_;
  BadDay bad_day_;
  std::mutex mutex_;  // guards hook_ids_
  std::map<std::string, int> hook_ids_;
  tests::SmtpPeer mail_;
  tests::HttpPeer hooks_;
  std::unique_ptr<port::ActStore> store_;
  base::Rng rng_{7};
  int kills_ = 0;
  std::string pending_, pending_address_;
  std::vector<OptOut> opted_out_;
};

void Killed::judge() {
  std::map<std::string, int> taken;  // by send key
  std::map<std::string, std::string> taken_by;
  for (const tests::Received& letter : mail_.received()) {
    if (letter.refused) continue;
    const std::string id = tests::header_of(letter.bytes, "Message-ID");
    ASSERT_GT(id.size(), 34U) << letter.bytes.substr(0, 400);
    ++taken[id.substr(1, 32)];
    taken_by[id.substr(1, 32)] = letter.to;
  }
  int twice = 0;
  for (const auto& [key, times] : taken) {
    twice += times > 1;
    const auto message = store_->outbox().find_key(key);
    ASSERT_TRUE(message && *message) << "a letter nobody decided on: " << key;
    EXPECT_FALSE((*message)->ghost) << "a held-out customer got a letter";
  }
  EXPECT_EQ(twice, 0);

  std::map<std::string, int> count;
  std::vector<port::ActCounts::Assigned> assigned;
  ASSERT_TRUE(store_->counts().each_assigned("hello", [&](const auto& one) -> base::Result<void> {
    assigned.push_back(one);
    return {};
  }));
  std::set<std::string> customers;
  for (const auto& one : assigned) {
    ++count[one.control ? "controls" : "treated"];
    EXPECT_TRUE(customers.insert(one.customer_id).second) << "entered twice: " << one.customer_id;
    const auto point = store_->people().contact(one.customer_id, "email");
    ASSERT_TRUE(point);
    const std::string address = *point ? (*point)->address : std::string{};
    const auto gone = std::ranges::find_if(opted_out_, [&](const OptOut& o) { return !address.empty() && o.address.find("<" + address + ">") != o.address.npos; });
    const auto messages = store_->counts().of_customer(one.customer_id);
    ASSERT_TRUE(messages);
    std::set<std::pair<std::string, std::uint32_t>> letters;
    for (const model::Message& message : *messages) {
      const int times = taken.contains(message.send_key) ? taken[message.send_key] : 0;
      if (message.channel == "webhook") {
        EXPECT_FALSE(one.control) << "a webhook for a held-out customer";
        if (message.state == MessageState::cancelled && gone != opted_out_.end()) continue;
        EXPECT_EQ(message.state, MessageState::accepted) << message.detail;
        EXPECT_GE(hook_ids_[message.send_key], 1);
        ++count["webhooks"];
        continue;
      }
      EXPECT_TRUE(letters.emplace(message.step, message.occurrence).second) << "decided twice";
      if (one.control) {
        EXPECT_EQ(message.state, address.empty() ? MessageState::dropped : MessageState::ghost);
        EXPECT_EQ(times, 0);
        continue;
      }
      if (times > 0) {
        EXPECT_NE(taken_by[message.send_key].find("<" + address + ">"), std::string::npos);
      }
      if (gone != opted_out_.end() && message.attempted_at) {
        EXPECT_LE(message.attempted_at->time_since_epoch(), gone->at.time_since_epoch()) << "a letter after the opt-out";
      }
      ++count[fmt::format("letters {}", model::name_of(message.state))];
      switch (message.state) {
        case MessageState::accepted: EXPECT_EQ(times, 1) << "believed sent, never received: " << message.step; break;
        case MessageState::unknown: count["in doubt, and received"] += times; break;
        case MessageState::dropped:
          EXPECT_EQ(times, 0);
          EXPECT_TRUE(address.empty() ? message.detail == "no_address" : (message.detail == "opted_out" && gone != opted_out_.end())) << message.detail;
          break;
        case MessageState::cancelled:
          EXPECT_EQ(times, 0);
          EXPECT_TRUE(gone != opted_out_.end()) << message.detail;
          break;
        default: ADD_FAILURE() << "left over: " << model::name_of(message.state) << " " << message.detail;
      }
    }
    if (gone == opted_out_.end()) {
      EXPECT_EQ(letters.size(), 1U + kAgain) << one.customer_id << " is short of letters";
    }
  }
  for (const auto& [key, times] : hook_ids_) count["webhooks called again"] += times > 1;
  std::printf("%d kills, %zu opted out, %zu letters taken", kills_, opted_out_.size(), taken.size());
  for (const auto& [what, number] : count) std::printf(", %s: %d", what.c_str(), number);
  std::printf("\n");
  EXPECT_GT(count["treated"], 50);
  EXPECT_GT(count["controls"], 20);
  EXPECT_GT(count["letters accepted"], count["letters unknown"]) << "too little was certain to prove much";
  EXPECT_LE(count["letters unknown"], kills_ * static_cast<int>(kWindow));
  EXPECT_GE(opted_out_.size(), 5U);
}

TEST_F(Killed, FiftyTimesNothingIsSentTwiceOrLost) {
  if (HasFatalFailure()) return;
  const auto began = steady_clock::now();
  std::map<std::string_view, int> died;
  std::vector<std::string_view> points{kOfTheProgram.begin(), kOfTheProgram.end()};
  // Customers enter but once: these come before anything else lets all of them in.
  for (const int times : {3, 20}) {
    for (const std::string_view point : {act::deliver::point::kEnrolledNotCommitted, act::deliver::point::kEnrolled})
      died[point] += killed_at(point, times);
  }
  const auto all_died = [&] { return std::ranges::all_of(points, [&](std::string_view point) { return died[point] > 0; }); };
  for (int round = 0; round < 5 && (kills_ < kKills || !all_died()); ++round) {
    for (const std::string_view point : points) {
      if (died[point] >= 2) continue;
      died[point] += killed_at(point, 1 + round);
      if (kills_ < kKills) killed_at_random();
      if (HasFatalFailure()) return;
    }
  }
  for (const std::string_view point : points) EXPECT_GE(died[point], 1) << "never died at: " << point;
  EXPECT_GE(kills_, 50);
  {
    Serving last{winback_};
    const auto end = steady_clock::now() + seconds{60};
    while (!dry() && steady_clock::now() < end) std::this_thread::sleep_for(milliseconds{100});
    EXPECT_TRUE(dry()) << winback_({"campaign", "status"}).out << last.said();
    EXPECT_EQ(last.stop(), 0) << last.said();
  }
  judge();
  std::printf("%lld s\n", static_cast<long long>(duration_cast<seconds>(steady_clock::now() - began).count()));
}

}  // namespace
