#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.h"
#include "collect/stream/door.h"
#include "collect/stream/event.h"
#include "collect/stream/rows.h"
#include "collect/stream/seen.h"

namespace collect::stream {
namespace {

using base::Instant;
using base::Result;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const Instant kNow = *parse_timestamp("2026-11-22T06:00:00Z");

Door make_door() {
  return Door{[](std::string_view address) -> Result<std::string> { return "p_" + base::to_hex(base::sha256(address)).substr(0, 8); }};
}

Event only(const Result<Call>& call) {
  EXPECT_TRUE(call.has_value()) << (call ? "" : call.error().message);
  if (!call || call->events.size() != 1) {
    ADD_FAILURE() << "not one event: " << (call && !call->rejected.empty() ? call->rejected[0].reason : "");
    return {};
  }
  return call->events[0];
}

TEST(SnakeCase, IsTheOneFormOfNames) {
  EXPECT_EQ(snake_case("Order Completed"), "order_completed");
  EXPECT_EQ(snake_case("orderCompleted"), "order_completed");
  EXPECT_EQ(snake_case("order_completed"), "order_completed");
  EXPECT_EQ(snake_case("HTTPRequest sent"), "http_request_sent");
  EXPECT_EQ(snake_case("  Signed--Up! "), "signed_up");
  EXPECT_EQ(snake_case("下单"), "下单");
}

TEST(Timestamp, ReadsWhatSdksSend) {
  EXPECT_EQ(parse_timestamp("2026-11-22T06:00:00.000Z"), kNow);
  EXPECT_EQ(parse_timestamp("2026-11-22T14:00:00+08:00"), kNow);
  EXPECT_EQ(parse_timestamp("2026-11-22T01:30-0430"), kNow);
  EXPECT_EQ(parse_timestamp("2026-11-22T06:00:00.1234567Z"), kNow + std::chrono::milliseconds{123});
  for (const char* wrong : {"", "yesterday", "2026-13-01", "2026-11-22T25:00:00Z", "2026-11-22T06:00:00X", "2026-11-22T06:00:00Zz"}) {
    EXPECT_FALSE(parse_timestamp(wrong)) << wrong;
  }
}

TEST(Door, ReadsATrack) {
  Door door = make_door();
  const auto call = door.read(R"({"userId":"u1","event":"Product Added","messageId":"m","properties":{"sku":"A-1","price":9.5,"deep":{"x":[1,null,true]}},"foo":"bar"})",
                              Kind::track, kNow);
  const Event event = only(call);
  EXPECT_EQ(event.kind, Kind::track);
  EXPECT_EQ(event.customer_id, "u1");
  EXPECT_EQ(event.type, "product_added");
  EXPECT_EQ(event.sku, "A-1");
  EXPECT_EQ(event.message_id, "m");
  EXPECT_EQ(event.occurred_at, kNow);
  EXPECT_EQ(event.json, R"({"sku":"A-1","price":9.5,"deep":{"x":[1,null,true]},"$event":{"userId":"u1","event":"Product Added","foo":"bar"}})");
}

TEST(Door, MovesTheSendersClock) {
  Door door = make_door();
  // The sender's clock is an hour fast: what happened ten minutes before sending happened ten minutes before receiving.
  const auto fast = door.read(R"({"batch":[{"type":"track","event":"X","userId":"u","timestamp":"2026-11-22T06:50:00Z"}],"sentAt":"2026-11-22T07:00:00Z"})",
                              std::nullopt, kNow);
  EXPECT_EQ(only(fast).occurred_at, kNow - std::chrono::minutes{10});
  const auto slow = door.read(R"({"event":"X","userId":"u","timestamp":"2025-01-01T00:00:00Z","sentAt":"2025-01-01T00:01:00Z"})", Kind::track, kNow);
  EXPECT_EQ(only(slow).occurred_at, kNow - std::chrono::minutes{1});
  const auto future = door.read(R"({"event":"X","userId":"u","timestamp":"2031-01-01T00:00:00Z"})", Kind::track, kNow);
  EXPECT_EQ(only(future).occurred_at, kNow) << "nothing happens after it was received";
}

TEST(Door, KeepsContactDataOutOfWhatIsStored) {
  Door door = make_door();
  const auto call = door.read(
      R"({"userId":"u1","traits":{"email":"Canary@Example.com","phone":"+49 30 1234567","name":"Canary Bird","address":{"street":"Canary 1"},"plan":"pro",)"
      R"("notes":"write to canary@example.com","backup":"canary2@example.com"},"context":{"ip":"10.9.8.7","traits":{"email":"canary3@example.com"},"locale":"de-DE","app":{"name":"shop"}}})",
      Kind::identify, kNow);
  const Event event = only(call);
  EXPECT_EQ(event.email, "canary@example.com");
  EXPECT_EQ(event.phone, "+49301234567");
  EXPECT_EQ(event.name, "Canary Bird");
  EXPECT_EQ(event.language, "de-DE");
  for (const char* canary : {"Canary", "canary2", "canary3", "1234567", "10.9.8.7"}) EXPECT_THAT(std::string{event.json}, Not(HasSubstr(canary)));
  EXPECT_THAT(std::string{event.json}, HasSubstr(R"("plan":"pro")"));
  EXPECT_THAT(std::string{event.json}, HasSubstr(R"("name":"shop")"));
}

TEST(Door, AnIdThatIsAnAddressBecomesAPseudonym) {
  Door door = make_door();
  const Event event = only(door.read(R"({"userId":"Canary@Example.com","event":"X"})", Kind::track, kNow));
  EXPECT_THAT(std::string{event.customer_id}, testing::StartsWith("p_"));
  EXPECT_THAT(std::string{event.json}, Not(HasSubstr("anary")));
}

TEST(Door, AnonymousIdsLiveApart) {
  Door door = make_door();
  EXPECT_EQ(only(door.read(R"({"anonymousId":"a","event":"X"})", Kind::track, kNow)).customer_id, "anon:a");
  const auto call = door.read(R"({"anonymousId":"a","userId":7})", Kind::identify, kNow);
  EXPECT_EQ(only(call).customer_id, "7");
  EXPECT_EQ(only(call).other_id, "anon:a");
  const auto alias = door.read(R"({"previousId":"old","userId":"new"})", Kind::alias, kNow);
  EXPECT_EQ(only(alias).other_id, "old");
}

TEST(Door, RefusesBodiesThatAreNone) {
  Door door = make_door();
  for (const char* body : {"", "{", "[]", "7", "{\"batch\":1}", "{}", "{\"batch\":[{}"}) EXPECT_FALSE(door.read(body, std::nullopt, kNow)) << body;
  EXPECT_FALSE(door.read("{\"event\":\"" + std::string(40'000, 'x') + "\"}", Kind::track, kNow));
  EXPECT_FALSE(door.read("{\"batch\":[{\"a\":\"" + std::string(520'000, 'x') + "\"}]}", std::nullopt, kNow));
  std::string many = "{\"batch\":[";
  for (int i = 0; i < 2501; ++i) many += std::string(i ? "," : "") + "{}";
  EXPECT_FALSE(door.read(many + "]}", std::nullopt, kNow));
}

TEST(Door, BadEventsOfABatchAreNamedAndTheGoodOnesTaken) {
  Door door = make_door();
  const auto call = door.read(
      R"({"batch":[{"type":"track","event":"X","userId":"u"},{"type":"track","userId":"u","messageId":"m1"},7,{"type":"alias","userId":"u"},)"
      R"({"type":"explode","userId":"u"},{"type":"group","userId":"u"},{"type":"page"},{"type":"track","event":"X","userId":"u","timestamp":"soon"},)"
      R"({"type":"track","event":"X","userId":"u","messageId":")" + std::string(100, 'm') + R"("},{"type":"page","anonymousId":"a"}]})",
      std::nullopt, kNow);
  ASSERT_TRUE(call);
  EXPECT_EQ(call->events.size(), 2U);
  EXPECT_THAT(call->indices, ElementsAre(0U, 9U));
  std::vector<std::size_t> rejected;
  for (const Rejected& one : call->rejected) rejected.push_back(one.index);
  EXPECT_THAT(rejected, ElementsAre(1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U));
  EXPECT_EQ(call->rejected[0].message_id, "m1");
}

TEST(Door, MakesAMessageIdWhereThereIsNone) {
  Door door = make_door();
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.emplace(only(door.read(R"({"userId":"u"})", Kind::page, kNow)).message_id);
  EXPECT_EQ(ids.size(), 100U);
}

TEST(Record, ComesBackAsItWasWritten) {
  RecordWriter writer{kNow};
  for (int i = 0; i < 3; ++i) {
    writer.add({.kind = Kind::page, .occurred_at = kNow - std::chrono::seconds{i}, .message_id = "m", .customer_id = "c", .json = "{}", .language = "zh"});
  }
  const std::string record = writer.take();
  int count = 0;
  ASSERT_TRUE(read_record(record, [&](const Event& event, Instant received) -> Result<void> {
    EXPECT_EQ(received, kNow);
    EXPECT_EQ(event.occurred_at, kNow - std::chrono::seconds{count});
    EXPECT_EQ(event.customer_id, "c");
    EXPECT_EQ(event.language, "zh");
    ++count;
    return {};
  }));
  EXPECT_EQ(count, 3);
  for (std::size_t cut = 0; cut < record.size(); ++cut) {
    EXPECT_FALSE(read_record(record.substr(0, cut), [](const Event&, Instant) -> Result<void> { return {}; })) << cut;
  }
}

class OrderRows : public testing::Test {
 protected:
  /// Sum of amounts of an order told with these properties, in millionths; and its rows.
  std::int64_t amounts(const std::string& type, const std::string& json) {
    Rows rows{base::Zone::utc(), "EUR"};
    EXPECT_TRUE(rows.add({.kind = Kind::track, .occurred_at = kNow, .message_id = "m1", .customer_id = "c", .type = type, .json = json}, kNow));
    lines_ = rows.take_order_lines();
    whole_ = rows.take_whole_orders();
    other_currency_ = rows.other_currency();
    std::int64_t sum = 0;
    for (const std::int64_t amount : lines_.find("amount")->as<std::int64_t>()) sum += amount;
    return sum;
  }
  base::Block lines_;
  std::vector<WholeOrder> whole_;
  std::size_t other_currency_ = 0;
};

TEST_F(OrderRows, MoneyOfAnOrder) {
  EXPECT_EQ(amounts("order_completed", R"({"order_id":"A","products":[{"sku":"x","price":10,"quantity":2},{"sku":"y","price":"5.5"}]})"), 25'500'000);
  EXPECT_EQ(lines_.rows(), 2U);
  EXPECT_EQ(amounts("order_completed", R"({"order_id":"A","products":[{"sku":"x","price":10,"quantity":2},{"sku":"y","price":"5.5"}],"discount":5.1})"), 20'400'000);
  EXPECT_EQ(amounts("order_completed", R"({"order_id":"A","products":[{"price":1},{"price":1},{"price":1}],"discount":1})"), 2'000'000) << "rounding loses nothing";
  EXPECT_EQ(amounts("order_completed", R"({"order_id":"A","products":[{"price":1}],"discount":9})"), 0) << "no more than the order";
  EXPECT_EQ(amounts("order_completed", R"({"order_id":"A","total":12.34})"), 12'340'000);
  EXPECT_EQ(amounts("order_completed", R"({"order_id":"A"})"), 0);
  EXPECT_EQ(lines_.rows(), 1U);
  EXPECT_EQ(amounts("order_completed", R"({"order_id":"A","total":12,"currency":"USD"})"), 0);
  EXPECT_EQ(other_currency_, 1U);
  EXPECT_EQ(lines_.find("amount_original")->as<std::int64_t>()[0], 12'000'000);
}

TEST_F(OrderRows, WhatGoesBackIsNegativeAndOfItsOwn) {
  EXPECT_EQ(amounts("order_refunded", R"({"order_id":"A","total":3})"), -3'000'000);
  EXPECT_EQ(lines_.find("line_key")->text()[0], "back:m1:1");
  EXPECT_EQ(amounts("order_refunded", R"({"order_id":"A","products":[{"sku":"x","price":10,"quantity":1}]})"), -10'000'000);
  EXPECT_EQ(amounts("order_cancelled", R"({"order_id":"A"})"), 0);
  EXPECT_EQ(lines_.rows(), 0U);
  ASSERT_EQ(whole_.size(), 1U);
  EXPECT_EQ(whole_[0].order_id, "A");
  EXPECT_TRUE(whole_[0].cancelled);
}

std::vector<IdHash> ids(std::initializer_list<int> numbers) {
  std::vector<IdHash> out;
  for (const int n : numbers) out.push_back(hash_of(std::to_string(n)));
  return out;
}

TEST(SeenIds, KnowsWhatWasWrittenAndOnlyThat) {
  SeenIds seen{std::chrono::hours{168}, 1000};
  EXPECT_THAT(seen.claim(ids({1, 2, 1})), ElementsAre(true, true, false));
  seen.settle(ids({1}), true, kNow);
  seen.settle(ids({2}), false, kNow);
  EXPECT_THAT(seen.claim(ids({1, 2})), ElementsAre(false, true));
}

TEST(SeenIds, ForgetsAfterTheWindowAndBeyondTheBound) {
  SeenIds seen{std::chrono::hours{168}, 1 << 20};
  seen.remember(hash_of("old"), kNow);
  seen.remember(hash_of("week"), kNow + std::chrono::hours{100});
  EXPECT_THAT(seen.claim(std::vector{hash_of("old")}), ElementsAre(false));
  seen.remember(hash_of("later"), kNow + std::chrono::hours{100 + 169});
  EXPECT_THAT(seen.claim(std::vector{hash_of("old")}), ElementsAre(true));

  SeenIds small{std::chrono::hours{168}, 1000};
  for (int i = 0; i < 10'000; ++i) small.remember(hash_of(std::to_string(i)), kNow);
  EXPECT_LE(small.size(), 1000U);
  EXPECT_GE(small.size(), 700U);
  EXPECT_THAT(small.claim(ids({9'999, 9'500, 0})), ElementsAre(false, false, true));
}

TEST(SeenIds, WhoAsksForAnIdBeingWrittenWaitsForItsFate) {
  for (const bool written : {true, false}) {
    SeenIds seen{std::chrono::hours{168}, 1000};
    const auto one = ids({1});
    ASSERT_TRUE(seen.claim(one)[0]);
    bool fresh = false;
    std::jthread other{[&] { fresh = seen.claim(one)[0]; }};
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    seen.settle(one, written, kNow);
    other.join();
    EXPECT_EQ(fresh, !written);
  }
}

}  // namespace
}  // namespace collect::stream
