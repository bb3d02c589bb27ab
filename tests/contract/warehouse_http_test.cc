// The child as ClickHouse's HTTP interface: what any client of that protocol may count on.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <thread>

#include "tests/contract/peers.h"

namespace tests {
namespace {

class ChildHttp : public testing::Test {
 protected:
  void SetUp() override {
    WB_NEED_ENGINE();
    auto opened = adapter::clickhouse::open_clickhouse(local_config(folder_.path()));
    ASSERT_TRUE(opened) << opened.error().message;
    warehouse_ = std::move(*opened);
  }

  int dial() const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = folder_.path() / "warehouse/socket";
    std::memcpy(address.sun_path, path.c_str(), path.size());
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return descriptor;
  }

  /// Sends the bytes and gives everything up to the end of the connection.
  std::string talk(const std::string& bytes) const {
    const int descriptor = dial();
    EXPECT_EQ(send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    std::string answer;
    char piece[65536];
    for (ssize_t size = recv(descriptor, piece, sizeof piece, 0); size > 0;
         size = recv(descriptor, piece, sizeof piece, 0)) {
      answer.append(piece, static_cast<std::size_t>(size));
    }
    close(descriptor);
    return answer;
  }

  std::string post(const std::string& target, const std::string& body, const std::string& headers = {}) const {
    return talk(fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{}Content-Length: {}\r\n\r\n{}",
                            target, headers, body.size(), body));
  }

  LocalFolder folder_;
  std::unique_ptr<port::Warehouse> warehouse_;
};

int status_of(const std::string& answer) { return answer.size() > 12 ? std::atoi(answer.c_str() + 9) : 0; }

TEST_F(ChildHttp, EverySettingOfARequestTakesEffectAndEndsWithIt) {
  const std::string ask =
      "SELECT getSetting('max_execution_time'), getSetting('max_memory_usage'), getSetting('log_comment'), "
      "getSetting('readonly'),"
      " getSetting('insert_deduplication_token'), getSetting('max_threads')";
  const std::string own = post(
      "/?max_execution_time=7&max_memory_usage=123456789&log_comment=a%20b%27c&readonly=2&insert_deduplication_token="
      "t1&max_threads=1",
      ask);
  EXPECT_NE(own.find("7\t123456789\ta b\\'c\t2\tt1\t"), std::string::npos) << own;
  const std::string next = post("/", ask);
  EXPECT_NE(next.find("0\t1179648000\t\t0\t\t"), std::string::npos) << next;  // three quarters of the engine's memory
}

TEST_F(ChildHttp, SettingsThatDoNotExistOrHaveAWrongValueAreRefused) {
  const std::string unknown = post("/?no_such_setting=1", "SELECT 1");
  EXPECT_EQ(status_of(unknown), 404) << unknown;
  EXPECT_NE(unknown.find("X-ClickHouse-Exception-Code: 115"), std::string::npos) << unknown;
  const std::string wrong = post("/?max_threads=many", "SELECT 1");
  EXPECT_EQ(status_of(wrong), 400) << wrong;
  EXPECT_NE(wrong.find("max_threads"), std::string::npos) << wrong;
}

TEST_F(ChildHttp, ErrorsHaveTheStatusAndTheCodeOfClickHouse) {
  const std::string table = post("/", "SELECT * FROM nowhere");
  EXPECT_EQ(status_of(table), 404) << table;
  EXPECT_NE(table.find("X-ClickHouse-Exception-Code: 60\r\n"), std::string::npos) << table;
  EXPECT_NE(table.find("Code: 60. DB::Exception: "), std::string::npos) << table;
  EXPECT_EQ(status_of(post("/", "SELECT 1 FROM (")), 400);
  EXPECT_EQ(status_of(post("/elsewhere", "SELECT 1")), 404);
  EXPECT_EQ(status_of(talk("GARBAGE\r\n\r\n")), 0);
}

TEST_F(ChildHttp, AGetOnlyReads) {
  EXPECT_NE(talk("GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").find("Ok.\n"), std::string::npos);
  EXPECT_NE(talk("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").find("Ok.\n"), std::string::npos);
  EXPECT_NE(talk("GET /?query=SELECT%2040%2B2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").find("42\n"),
            std::string::npos);
  EXPECT_EQ(status_of(talk("GET /?query=CREATE+DATABASE+other HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")), 403);
}

TEST_F(ChildHttp, TheTextOfAQueryMayBeSplitBetweenAddressAndBody) {
  EXPECT_NE(post("/?query=SELECT%20{x:UInt8}%20%2B&param_x=2&default_format=CSV", "40 AS y").find("\r\n\r\n"),
            std::string::npos);
  EXPECT_NE(post("/?query=SELECT%20{x:UInt8}%20%2B&param_x=2", "40").find("42\n"), std::string::npos);
}

TEST_F(ChildHttp, AnInsertCutOffInTheMiddleStoresNothing) {
  ASSERT_TRUE(
      warehouse_->execute({.name = "create", .sql = "CREATE TABLE t (a UInt64) ENGINE = MergeTree ORDER BY a"}));
  const std::string head =
      "POST /?database=winback&query=INSERT%20INTO%20t%20FORMAT%20CSV HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n";
  std::string body;
  for (int i = 0; i < 500000; ++i) body += fmt::format("{}\n", i);
  const int descriptor = dial();
  const std::string cut = head + fmt::format("{:x}\r\n", body.size()) + body + "\r\n";  // a whole chunk, but no end
  std::size_t sent = 0;
  while (sent < cut.size()) {
    const ssize_t size = send(descriptor, cut.data() + sent, cut.size() - sent, MSG_NOSIGNAL);
    ASSERT_GT(size, 0);
    sent += static_cast<std::size_t>(size);
  }
  close(descriptor);
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  EXPECT_NE(post("/?database=winback", "SELECT count() FROM t").find("\r\n\r\n2\r\n0\n"), std::string::npos);
  const std::string whole = talk(head.substr(0, head.size() - 2) + "Connection: close\r\n\r\n" +
                                 fmt::format("{:x}\r\n", body.size()) + body + "\r\n0\r\n\r\n");
  EXPECT_EQ(status_of(whole), 200) << whole;
  EXPECT_NE(post("/?database=winback", "SELECT count() FROM t").find("500000\n"), std::string::npos);
}

TEST_F(ChildHttp, AQueryEndsWhenItsClientLeaves) {
  const int descriptor = dial();
  const std::string query = "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 7";
  const std::string request =
      fmt::format("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{}", query.size(), query);
  ASSERT_EQ(send(descriptor, request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  const std::string running =
      "SELECT count() FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%processes%'";
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  EXPECT_NE(post("/", running).find("\r\n1\n"), std::string::npos);
  close(descriptor);
  bool ended = false;
  for (int i = 0; i < 50 && !ended; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{100});
    ended = post("/", running).find("\r\n0\n") != std::string::npos;
  }
  EXPECT_TRUE(ended);
}

TEST_F(ChildHttp, ATimeLimitIsKept) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string answer =
      post("/?max_execution_time=1", "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 7");
  EXPECT_NE(answer.find("X-ClickHouse-Exception-Code: 159"), std::string::npos) << answer;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{5});
}

TEST_F(ChildHttp, FramedFormatsOfManyPiecesHaveOneFrame) {
  const std::string json = post("/?readonly=1&default_format=JSON", "SELECT number AS n FROM numbers(300000)");
  EXPECT_EQ(json.find("\"meta\""), json.rfind("\"meta\""));
  EXPECT_NE(json.find("\"rows\": 300000"), std::string::npos);
  const std::string parquet = post("/?readonly=1", "SELECT number AS n FROM numbers(300000) FORMAT Parquet");
  std::size_t marks = 0;
  for (std::size_t at = parquet.find("PAR1"); at != parquet.npos; at = parquet.find("PAR1", at + 1)) ++marks;
  EXPECT_EQ(marks, 2U);  // one at each end
}

TEST_F(ChildHttp, AskedFirstTheClientMaySend) {
  const std::string answer = post("/", "SELECT 42", "Expect: 100-continue\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")) << answer;
}

}  // namespace
}  // namespace tests
