// A backup made while events come in and letters leave, restored elsewhere: what was acknowledged before it is there, once, and the
// restored workspace goes on. What is not a backup, and folders that hold something, are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include "tests/e2e/delivery_shop.h"
#include "tests/support/kept_connection.h"
#include "tests/support/serving.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono;
using testing::HasSubstr;

constexpr std::string_view kJourney = R"(journey: cart
title: {en: Cart, zh-CN: 购物车, zh-TW: 購物車}
topic: win_back
entry:
  event: checkout_started
  holdout: 0%
exits: [bought]
steps:
  - step: rest
    wait: 30 days
  - step: done
    exit: finished
)";

constexpr std::string_view kSettings = "currency: EUR\nshop: {name: Harbour, address: 12 Quay Street, url: https://shop.example, email: hello@shop.example}\n";

std::string key_of(const Program& winback) {
  const Ran made = winback({"key", "new", "--name", "sdk", "--scope", "events"});
  const std::size_t at = made.out.find("wb_");
  EXPECT_NE(at, std::string::npos) << made.err;
  return at == std::string::npos ? "" : "Authorization: Bearer " + made.out.substr(at, 67) + "\r\n";
}

/// The one value a query gives.
std::string answer_of(const Program& winback, const std::string& sql) {
  const Ran ran = winback({"sql", sql});
  EXPECT_EQ(ran.status, 0) << ran.err;
  std::string answer = ran.out.substr(std::min(ran.out.find('\n') + 1, ran.out.size()));
  while (answer.ends_with('\n')) answer.pop_back();
  return answer;
}

std::set<std::string> event_ids(const Program& winback) {
  std::set<std::string> ids;
  std::string answer = answer_of(winback, "SELECT event_id FROM v_events");
  for (std::size_t at = 0; at < answer.size();) {
    const std::size_t end = std::min(answer.find('\n', at), answer.size());
    ids.insert(answer.substr(at, end - at));
    at = end + 1;
  }
  return ids;
}

TEST(Backup, OfALoadedSystemGoesOnElsewhere) {
  const Program shop;
  fs::create_directories(shop.data());
  fs::create_directories(shop.here());
  write_file(shop.data() / "winback.yaml", kSettings);
  write_file(shop.data() / "notes.txt", "ours");
  write_file(shop.here() / "orders.csv", "order_id,customer_id,date,sku,quantity,amount\no1,k1,2026-01-02,tea,1,12.50\no2,k2,2026-01-03,tea,2,25\n");
  ASSERT_EQ(shop({"import", "orders", "orders.csv"}).status, 0);
  const std::string head = key_of(shop);
  write_file(shop.here() / "cart.yaml", kJourney);
  ASSERT_EQ(shop({"campaign", "launch", "cart.yaml", "--by", "ann"}).status, 0);

  std::mutex mutex;
  std::set<std::string> before, after;  // acknowledged before the backup began, and later
  std::atomic<bool> begun = false, enough = false;
  const fs::path backup = shop.here() / "backup";
  std::set<std::string> customers;
  {
    Serving serving{shop};
    ASSERT_NE(serving.port(), 0) << serving.said();
    std::vector<std::jthread> senders;
    for (int sender = 0; sender < 2; ++sender) {
      senders.emplace_back([&, sender] {
        KeptConnection connection{serving.port()};
        for (int batch = 0; !enough; ++batch) {
          std::string body = R"({"batch":[)";
          std::vector<std::string> ids;
          for (int i = 0; i < 10; ++i) {
            const std::string id = fmt::format("m{}-{}-{}", sender, batch, i);
            body += fmt::format(R"({}{{"type":"track","userId":"u{}-{}","messageId":"{}","event":"{}"}})", i ? "," : "", sender, batch, id, i == 3 ? "Checkout Started" : "Product Viewed");
            ids.push_back(id);
          }
          const bool early = !begun;
          if (connection.post("/v1/batch", head, body + "]}") != 200) continue;
          const std::lock_guard lock{mutex};
          (early && !begun ? before : after).insert(ids.begin(), ids.end());
          std::this_thread::sleep_for(milliseconds{5});
        }
      });
    }
    std::this_thread::sleep_for(milliseconds{1500});
    {
      const std::lock_guard lock{mutex};
      begun = true;
    }
    const Ran made = shop({"backup", backup.string(), "--json"});
    enough = true;
    senders.clear();
    ASSERT_EQ(made.status, 0) << made.err << serving.said();
    EXPECT_THAT(made.out, HasSubstr("\"began_at\""));
    EXPECT_EQ(serving.stop(), 0) << serving.said();
  }
  ASSERT_GT(before.size(), 100U);
  EXPECT_GT(after.size(), 0U) << "the system was under load while it was made";
  EXPECT_EQ(fs::status(backup).permissions() & fs::perms::others_all, fs::perms::none);
  EXPECT_EQ(fs::status(backup / "store.sqlite").permissions() & (fs::perms::group_all | fs::perms::others_all), fs::perms::none);

  const Program other;
  const Ran restored = other({"restore", backup.string(), "--moved", "--lang", "en"});
  ASSERT_EQ(restored.status, 0) << restored.err;
  EXPECT_EQ(read_file(other.data() / "notes.txt"), "ours");
  EXPECT_EQ(answer_of(other, "SELECT count() FROM v_order_lines"), "2");
  {
    // It goes on: what lay in the spool is loaded, a key still opens, an id known before is known again, a new one is taken.
    Serving serving{other};
    ASSERT_NE(serving.port(), 0) << serving.said();
    KeptConnection connection{serving.port()};
    EXPECT_EQ(connection.post("/v1/track", head, R"({"userId":"late","event":"Checkout Started","messageId":"late"})"), 200) << serving.said();
    EXPECT_EQ(connection.post("/v1/track", head, fmt::format(R"({{"userId":"u0-0","event":"Product Viewed","messageId":"{}"}})", *before.begin())), 200);
    before.insert("late");
    const auto began = steady_clock::now();
    while (!std::ranges::includes(event_ids(other), before) && steady_clock::now() - began < seconds{20}) std::this_thread::sleep_for(milliseconds{200});
    EXPECT_EQ(serving.stop(), 0) << serving.said();
  }
  const std::set<std::string> ids = event_ids(other);
  EXPECT_TRUE(std::ranges::includes(ids, before)) << ids.size() << " events of " << before.size() << " acknowledged before the backup";
  for (const std::string& id : ids) EXPECT_TRUE(before.contains(id) || after.contains(id)) << id << " was never sent";
  EXPECT_EQ(answer_of(other, "SELECT count() FROM v_events"), std::to_string(ids.size())) << "an event counts once";
  // Every checkout acknowledged before is on the journey, each once.
  std::set<std::string> wanted, entered;
  for (const std::string& id : before) {
    if (id.ends_with("-3") && id[0] == 'm') wanted.insert("u" + id.substr(1, id.size() - 3));
  }
  const auto store = store_of(other);
  ASSERT_TRUE(store->counts().each_assigned("cart", [&](const auto& one) -> base::Result<void> {
    EXPECT_TRUE(entered.insert(one.customer_id).second) << one.customer_id << " entered twice";
    return {};
  }));
  EXPECT_TRUE(std::ranges::includes(entered, wanted)) << entered.size() << " entered, " << wanted.size() << " were to";
  fmt::print(stderr, "{} events before the backup, {} after it, {} in the restored warehouse\n", before.size(), after.size(), ids.size());
}

TEST(Backup, RefusesWhatWouldMixOrMislead) {
  const Program shop;
  fs::create_directories(shop.here());
  EXPECT_THAT(shop({"backup", "b"}).err, HasSubstr("there is no data folder"));
  write_file(shop.here() / "orders.csv", "order_id,customer_id,date,sku,quantity,amount\no1,k1,2026-01-02,tea,1,12.50\n");
  ASSERT_EQ(shop({"import", "orders", "orders.csv", "--currency", "EUR"}).status, 0);
  write_file(shop.here() / "cart.yaml", kJourney);
  write_file(shop.data() / "winback.yaml", kSettings);
  ASSERT_EQ(shop({"campaign", "launch", "cart.yaml", "--by", "ann"}).status, 0);
  EXPECT_THAT(shop({"backup", (shop.data() / "b").string()}).err, HasSubstr("lies in the data folder"));
  const Ran made = shop({"backup", "b.tar", "--lang", "en"});
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("The backup is whole in b.tar"));
  EXPECT_FALSE(fs::exists(shop.here() / "b.tar.part"));
  EXPECT_THAT(shop({"backup", "b.tar"}).err, HasSubstr("is there already"));
  EXPECT_THAT(shop({"restore", (shop.here() / "b.tar").string()}).err, HasSubstr("is not empty"));

  const Program other;
  const Ran restored = other({"restore", (shop.here() / "b.tar").string(), "--lang", "en"});
  ASSERT_EQ(restored.status, 0) << restored.err;
  EXPECT_THAT(restored.out, HasSubstr("1 running campaigns stand still")) << "what was sent since is not known";
  EXPECT_EQ((*store_of(other)->campaigns().find("cart"))->state, model::CampaignState::paused);
  EXPECT_EQ(answer_of(other, "SELECT count() FROM v_order_lines"), "1");

  ASSERT_EQ(shop({"backup", "folder"}).status, 0);
  const fs::path broken = shop.here() / "folder" / "warehouse" / "order_lines.native";
  std::string bytes = read_file(broken);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_file(broken, bytes);
  const Program third;
  EXPECT_THAT(third({"restore", (shop.here() / "folder").string()}).err, HasSubstr("checksum differs"));
  EXPECT_FALSE(fs::exists(third.data())) << "nothing was begun";
  fs::remove(shop.here() / "folder" / "manifest.json");
  EXPECT_THAT(third({"restore", (shop.here() / "folder").string()}).err, HasSubstr("no whole backup"));
  EXPECT_THAT(third({"restore", "nothing.tar"}).err, HasSubstr("there is no backup"));
  // One that was cut off is opened by nobody.
  fs::create_directories(third.data());
  write_file(third.data() / "restore-unfinished", "");
  EXPECT_THAT(third({"doctor"}).err, HasSubstr("did not finish"));
}

}  // namespace
}  // namespace tests
