// Signing in, staying in and getting out, as somebody would who wants to be in without being let in.
#include "access/front_door.h"

#include <algorithm>
#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/secret.h"
#include "tests/support/console.h"

namespace entry {
namespace {

using namespace std::chrono_literals;
using model::Role;
using nlohmann::json;
using testing::HasSubstr;
using tests::Browser;
using tests::Console;
using tests::json_of;
using tests::must;

constexpr std::string_view kCookie = "__Host-winback";

std::string token_of(const std::string& link) { return link.substr(link.find('#') + 1); }

json setup_body(const std::string& token) {
  return {{"token", token}, {"email", "Ann@Shop.example"}, {"name", "Ann"}, {"password", Console::kPassword}};
}

TEST(Setup, TheFirstOwnerComesInByTheLinkAndTheLinkWorksOnce) {
  Console console;
  Browser ann, eve;
  EXPECT_EQ(json_of(console.ask(ann, "GET", "/api/setup"))["needed"], true);
  const std::string link = must(console.accounts.setup_link("console.example"));
  EXPECT_THAT(link, testing::MatchesRegex("https://console.example/setup#[0-9a-f]{64}"));
  const auto made = console.ask(ann, "POST", "/api/setup", setup_body(token_of(link)).dump());
  ASSERT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(json_of(made)["user"]["role"], "owner");
  EXPECT_EQ(json_of(made)["user"]["email"], "ann@shop.example");
  EXPECT_EQ(console.ask(ann, "GET", "/api/session").status, 200);
  EXPECT_EQ(json_of(console.ask(eve, "GET", "/api/setup"))["needed"], false);
  auto again = setup_body(token_of(link));
  again["email"] = "eve@evil.example";
  EXPECT_EQ(console.ask(eve, "POST", "/api/setup", again.dump()).status, 404);
  EXPECT_EQ(must(console.accounts.setup_link("console.example")), "") << "none is made while there is an owner";
  EXPECT_EQ(must(console.store->users().list()).size(), 1U);
}

TEST(Setup, WrongOldAndReplacedLinksOpenNothing) {
  Console console;
  Browser eve;
  const std::string first = token_of(must(console.accounts.setup_link("h")));
  const std::string second = token_of(must(console.accounts.setup_link("h")));
  EXPECT_EQ(console.ask(eve, "POST", "/api/setup", setup_body(first).dump()).status, 404) << "a new start makes a new one";
  EXPECT_EQ(console.ask(eve, "POST", "/api/setup", setup_body("").dump()).status, 400);
  for (std::size_t i = 0; i < second.size(); ++i) {
    std::string bent = second;
    bent[i] = bent[i] == '0' ? '1' : '0';
    eve.address = fmt::format("198.51.100.{}", i);
    EXPECT_EQ(console.ask(eve, "POST", "/api/setup", setup_body(bent).dump()).status, 404) << i;
  }
  console.clock.advance(24h);
  EXPECT_EQ(console.ask(eve, "POST", "/api/setup", setup_body(second).dump()).status, 404) << "a day later";
  EXPECT_TRUE(must(console.store->users().list()).empty()) << "there is no default account";
}

TEST(Setup, AWeakPasswordDoesNotUseTheLinkUp) {
  Console console;
  Browser ann;
  auto body = setup_body(token_of(must(console.accounts.setup_link("h"))));
  body["password"] = "password1234";
  EXPECT_EQ(console.ask(ann, "POST", "/api/setup", body.dump()).status, 400);
  body["password"] = Console::kPassword;
  EXPECT_EQ(console.ask(ann, "POST", "/api/setup", body.dump()).status, 200);
}

TEST(SignIn, CookiesCannotBeReadByScriptsNorSentByOtherSites) {
  Console console;
  console.person("ann@shop.example", Role::owner);
  Browser ann;
  const auto in = console.sign_in(ann, "ANN@shop.example");
  ASSERT_EQ(in.status, 200) << in.body;
  int cookies = 0;
  for (const auto& [name, value] : in.headers) {
    if (name != "Set-Cookie") continue;
    ++cookies;
    EXPECT_TRUE(value.starts_with("__Host-winback")) << value;
    for (const char* part : {"; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"}) EXPECT_THAT(value, HasSubstr(part));
    EXPECT_EQ(value.find("Domain"), value.npos);
  }
  EXPECT_EQ(cookies, 2) << "the session and the device";
  EXPECT_EQ(in.body.find(ann.cookies[std::string{kCookie}]), in.body.npos) << "the token stands nowhere but in the cookie";
  const auto sessions = must(console.store->sessions().of_user(1));
  ASSERT_EQ(sessions.size(), 1U);
  EXPECT_EQ(sessions[0].digest, digest_of(ann.cookies[std::string{kCookie}])) << "what is kept is a digest";
}

TEST(SignIn, OnLoopbackWithoutTlsTheCookieIsPlain) {
  auto config = Console::cheap();
  config.reach.secure = false;
  Console console{config};
  console.person("ann@shop.example", Role::owner);
  Browser ann;
  EXPECT_EQ(console.sign_in(ann, "ann@shop.example").status, 200);
  EXPECT_TRUE(ann.cookies.contains("winback"));
  EXPECT_EQ(console.ask(ann, "GET", "/api/session").status, 200);
}

TEST(SignIn, WhatWentWrongIsToldToNobody) {
  Console console;
  console.person("ann@shop.example", Role::owner);
  const model::User off = console.person("off@shop.example", Role::analyst);
  must(change_user(off.id, {.state = model::UserState::disabled}, {.name = "test"}, *console.store, console.accounts.audit()));
  Browser eve;
  const auto wrong = console.sign_in(eve, "ann@shop.example", "not the password");
  EXPECT_EQ(wrong.status, 401);
  for (const auto& [email, password] : std::vector<std::pair<std::string, std::string>>{
           {"nobody@shop.example", "not the password"}, {"not an address", "x"}, {"", ""}, {"off@shop.example", std::string{Console::kPassword}}, {"ann@shop.example", ""}}) {
    const auto other = console.sign_in(eve, email, password);
    EXPECT_EQ(other.status, 401) << email;
    EXPECT_EQ(other.body, wrong.body) << email;
    EXPECT_EQ(other.headers, wrong.headers) << email;
  }
  EXPECT_TRUE(eve.cookies.empty());
}

TEST(SignIn, TheTimeTakenDoesNotTellWhoIsKnown) {
  auto config = Console::cheap();
  config.cost = {};  // as in the running program
  Console console{config};
  model::User ann{.email = "ann@shop.example", .name = "Ann", .role = Role::owner, .state = model::UserState::active, .password = must(Passwords{}.hash(Console::kPassword))};
  ASSERT_TRUE(must(console.store->users().add(ann)));
  // The three in turn, by the time this thread computed: other programs on the machine do not count.
  const auto computed = [] {
    timespec at{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return static_cast<double>(at.tv_sec) * 1e3 + static_cast<double>(at.tv_nsec) / 1e6;
  };
  console.person("locked@shop.example", Role::owner);
  std::vector<double> took[3];
  for (int i = 0; i < 11; ++i) {
    console.clock.advance(25h);  // earlier failures are forgotten
    Browser eve;
    for (int k = 0; k < 6; ++k) console.sign_in(eve, "locked@shop.example", "guess");
    const char* emails[] = {"ann@shop.example", "nobody@shop.example", "locked@shop.example"};
    for (std::size_t k = 0; k < 3; ++k) {
      const double began = computed();
      EXPECT_EQ(console.sign_in(eve, emails[k], "not the password").status, 401);
      took[k].push_back(computed() - began);
    }
  }
  const auto median = [](std::vector<double>& times) {
    std::ranges::nth_element(times, times.begin() + 5);
    return times[5];
  };
  const double known = median(took[0]), unknown = median(took[1]), locked = median(took[2]);
  RecordProperty("known_ms", std::to_string(known));
  EXPECT_GT(known, 2.0) << "a hash was made";
  EXPECT_NEAR(unknown / known, 1, 0.35) << known << " and " << unknown;
  EXPECT_NEAR(locked / known, 1, 0.35) << known << " and " << locked;
}

TEST(SignIn, GuessingIsSlowedDownAndTheOwnerIsNotShutOut) {
  Console console;
  console.person("ann@shop.example", Role::owner);
  Browser ann, eve;
  ASSERT_EQ(console.sign_in(ann, "ann@shop.example").status, 200);
  for (int i = 0; i < 30; ++i) {
    eve.address = fmt::format("198.51.100.{}", i);  // many places, so that it is the account that is counted
    EXPECT_EQ(console.sign_in(eve, "ann@shop.example", "guess").status, 401);
  }
  eve.address = "198.51.100.99";
  EXPECT_EQ(console.sign_in(eve, "ann@shop.example").status, 401) << "even the right password waits";
  EXPECT_EQ(console.sign_in(ann, "ann@shop.example").status, 200) << "from a device that was in before it does not";
  Browser forged;
  forged.address = "198.51.100.101";
  std::string device = ann.cookies["__Host-winback-device"];
  device.back() = device.back() == '0' ? '1' : '0';
  forged.cookies["__Host-winback-device"] = device;
  EXPECT_EQ(console.sign_in(forged, "ann@shop.example").status, 401) << "a device that is not signed";
  console.clock.advance(16min);
  Browser fresh;
  fresh.address = "192.0.2.1";
  EXPECT_EQ(console.sign_in(fresh, "ann@shop.example").status, 200) << "no more than a quarter of an hour";
}

TEST(SignIn, OnePlaceCannotTryForEver) {
  Console console;
  Browser eve;
  int busy = 0;
  for (int i = 0; i < 40; ++i) busy += console.sign_in(eve, fmt::format("u{}@shop.example", i), "guess").status == 429 ? 1 : 0;
  EXPECT_EQ(busy, 20);
  Browser other;
  other.address = "203.0.113.77";
  EXPECT_EQ(console.sign_in(other, "u@shop.example", "guess").status, 401);
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2") << "an IPv6 household is one place";
  EXPECT_EQ(network_of("203.0.113.77"), "203.0.113.77");
}

TEST(SignIn, APasswordKeptAtAnOldCostIsHashedAnew) {
  auto config = Console::cheap();
  config.cost = {.memory_kib = 128, .passes = 1};
  Console console{config};
  const model::User ann = console.person("ann@shop.example", Role::owner);
  Browser browser;
  EXPECT_EQ(console.sign_in(browser, "ann@shop.example").status, 200);
  const std::string now = must(console.store->users().find(ann.id))->password;
  EXPECT_TRUE(now.starts_with("$argon2id$v=19$m=128,")) << now;
  EXPECT_EQ(console.sign_in(browser, "ann@shop.example").status, 200);
}

TEST(SignIn, APlantedTokenIsWorthNothingAfterwards) {
  Console console;
  console.person("ann@shop.example", Role::owner);
  Browser eve = console.of(Role::read_only);
  Browser ann;
  ann.cookies = eve.cookies;  // eve's session put into ann's browser
  const std::string planted = ann.cookies[std::string{kCookie}];
  EXPECT_EQ(console.sign_in(ann, "ann@shop.example").status, 200);
  EXPECT_NE(ann.cookies[std::string{kCookie}], planted) << "a new token at every sign-in";
  EXPECT_EQ(console.ask(eve, "GET", "/api/session").status, 401) << "the planted one has ended";
  Browser chosen;
  chosen.cookies[std::string{kCookie}] = std::string(64, 'a');
  EXPECT_EQ(console.sign_in(chosen, "ann@shop.example").status, 200);
  EXPECT_NE(chosen.cookies[std::string{kCookie}], std::string(64, 'a'));
}

TEST(Session, NoBentTokenOpensIt) {
  Console console;
  Browser ann = console.of(Role::owner);
  const std::string token = ann.cookies[std::string{kCookie}];
  ASSERT_EQ(token.size(), 64U);
  for (std::size_t bit = 0; bit < token.size() * 8; ++bit) {
    Browser eve = ann;
    eve.address = fmt::format("198.51.{}.{}", bit / 200, bit % 200);
    std::string bent = token;
    bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ (1 << (bit % 8)));
    if (bent.find_first_of("; ") != bent.npos) continue;  // ends the cookie
    eve.cookies[std::string{kCookie}] = bent;
    EXPECT_EQ(console.ask(eve, "GET", "/api/session").status, 401) << bit;
  }
  for (const std::string& wrong : {std::string{}, token.substr(1), token + "0", digest_of(token), std::string(10'000, 'a')}) {
    Browser eve = ann;
    eve.cookies[std::string{kCookie}] = wrong;
    EXPECT_EQ(console.ask(eve, "GET", "/api/session").status, 401);
  }
  Browser twice = ann;
  twice.extra = {{"cookie", "__Host-winback=" + token}};
  EXPECT_EQ(console.ask(twice, "GET", "/api/session").status, 401) << "two cookies of the name: one is somebody else's";
  EXPECT_EQ(console.ask(ann, "GET", "/api/session").status, 200);
}

TEST(Session, EndsWhenIdleAndAtTheLatestAfterAWeek) {
  Console console;
  Browser ann = console.of(Role::owner);
  for (int i = 0; i < 14; ++i) {
    console.clock.advance(11h + 59min);
    ASSERT_EQ(console.ask(ann, "GET", "/api/session").status, 200) << i;
  }
  console.clock.advance(11h);
  EXPECT_EQ(console.ask(ann, "GET", "/api/session").status, 401) << "a week is over";
  Browser bob = console.of(Role::owner);
  console.clock.advance(12h);
  EXPECT_EQ(console.ask(bob, "GET", "/api/session").status, 401) << "idle for half a day";
  EXPECT_TRUE(must(console.store->sessions().of_user(2)).empty()) << "it is gone from the store";
}

TEST(Session, SigningOutEndsItInTheStore) {
  Console console;
  Browser ann = console.of(Role::owner);
  Browser thief = ann;
  const auto out = console.ask(ann, "DELETE", "/api/session");
  EXPECT_EQ(out.status, 200) << out.body;
  EXPECT_THAT(std::string{http::find(out.headers, "Clear-Site-Data").value_or("")}, HasSubstr("storage"));
  EXPECT_FALSE(ann.cookies.contains(std::string{kCookie}));
  EXPECT_EQ(console.ask(thief, "GET", "/api/session").status, 401);
}

TEST(Session, APasswordChangeEndsEveryOther) {
  Console console;
  console.person("ann@shop.example", Role::owner);
  Browser here, there;
  ASSERT_EQ(console.sign_in(here, "ann@shop.example").status, 200);
  ASSERT_EQ(console.sign_in(there, "ann@shop.example").status, 200);
  const std::string before = here.cookies[std::string{kCookie}];
  const auto change = [&](std::string_view old_one, std::string_view new_one) {
    return console.ask(here, "PUT", "/api/session/password", json{{"old", old_one}, {"new", new_one}}.dump());
  };
  EXPECT_EQ(change("not the password", "vermilion tuba case").status, 403);
  EXPECT_EQ(change(Console::kPassword, "password1234").status, 400);
  EXPECT_EQ(console.ask(there, "GET", "/api/session").status, 200);
  EXPECT_EQ(change(Console::kPassword, "vermilion tuba case").status, 200);
  EXPECT_EQ(console.ask(there, "GET", "/api/session").status, 401);
  EXPECT_EQ(console.ask(here, "GET", "/api/session").status, 200);
  EXPECT_NE(here.cookies[std::string{kCookie}], before) << "rotated";
  Browser fresh;
  EXPECT_EQ(console.sign_in(fresh, "ann@shop.example").status, 401);
  EXPECT_EQ(console.sign_in(fresh, "ann@shop.example", "vermilion tuba case").status, 200);
}

TEST(Session, OnesOwnAreListedAndEndedAndNobodyElses) {
  Console console;
  console.person("ann@shop.example", Role::analyst);
  Browser here, there, bob = console.of(Role::owner);
  ASSERT_EQ(console.sign_in(here, "ann@shop.example").status, 200);
  ASSERT_EQ(console.sign_in(there, "ann@shop.example").status, 200);
  const json all = json_of(console.ask(here, "GET", "/api/session/others"))["sessions"];
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0]["current"], false);
  EXPECT_EQ(all[1]["current"], true);
  EXPECT_EQ(all[0]["agent"], "Browser/1");
  const std::string path = fmt::format("/api/session/others/{}", all[0]["id"].get<int>());
  EXPECT_EQ(console.ask(bob, "DELETE", path).status, 404) << "an owner too ends only his own here";
  EXPECT_EQ(console.ask(here, "DELETE", path).status, 200);
  EXPECT_EQ(console.ask(there, "GET", "/api/session").status, 401);
  for (const char* bad : {"x", "-1", "999999", "1e3", "9999999999999999999999"}) {
    EXPECT_EQ(console.ask(here, "DELETE", std::string{"/api/session/others/"} + bad).status, 404) << bad;
  }
}

TEST(Session, ProfilesTakeWhatTheyKnowAndNothingElse) {
  Console console;
  Browser ann = console.of(Role::read_only);
  const auto changed = console.ask(ann, "PUT", "/api/session/profile", R"({"name":"安","language":"zh-TW","theme":"dark"})");
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(json_of(changed)["user"]["name"], "安");
  for (const char* bad : {R"({"role":"owner"})", R"({"name":"x","id":2})", R"({"language":"klingon"})", R"({"theme":7})", R"({"name":""})", R"({"name":"a\nb"})", "[]", "null", "{",
                          R"({"email":"x@shop.example"})"}) {
    EXPECT_EQ(console.ask(ann, "PUT", "/api/session/profile", bad).status, 400) << bad;
  }
  EXPECT_EQ(json_of(console.ask(ann, "GET", "/api/session"))["user"]["role"], "read_only");
}

TEST(Join, ALinkLetsOnePersonChooseAPasswordOnce) {
  Console console;
  Browser owner = console.of(Role::owner);
  const auto invited = console.ask(owner, "POST", "/api/users", R"({"email":"bob@shop.example","name":"Bob","role":"analyst"})");
  ASSERT_EQ(invited.status, 201) << invited.body;
  const std::string link = json_of(invited)["link"];
  EXPECT_TRUE(link.starts_with("https://console.example/join#")) << link;
  EXPECT_EQ(json_of(invited)["user"]["state"], "invited");
  Browser bob, eve;
  EXPECT_EQ(console.sign_in(bob, "bob@shop.example", "").status, 401) << "an invitation is no empty password";
  const std::string body = json{{"token", token_of(link)}, {"password", Console::kPassword}}.dump();
  EXPECT_EQ(console.ask(bob, "POST", "/api/join", json{{"token", token_of(link)}, {"password", "bob shop 1234"}}.dump()).status, 400);
  const auto joined = console.ask(bob, "POST", "/api/join", body);
  EXPECT_EQ(joined.status, 200) << joined.body;
  EXPECT_EQ(json_of(joined)["user"]["role"], "analyst");
  EXPECT_EQ(console.ask(eve, "POST", "/api/join", body).status, 404) << "used";
  EXPECT_EQ(console.sign_in(eve, "bob@shop.example").status, 200);
}

TEST(Join, AResetLinkEndsEverySessionAndExpires) {
  Console console;
  Browser owner = console.of(Role::owner);
  console.person("bob@shop.example", Role::agent);
  Browser bob;
  ASSERT_EQ(console.sign_in(bob, "bob@shop.example").status, 200);
  const auto link = [&] { return token_of(json_of(console.ask(owner, "POST", "/api/users/2/link"))["link"]); };
  const std::string late = link();
  console.clock.advance(6h);
  ASSERT_EQ(console.ask(owner, "GET", "/api/session").status, 200);
  const std::string second = link();
  Browser other;
  EXPECT_EQ(console.ask(other, "POST", "/api/join", json{{"token", late}, {"password", "vermilion tuba case"}}.dump()).status, 404) << "a new link ends the old";
  EXPECT_EQ(console.ask(bob, "GET", "/api/session").status, 200);
  EXPECT_EQ(console.ask(other, "POST", "/api/join", json{{"token", second}, {"password", "vermilion tuba case"}}.dump()).status, 200);
  EXPECT_EQ(console.ask(bob, "GET", "/api/session").status, 401) << "whoever was in with the old password is out";
  const std::string third = link();
  console.clock.advance(72h);
  EXPECT_EQ(console.ask(other, "POST", "/api/join", json{{"token", third}, {"password", "vermilion tuba case"}}.dump()).status, 404);
}

TEST(Link, LeadsWhereTheConsoleIsAndNowhereElse) {
  EXPECT_EQ(link_url({.secure = true}, "console.example", "join", "t"), "https://console.example/join#t");
  EXPECT_EQ(link_url({.secure = false}, "127.0.0.1:8080", "setup", "t"), "http://127.0.0.1:8080/setup#t");
  EXPECT_EQ(link_url({.secure = true, .base_url = "https://c.shop.example"}, "evil.example", "join", "t"), "https://c.shop.example/join#t");
  for (const char* bad : {"", "evil.example/path", "evil.example\r\nX: y", "a@evil.example", "evil.example#"}) EXPECT_EQ(link_url({}, bad, "join", "t"), "/join#t") << bad;
}

}  // namespace
}  // namespace entry
