// Events against the real program: killed under load nothing acknowledged is missing and nothing is doubled, in the warehouse and in
// journeys; an event starts a journey and an order ends it within two seconds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <mutex>
#include <set>
#include <thread>

#include "base/random.h"
#include "tests/e2e/delivery_shop.h"
#include "tests/support/kept_connection.h"
#include "tests/support/serving.h"

namespace {

using namespace std::chrono;
using tests::KeptConnection;
using tests::Serving;

constexpr std::string_view kJourney = R"(journey: cart
title: {en: Cart, zh-CN: 购物车, zh-TW: 購物車}
topic: win_back
entry:
  event: checkout_started
  holdout: 0%
exits: [bought, cart_cleared]
steps:
  - step: rest
    wait: 30 days
  - step: done
    exit: finished
)";

class Events : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(winback_.data());
    tests::write_file(winback_.data() / "winback.yaml", "currency: EUR\nshop: {name: Harbour, address: 12 Quay Street, url: https://shop.example, email: hello@shop.example}\n");
    const auto made = winback_({"key", "new", "--name", "sdk", "--scope", "events"});
    ASSERT_NE(made.out.find("wb_"), std::string::npos) << made.err;
    head_ = "Authorization: Bearer " + made.out.substr(made.out.find("wb_"), 67) + "\r\n";
    std::filesystem::create_directories(winback_.here());
    tests::write_file(winback_.here() / "cart.yaml", kJourney);
    const auto launched = winback_({"campaign", "launch", "cart.yaml", "--by", "ann"});
    ASSERT_EQ(launched.status, 0) << launched.err << launched.out;
    store_ = tests::store_of(winback_);
  }

  std::string answer_of(const std::string& sql) {
    const auto ran = winback_({"sql", sql});
    EXPECT_EQ(ran.status, 0) << ran.err;
    const std::size_t line = ran.out.find('\n');
    std::string answer = line == std::string::npos ? "" : ran.out.substr(line + 1);
    while (answer.ends_with('\n')) answer.pop_back();
    return answer;
  }

  std::optional<model::Enrolment> enrolment(const std::string& customer) {
    auto found = store_->enrolments().last_entry("cart", customer);
    EXPECT_TRUE(found.has_value());
    return found ? *found : std::nullopt;
  }

  /// How long until the condition holds; ten seconds when it does not.
  milliseconds until(const std::function<bool()>& holds) {
    const auto began = steady_clock::now();
    while (!holds() && steady_clock::now() - began < seconds{10}) std::this_thread::sleep_for(milliseconds{5});
    return duration_cast<milliseconds>(steady_clock::now() - began);
  }

  tests::Program winback_;
  std::string head_;
  std::unique_ptr<port::ActStore> store_;
};

TEST_F(Events, AnEventStartsAndAnOrderEndsAJourneyWithinTwoSeconds) {
  Serving serving{winback_};
  ASSERT_NE(serving.port(), 0) << serving.said();
  KeptConnection connection{serving.port()};
  // Nobody has ever heard of this customer.
  ASSERT_EQ(connection.post("/v1/track", head_, R"({"userId":"new","event":"Checkout Started","messageId":"c1"})"), 200);
  const auto in = until([&] { return enrolment("new").has_value(); });
  EXPECT_LT(in, seconds{2});
  ASSERT_TRUE(enrolment("new")) << serving.said();
  ASSERT_EQ(connection.post("/v1/track", head_, R"({"userId":"new","event":"Order Completed","messageId":"o1","properties":{"order_id":"A","total":20}})"), 200);
  const auto out = until([&] { return enrolment("new")->state == model::EnrolmentState::finished; });
  EXPECT_LT(out, seconds{2});
  EXPECT_EQ(enrolment("new")->exit_reason, "bought");
  fmt::print(stderr, "in after {} ms, out after {} ms\n", in.count(), out.count());
  // An event of the journey's own, and who is anonymous first.
  ASSERT_EQ(connection.post("/v1/track", head_, R"({"anonymousId":"a1","event":"Checkout Started","messageId":"c2"})"), 200);
  ASSERT_EQ(connection.post("/v1/identify", head_, R"({"anonymousId":"a1","userId":"known","traits":{"email":"canary@shop.example"}})"), 200);
  ASSERT_EQ(connection.post("/v1/track", head_, R"({"userId":"known","event":"Checkout Started","messageId":"c3"})"), 200);
  EXPECT_LT(until([&] { return enrolment("known").has_value(); }), seconds{2});
  ASSERT_EQ(connection.post("/v1/track", head_, R"({"anonymousId":"a1","event":"Cart Cleared","messageId":"c4"})"), 200);
  EXPECT_LT(until([&] { return enrolment("known") && enrolment("known")->state == model::EnrolmentState::finished; }), seconds{2});
  EXPECT_EQ(enrolment("known")->exit_reason, "cart_cleared") << "what the browser did before the name was known is the customer's";
  EXPECT_FALSE(enrolment("anon:a1")) << "nobody is approached without a name";
  EXPECT_LT(until([&] { return answer_of("SELECT count() FROM v_order_lines WHERE customer_id = 'new'") == "1"; }), seconds{4});
  const auto contact = store_->people().contact("known", "email");
  ASSERT_TRUE(contact && *contact);
  EXPECT_EQ((*contact)->address, "canary@shop.example");
  EXPECT_EQ(answer_of("SELECT count() FROM v_events WHERE position(properties, 'canary') > 0"), "0");
  EXPECT_EQ(serving.stop(), 0) << serving.said();
}

/// A customer of the shop's own files and one of the app share an address: analyses see one person.
TEST_F(Events, ShopAndAppAreOnePersonInAnalyses) {
  tests::write_file(winback_.here() / "customers.csv", "customer_id,email\nshop-1,ann@shop.example\nshop-2,bob@shop.example\n");
  tests::write_file(winback_.here() / "orders.csv",
                    "order_id,customer_id,date,product,quantity,price\n1,shop-1,2026-01-05,Shirt,1,20\n2,shop-1,2026-03-05,Shirt,1,20\n3,shop-2,2026-02-01,Hat,1,10\n");
  for (const char* kind : {"customers", "orders"}) {
    const auto ran = winback_({"import", kind, fmt::format("{}.csv", kind)});
    ASSERT_EQ(ran.status, 0) << ran.err;
  }
  {
    Serving serving{winback_};
    ASSERT_NE(serving.port(), 0) << serving.said();
    KeptConnection connection{serving.port()};
    ASSERT_EQ(connection.post("/v1/identify", head_, R"({"userId":"app-1","anonymousId":"b","traits":{"email":"Ann@shop.example"}})"), 200);
    ASSERT_EQ(connection.post("/v1/track", head_, R"({"userId":"app-1","event":"Order Completed","properties":{"order_id":"9","currency":"EUR","total":50}})"), 200);
    until([&] { return answer_of("SELECT count() FROM v_order_lines WHERE customer_id = 'app-1'") == "1" && answer_of("SELECT count() FROM identities FINAL") == "3"; });
    EXPECT_EQ(answer_of("SELECT count() FROM identities FINAL WHERE person_id = 'shop-1'"), "3");
    EXPECT_EQ(serving.stop(), 0) << serving.said();
  }
  const auto analyzed = winback_({"analyze"});
  ASSERT_EQ(analyzed.status, 0) << analyzed.err;
  EXPECT_EQ(answer_of("SELECT count() FROM v_profiles"), "2");
  EXPECT_EQ(answer_of("SELECT toString(purchase_days) || ' ' || toString(spend) FROM v_profiles WHERE customer_id = 'shop-1'"), "3 90");
  const auto exported = winback_({"export-person", "shop-1"});
  EXPECT_EQ(exported.status, 0) << exported.err;
  EXPECT_NE(exported.out.find("app-1"), std::string::npos);
}

TEST_F(Events, SegmentsOwnSdkIsUnderstood) {
  const auto modules = std::filesystem::weakly_canonical(tests::binary_dir() / ".." / "npm" / "node_modules");
  if (!std::filesystem::exists(modules / "@segment" / "analytics-node")) GTEST_SKIP() << "skipped: @segment/analytics-node is not installed; ./dev test installs it";
  Serving serving{winback_};
  ASSERT_NE(serving.port(), 0) << serving.said();
  const std::string key = head_.substr(head_.find("wb_"), 67);
  const auto out = winback_.here() / "sdk.out";
  const std::string command = fmt::format("node '{}' '{}' http://127.0.0.1:{} {} > '{}' 2>&1", (tests::source_dir() / "tests/e2e/events_sdk.cjs").string(),
                                          modules.string(), serving.port(), key, out.string());
  ASSERT_EQ(std::system(command.c_str()), 0) << tests::read_file(out);
  until([&] { return answer_of("SELECT count() FROM v_events") == "126"; });
  EXPECT_EQ(answer_of("SELECT count() FROM v_events"), "126") << tests::read_file(out) << serving.said();
  EXPECT_EQ(answer_of("SELECT count() FROM v_events WHERE type = 'product_viewed' AND sku != ''"), "120");
  EXPECT_EQ(answer_of("SELECT arrayStringConcat(arraySort(groupUniqArray(toString(type))), ' ') FROM v_events"),
            "alias group identify order_completed page product_viewed screen");
  EXPECT_EQ(answer_of("SELECT toString(sum(amount)) FROM v_order_lines WHERE customer_id = 'sdk-1' AND source = 'events'"), "25");
  EXPECT_EQ(answer_of("SELECT JSONExtractString(attributes, 'plan') FROM v_customers WHERE customer_id = 'sdk-1'"), "pro");
  EXPECT_EQ(answer_of("SELECT count() FROM v_events WHERE position(properties, 'canary') > 0"), "0");
  for (const char* other : {"anon:browser-1", "sdk-1"}) {
    const auto person = store_->events().person_of(other);
    ASSERT_TRUE(person);
    EXPECT_EQ(*person, "sdk-1");
  }
  const auto old = store_->events().person_of("old-3");
  ASSERT_TRUE(old);
  EXPECT_EQ(*old, "sdk-3");
  EXPECT_EQ(serving.stop(), 0) << serving.said();
}

TEST_F(Events, KilledUnderLoadNothingAcknowledgedIsMissingOrDoubled) {
  constexpr int kKills = 6, kThreads = 4;
  base::Rng rng{11};
  std::set<std::string> acknowledged;
  std::uint64_t sent_again = 0;
  struct Sender {
    int number = 0, batch = 0;
    std::string body;                    // not acknowledged yet: it is sent again, as SDKs do
    std::vector<std::string> ids;
  };
  std::vector<Sender> senders(kThreads);
  std::mutex mutex;
  std::vector<std::string> checkouts;
  for (int round = 0; round <= kKills; ++round) {
    Serving serving{winback_};
    ASSERT_NE(serving.port(), 0) << serving.said();
    const bool last = round == kKills;
    std::atomic<bool> dead = false;
    {
      std::vector<std::jthread> threads;
      for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
          Sender& sender = senders[static_cast<std::size_t>(t)];
          sender.number = t;
          KeptConnection connection{serving.port()};
          while (!dead || (last && !sender.body.empty())) {
            if (sender.body.empty()) {
              if (last) return;
              sender.body = R"({"batch":[)";
              sender.ids.clear();
              for (int i = 0; i < 20; ++i) {
                const std::string id = fmt::format("m-{}-{}-{}", t, sender.batch, i);
                const std::string user = fmt::format("u-{}-{}", t, (sender.batch * 20 + i) % 500);
                sender.body += fmt::format(R"({}{{"type":"track","userId":"{}","messageId":"{}","event":"{}"}})", i ? "," : "", user, id,
                                           i == 7 ? "Checkout Started" : "Product Viewed");
                sender.ids.push_back(id);
              }
              sender.body += "]}";
              ++sender.batch;
            } else {
              const std::lock_guard lock{mutex};
              ++sent_again;
            }
            if (connection.post("/v1/batch", head_, sender.body) == 200) {
              const std::lock_guard lock{mutex};
              acknowledged.insert(sender.ids.begin(), sender.ids.end());
              sender.body.clear();
            } else if (!last) {
              return;  // it died
            } else {
              std::this_thread::sleep_for(milliseconds{20});
            }
          }
        });
      }
      if (!last) {
        std::this_thread::sleep_for(milliseconds{200 + rng.below(700)});
        EXPECT_TRUE(serving.kill()) << serving.said();
        dead = true;
      }
    }
    if (!last) continue;
    const std::string all = fmt::format("{}", acknowledged.size());
    until([&] { return answer_of("SELECT uniqExact(event_id) FROM v_events") == all; });
    EXPECT_EQ(answer_of("SELECT count() FROM v_events"), all);
    EXPECT_EQ(answer_of("SELECT uniqExact(event_id) FROM v_events"), all);
    EXPECT_EQ(answer_of("SELECT count() FROM (SELECT 1 FROM events GROUP BY customer_id, event_id HAVING count() > 1)"), "0")
        << "a segment was inserted twice";
    // Every customer with a checkout is on the journey, once.
    const auto wanted = std::stoull(answer_of("SELECT uniqExact(customer_id) FROM v_events WHERE type = 'checkout_started'"));
    std::uint64_t entered = 0;
    until([&] {
      entered = 0;
      std::set<std::string> customers;
      EXPECT_TRUE(store_->counts().each_assigned("cart", [&](const auto& one) -> base::Result<void> {
        EXPECT_TRUE(customers.insert(one.customer_id).second) << "entered twice: " << one.customer_id;
        ++entered;
        return {};
      }));
      return entered == wanted;
    });
    EXPECT_EQ(entered, wanted);
    EXPECT_EQ(serving.stop(), 0) << serving.said();
  }
  fmt::print(stderr, "{} kills, {} events acknowledged, {} batches sent again\n", kKills, acknowledged.size(), sent_again);
  EXPECT_GT(acknowledged.size(), 1000U);
}

}  // namespace
