#include "http/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "http/router.h"

namespace http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// A client that writes bytes and reads what comes.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// What arrives until `mark` is in it, the server closes, or five seconds are over.
  std::string read(std::string_view mark = {}) {
    std::string got;
    const auto until = std::chrono::steady_clock::now() + 5s;
    while (std::chrono::steady_clock::now() < until && (mark.empty() || got.find(mark) == std::string::npos)) {
      pollfd poll{.fd = socket_, .events = POLLIN, .revents = 0};
      if (::poll(&poll, 1, 100) != 1) continue;
      char piece[4096];
      const ssize_t size = ::recv(socket_, piece, sizeof piece, 0);
      if (size <= 0) {
        closed_ = true;
        break;
      }
      got.append(piece, static_cast<std::size_t>(size));
    }
    return got;
  }
  bool closed() const { return closed_; }
  bool connected() const { return connected_; }

 private:
  int socket_;
  bool connected_ = false;
  bool closed_ = false;
};

Handler handler() {
  Router router;
  router.add("GET", "/hello/:name", [](const Request& r) { return html(200, "hello " + std::string{r.part("name")} + " from " + r.remote_ip); });
  router.add("POST", "/echo", [](const Request& r) { return text(200, r.body); });
  router.add("GET", "/throw", [](const Request&) -> Response { throw std::runtime_error("a secret of the inside"); });
  router.add("GET", "/slow", [](const Request&) {
    std::this_thread::sleep_for(300ms);
    return text(200, "slow but whole");
  });
  router.add("GET", "/split", [](const Request&) {
    Response made = text(200, "ok");
    made.headers.emplace_back("X-Name", "a\r\nSet-Cookie: b=c");
    return made;
  });
  return [router](const Request& r) { return router.handle(r); };
}

std::unique_ptr<Server> open(Limits limits = {}) {
  auto server = Server::open("127.0.0.1:0", handler(), limits);
  EXPECT_TRUE(server) << (server ? "" : server.error().message);
  return std::move(*server);
}

std::string get(std::uint16_t port, const std::string& head) {
  Client client{port};
  client.send(head + "Host: x\r\nConnection: close\r\n\r\n");
  return client.read();
}

TEST(Server, AnswersWithSafeHeaders) {
  const auto server = open();
  const std::string answer = get(server->port(), "GET /hello/you HTTP/1.1\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("hello you from 127.0.0.1"));
  for (const char* header : {"default-src 'none'", "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer", "X-Frame-Options: DENY"}) {
    EXPECT_THAT(answer, HasSubstr(header));
  }
  EXPECT_THAT(answer, Not(HasSubstr("unsafe-inline")));
}

TEST(Server, KeepsConnectionsAndTakesPipelines) {
  const auto server = open();
  Client client{server->port()};
  client.send("GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\nGET /hello/b HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(client.read("hello b"), HasSubstr("hello a"));
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabcde");
  EXPECT_THAT(client.read(), HasSubstr("abcde"));
  EXPECT_TRUE(client.closed());
}

TEST(Server, HeadHasTheHeadOnly) {
  const auto server = open();
  const std::string answer = get(server->port(), "HEAD /hello/you HTTP/1.1\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 24\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("hello you")));
}

TEST(Server, KeepsItsLimits) {
  Limits limits;
  limits.head_bytes = 1000;
  limits.body_bytes = 100;
  const auto server = open(limits);
  EXPECT_THAT(get(server->port(), "GET /hello/you HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n"), StartsWith("HTTP/1.1 431"));
  EXPECT_THAT(get(server->port(), "POST /echo HTTP/1.1\r\nContent-Length: 101\r\n"), StartsWith("HTTP/1.1 413"));
  EXPECT_THAT(get(server->port(), "GET /%00 HTTP/1.1\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(get(server->port(), "GET http://evil.example/hello/you HTTP/1.1\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(get(server->port(), "GET /../../etc/passwd HTTP/1.1\r\n"), StartsWith("HTTP/1.1 404"));
  EXPECT_THAT(get(server->port(), "nonsense\r\n"), StartsWith("HTTP/1.1 400"));
  EXPECT_THAT(get(server->port(), "POST /echo HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n"), StartsWith("HTTP/1.1 400"));
}

TEST(Server, AThrowingHandlerTellsNothing) {
  const auto server = open();
  const std::string answer = get(server->port(), "GET /throw HTTP/1.1\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500"));
  EXPECT_THAT(answer, Not(HasSubstr("secret")));
  EXPECT_THAT(get(server->port(), "GET /split HTTP/1.1\r\n"), Not(HasSubstr("Set-Cookie")));
}

TEST(Server, ASlowClientIsLeft) {
  Limits limits;
  limits.request_time = 1s;
  const auto server = open(limits);
  Client client{server->port()};
  client.send("GET /hello/you HTT");
  const auto begin = std::chrono::steady_clock::now();
  client.read();
  EXPECT_TRUE(client.closed());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 4s);
}

TEST(Server, TurnsAwayWhoIsTooMany) {
  Limits limits;
  limits.connections = 2;
  const auto server = open(limits);
  Client one{server->port()};
  Client two{server->port()};
  for (Client* client : {&one, &two}) {
    client->send("GET /hello/x HTTP/1.1\r\nHost: x\r\n\r\n");
    client->read("hello x");
  }
  Client three{server->port()};
  three.send("GET /hello/x HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(three.read(), "");
}

TEST(Server, BelievesAProxyOnlyWhenTold) {
  EXPECT_THAT(get(open()->port(), "GET /hello/x HTTP/1.1\r\nX-Forwarded-For: 9.9.9.9\r\n"), HasSubstr("from 127.0.0.1"));
  Limits limits;
  limits.behind_proxy = true;
  const auto server = open(limits);
  EXPECT_THAT(get(server->port(), "GET /hello/x HTTP/1.1\r\nX-Forwarded-For: 6.6.6.6, 9.9.9.9\r\n"), HasSubstr("from 9.9.9.9"));
  EXPECT_THAT(get(server->port(), "GET /hello/x HTTP/1.1\r\nX-Forwarded-For: <b>\r\n"), HasSubstr("from 127.0.0.1"));
}

TEST(Server, StopsGracefully) {
  auto server = open();
  Client idle{server->port()};
  idle.send("GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\n");
  idle.read("hello a");
  Client busy{server->port()};
  busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  std::this_thread::sleep_for(100ms);
  const auto begin = std::chrono::steady_clock::now();
  server->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s) << "an idle connection holds nobody up";
  EXPECT_THAT(busy.read(), HasSubstr("slow but whole"));
  Client late{server->port()};
  EXPECT_FALSE(late.connected());
}

TEST(Server, ManyClientsAtOnceAndGarbage) {
  const auto server = open();
  std::atomic<int> good = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      base::Rng rng{static_cast<std::uint64_t>(t)};
      for (int i = 0; i < 50; ++i) {
        Client garbage{server->port()};
        std::string bytes;
        for (std::uint64_t k = rng.below(200); k > 0; --k) bytes += static_cast<char>(rng.below(256));
        garbage.send(bytes);
        Client client{server->port()};
        client.send("GET /hello/you HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        good += client.read().find("hello you") != std::string::npos ? 1 : 0;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(good, 400);
}

TEST(Server, RefusesAddressesThatAreNone) {
  for (const char* bad : {"", "8080", "localhost", "1.2.3:80", "127.0.0.1:99999", "127.0.0.1:", "shop.example:80"}) {
    const auto server = Server::open(bad, handler());
    ASSERT_FALSE(server) << bad;
    EXPECT_THAT(server.error().message, HasSubstr("write it as 127.0.0.1:8080"));
  }
  const auto server = open();
  const auto second = Server::open(fmt::format("127.0.0.1:{}", server->port()), handler());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, base::Code::conflict);
}

}  // namespace
}  // namespace http
