// Sign-in by OpenID Connect against a provider that also lies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "access/front_door.h"
#include "access/id_token.h"
#include "access/oidc.h"
#include "access/secret.h"
#include "adapter/web/open_web.h"
#include "base/hash.h"
#include "tests/access/provider.h"
#include "tests/support/console.h"

namespace tests {
namespace {

using namespace std::chrono_literals;
using model::Role;
using nlohmann::json;
using testing::HasSubstr;

/// ".claims" of a compact token.
std::string body_of(const std::string& token) {
  const std::size_t first = token.find('.'), last = token.rfind('.');
  return token.substr(first, last - first);
}

class OidcTest : public testing::Test {
 protected:
  OidcTest() : provider_(console_.clock), web_(*adapter::web::open_web({.rules = {.allow_http = true, .allowed_hosts = {"127.0.0.1"}}})) {
    console_.router = {};
    console_.accounts.add_oidc({.name = "Shop ID", .issuer = provider_.issuer(), .client_id = "winback & co", .client_secret = "s:cret", .groups_claim = "groups",
                                .roles = {{"admins", Role::owner}, {"people", Role::agent}}},
                               *web_);
    console_.accounts.mount(console_.router);
  }
  void invite(const std::string& email = "bob@shop.example", Role role = Role::analyst) {
    must(entry::invite(email, "Bob", role, {.name = "test"}, *console_.store, console_.accounts.audit(), console_.clock.now()));
  }
  /// Sets out; where the browser is sent.
  std::string start(Browser& browser) {
    const auto away = console_.ask(browser, "GET", "/api/oidc/start");
    EXPECT_EQ(away.status, 302) << away.body;
    return std::string{http::find(away.headers, "Location").value_or("")};
  }
  static std::string state_of(const std::string& location) {
    return std::string{http::find(http::parse_form(location.substr(location.find('?') + 1)), "state").value_or("")};
  }
  /// Comes back with the provider's code; where the browser is sent.
  std::string back(Browser& browser, const std::string& location, const std::string& more = "") {
    const auto home = console_.ask(browser, "GET", "/api/oidc/callback?state=" + state_of(location) + "&code=" + provider_.agree(location) + more);
    EXPECT_EQ(home.status, 302) << home.body;
    return std::string{http::find(home.headers, "Location").value_or("")};
  }
  bool is_in(Browser& browser) { return console_.ask(browser, "GET", "/api/session").status == 200; }
  /// A whole journey by a new browser; whether it is in at the end.
  bool comes_in() {
    Browser browser;
    browser.address = fmt::format("198.51.100.{}", ++places_ % 250);
    const std::string home = back(browser, start(browser));
    EXPECT_EQ(home, is_in(browser) ? "/" : "/?problem=oidc");
    return is_in(browser);
  }
  std::string last_detail() { return must(console_.store->audit().before(1 << 30, 1)).at(0).detail; }

  Console console_;
  Provider provider_;
  std::unique_ptr<port::HttpClient> web_;
  int places_ = 0;
};

TEST_F(OidcTest, AnInvitedPersonComesInAndIsKnownBySubjectAfterwards) {
  invite();
  Browser bob;
  const std::string away = start(bob);
  EXPECT_THAT(away, HasSubstr("/authorize?response_type=code&client_id=winback%20%26%20co&redirect_uri=https%3A%2F%2Fconsole.example%2Fapi%2Foidc%2Fcallback&scope=openid%20email%20profile&state="));
  EXPECT_THAT(away, HasSubstr("&code_challenge_method=S256"));
  EXPECT_EQ(back(bob, away), "/");
  EXPECT_TRUE(is_in(bob));
  EXPECT_EQ(json_of(console_.ask(bob, "GET", "/api/session"))["oidc"], true);
  EXPECT_EQ(provider_.last_authorization, "Basic d2luYmFjayUyMCUyNiUyMGNvOnMlM0FjcmV0") << "both parts encoded (RFC 6749 §2.3.1)";
  const auto user = must(console_.store->users().by_subject(provider_.issuer(), "s1"));
  ASSERT_TRUE(user);
  EXPECT_EQ(user->state, model::UserState::active);
  provider_.claims = {{"email", "other@shop.example"}};
  EXPECT_TRUE(comes_in()) << "the subject says who it is, whatever the address is now";
  EXPECT_EQ(must(console_.store->users().list()).size(), 1U);
}

TEST_F(OidcTest, WhoWasNotInvitedStaysOut) {
  EXPECT_FALSE(comes_in());
  invite();
  provider_.claims = {{"email_verified", false}};
  EXPECT_FALSE(comes_in()) << "an address nobody verified";
  provider_.claims = {{"email_verified", "true"}};
  EXPECT_FALSE(comes_in()) << "a text is no truth";
  provider_.claims = {{"email_verified", nullptr}};
  EXPECT_FALSE(comes_in());
  provider_.claims = {};
  EXPECT_TRUE(comes_in());
  provider_.claims = {{"sub", "s2"}};
  EXPECT_FALSE(comes_in()) << "the same address again with another subject is somebody else";
}

TEST_F(OidcTest, AnAccountWithAPasswordIsNotTakenOverByItsAddress) {
  console_.person("bob@shop.example", Role::owner);
  EXPECT_FALSE(comes_in());
}

TEST_F(OidcTest, ADisabledPersonStaysOut) {
  invite();
  ASSERT_TRUE(comes_in());
  must(entry::change_user(1, {.state = model::UserState::disabled}, {.name = "test"}, *console_.store, console_.accounts.audit()));
  EXPECT_FALSE(comes_in());
}

TEST_F(OidcTest, GroupsGiveRoles) {
  provider_.claims = {{"groups", {"x", "people"}}};
  EXPECT_TRUE(comes_in());
  EXPECT_EQ(must(console_.store->users().find(1))->role, Role::agent);
  provider_.claims = {{"groups", {"people", "admins"}}};
  EXPECT_TRUE(comes_in());
  EXPECT_EQ(must(console_.store->users().find(1))->role, Role::owner);
  provider_.claims = {{"groups", {"admins"}}, {"sub", "s2"}, {"email", "eve@evil.example"}, {"email_verified", false}};
  EXPECT_FALSE(comes_in());
}

TEST_F(OidcTest, ABentTokenLetsNobodyIn) {
  invite();
  const auto refused = [&](std::string_view what) {
    EXPECT_FALSE(comes_in()) << what;
    provider_.claims = {};
    provider_.head = {};
    provider_.bend = {};
  };
  const std::int64_t now = base::millis(console_.clock.now()) / 1000;
  for (const json& claims : std::vector<json>{{{"nonce", "another"}}, {{"nonce", nullptr}}, {{"aud", "another"}}, {{"aud", nullptr}}, {{"aud", {"winback & co", "another"}}},
                                              {{"aud", {"winback & co", "another"}}, {"azp", "another"}}, {{"azp", "another"}}, {{"exp", now - 61}}, {{"exp", nullptr}}, {{"exp", "tomorrow"}},
                                              {{"iat", now + 120}}, {{"iat", nullptr}}, {{"nbf", now + 120}}, {{"iss", "https://evil.example"}}, {{"iss", nullptr}}, {{"sub", nullptr}}, {{"sub", ""}}}) {
    provider_.claims = claims;
    refused(claims.dump());
  }
  for (const json& head : std::vector<json>{{{"alg", "none"}}, {{"alg", "HS256"}}, {{"alg", "RS512"}}, {{"alg", "PS256"}}, {{"alg", "ES256"}}, {{"alg", nullptr}}, {{"alg", "rs256"}}, {{"crit", {"x"}}},
                                            {{"typ", "at+jwt"}}, {{"typ", "logout+jwt"}}, {{"kid", "another"}}}) {
    provider_.head = head;
    refused(head.dump());
  }
  provider_.bend = [](const std::string& good) {  // unsigned
    return entry::base64url(R"({"alg":"none"})") + body_of(good) + ".";
  };
  refused("alg none without a signature");
  provider_.bend = [&](const std::string& good) {  // the public key as a shared secret
    const std::string text = entry::base64url(R"({"alg":"HS256","kid":"k1","typ":"JWT"})") + body_of(good);
    const base::Digest mac = base::hmac_sha256(provider_.key->public_pem(), text);
    return text + "." + entry::base64url({reinterpret_cast<const char*>(mac.data()), mac.size()});
  };
  refused("HS256 with the public key");
  const TokenKey stranger{"RS256", "k1"};
  provider_.bend = [&](const std::string& good) {
    const std::string text = good.substr(0, good.rfind('.'));
    return text + "." + stranger.sign(text);
  };
  refused("signed by another key of the same name");
  provider_.bend = [&](const std::string& good) {  // a key in the token itself
    const std::string text = entry::base64url(json{{"alg", "RS256"}, {"kid", "k1"}, {"jwk", stranger.jwk()}, {"jku", "https://evil.example/keys"}}.dump()) + body_of(good);
    return text + "." + stranger.sign(text);
  };
  refused("a key the token brings");
  for (const char* rubbish : {"", ".", "..", "a.b.c", "a.b.c.d"}) {
    provider_.bend = [&](const std::string&) { return std::string{rubbish}; };
    refused(rubbish);
  }
  EXPECT_TRUE(comes_in()) << "the good one does";
}

TEST_F(OidcTest, AStateIsGoodOnceForOneBrowserAndTenMinutes) {
  invite();
  Browser bob, eve;
  const std::string away = start(bob);
  EXPECT_EQ(back(eve, away), "/?problem=oidc") << "begun in another browser";
  EXPECT_FALSE(is_in(eve));
  EXPECT_EQ(back(bob, away), "/?problem=oidc") << "and used up by that";
  const std::string again = start(bob);
  EXPECT_EQ(back(bob, again), "/");
  const int calls = provider_.token_calls;
  EXPECT_EQ(back(bob, again), "/?problem=oidc") << "replayed";
  EXPECT_EQ(provider_.token_calls, calls) << "no code is sent on for a state that is none";
  const std::string late = start(bob);
  console_.clock.advance(10min);
  EXPECT_EQ(back(bob, late), "/?problem=oidc");
  EXPECT_EQ(back(bob, "https://x/?state=" + std::string(64, '0')), "/?problem=oidc");
  EXPECT_EQ(back(bob, "https://x/"), "/?problem=oidc");
}

TEST_F(OidcTest, ACodeOfAnotherJourneyIsNotTaken) {
  invite();
  Browser bob, eve;
  const std::string his = start(bob), hers = start(eve);
  // Eve's code put into Bob's way home: the verifier does not fit (PKCE).
  const auto home = console_.ask(bob, "GET", "/api/oidc/callback?state=" + state_of(his) + "&code=" + provider_.agree(hers));
  EXPECT_EQ(http::find(home.headers, "Location"), "/?problem=oidc");
  EXPECT_FALSE(is_in(bob));
}

TEST_F(OidcTest, AMixedUpProviderIsNoticed) {
  invite();
  Browser bob;
  EXPECT_EQ(back(bob, start(bob), "&iss=https%3A%2F%2Fevil.example"), "/?problem=oidc");
  EXPECT_THAT(last_detail(), HasSubstr("another provider"));
  EXPECT_EQ(back(bob, start(bob), "&error=access_denied"), "/?problem=oidc");
  console_.clock.advance(11min);
  provider_.told_issuer = "https://evil.example";
  EXPECT_EQ(console_.ask(bob, "GET", "/api/oidc/start").status, 500) << "a description of somebody else is not used";
  provider_.told_issuer = "";
  EXPECT_TRUE(comes_in());
}

TEST_F(OidcTest, KeysMayBeRenewedAndOfBothKinds) {
  invite();
  EXPECT_TRUE(comes_in());
  provider_.key = std::make_unique<TokenKey>("ES256", "k2");
  EXPECT_TRUE(comes_in()) << "an unknown key is asked for anew";
  provider_.more_keys = {TokenKey{"RS256", "k3"}.jwk()};
  EXPECT_TRUE(comes_in());
}

TEST_F(OidcTest, TheSignInPageNamesTheProvider) {
  Browser anyone;
  EXPECT_EQ(json_of(console_.ask(anyone, "GET", "/api/sign-in"))["oidc"]["name"], "Shop ID");
}

TEST(IdToken, NoBentBitIsBelieved) {
  const base::Instant now = kStart;
  const std::int64_t seconds = base::millis(now) / 1000;
  for (const char* kind : {"RS256", "ES256"}) {
    const TokenKey key{kind, "k"};
    const std::string jwks = json{{"keys", {key.jwk()}}}.dump();
    const std::string token = key.token({{"iss", "i"}, {"aud", "c"}, {"sub", "s"}, {"nonce", "n"}, {"iat", seconds}, {"exp", seconds + 60}});
    const entry::IdTokenRules rules{.issuer = "i", .client_id = "c", .nonce = "n", .now = now};
    ASSERT_TRUE(entry::verify_id_token(token, jwks, rules)) << entry::verify_id_token(token, jwks, rules).error().message;
    for (std::size_t bit = 0; bit < token.size() * 8; ++bit) {
      std::string bent = token;
      bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ (1 << (bit % 8)));
      EXPECT_FALSE(entry::verify_id_token(bent, jwks, rules)) << kind << " bit " << bit;
    }
    for (std::size_t size = 0; size < token.size(); size += 7) EXPECT_FALSE(entry::verify_id_token(token.substr(0, size), jwks, rules));
    EXPECT_FALSE(entry::verify_id_token(token + "A", jwks, rules));
    for (const char* set : {"", "[]", "{}", R"({"keys":7})", R"({"keys":[]})", R"({"keys":[7,{}]})"}) EXPECT_FALSE(entry::verify_id_token(token, set, rules)) << set;
    entry::IdTokenRules without = rules;
    without.nonce = "";
    EXPECT_FALSE(entry::verify_id_token(token, jwks, without)) << "a request without a nonce believes nothing";
  }
}

TEST(IdToken, AShortKeyIsNotUsed) {
  const TokenKey key{"RS256", "k", 1024};
  const std::int64_t seconds = base::millis(kStart) / 1000;
  const std::string token = key.token({{"iss", "i"}, {"aud", "c"}, {"sub", "s"}, {"nonce", "n"}, {"iat", seconds}, {"exp", seconds + 60}});
  EXPECT_FALSE(entry::verify_id_token(token, json{{"keys", {key.jwk()}}}.dump(), {.issuer = "i", .client_id = "c", .nonce = "n", .now = kStart}));
}

}  // namespace
}  // namespace tests
