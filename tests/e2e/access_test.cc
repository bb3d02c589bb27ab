// Accounts as the running program keeps them: the printed link, cookies on the wire, TLS, keys and the terminal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>
#include <thread>

#include <nlohmann/json.hpp>

#include "tests/support/certificate.h"
#include "tests/support/http_call.h"
#include "tests/support/program.h"
#include "tests/support/serving.h"

namespace tests {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPassword = "nine lazy herons wade";

json body_of(const HttpAnswer& answer) { return json::parse(answer.text.substr(std::min(answer.text.size(), answer.text.find("\r\n\r\n") + 4)), nullptr, false); }

/// The words of an import, so that there is a workspace.
void make_workspace(const Program& winback) {
  std::ofstream{winback.here() / "orders.csv"} << "order_id,customer_id,date,amount\n1,a,2026-01-02,10\n2,a,2026-02-02,10\n3,b,2026-01-05,20\n";
  const Ran ran = winback({"import", "orders", "orders.csv", "--currency", "EUR"});
  ASSERT_EQ(ran.status, 0) << ran.err;
}

/// A token of 64 digits behind what was printed before it.
std::string token_after(const std::string& said, const std::string& before) {
  const std::size_t at = said.find(before);
  return at == said.npos ? std::string{} : said.substr(at + before.size(), 64);
}

std::string setup_token(Serving& server) {
  for (int i = 0; i < 500; ++i) {
    const std::string token = token_after(server.said(), "/setup#");
    if (token.size() == 64) return token;
    std::this_thread::sleep_for(10ms);
  }
  return {};
}

std::string cookie_of(const HttpAnswer& answer) {
  const std::size_t at = answer.text.find("Set-Cookie: winback=");
  return at == std::string::npos ? std::string{} : answer.text.substr(at + 12, answer.text.find(';', at) - at - 12);
}

TEST(Access, FromTheFirstLinkToSigningOut) {
  const Program winback;
  make_workspace(winback);
  Serving server{winback};
  const auto port = server.port();
  ASSERT_NE(port, 0) << server.said();
  const std::string token = setup_token(server);
  ASSERT_EQ(token.size(), 64U) << server.said();
  EXPECT_THAT(server.said(), HasSubstr("http://127.0.0.1:" + std::to_string(port) + "/setup#")) << "the link leads where the program listens";
  EXPECT_THAT(winback({"sql", "SELECT 1"}).err, Not(HasSubstr(token)));

  const auto page = http_call(port, "GET", "/api/sign-in");
  EXPECT_EQ(body_of(page)["setup_needed"], true);
  for (const char* header : {"X-Content-Type-Options: nosniff", "Cache-Control: no-store", "frame-ancestors 'none'", "Referrer-Policy: no-referrer"}) EXPECT_THAT(page.text, HasSubstr(header));
  EXPECT_THAT(page.text, Not(HasSubstr("Strict-Transport-Security"))) << "not where there is no TLS";
  EXPECT_EQ(http_call(port, "GET", "/api/users").status, 401);

  const std::string kJson = "Content-Type: application/json\r\n";
  const std::string setup = json{{"token", token}, {"email", "ann@shop.example"}, {"name", "Ann"}, {"password", kPassword}}.dump();
  EXPECT_EQ(http_call(port, "POST", "/api/setup", setup).status, 403) << "a form could have sent that";
  const auto made = http_call(port, "POST", "/api/setup", setup, kJson);
  ASSERT_EQ(made.status, 200) << made.text;
  EXPECT_THAT(made.text, HasSubstr("HttpOnly; SameSite=Lax"));
  EXPECT_EQ(body_of(made)["workspace"]["currency"], "EUR");
  const std::string cookie = "Cookie: " + cookie_of(made) + "\r\n", csrf = "X-CSRF-Token: " + body_of(made)["csrf"].get<std::string>() + "\r\n";
  EXPECT_EQ(http_call(port, "GET", "/api/session", {}, cookie).status, 200);
  EXPECT_EQ(http_call(port, "POST", "/api/keys", R"({"name":"shop","scopes":["codes"]})", kJson + cookie).status, 403) << "no token";
  const auto key = http_call(port, "POST", "/api/keys", R"({"name":"shop","scopes":["codes"]})", kJson + cookie + csrf);
  ASSERT_EQ(key.status, 201) << key.text;
  const std::string bearer = "Authorization: Bearer " + body_of(key)["key"].get<std::string>() + "\r\n";
  EXPECT_EQ(http_call(port, "GET", "/api/codes/NONE", {}, bearer).status, 404);
  EXPECT_EQ(http_call(port, "GET", "/api/inbox?customer_id=a", {}, bearer).status, 403) << "outside its scope";
  EXPECT_EQ(http_call(port, "GET", "/api/users", {}, bearer).status, 403) << "no key opens that";

  // The terminal sees the same people and keys, and what it does counts at once.
  EXPECT_THAT(winback({"user", "list"}).out, HasSubstr("ann@shop.example"));
  const Ran added = winback({"user", "add", "bob@shop.example", "--name", "Bob", "--role", "analyst"});
  ASSERT_EQ(added.status, 0) << added.err;
  const auto joined = http_call(port, "POST", "/api/join", json{{"token", token_after(added.out, "/join#")}, {"password", "vermilion tuba case"}}.dump(), kJson);
  ASSERT_EQ(joined.status, 200) << joined.text;
  const std::string bob = "Cookie: " + cookie_of(joined) + "\r\n";
  EXPECT_EQ(http_call(port, "GET", "/api/session", {}, bob).status, 200);
  EXPECT_EQ(winback({"user", "remove", "bob@shop.example"}).status, 0);
  EXPECT_EQ(http_call(port, "GET", "/api/session", {}, bob).status, 401);
  EXPECT_EQ(winback({"user", "remove", "ann@shop.example"}).status, 1) << "the last owner";
  EXPECT_EQ(winback({"key", "revoke", "shop"}).status, 0);
  EXPECT_EQ(http_call(port, "GET", "/api/codes/NONE", {}, bearer).status, 401);
  const Ran scoped = winback({"key", "new", "--name", "events", "--scope", "events,console:read"});
  EXPECT_EQ(scoped.status, 0) << scoped.err;
  EXPECT_EQ(winback({"key", "new", "--name", "x", "--scope", "everything"}).status, 1);
  EXPECT_EQ(json::parse(winback({"key", "list", "--json"}).out)[1]["scopes"], (json{"console:read", "events"}));

  const auto log = body_of(http_call(port, "GET", "/api/audit", {}, cookie));
  std::string actions;
  for (const json& entry : log["entries"]) actions += entry["action"].get<std::string>() + ",";
  for (const char* action : {"set up", "key made", "user invited", "password set by link", "user removed", "key revoked"}) EXPECT_THAT(actions, HasSubstr(action));
  EXPECT_THAT(winback({"audit", "verify"}).out, HasSubstr("lines"));
  const auto out = http_call(port, "DELETE", "/api/session", {}, cookie + csrf);
  EXPECT_EQ(out.status, 200) << out.text;
  EXPECT_EQ(http_call(port, "GET", "/api/session", {}, cookie).status, 401);
  EXPECT_EQ(server.stop(), 0);
  EXPECT_THAT(server.said(), Not(HasSubstr(kPassword)));
  EXPECT_THAT(server.said(), Not(HasSubstr("ann@shop.example"))) << "its log names nobody";

  // Neither passwords nor tokens are in the store.
  std::string bytes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{winback.data()}) {
    if (entry.is_regular_file() && entry.path().filename().string().starts_with("store")) bytes += read_file(entry.path());
  }
  EXPECT_THAT(bytes, HasSubstr("ann@shop.example"));
  for (const std::string& secret : {std::string{kPassword}, token, cookie_of(made).substr(8), bearer.substr(22, 40)}) EXPECT_EQ(bytes.find(secret), bytes.npos);
  Serving again{winback};
  ASSERT_NE(again.port(), 0);
  EXPECT_THAT(again.said(), Not(HasSubstr("/setup#"))) << "there is an owner";
}

TEST(Access, OverTlsOfItsOwn) {
  const Program winback;
  make_workspace(winback);
  write_certificate(winback.data() / "certificate.pem", winback.data() / "key.pem", "first");
  std::ofstream{winback.data() / "winback.yaml", std::ios::app} << "tls: {certificate: certificate.pem, key: key.pem}\nsign_in: {idle: 90 minutes, absolute: 2 days}\n";
  Serving server{winback};
  const auto port = server.port();
  ASSERT_NE(port, 0) << server.said();
  const auto answer = tls_get(port, "/healthz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.text, HasSubstr("Strict-Transport-Security: max-age=31536000; includeSubDomains"));
  EXPECT_EQ(answer.common_name, "first");
  EXPECT_EQ(http_call(port, "GET", "/healthz").status, 0) << "nothing without TLS";
  EXPECT_THAT(setup_token(server).size(), testing::Eq(64U));
  EXPECT_THAT(server.said(), HasSubstr("https://127.0.0.1:"));
  write_certificate(winback.data() / "certificate.pem", winback.data() / "key.pem", "second");
  server.signal(SIGHUP);
  std::string served;
  for (int i = 0; i < 200 && served != "second"; ++i) {
    std::this_thread::sleep_for(20ms);
    served = tls_get(port, "/healthz").common_name;
  }
  EXPECT_EQ(served, "second");
  EXPECT_EQ(server.stop(), 0);
}

TEST(Access, SettingsThatCannotBeUsedAreNamed) {
  const Program winback;
  make_workspace(winback);
  const std::string before = read_file(winback.data() / "winback.yaml");
  const auto tried = [&](const std::string& line) {
    std::ofstream{winback.data() / "winback.yaml"} << before << line << "\n";
    return winback({"serve", "--listen", "127.0.0.1:0"});
  };
  EXPECT_THAT(tried("tls: {certificate: a.pem}").err, HasSubstr("tls needs certificate and key"));
  EXPECT_THAT(tried("tls: {certificate: a.pem, key: b.pem}").err, HasSubstr("a.pem"));
  EXPECT_THAT(tried("sign_in: {idle: 2 minutes}").err, HasSubstr("at least 5 minutes"));
  EXPECT_THAT(tried("console_url: ftp://x").err, HasSubstr("console"));
  EXPECT_THAT(tried("oidc: {issuer: https://id.example}").err, HasSubstr("oidc needs"));
  EXPECT_THAT(tried("oidc: {issuer: https://id.example, client_id: a, client_secret_file: none}").err, HasSubstr("none"));
  EXPECT_THAT(tried("oidc: {issuer: https://id.example, client_id: a, client_secret_file: winback.yaml, roles: {x: king}}").err, HasSubstr("a role is owner"));
}

}  // namespace
}  // namespace tests
