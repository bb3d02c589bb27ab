#include "access/office.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/console.h"

namespace entry {
namespace {

using namespace std::chrono_literals;
using model::Role;
using model::UserState;
using nlohmann::json;
using tests::Browser;
using tests::Console;
using tests::json_of;
using tests::must;

TEST(Office, AChangedRoleOrStateSignsThemOut) {
  Console console;
  Browser owner = console.of(Role::owner), bob = console.of(Role::analyst);
  EXPECT_EQ(console.ask(owner, "PATCH", "/api/users/2", R"({"name":"Robert"})").status, 200);
  EXPECT_EQ(console.ask(bob, "GET", "/api/session").status, 200) << "a name is nothing";
  EXPECT_EQ(console.ask(owner, "PATCH", "/api/users/2", R"({"role":"read_only"})").status, 200);
  EXPECT_EQ(console.ask(bob, "GET", "/api/session").status, 401);
  Browser again;
  ASSERT_EQ(console.sign_in(again, "analyst-2@shop.example").status, 200);
  const auto off = console.ask(owner, "PATCH", "/api/users/2", R"({"state":"disabled"})");
  EXPECT_EQ(json_of(off)["state"], "disabled");
  EXPECT_EQ(console.ask(again, "GET", "/api/session").status, 401);
  EXPECT_EQ(console.sign_in(again, "analyst-2@shop.example").status, 401);
  EXPECT_EQ(console.ask(owner, "POST", "/api/users/2/link").status, 409) << "no link past it";
  EXPECT_EQ(json_of(console.ask(owner, "PATCH", "/api/users/2", R"({"state":"active"})"))["state"], "active");
  EXPECT_EQ(console.sign_in(again, "analyst-2@shop.example").status, 200);
}

TEST(Office, TheLastOwnerStays) {
  Console console;
  Browser owner = console.of(Role::owner);
  EXPECT_EQ(console.ask(owner, "PATCH", "/api/users/1", R"({"role":"agent"})").status, 409);
  EXPECT_EQ(console.ask(owner, "PATCH", "/api/users/1", R"({"state":"disabled"})").status, 409);
  EXPECT_FALSE(remove_user(1, {.name = "test"}, *console.store, console.accounts.audit()));
  const json invited = json_of(console.ask(owner, "POST", "/api/users", R"({"email":"b@shop.example","name":"B","role":"owner"})"));
  EXPECT_EQ(console.ask(owner, "PATCH", "/api/users/1", R"({"role":"agent"})").status, 409) << "one who was only invited is no owner yet";
  console.person("c@shop.example", Role::owner);
  EXPECT_EQ(console.ask(owner, "PATCH", "/api/users/1", R"({"role":"agent"})").status, 200);
  EXPECT_EQ(console.ask(owner, "GET", "/api/users").status, 401) << "and is signed out with the role";
}

TEST(Office, WhatCannotBeSetIsRefused) {
  Console console;
  Browser owner = console.of(Role::owner);
  for (const char* bad : {R"({"email":"x@shop.example","name":"X","role":"god"})", R"({"email":"x","name":"X","role":"agent"})", R"({"email":"x@shop.example","role":"agent"})",
                          R"({"email":"x@shop.example","name":"X","role":"agent","password":"x"})", R"({"email":"x@shop.example","name":"X","role":"agent","id":1})", "{}", "[]"}) {
    EXPECT_EQ(console.ask(owner, "POST", "/api/users", bad).status, 400) << bad;
  }
  EXPECT_EQ(console.ask(owner, "POST", "/api/users", R"({"email":"OWNER-1@shop.example","name":"X","role":"agent"})").status, 409) << "one account an address";
  for (const char* bad : {R"({"state":"invited"})", R"({"state":"x"})", R"({"role":"x"})", R"({"email":"y@shop.example"})", R"({"password":"y"})"}) {
    EXPECT_EQ(console.ask(owner, "PATCH", "/api/users/1", bad).status, 400) << bad;
  }
  EXPECT_EQ(console.ask(owner, "PATCH", "/api/users/77", R"({"name":"x"})").status, 404);
  EXPECT_EQ(console.ask(owner, "PATCH", "/api/users/x", R"({"name":"x"})").status, 404);
}

TEST(Office, NoAnswerHoldsAHash) {
  Console console;
  Browser owner = console.of(Role::owner);
  for (const char* url : {"/api/users", "/api/session", "/api/session/others", "/api/audit", "/api/keys"}) {
    const std::string body = console.ask(owner, "GET", url).body;
    EXPECT_EQ(body.find("argon2"), body.npos) << url;
    EXPECT_EQ(body.find("digest"), body.npos) << url;
    EXPECT_EQ(body.find(must(console.store->sessions().of_user(1))[0].digest), body.npos) << url;
  }
}

TEST(Office, KeysAreMadeShownOnceAndEnded) {
  Console console;
  Browser owner = console.of(Role::owner);
  const auto made = console.ask(owner, "POST", "/api/keys", R"({"name":"shop","scopes":["events","inbox"]})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string key = json_of(made)["key"];
  const json listed = json_of(console.ask(owner, "GET", "/api/keys"))["keys"];
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0]["scopes"], (json{"events", "inbox"}));
  EXPECT_EQ(listed[0]["created_by"], "owner-1");
  EXPECT_EQ(listed[0].dump().find(key), std::string::npos);
  EXPECT_TRUE(opens(*must(known_api_key(key, console.store->keys())), "events"));
  EXPECT_FALSE(opens(*must(known_api_key(key, console.store->keys())), "codes"));
  EXPECT_EQ(console.ask(owner, "POST", "/api/keys", R"({"name":"shop","scopes":["events"]})").status, 409);
  for (const char* bad : {R"({"name":"x","scopes":[]})", R"({"name":"x","scopes":["everything"]})", R"({"name":"x","scopes":"events"})", R"({"name":"","scopes":["events"]})", R"({"name":"x"})"}) {
    EXPECT_EQ(console.ask(owner, "POST", "/api/keys", bad).status, 400) << bad;
  }
  EXPECT_EQ(console.ask(owner, "DELETE", "/api/keys/1").status, 200);
  EXPECT_FALSE(must(known_api_key(key, console.store->keys())));
  EXPECT_EQ(console.ask(owner, "DELETE", "/api/keys/1").status, 404);
}

TEST(AuditLog, SaysWhoDidWhatFromWhere) {
  Console console;
  Browser owner = console.of(Role::owner), eve;
  console.sign_in(eve, "owner-1@shop.example", "guess");
  console.ask(owner, "POST", "/api/keys", R"({"name":"shop","scopes":["events"]})");
  console.ask(owner, "POST", "/api/users", R"({"email":"b@shop.example","name":"B","role":"agent"})");
  console.ask(owner, "PATCH", "/api/users/2", R"({"role":"analyst"})");
  const json page = json_of(console.ask(owner, "GET", "/api/audit?limit=3"));
  ASSERT_EQ(page["entries"].size(), 3U);
  EXPECT_EQ(page["entries"][0]["action"], "role changed");
  EXPECT_EQ(page["entries"][0]["object"], "user 2");
  EXPECT_EQ(page["entries"][0]["detail"], "agent to analyst");
  EXPECT_EQ(page["entries"][0]["who"], "owner-1");
  EXPECT_EQ(page["entries"][0]["address"], owner.address);
  EXPECT_EQ(page["entries"][1]["action"], "user invited");
  EXPECT_EQ(page["entries"][2]["action"], "key made");
  const json rest = json_of(console.ask(owner, "GET", fmt::format("/api/audit?limit=500&before={}", page["next"].get<int>())));
  ASSERT_EQ(rest["entries"].size(), 2U);
  EXPECT_EQ(rest["entries"][0]["action"], "sign in");
  EXPECT_EQ(rest["entries"][0]["result"], "refused");
  EXPECT_EQ(rest["entries"][0]["object"], "user 1");
  EXPECT_EQ(rest["entries"][1]["result"], "done");
  EXPECT_TRUE(rest["next"].is_null());
  for (const char* bad : {"?limit=0", "?limit=501", "?limit=x", "?before=x"}) EXPECT_EQ(console.ask(owner, "GET", std::string{"/api/audit"} + bad).status, 400) << bad;
}

/// A store whose audit log cannot be written.
class NoAudit final : public port::AuditStore {
 public:
  base::Result<std::optional<std::string>> last_digest() override { return std::optional<std::string>{}; }
  base::Result<void> append(const model::AuditEntry&) override { return base::fail(base::Code::exhausted, "no space left"); }
  base::Result<std::vector<model::AuditEntry>> before(std::int64_t, std::size_t) override { return std::vector<model::AuditEntry>{}; }
  base::Result<std::vector<model::AuditEntry>> after(std::int64_t, std::size_t) override { return std::vector<model::AuditEntry>{}; }
};

class StoreWithoutAudit final : public port::ActStore {
 public:
  explicit StoreWithoutAudit(port::ActStore& real) : real_(real) {}
  std::string_view workspace_id() const override { return real_.workspace_id(); }
  port::ImportStore& imports() override { return real_.imports(); }
  port::ContactStore& contacts() override { return real_.contacts(); }
  port::PlanStore& plans() override { return real_.plans(); }
  port::CampaignStore& campaigns() override { return real_.campaigns(); }
  port::EnrolmentStore& enrolments() override { return real_.enrolments(); }
  port::Outbox& outbox() override { return real_.outbox(); }
  port::ActCounts& counts() override { return real_.counts(); }
  port::PeopleStore& people() override { return real_.people(); }
  port::CodeStore& codes() override { return real_.codes(); }
  port::ResponseStore& responses() override { return real_.responses(); }
  port::InboxStore& inbox() override { return real_.inbox(); }
  port::KeyStore& keys() override { return real_.keys(); }
  port::UserStore& users() override { return real_.users(); }
  port::SessionStore& sessions() override { return real_.sessions(); }
  port::AuditStore& audit() override { return audit_; }
  port::EventStore& events() override { return real_.events(); }
  port::FindingStore& findings() override { return real_.findings(); }
  port::GrantStore& grants() override { return real_.grants(); }
  port::AudienceStore& audiences() override { return real_.audiences(); }
  port::BackStore& back() override { return real_.back(); }
  port::SurveyStore& surveys() override { return real_.surveys(); }
  base::Digest sign(std::string_view purpose, std::string_view bytes) const override { return real_.sign(purpose, bytes); }
  base::Result<void> scrub() override { return real_.scrub(); }
  base::Result<void> transact(const std::function<base::Result<void>()>& work) override { return real_.transact(work); }
  base::Result<void> look(const std::function<base::Result<void>()>& work) override { return real_.look(work); }

 private:
  port::ActStore& real_;
  NoAudit audit_;
};

TEST(AuditLog, WhatCannotBeWrittenDownDoesNotHappen) {
  Console console;
  Browser owner = console.of(Role::owner);
  StoreWithoutAudit broken{*console.store};
  Accounts accounts{broken, console.clock, Console::cheap()};
  http::Router router;
  accounts.mount(router);
  std::swap(console.router, router);
  EXPECT_EQ(console.ask(owner, "POST", "/api/keys", R"({"name":"shop","scopes":["events"]})").status, 503);
  EXPECT_TRUE(must(console.store->keys().list()).empty());
  EXPECT_EQ(console.ask(owner, "POST", "/api/users", R"({"email":"b@shop.example","name":"B","role":"agent"})").status, 503);
  EXPECT_EQ(must(console.store->users().list()).size(), 1U);
  EXPECT_EQ(console.ask(owner, "PATCH", "/api/users/1", R"({"name":"x"})").status, 503);
  EXPECT_EQ(must(console.store->users().find(1))->name, "owner-1");
  Browser fresh;
  EXPECT_EQ(console.sign_in(fresh, "owner-1@shop.example").status, 503);
  EXPECT_TRUE(fresh.cookies.empty());
  EXPECT_EQ(must(console.store->sessions().of_user(1)).size(), 1U);
  std::swap(console.router, router);
}

TEST(AuditLog, LinesCannotBeForgedByWhatIsInThem) {
  Console console;
  must(console.accounts.audit().record({.name = "a\nb\x1b[2J", .address = "x"}, "do\r\n2026 owner signed in", "o", std::string(10'000, 'x')));
  const auto entry = must(console.store->audit().before(1 << 30, 1)).at(0);
  EXPECT_EQ(entry.who, "a b [2J");
  EXPECT_EQ(entry.action, "do  2026 owner signed in");
  EXPECT_EQ(entry.detail.size(), 500U);
  // Two lines whose fields together have the same bytes have different digests.
  model::AuditEntry one{.who = "ab", .action = "c"}, two{.who = "a", .action = "bc"};
  EXPECT_NE(digest_of(one), digest_of(two));
}

}  // namespace
}  // namespace entry
