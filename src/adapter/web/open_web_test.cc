#include "adapter/web/open_web.h"

#include <gtest/gtest.h>

#include "tests/support/http_peer.h"

namespace adapter::web {
namespace {

using base::Code;
using tests::HttpPeer;

std::string address(const HttpPeer& peer, const std::string& host = "127.0.0.1") { return fmt::format("http://{}:{}/a?b=c", host, peer.port()); }

TEST(WebClient, CallsWhatTheOperatorAllowed) {
  HttpPeer peer{[](const tests::HttpRequest&) { return std::string{"HTTP/1.1 201 Made\r\nContent-Length: 5\r\n\r\nhello"}; }};
  const auto web = *open_web({.rules = {.allow_http = true, .allowed_hosts = {"127.0.0.1"}}});
  const auto got = web->get(address(peer));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 201);
  EXPECT_EQ(got->body, "hello");
  const auto posted = web->post_form(address(peer), {{"a b", "c&d=é"}}, "me", "s:e");
  ASSERT_TRUE(posted);
  const auto request = peer.requests().at(1);
  EXPECT_EQ(request.line, "POST /a?b=c HTTP/1.1");
  EXPECT_EQ(request.body, "a%20b=c%26d%3D%C3%A9");
  EXPECT_EQ(request.headers.at("authorization"), "Basic bWU6czpl");
}

TEST(WebClient, JudgesTheMachineBehindTheName) {
  HttpPeer peer{[](const tests::HttpRequest&) { return HttpPeer::status(200); }};
  const auto web = *open_web({.rules = {.allow_http = true}, .resolve = {fmt::format("id.shop.example:{}:127.0.0.1", peer.port())}});
  for (const std::string host : {"id.shop.example", "127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"}) {
    const auto got = web->get(address(peer, host));
    ASSERT_FALSE(got) << host;
    EXPECT_EQ(got.error().code, Code::invalid_input) << host << ": " << got.error().message;
  }
  EXPECT_EQ(web->get("file:///etc/passwd").error().code, Code::invalid_input);
  EXPECT_EQ(peer.connections(), 0U);
  const auto strict = *open_web({.rules = {.allowed_hosts = {"127.0.0.1"}}});
  EXPECT_EQ(strict->get(address(peer)).error().code, Code::invalid_input) << "without TLS only where that is allowed";
}

TEST(WebClient, FollowsNoRedirectAndReadsNoFlood) {
  HttpPeer peer{[](const tests::HttpRequest& request) {
    if (request.line.starts_with("GET /a")) return std::string{"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"};
    return "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + std::string(3'000'000, 'x');
  }};
  const auto web = *open_web({.rules = {.allow_http = true, .allowed_hosts = {"127.0.0.1"}}});
  EXPECT_EQ(web->get(address(peer))->status, 302);
  EXPECT_EQ(peer.requests().size(), 1U);
  EXPECT_EQ(web->get(fmt::format("http://127.0.0.1:{}/big", peer.port())).error().code, Code::unavailable);
}

}  // namespace
}  // namespace adapter::web
