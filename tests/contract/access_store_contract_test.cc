// What every ActStore promises of people, sessions, keys and the audit log, run on SQLite in memory and on a file.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <thread>

#include "access/audit.h"
#include "adapter/sqlite/open_sqlite.h"
#include "tests/support/act_rows.h"
#include "tests/support/fake_clock.h"
#include "tests/support/places.h"

namespace tests {
namespace {

using namespace std::chrono;

enum class Kind { memory, file };

class AccessStoreContract : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    auto opened = GetParam() == Kind::memory ? adapter::sqlite::open_sqlite_in_memory() : adapter::sqlite::open_sqlite(folder_.path() / "store.sqlite");
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  model::User add(std::string email) {
    model::User user{.email = std::move(email), .name = "Ann", .role = model::Role::analyst, .state = model::UserState::active, .password = "$argon2id$x", .created_at = kStart};
    EXPECT_TRUE(must(store_->users().add(user)));
    return user;
  }

  TemporaryFolder folder_;
  std::unique_ptr<port::ActStore> store_;
};

TEST_P(AccessStoreContract, APersonComesBackAsTheyWerePutIn) {
  model::User ann = add("ann@shop.example");
  EXPECT_GT(ann.id, 0);
  ann.issuer = "https://id.example";
  ann.subject = "s1";
  ann.language = "zh-TW";
  ann.theme = "dark";
  ann.role = model::Role::agent;
  ann.state = model::UserState::disabled;
  ann.last_seen_at = kStart + hours{1};
  must(store_->users().save(ann));
  for (const auto& found : {must(store_->users().find(ann.id)), must(store_->users().by_email("ann@shop.example")), must(store_->users().by_subject("https://id.example", "s1"))}) {
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, ann.id);
    EXPECT_EQ(found->email, "ann@shop.example");
    EXPECT_EQ(found->name, "Ann");
    EXPECT_EQ(found->role, model::Role::agent);
    EXPECT_EQ(found->state, model::UserState::disabled);
    EXPECT_EQ(found->password, "$argon2id$x");
    EXPECT_EQ(found->language, "zh-TW");
    EXPECT_EQ(found->theme, "dark");
    EXPECT_EQ(found->created_at, kStart);
    EXPECT_EQ(found->last_seen_at, kStart + hours{1});
  }
  EXPECT_FALSE(must(store_->users().by_subject("https://other.example", "s1"))) << "the same subject of another issuer is somebody else";
  EXPECT_FALSE(must(store_->users().by_subject("", ""))) << "who never came from a provider is not found by having none";
  must(store_->users().remove(ann.id));
  EXPECT_FALSE(must(store_->users().find(ann.id)));
}

TEST_P(AccessStoreContract, AnAddressAndASubjectAreOnePersons) {
  const model::User ann = add("ann@shop.example");
  model::User again{.email = "ann@shop.example"};
  EXPECT_FALSE(must(store_->users().add(again)));
  model::User bob{.email = "bob@shop.example", .issuer = "i", .subject = "s"};
  EXPECT_TRUE(must(store_->users().add(bob)));
  model::User carl{.email = "carl@shop.example", .issuer = "i", .subject = "s"};
  EXPECT_FALSE(must(store_->users().add(carl)));
  EXPECT_EQ(must(store_->users().list()).size(), 2U);
}

TEST_P(AccessStoreContract, LinksHaveAPurposeAndAnEnd) {
  must(store_->users().put_link({.digest = "d", .purpose = "join", .user_id = 7, .expires_at = kStart + hours{1}}));
  EXPECT_EQ(must(store_->users().link("d", "join", kStart))->user_id, 7);
  EXPECT_FALSE(must(store_->users().link("d", "setup", kStart)));
  EXPECT_FALSE(must(store_->users().link("x", "join", kStart)));
  EXPECT_FALSE(must(store_->users().link("d", "join", kStart + hours{1})));
  must(store_->users().drop_links(8));
  EXPECT_TRUE(must(store_->users().link("d", "join", kStart)));
  must(store_->users().drop_links(7));
  EXPECT_FALSE(must(store_->users().link("d", "join", kStart)));
}

TEST_P(AccessStoreContract, SessionsAreFoundTouchedAndEnded) {
  const auto begin = [&](std::string digest, std::int64_t user, system_clock::duration after) {
    const base::Instant at = kStart + duration_cast<milliseconds>(after);
    model::Session session{.digest = std::move(digest), .user_id = user, .created_at = at, .last_seen_at = at, .address = "198.51.100.7", .agent = "B"};
    must(store_->sessions().add(session));
    return session;
  };
  const auto one = begin("one", 1, hours{0}), two = begin("two", 1, hours{1}), three = begin("three", 2, hours{2});
  EXPECT_EQ(must(store_->sessions().find("one"))->address, "198.51.100.7");
  EXPECT_FALSE(must(store_->sessions().find("four")));
  EXPECT_EQ(must(store_->sessions().of_user(1)).at(0).digest, "two") << "newest first";
  must(store_->sessions().touch("one", kStart + hours{5}));
  EXPECT_EQ(must(store_->sessions().find("one"))->last_seen_at, kStart + hours{5});
  EXPECT_FALSE(must(store_->sessions().end_of_user(2, one.id))) << "somebody else's";
  EXPECT_TRUE(must(store_->sessions().end_of_user(1, one.id)));
  EXPECT_FALSE(must(store_->sessions().end_of_user(1, one.id)));
  begin("five", 1, hours{3});
  must(store_->sessions().end_all(1, "five"));
  EXPECT_FALSE(must(store_->sessions().find("two")));
  EXPECT_TRUE(must(store_->sessions().find("five")));
  EXPECT_TRUE(must(store_->sessions().find("three")));
  must(store_->sessions().drop_old(kStart + hours{3}, kStart));
  EXPECT_FALSE(must(store_->sessions().find("three"))) << "idle";
  EXPECT_TRUE(must(store_->sessions().find("five")));
  must(store_->sessions().drop_old(kStart, kStart + hours{4}));
  EXPECT_FALSE(must(store_->sessions().find("five"))) << "begun too long ago";
}

TEST_P(AccessStoreContract, KeysKeepTheirScopes) {
  EXPECT_TRUE(must(store_->keys().add({.name = "a", .digest = "d", .created_at = kStart, .scopes = {"console:read", "events"}, .created_by = "Ann"})));
  auto key = must(store_->keys().list()).at(0);
  EXPECT_EQ(key.scopes, (std::vector<std::string>{"console:read", "events"}));
  EXPECT_EQ(key.created_by, "Ann");
  EXPECT_FALSE(key.last_used_at);
  must(store_->keys().touch(key.id, kStart + hours{1}));
  EXPECT_EQ(must(store_->keys().list()).at(0).last_used_at, kStart + hours{1});
}

TEST_P(AccessStoreContract, TheAuditLogIsReadInPages) {
  FakeClock clock{kStart};
  entry::Audit audit{*store_, clock};
  for (int i = 1; i <= 25; ++i) must(audit.record({.user_id = i, .name = "Ann"}, "did", fmt::format("thing {}", i)));
  const auto newest = must(store_->audit().before(1 << 30, 10));
  ASSERT_EQ(newest.size(), 10U);
  EXPECT_EQ(newest[0].object, "thing 25");
  EXPECT_EQ(must(store_->audit().before(newest.back().id, 10)).at(0).object, "thing 15");
  EXPECT_EQ(must(store_->audit().after(0, 3)).at(2).object, "thing 3");
  const auto verified = must(entry::verify_audit(store_->audit()));
  EXPECT_EQ(verified.entries, 25U);
  EXPECT_EQ(verified.broken_at, 0);
  EXPECT_EQ(verified.head, newest[0].digest);
}

TEST_P(AccessStoreContract, ALineOfTheAuditLogHasOneSuccessor) {
  FakeClock clock{kStart};
  entry::Audit audit{*store_, clock};
  must(audit.record({.name = "Ann"}, "did", "x"));
  model::AuditEntry fork{.at = kStart, .previous = "", .digest = "d"};
  EXPECT_EQ(store_->audit().append(fork).error().code, base::Code::conflict);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, AccessStoreContract, testing::Values(Kind::memory, Kind::file),
                         [](const auto& chosen) { return chosen.param == Kind::memory ? "memory" : "file"; });

/// The store's file opened as somebody with access to the machine would.
class AuditTamper : public testing::Test {
 protected:
  AuditTamper() : store_(must(adapter::sqlite::open_sqlite(file_))) {
    entry::Audit audit{*store_, clock_};
    for (int i = 1; i <= 5; ++i) must(audit.record({.user_id = i, .name = "Ann"}, "did", fmt::format("thing {}", i)));
  }
  /// What SQLite said; empty when it did it.
  std::string run(const std::string& sql) {
    sqlite3* handle = nullptr;
    EXPECT_EQ(sqlite3_open(file_.c_str(), &handle), SQLITE_OK);
    char* message = nullptr;
    sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &message);
    const std::string said = message == nullptr ? "" : message;
    sqlite3_free(message);
    sqlite3_close(handle);
    return said;
  }
  std::int64_t broken_at() { return must(entry::verify_audit(store_->audit())).broken_at; }

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "store.sqlite";
  FakeClock clock_{kStart};
  std::unique_ptr<port::ActStore> store_;
};

TEST_F(AuditTamper, TheStoreRefusesToChangeOrDeleteALine) {
  EXPECT_NE(run("UPDATE audit_entry SET who = 'Eve' WHERE id = 2").find("append-only"), std::string::npos);
  EXPECT_NE(run("DELETE FROM audit_entry WHERE id = 2").find("append-only"), std::string::npos);
  EXPECT_NE(run("DELETE FROM audit_entry").find("append-only"), std::string::npos);
  // REPLACE asks no trigger; the chain shows it.
  run("REPLACE INTO audit_entry SELECT id, at, 'Eve', user_id, key_id, address, action, object, detail, result, previous, digest FROM audit_entry WHERE id = 2");
  EXPECT_EQ(broken_at(), 2);
}

TEST_F(AuditTamper, WithTheTriggersGoneEveryChangeShows) {
  const std::string open = "DROP TRIGGER audit_entry_no_update; DROP TRIGGER audit_entry_no_delete; ";
  ASSERT_EQ(run(open + "UPDATE audit_entry SET who = 'Eve' WHERE id = 2"), "");
  EXPECT_EQ(broken_at(), 2);
  ASSERT_EQ(run("UPDATE audit_entry SET who = 'Ann' WHERE id = 2"), "");
  EXPECT_EQ(broken_at(), 0);
  for (const char* column : {"at", "user_id", "key_id", "address", "action", "object", "detail", "result", "previous", "digest"}) {
    ASSERT_EQ(run(fmt::format("CREATE TABLE kept AS SELECT {0} AS v FROM audit_entry WHERE id = 4; UPDATE audit_entry SET {0} = '7' WHERE id = 4", column)), "");
    EXPECT_EQ(broken_at(), 4) << column;
    ASSERT_EQ(run(fmt::format("UPDATE audit_entry SET {} = (SELECT v FROM kept) WHERE id = 4; DROP TABLE kept", column)), "");
    EXPECT_EQ(broken_at(), 0) << column;
  }
  ASSERT_EQ(run("DELETE FROM audit_entry WHERE id = 3"), "");
  EXPECT_EQ(broken_at(), 4) << "a line taken out shows at the next";
}

TEST_F(AuditTamper, ACutEndShowsAgainstTheNotedHead) {
  const std::string head = must(entry::verify_audit(store_->audit())).head;
  ASSERT_EQ(run("DROP TRIGGER audit_entry_no_delete; DELETE FROM audit_entry WHERE id = 5"), "");
  EXPECT_EQ(broken_at(), 0) << "the chain alone cannot show it";
  EXPECT_NE(must(entry::verify_audit(store_->audit())).head, head) << "what was noted elsewhere does";
}

TEST_F(AuditTamper, TwoProgramsMakeOneChain) {
  const auto other = must(adapter::sqlite::open_sqlite(file_));
  const auto write = [&](port::ActStore& store) {
    entry::Audit audit{store, clock_};
    for (int i = 0; i < 40; ++i) must(audit.record({.name = "Ann"}, "did", "x"));
  };
  {
    std::jthread one{[&] { write(*store_); }}, two{[&] { write(*other); }};
  }
  const auto verified = must(entry::verify_audit(store_->audit()));
  EXPECT_EQ(verified.broken_at, 0);
  EXPECT_EQ(verified.entries, 85U);
}

TEST(KeyScopes, KeysFromBeforeScopesKeepWhatTheyCould) {
  TemporaryFolder folder;
  const auto file = folder.path() / "store.sqlite";
  const auto store = must(adapter::sqlite::open_sqlite(file));
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &handle), SQLITE_OK);
  // As the program before wrote it.
  EXPECT_EQ(sqlite3_exec(handle, "INSERT INTO api_key (name, digest, created_at) VALUES ('old', 'd', 1)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
  EXPECT_EQ(must(store->keys().list()).at(0).scopes, (std::vector<std::string>{"inbox", "codes", "responses", "bounces"}));
}

}  // namespace
}  // namespace tests
