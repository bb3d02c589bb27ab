// Requests that two readers could understand differently.
#include <gtest/gtest.h>

#include "http/router.h"
#include "http/server.h"
#include "tests/support/http_call.h"

namespace http {
namespace {

class Ambiguous : public testing::Test {
 protected:
  Ambiguous() {
    router_.add("POST", "/a", [this](const Request& r) {
      ++reached_;
      return text(200, r.body);
    });
    server_ = std::move(*Server::open("127.0.0.1:0", [this](const Request& r) { return router_.handle(r); }, {.request_time = std::chrono::seconds{2}}));
  }
  int post(const std::string& headers) { return tests::http_call(server_->port(), "POST", "/a", "0\r\n\r\n", headers).status; }

  Router router_;
  std::atomic<int> reached_ = 0;
  std::unique_ptr<Server> server_;
};

TEST_F(Ambiguous, RequestsWithTwoLengthsAreRefused) {
  EXPECT_EQ(post(""), 200);
  // The call sends Content-Length itself.
  for (const char* second : {"Transfer-Encoding: chunked\r\n", "Content-Length: 4\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: identity, chunked\r\n", "Content-Length: 4, 5\r\n", "Content-Length: +5\r\n"}) {
    EXPECT_NE(post(second), 200) << second;
  }
  EXPECT_EQ(reached_, 1);
}

TEST_F(Ambiguous, TraceIsNotAnswered) {
  const auto answer = tests::http_call(server_->port(), "TRACE", "/a", {}, "X-Secret: s3cret\r\n");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.text.find("s3cret"), std::string::npos);
}

}  // namespace
}  // namespace http
