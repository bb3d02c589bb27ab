// What whoever runs it relies on: /readyz and /metrics, logs that machines read and that name nobody, an end that loses nothing, and
// a doctor who sees what is wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <map>
#include <mutex>
#include <regex>
#include <set>
#include <thread>

#include "tests/e2e/delivery_shop.h"
#include "tests/support/http_call.h"
#include "tests/support/kept_connection.h"
#include "tests/support/serving.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono;
using testing::HasSubstr;
using testing::Not;

std::string key_of(const Program& winback, const std::string& name, const std::string& scope) {
  const Ran made = winback({"key", "new", "--name", name, "--scope", scope});
  const std::size_t at = made.out.find("wb_");
  EXPECT_NE(at, std::string::npos) << made.err;
  return at == std::string::npos ? "" : "Authorization: Bearer " + made.out.substr(at, 67) + "\r\n";
}

std::string body_of(const HttpAnswer& answer) {
  const std::size_t at = answer.text.find("\r\n\r\n");
  return at == std::string::npos ? "" : answer.text.substr(at + 4);
}

/// Samples of Prometheus' text format by name with labels; fails the test at a line that is none.
std::map<std::string, double> samples_of(const std::string& text) {
  static const std::regex sample{R"(^([a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-z]+="([^"\\\n]|\\.)*"(,[a-z]+="([^"\\\n]|\\.)*")*\})?) ([0-9.eE+-]+)$)"};
  std::map<std::string, double> samples;
  std::set<std::string> typed;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("# TYPE ")) {
      EXPECT_TRUE(typed.insert(line.substr(7, line.find(' ', 7) - 7)).second) << "typed twice: " << line;
      continue;
    }
    if (line.starts_with("# HELP ")) continue;
    std::smatch parts;
    if (!std::regex_match(line, parts, sample)) {
      ADD_FAILURE() << "no sample: " << line;
      continue;
    }
    EXPECT_TRUE(samples.emplace(parts[1], std::stod(parts[6])).second) << "twice: " << line;
    std::string name = parts[1].str().substr(0, parts[1].str().find('{'));
    for (const char* ending : {"_bucket", "_sum", "_count"}) {
      if (name.ends_with(ending) && !typed.contains(name)) name = name.substr(0, name.rfind('_'));
    }
    EXPECT_TRUE(typed.contains(name)) << "no type: " << line;
    EXPECT_TRUE(name.starts_with("winback_")) << line;
  }
  return samples;
}

TEST(Operation, TellsMonitorsHowItIs) {
  const Program winback;
  fs::create_directories(winback.data());
  fs::create_directories(winback.here());
  write_file(winback.data() / "winback.yaml", "currency: EUR\nlog: json\nlog_level: debug\n");
  const std::string events = key_of(winback, "sdk", "events"), metrics = key_of(winback, "prometheus", "metrics");
  Serving serving{winback};
  const std::uint16_t port = serving.port();
  ASSERT_NE(port, 0) << serving.said();
  const HttpAnswer ready = http_call(port, "GET", "/readyz");
  EXPECT_EQ(ready.status, 200) << ready.text;
  const auto json = nlohmann::json::parse(body_of(ready), nullptr, false);
  ASSERT_TRUE(json.is_object()) << ready.text;
  EXPECT_EQ(json["ready"], true);
  EXPECT_EQ(json["warehouse"], "answers");

  KeptConnection connection{port};
  ASSERT_EQ(connection.post("/v1/track", events, R"({"userId":"canary-customer","event":"Seen","messageId":"m1"})"), 200);
  ASSERT_EQ(connection.post("/v1/track", events, R"({"userId":"canary-customer","event":"Seen","messageId":"m1"})"), 200);
  EXPECT_LT(http_call(port, "GET", "/e/canary-token").status, 500);

  // Another machine, a proxy or a browser led here by another site needs a key.
  for (const char* sign : {"X-Forwarded-For: 203.0.113.9\r\n", "Via: 1.1 proxy\r\n", "Origin: https://evil.example\r\n"}) {
    EXPECT_EQ(http_call(port, "GET", "/metrics", {}, sign).status, 401) << sign;
  }
  EXPECT_EQ(http_call(port, "GET", "/metrics", {}, events + "Via: 1.1 proxy\r\n").status, 403) << "a key of another scope";
  EXPECT_EQ(http_call(port, "GET", "/metrics", {}, metrics + "Via: 1.1 proxy\r\n").status, 200);
  const HttpAnswer told = http_call(port, "GET", "/metrics");
  ASSERT_EQ(told.status, 200) << told.text;
  EXPECT_THAT(told.text, HasSubstr("text/plain; version=0.0.4"));
  const auto samples = samples_of(body_of(told));
  const auto value = [&](const std::string& name) { return samples.contains(name) ? samples.at(name) : -1.0; };
  EXPECT_EQ(value("winback_ready"), 1);
  EXPECT_EQ(value("winback_warehouse_up"), 1);
  EXPECT_EQ(value(R"(winback_events_total{verdict="accepted"})"), 1);
  EXPECT_EQ(value(R"(winback_events_total{verdict="duplicate"})"), 1);
  EXPECT_EQ(value(R"(winback_http_requests_total{method="POST",route="/v1/track",status="200"})"), 2);
  EXPECT_EQ(value(R"(winback_http_requests_total{method="GET",route="/metrics",status="401"})"), 3);
  EXPECT_EQ(value(R"(winback_http_request_seconds_count{method="POST",route="/v1/track"})"), 2);
  EXPECT_EQ(value(R"(winback_http_request_seconds_bucket{method="POST",route="/v1/track",le="+Inf"})"), 2);
  EXPECT_EQ(value(R"(winback_outbox_messages{state="unknown"})"), 0);
  EXPECT_GT(value("winback_resident_memory_bytes"), 1e6);
  EXPECT_GT(value("winback_spool_limit_bytes"), 1e6);
  EXPECT_THAT(told.text, Not(HasSubstr("canary"))) << "no path as it was asked for, no id";
  EXPECT_EQ(serving.stop(), 0) << serving.said();

  // Every line of the log is an object; none names a customer or a path as it was asked for.
  const std::string log = serving.said();
  EXPECT_THAT(log, HasSubstr(R"("event":"request")")) << "level debug";
  for (std::size_t at = 0; at < log.size();) {
    const std::size_t end = std::min(log.find('\n', at), log.size());
    const auto line = nlohmann::json::parse(log.substr(at, end - at), nullptr, false);
    EXPECT_TRUE(line.is_object() && line.contains("at") && line.contains("level") && line.contains("event")) << log.substr(at, end - at);
    at = end + 1;
  }
  EXPECT_THAT(log, Not(HasSubstr("canary")));
}

TEST(Operation, StopsWithoutLosingAnything) {
  const Program winback;
  fs::create_directories(winback.data());
  fs::create_directories(winback.here());
  write_file(winback.data() / "winback.yaml", "currency: EUR\n");
  const std::string key = key_of(winback, "sdk", "events");
  std::mutex mutex;
  std::set<std::string> acknowledged;
  {
    Serving serving{winback};
    ASSERT_NE(serving.port(), 0) << serving.said();
    std::atomic<bool> over = false;
    std::vector<std::jthread> senders;
    for (int sender = 0; sender < 3; ++sender) {
      senders.emplace_back([&, sender] {
        KeptConnection connection{serving.port()};
        for (int batch = 0; !over; ++batch) {
          std::string body = R"({"batch":[)";
          std::vector<std::string> ids;
          for (int i = 0; i < 20; ++i) {
            ids.push_back(fmt::format("s{}-{}-{}", sender, batch, i));
            body += fmt::format(R"({}{{"type":"track","userId":"u{}","messageId":"{}","event":"Seen"}})", i ? "," : "", sender, ids.back());
          }
          if (connection.post("/v1/batch", key, body + "]}") != 200) continue;
          const std::lock_guard lock{mutex};
          acknowledged.insert(ids.begin(), ids.end());
        }
      });
    }
    std::this_thread::sleep_for(seconds{1});
    const auto asked = steady_clock::now();
    EXPECT_EQ(serving.stop(), 0) << serving.said();
    EXPECT_LT(steady_clock::now() - asked, seconds{10});
    over = true;
  }
  ASSERT_GT(acknowledged.size(), 100U);
  Serving again{winback};
  ASSERT_NE(again.port(), 0) << again.said();
  const std::string all = std::to_string(acknowledged.size());
  std::string counted;
  const auto began = steady_clock::now();
  do {
    counted = winback({"sql", "SELECT uniqExact(event_id) FROM v_events WHERE event_id LIKE 's%'"}).out;
  } while (!counted.ends_with("\n" + all + "\n") && steady_clock::now() - began < seconds{20});
  EXPECT_THAT(counted, testing::EndsWith("\n" + all + "\n"));
  EXPECT_EQ(again.stop(), 0) << again.said();
}

TEST(Operation, DoctorSeesWhatIsWrong) {
  const Program winback;
  fs::create_directories(winback.data());
  fs::permissions(winback.data(), fs::perms::owner_all);
  write_file(winback.data() / "winback.yaml", "currency: EUR\n");
  fs::permissions(winback.data() / "winback.yaml", fs::perms::owner_read | fs::perms::owner_write);
  const Ran well = winback({"doctor", "--lang", "en"});
  EXPECT_EQ(well.status, 0) << well.out << well.err;
  for (const char* line : {"Nobody else on this machine", "GB are free", "No events have come in", "Nobody can sign in", "No TLS certificate", "The clock agrees"}) EXPECT_THAT(well.out, HasSubstr(line));

  fs::permissions(winback.data() / "winback.yaml", fs::perms::owner_all | fs::perms::others_read);
  EXPECT_EQ(winback({"doctor", "--lang", "en"}).status, 0) << "a closed folder keeps everybody out";
  fs::permissions(winback.data(), fs::perms::owner_all | fs::perms::others_read | fs::perms::others_exec);
  fs::create_directories(winback.data() / "spool");
  write_file(winback.data() / "spool" / "0000000000000000.seg", "this is no segment, and long enough to have a head");
  write_file(winback.data() / "spool" / "0000000000000100.seg", "nor is this one");
  const Ran ill = winback({"doctor", "--lang", "en"});
  EXPECT_EQ(ill.status, 1);
  EXPECT_THAT(ill.out, HasSubstr("chmod")) << "what to do is said";
  EXPECT_THAT(ill.out, HasSubstr("0000000000000000.seg"));
}

}  // namespace
}  // namespace tests
