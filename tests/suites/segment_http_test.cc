// The fixtures and rules of the segment-http suite: what official SDKs post, and what Segment's documentation promises, against the
// real program. Every fixture has a workspace of its own, for all of them carry one messageId.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include <thread>

#include "base/base64.h"
#include "collect/stream/door.h"
#include "tests/support/http_call.h"
#include "tests/support/kept_connection.h"
#include "tests/support/program.h"
#include "tests/support/serving.h"

namespace {

using namespace std::chrono;
using nlohmann::json;
using tests::KeptConnection;

/// A workspace with a key, served.
class Shop {
 public:
  Shop() {
    std::filesystem::create_directories(winback_.data());
    tests::write_file(winback_.data() / "winback.yaml", "currency: EUR\nevent_origins: [https://shop.example]\n");
    const auto made = winback_({"key", "new", "--name", "sdk", "--scope", "events"});
    const std::size_t at = made.out.find("wb_");
    EXPECT_NE(at, std::string::npos) << made.err;
    key_ = made.out.substr(at, 67);
    EXPECT_EQ(winback_({"sql", "SELECT 1"}).status, 0);  // the warehouse is nobody's child: it ends at once with the folder
    serving_.emplace(winback_);
    EXPECT_NE(serving_->port(), 0) << serving_->said();
    connection_.emplace(serving_->port());
  }

  ~Shop() { EXPECT_EQ(serving_->stop(), 0) << serving_->said(); }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  std::string authorization() const { return "Authorization: Basic " + base::to_base64(key_ + ":") + "\r\n"; }
  int post(const std::string& path, const std::string& body) { return connection_->post(path, authorization(), body); }
  int post_as(const std::string& head, const std::string& path, const std::string& body) { return connection_->post(path, head, body); }
  const std::string& answer() const { return connection_->body(); }
  const std::string& key() const { return key_; }
  std::uint16_t port() { return serving_->port(); }
  void revoke() { EXPECT_EQ(winback_({"key", "revoke", "sdk"}).status, 0); }

  /// Rows of the warehouse's events, once there are at least so many.
  std::vector<json> events(std::size_t least) {
    const auto end = steady_clock::now() + seconds{10};
    for (;;) {
      const auto ran = winback_({"sql", "--json", "SELECT customer_id, toUnixTimestamp64Milli(occurred_at) AS at, type, event_id, properties FROM v_events ORDER BY event_id"});
      EXPECT_EQ(ran.status, 0) << ran.err;
      std::vector<json> rows;
      for (std::size_t at = 0; at < ran.out.size();) {
        const std::size_t line = std::min(ran.out.find('\n', at), ran.out.size());
        rows.push_back(json::parse(ran.out.substr(at, line - at)));
        at = line + 1;
      }
      if (rows.size() >= least || steady_clock::now() > end) return rows;
      std::this_thread::sleep_for(milliseconds{100});
    }
  }

 private:
  tests::Program winback_;
  std::string key_;
  std::optional<tests::Serving> serving_;
  std::optional<KeptConnection> connection_;
};

std::int64_t at_of(const json& row) { return row["at"].is_string() ? std::stoll(row["at"].get<std::string>()) : row["at"].get<std::int64_t>(); }
std::int64_t now_millis() { return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count(); }
std::int64_t millis_of(const std::string& text) { return base::millis(*collect::stream::parse_timestamp(text)); }

TEST(SegmentHttp, EveryFixtureIsStoredAndStoredOnce) {
  WB_NEED_SHARED(suite, "suites/segment-http");
  int passed = 0, failed = 0;
  for (const auto& file : std::filesystem::directory_iterator{suite}) {
    const std::string name = file.path().filename().string();
    if (!name.starts_with("test-")) continue;
    SCOPED_TRACE(name);
    const std::string body = tests::read_file(file.path());
    const json sent = json::parse(body)["batch"][0];
    const json whole = json::parse(body);
    Shop shop;
    const std::int64_t before = now_millis();
    EXPECT_EQ(shop.post("/v1/batch", body), 200);
    const std::int64_t after = now_millis();
    EXPECT_EQ(shop.post("/v1/batch", body), 200);
    const auto rows = shop.events(1);
    bool good = rows.size() == 1;
    EXPECT_EQ(rows.size(), 1U);
    if (good) {
      const json& row = rows[0];
      const json kept = json::parse(row["properties"].get<std::string>());
      const json envelope = kept.value("$event", json::object());
      const std::string type = sent["type"];
      const auto expect = [&](bool holds, const char* what) {
        EXPECT_TRUE(holds) << what << ": " << row.dump();
        good = good && holds;
      };
      expect(row["customer_id"] == sent["userId"], "userId");
      expect(row["event_id"] == sent["messageId"], "messageId");
      expect(row["type"] == (type == "track" ? collect::stream::snake_case(sent["event"].get<std::string>()) : type), "type");
      if (type == "track") expect(envelope.value("event", "") == sent["event"], "event");
      json properties = kept;
      properties.erase("$event");
      expect(properties == sent.value("properties", json::object()), "properties");
      for (const auto& [key, value] : sent.items()) {
        if (key == "properties" || key == "messageId") continue;
        expect(envelope.value(key, json{}) == value, key.c_str());
      }
      if (sent.contains("context")) {
        expect(envelope["context"] == sent["context"], "context");
      } else {
        expect(envelope["context"] == whole["context"], "context of the batch");
      }
      // The sender's clock moved to ours, and never past the moment of receiving.
      const std::int64_t skew = millis_of(sent["timestamp"]) - millis_of(whole["sentAt"]);
      const std::int64_t low = std::min(before, before + skew), high = std::min(after, after + skew);
      expect(at_of(row) >= low && at_of(row) <= high, "timestamp");
    }
    ++(good ? passed : failed);
  }
  std::printf("segment-http fixtures: %d passed, %d failed\n", passed, failed);
  std::fflush(stdout);
  EXPECT_EQ(passed, 7);
}

TEST(SegmentHttp, RulesHold) {
  WB_NEED_SHARED(rules, "suites/segment-http/rules.json");
  int passed = 0, failed = 0;
  Shop shop;
  std::size_t stored = 0;
  for (const json& rule : json::parse(tests::read_file(rules))) {
    const std::string name = rule["name"];
    const std::string expect = rule["expect"];
    SCOPED_TRACE(name);
    bool good = false;
    if (rule["event"].is_object()) {
      const json batch{{"batch", json::array({rule["event"]})}};
      const int status = shop.post("/v1/batch", batch.dump());
      const json answer = json::parse(shop.answer(), nullptr, false);
      const bool rejected = answer.contains("rejected");
      if (!rejected) ++stored;
      good = status == 200 && rejected == (expect == "rejected");
      if (rejected) good = good && answer["rejected"][0]["index"] == 0 && answer["rejected"][0]["messageId"] == rule["event"]["messageId"];
      // Alone, a bad event is a 400.
      json alone = rule["event"];
      const std::string type = alone["type"];
      alone["messageId"] = "alone-" + alone["messageId"].get<std::string>();
      if (type != "explode") {
        const int single = shop.post("/v1/" + type, alone.dump());
        good = good && single == (expect == "rejected" ? 400 : 200);
        if (single == 200) ++stored;
      }
    } else if (rule["event"] == "replay") {
      const std::string batch = R"({"batch":[{"type":"track","event":"R","userId":"u","messageId":"r1"},{"type":"track","event":"R","userId":"u","messageId":"r2"}]})";
      good = shop.post("/v1/batch", batch) == 200 && shop.post("/v1/batch", batch) == 200;
      stored += 2;
      good = good && shop.events(stored).size() == stored;
    } else if (rule["event"] == "skew") {
      const std::int64_t fast = now_millis() + 3'600'000;
      const auto text = [](std::int64_t at) { return base::to_string(base::instant_from_millis(at / 1000 * 1000)); };
      const std::int64_t happened = (fast - 600'000) / 1000 * 1000, sent = fast / 1000 * 1000;
      const json batch{{"batch", json::array({{{"type", "track"}, {"event", "S"}, {"userId", "u"}, {"messageId", "skew"}, {"timestamp", text(happened)}}})},
                       {"sentAt", text(sent)}};
      const std::int64_t before = now_millis();
      good = shop.post("/v1/batch", batch.dump()) == 200;
      const std::int64_t after = now_millis();
      ++stored;
      for (const json& row : shop.events(stored)) {
        if (row["event_id"] == "skew") good = good && at_of(row) >= happened + (before - sent) && at_of(row) <= happened + (after - sent);
      }
    } else if (rule["event"] == "size") {
      const json batch{{"batch", json::array({{{"type", "track"}, {"event", "B"}, {"userId", "u"}, {"properties", {{"x", std::string(520'000, 'x')}}}}})}};
      good = shop.post("/v1/batch", batch.dump()) == 400;
    } else if (rule["event"] == "auth") {
      good = shop.post_as("Authorization: Basic " + base::to_base64("wrong:") + "\r\n", "/v1/track", R"({"event":"X","userId":"u"})") == 401 &&
             shop.post_as("", "/v1/track", R"({"event":"X","userId":"u"})") == 401;
    }
    EXPECT_TRUE(good) << shop.answer();
    ++(good ? passed : failed);
  }
  std::printf("segment-http rules: %d passed, %d failed\n", passed, failed);
  std::fflush(stdout);
  EXPECT_EQ(passed, 9);
  EXPECT_EQ(shop.events(stored).size(), stored) << "what is rejected is never stored";
}

TEST(SegmentHttp, TheKeyComesInThreeWaysAndNoOther) {
  Shop shop;
  const std::string event = R"({"event":"X","userId":"u"})";
  EXPECT_EQ(shop.post("/v1/track", event), 200);
  EXPECT_EQ(shop.post_as("Authorization: Bearer " + shop.key() + "\r\n", "/v1/track", event), 200);
  EXPECT_EQ(shop.post_as("", "/v1/track", R"({"event":"X","userId":"u","writeKey":")" + shop.key() + R"("})"), 200);
  EXPECT_EQ(shop.post_as("X-Key: " + shop.key() + "\r\n", "/v1/track", event), 401);
  EXPECT_EQ(shop.post("/v1/track", "{"), 400);
  EXPECT_EQ(shop.post("/v1/explode", event), 404);
}

std::string gzip(std::string text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(SegmentHttp, PackedBodiesBrowsersAndRevokedKeys) {
  Shop shop;
  const std::string packed = shop.authorization() + "Content-Encoding: gzip\r\n";
  EXPECT_EQ(shop.post_as(packed, "/v1/batch", gzip(R"({"batch":[{"type":"page","userId":"u","messageId":"z"}]})")), 200);
  EXPECT_EQ(shop.post_as(packed, "/v1/batch", "no gzip"), 400);
  EXPECT_EQ(shop.post_as(packed, "/v1/batch", gzip(R"({"batch":[")" + std::string(50'000'000, ' ') + R"("]})")), 400) << "a bomb is not unpacked";
  EXPECT_EQ(shop.post_as("Content-Encoding: gzip\r\n", "/v1/batch", gzip(std::string(40'000'000, ' '))), 400);
  EXPECT_EQ(shop.events(1).size(), 1U);

  const auto asked = [&](const std::string& origin) {
    return tests::http_call(shop.port(), "OPTIONS", "/v1/track", {}, "Origin: " + origin + "\r\nAccess-Control-Request-Method: POST\r\n").text;
  };
  EXPECT_THAT(asked("https://shop.example"), testing::HasSubstr("Access-Control-Allow-Origin: https://shop.example"));
  EXPECT_THAT(asked("https://evil.example"), testing::Not(testing::HasSubstr("Access-Control-Allow-Origin")));
  const auto from_page = tests::http_call(shop.port(), "POST", "/v1/track", R"({"userId":"u","event":"X"})", shop.authorization() + "Origin: https://shop.example\r\n");
  EXPECT_THAT(from_page.text, testing::HasSubstr("Access-Control-Allow-Origin: https://shop.example"));

  shop.revoke();
  std::this_thread::sleep_for(seconds{1});
  EXPECT_EQ(shop.post("/v1/track", R"({"userId":"u","event":"X"})"), 401);
}

}  // namespace
