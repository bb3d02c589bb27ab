// Every route × everybody who may ask, and requests from other people's pages.
#include "access/gatekeeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/answer.h"
#include "gen/routes.h"
#include "tests/support/console.h"

namespace entry {
namespace {

using namespace std::chrono_literals;
using model::Role;
using nlohmann::json;
using tests::Browser;
using tests::Console;
using tests::json_of;
using tests::must;

constexpr Role kRoles[] = {Role::owner, Role::marketer, Role::analyst, Role::agent, Role::read_only};

std::string url_of(std::string_view pattern) {
  std::string url{pattern};
  for (std::size_t at; (at = url.find(':')) != std::string::npos;) url.replace(at, std::min(url.find('/', at), url.size()) - at, "1");
  return url;
}

/// Every guarded route of the contract, each with a handler that only says it was reached.
class Matrix : public testing::Test {
 protected:
  Matrix() : gate_(*console_.store, console_.clock, console_.accounts.sessions(), console_.accounts.audit()) {
    for (const gen::Route& route : gen::routes()) {
      if (route.access == gen::Access::guarded) gate_.guard(router_, route.method, route.pattern, [](const http::Request&, const Caller&) { return http::text(299, "reached"); });
    }
  }
  int ask(const gen::Route& route, Browser& who) {
    console_.clock.advance(10s);
    std::swap(console_.router, router_);
    const int status = console_.ask(who, std::string{route.method}, url_of(route.pattern), route.method == "GET" ? "" : "{}").status;
    std::swap(console_.router, router_);
    return status;
  }

  Console console_;
  Gatekeeper gate_;
  http::Router router_;
};

TEST_F(Matrix, EveryRouteOpensToWhomTheContractNamesAndToNobodyElse) {
  Browser nobody;
  std::vector<Browser> people;
  for (const Role role : kRoles) people.push_back(console_.of(role));
  std::map<std::string, std::string, std::less<>> keys;
  for (const std::string_view scope : scopes()) {
    keys.emplace(scope, must(make_api_key(fmt::format("k {}", scope), console_.store->keys(), console_.clock.now(), {std::string{scope}})));
  }
  int routes = 0, opened = 0;
  for (const gen::Route& route : gen::routes()) {
    if (route.access != gen::Access::guarded) continue;
    ++routes;
    EXPECT_EQ(ask(route, nobody), 401) << route.method << " " << route.pattern;
    for (const Role role : kRoles) {
      const bool may = (route.roles & (1U << static_cast<unsigned>(role))) != 0;
      opened += may ? 1 : 0;
      EXPECT_EQ(ask(route, people[static_cast<std::size_t>(role)]), may ? 299 : 403) << model::name_of(role) << " " << route.method << " " << route.pattern;
    }
    EXPECT_TRUE(route.scope.empty() || std::ranges::find(scopes(), route.scope) != scopes().end()) << "no key can have the scope " << route.scope;
    for (const auto& [scope, key] : keys) {
      Browser program;
      program.page = false;
      program.extra = {{"authorization", "Bearer " + key}};
      EXPECT_EQ(ask(route, program), scope == route.scope ? 299 : 403) << "key for " << scope << " " << route.method << " " << route.pattern;
    }
  }
  EXPECT_GT(routes, 25);
  EXPECT_GT(opened, 50);
}

TEST_F(Matrix, NothingThatChangesAnythingListensToOtherPeoplesPages) {
  Browser owner = console_.of(Role::owner), other = console_.of(Role::owner);
  for (const gen::Route& route : gen::routes()) {
    if (route.access != gen::Access::guarded || route.method == "GET" || (route.roles & 1) == 0) continue;
    const std::string name = fmt::format("{} {}", route.method, route.pattern);
    const auto refused = [&](std::string_view why, auto change) {
      Browser bent = owner;
      change(bent);
      EXPECT_EQ(ask(route, bent), 403) << name << ": " << why;
    };
    refused("no token", [](Browser& b) { b.csrf.clear(); });
    refused("another session's token", [&](Browser& b) { b.csrf = other.csrf; });
    refused("a bent token", [](Browser& b) { b.csrf.back() = b.csrf.back() == '0' ? '1' : '0'; });
    refused("another site says so", [](Browser& b) { b.page = false; b.extra = {{"x-csrf-token", b.csrf}, {"sec-fetch-site", "cross-site"}}; });
    refused("a neighbour's host", [](Browser& b) { b.page = false; b.extra = {{"x-csrf-token", b.csrf}, {"sec-fetch-site", "same-site"}}; });
    refused("another origin", [](Browser& b) { b.page = false; b.extra = {{"x-csrf-token", b.csrf}, {"origin", "https://evil.example"}}; });
    refused("an origin without a name", [](Browser& b) { b.page = false; b.extra = {{"x-csrf-token", b.csrf}, {"origin", "null"}}; });
    refused("a form", [](Browser& b) { b.extra = {{"content-type", "application/x-www-form-urlencoded"}}; });
    refused("a form with files", [](Browser& b) { b.extra = {{"content-type", "multipart/form-data; boundary=x"}}; });
    refused("plain text", [](Browser& b) { b.extra = {{"content-type", "Text/Plain;charset=utf-8"}}; });
    EXPECT_EQ(ask(route, owner), 299) << name << ": our own page";
  }
}

TEST_F(Matrix, ARefusalIsWrittenDown) {
  Browser reader = console_.of(Role::read_only);
  const gen::Route* users = verdict_on("GET", "/api/users");
  ASSERT_NE(users, nullptr);
  EXPECT_EQ(ask(*users, reader), 403);
  const auto last = must(console_.store->audit().before(1 << 30, 1));
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(last[0].action, "request");
  EXPECT_EQ(last[0].object, "GET /api/users");
  EXPECT_EQ(last[0].result, "refused");
  EXPECT_EQ(last[0].user_id, 1);
}

TEST_F(Matrix, ACookieDoesNotHelpAKey) {
  Browser owner = console_.of(Role::owner);
  owner.extra = {{"authorization", "Bearer wb_0"}};
  EXPECT_EQ(ask(*verdict_on("GET", "/api/users"), owner), 401) << "whoever sends a key is judged by it";
}

TEST_F(Matrix, KeysAreMarkedWhenTheyAreUsed) {
  const std::string key = must(make_api_key("shop", console_.store->keys(), console_.clock.now()));
  EXPECT_FALSE(must(console_.store->keys().list())[0].last_used_at);
  Browser program;
  program.extra = {{"authorization", "bearer " + key}};
  EXPECT_EQ(ask(*verdict_on("GET", "/api/inbox"), program), 299);
  EXPECT_EQ(must(console_.store->keys().list())[0].last_used_at, console_.clock.now());
  EXPECT_EQ(must(console_.store->keys().list())[0].created_by, "terminal");
}

TEST(GateDeathTest, ARouteWithoutAVerdictAborts) {
  Console console;
  const auto handler = [](const http::Request&, const Caller&) { return http::text(200, ""); };
  EXPECT_DEATH(console.accounts.gate().guard(console.router, "GET", "/api/nowhere", handler), "");
  EXPECT_DEATH(console.accounts.gate().guard(console.router, "GET", "/healthz", handler), "");
  console.accounts.gate().check(console.router);
  http::Router unguarded;
  unguarded.add("GET", "/api/home", [](const http::Request&) { return http::text(200, ""); });
  EXPECT_DEATH(console.accounts.gate().check(unguarded), "no gate");
  http::Router unknown;
  unknown.add("GET", "/secret", [](const http::Request&) { return http::text(200, ""); });
  EXPECT_DEATH(console.accounts.gate().check(unknown), "openapi");
}

TEST(Headers, OfTheConsoleAllowNoScriptButOurs) {
  const auto headers = console_headers("n1");
  const std::string policy{http::find(headers, "Content-Security-Policy").value_or("")};
  EXPECT_NE(policy.find("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-n1'"), policy.npos);
  EXPECT_EQ(policy.find("unsafe"), policy.npos);
  for (const char* part : {"object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"}) EXPECT_NE(policy.find(part), policy.npos);
  EXPECT_EQ(http::find(headers, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(http::find(headers, "Referrer-Policy"), "no-referrer");
}

TEST(Headers, EveryAnswerIsHardenedAndNoneLoosened) {
  http::Response plain = http::text(200, "x");
  harden(plain, true);
  EXPECT_EQ(http::find(plain.headers, "Strict-Transport-Security"), "max-age=31536000; includeSubDomains");
  EXPECT_EQ(http::find(plain.headers, "X-Content-Type-Options"), "nosniff");
  http::Response page = http::html(200, "<p>");
  const std::string before{http::find(page.headers, "Content-Security-Policy").value_or("")};
  harden(page, false);
  EXPECT_EQ(http::find(page.headers, "Content-Security-Policy"), before);
  EXPECT_FALSE(http::find(page.headers, "Strict-Transport-Security"));
}

}  // namespace
}  // namespace entry
