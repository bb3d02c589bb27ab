// What the kernel saw: the commit that says "attempting", with the letter's frozen bytes, is on the disk before the first
// byte of the letter goes to the mail server.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "tests/e2e/delivery_shop.h"
#include "tests/support/serving.h"
#include "tests/support/smtp_peer.h"

namespace {

using namespace std::chrono;
using tests::Ran;

/// What a row of the outbox holds: every page of the journal in which a letter's state changes shows it.
constexpr std::string_view kMark = "traced/one";

constexpr std::string_view kSettings = R"(currency: GBP
shop: {{name: Harbour & Hill, address: 12 Quay Street, url: https://shop.example, email: hello@shop.example}}
public_url: https://news.shop.example
mail: {{from: news@shop.example, smtp: "smtp://127.0.0.1:{}", insecure: true}}
sending: {{window: 1}}
manners: {{quiet_hours: never}}
)";

constexpr std::string_view kJourney = R"(journey: traced
title: {en: Traced, zh-CN: 跟踪, zh-TW: 追蹤}
topic: win_back
entry: {plan: latest}
exits: [bought]
steps:
  - step: one
    message: traced/one
)";

constexpr std::string_view kLetter = R"(---
subject: Hello
---
<p>Hello from {{ shop.name }}, {{ shop.address }}.</p>
<p><a href="{{ links.unsubscribe }}">unsubscribe</a> <a href="{{ links.preferences }}">choose</a></p>
)";

/// The calls that matter, in the order in which they were done: a call that another thread's interrupted counts where it
/// ended, for the disk, and where it began, for the network.
struct Trace {
  enum class What { frozen, synced, connected, letter };
  std::vector<What> events;

  Trace(const std::filesystem::path& file, std::uint16_t port) {
    const std::string server = fmt::format(":{}]", port), to_server = fmt::format("htons({})", port);
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);) {
      const std::size_t name = line.find_first_not_of("0123456789 ");
      if (name == line.npos) continue;
      const std::string_view call = std::string_view{line}.substr(name);
      const std::string pid = line.substr(0, name);
      const bool wal = call.find("store.sqlite-wal>") != call.npos;
      const bool ends = call.find("<unfinished ...>") == call.npos;
      if (call.starts_with("pwrite64(") && wal && call.find(kMark) != call.npos) {
        events.push_back(What::frozen);
      } else if ((call.starts_with("fsync(") || call.starts_with("fdatasync(")) && wal) {
        if (ends) events.push_back(What::synced);
        else syncing_.push_back(pid);
      } else if (call.starts_with("<... fsync resumed>") || call.starts_with("<... fdatasync resumed>")) {
        if (std::erase(syncing_, pid) > 0) events.push_back(What::synced);
      } else if (call.starts_with("connect(") && call.find(to_server) != call.npos) {
        events.push_back(What::connected);
      } else if ((call.starts_with("sendto(") || call.starts_with("write(") || call.starts_with("sendmsg(")) &&
                 call.find(server) != call.npos && call.find("\"MAIL FROM:") != call.npos) {
        events.push_back(What::letter);
      }
    }
  }

 private:
  std::vector<std::string> syncing_;
};

TEST(Strace, AttemptingIsOnTheDiskBeforeTheFirstByteLeaves) {
  if (std::system("strace -o /dev/null -e trace=fsync true 2>/dev/null") != 0)
    GTEST_SKIP() << "skipped: strace is not installed, or ptrace is not permitted here";
  const tests::SmtpPeer mail;
  const tests::Program winback;
  tests::make_shop(winback, 60, fmt::format(kSettings, mail.port()));
  if (HasFatalFailure()) return;
  std::filesystem::create_directories(winback.data() / "letters" / "traced");
  tests::write_file(winback.data() / "letters" / "traced" / "one.en.html", kLetter);
  tests::write_file(winback.here() / "traced.yaml", kJourney);
  const Ran launched = winback({"campaign", "launch", "traced.yaml"});
  ASSERT_EQ(launched.status, 0) << launched.err;
  const auto store = tests::store_of(winback);
  tests::launched_at(*store, "traced", floor<milliseconds>(system_clock::now()) - days{4});  // all waves enter at once

  const std::filesystem::path file = winback.here() / "trace.txt";
  std::size_t letters = 0;
  {
    tests::Serving serving{winback, {},
                           {"strace", "-D", "-f", "-yy", "-s", "5000", "-o", file.string(), "-e",
                            "trace=fsync,fdatasync,connect,write,sendto,sendmsg,pwrite64"}};
    ASSERT_NE(serving.port(), 0) << serving.said();
    const auto end = steady_clock::now() + seconds{60};
    for (bool entered = false; steady_clock::now() < end; std::this_thread::sleep_for(milliseconds{200})) {
      const auto open = store->enrolments().open_of({}, "traced");
      ASSERT_TRUE(open);
      entered = entered || !mail.received().empty();
      if (entered && open->empty()) break;
    }
    letters = mail.received().size();
    EXPECT_EQ(serving.stop(), 0) << serving.said();
  }
  // strace writes its last lines after the program has ended.
  for (int i = 0; i < 200; ++i, std::this_thread::sleep_for(milliseconds{50})) {
    const std::string text = tests::read_file(file);
    if (text.ends_with("+++ exited with 0 +++\n")) break;
  }

  const Trace trace{file, mail.port()};
  using What = Trace::What;
  bool frozen = false, synced = false;
  std::size_t proved = 0, connections = 0;
  for (const What what : trace.events) {
    switch (what) {
      case What::frozen:
        frozen = true;
        synced = false;
        break;
      case What::synced: synced = frozen; break;
      case What::connected:
        EXPECT_TRUE(synced) << "the mail server was called before anything was on the disk";
        ++connections;
        break;
      case What::letter:
        EXPECT_TRUE(frozen && synced) << "letter " << proved + 1 << " began before its commit was on the disk";
        ++proved;
        frozen = synced = false;  // the next one needs a commit of its own
        break;
    }
  }
  std::printf("%zu letters on %zu connections, each after the fsync of its own commit\n", proved, connections);
  EXPECT_GE(letters, 3U);
  EXPECT_EQ(proved, letters);
  EXPECT_GE(connections, 1U);
}

}  // namespace
