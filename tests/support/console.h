#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "access/accounts.h"
#include "access/api_key.h"
#include "access/office.h"
#include "tests/support/act_rows.h"
#include "tests/support/act_world.h"
#include "tests/support/fake_clock.h"

namespace tests {

/// A browser: keeps cookies as one would and sends what a page of ours sends.
struct Browser {
  std::map<std::string, std::string> cookies;
  std::string csrf;
  std::string address = "198.51.100.7";
  http::Pairs extra;  ///< headers more
  bool page = true;   ///< sends Origin, Sec-Fetch-Site and the CSRF token as our page does
};

/// The program's accounts on a store in memory, without sockets.
class Console {
 public:
  static constexpr std::string_view kPassword = "nine lazy herons wade";

  explicit Console(entry::AccountsConfig config = cheap()) : accounts(*store, clock, std::move(config)) { accounts.mount(router); }

  /// Hashes that cost next to nothing; two of them look alike in time.
  static entry::AccountsConfig cheap() { return {.reach = {.secure = true}, .cost = {.memory_kib = 64, .passes = 1}}; }

  http::Response ask(Browser& browser, std::string method, const std::string& url, const std::string& body = "") {
    http::Request request;
    request.method = std::move(method);
    const std::size_t mark = url.find('?');
    request.path = url.substr(0, mark);
    if (mark != std::string::npos) request.query = http::parse_form(url.substr(mark + 1));
    request.segments = http::split_path(request.path).value_or(std::vector<std::string>{});
    request.remote_ip = browser.address;
    request.body = body;
    request.headers.emplace_back("host", "console.example");
    request.headers.emplace_back("user-agent", "Browser/1");
    std::string cookie;
    for (const auto& [name, value] : browser.cookies) cookie += (cookie.empty() ? "" : "; ") + name + "=" + value;
    if (!cookie.empty()) request.headers.emplace_back("cookie", cookie);
    if (browser.page && request.method != "GET") {
      request.headers.emplace_back("origin", "https://console.example");
      request.headers.emplace_back("sec-fetch-site", "same-origin");
      if (!browser.csrf.empty()) request.headers.emplace_back("x-csrf-token", browser.csrf);
    }
    if (!body.empty() && !http::find(browser.extra, "content-type")) request.headers.emplace_back("content-type", "application/json");
    for (const auto& header : browser.extra) request.headers.push_back(header);
    http::Response response = router.handle(request);
    for (const auto& [name, value] : response.headers) {
      if (name != "Set-Cookie") continue;
      const std::size_t equals = value.find('='), end = value.find(';');
      const std::string held = value.substr(equals + 1, end - equals - 1);
      if (value.find("Max-Age=0") != std::string::npos) {
        browser.cookies.erase(value.substr(0, equals));
      } else {
        browser.cookies[value.substr(0, equals)] = held;
      }
    }
    if (response.status == 200 && response.body.find("\"csrf\"") != std::string::npos) browser.csrf = nlohmann::json::parse(response.body)["csrf"];
    return response;
  }

  /// Somebody of that role who can sign in with kPassword.
  model::User person(const std::string& email, model::Role role) {
    const entry::Passwords passwords{{.memory_kib = 64, .passes = 1}};
    model::User user{.email = email, .name = email.substr(0, email.find('@')), .role = role, .state = model::UserState::active,
                     .password = must(passwords.hash(kPassword)), .created_at = clock.now()};
    EXPECT_TRUE(must(store->users().add(user)));
    return user;
  }

  http::Response sign_in(Browser& browser, const std::string& email, std::string_view password = kPassword) {
    return ask(browser, "POST", "/api/session", nlohmann::json{{"email", email}, {"password", password}}.dump());
  }

  /// A browser that is signed in as somebody new of that role.
  Browser of(model::Role role) {
    const std::string email = fmt::format("{}-{}@shop.example", model::name_of(role), ++people_);
    person(email, role);
    Browser browser;
    browser.address = fmt::format("203.0.113.{}", people_ % 250 + 1);
    EXPECT_EQ(sign_in(browser, email).status, 200);
    return browser;
  }

  FakeClock clock{kStart};
  std::unique_ptr<port::ActStore> store = store_in_memory();
  entry::Accounts accounts;
  http::Router router;

 private:
  int people_ = 0;
};

inline nlohmann::json json_of(const http::Response& response) { return nlohmann::json::parse(response.body, nullptr, false); }

}  // namespace tests
