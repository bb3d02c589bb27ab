// What every Store promises, run on the fake and on SQLite; then what only a file can do wrong.
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapter/sqlite/open_sqlite.h"
#include "tests/support/fake_store.h"
#include "tests/support/places.h"

namespace tests {
namespace {

using base::Code;
using model::ContactPoint;
using model::Import;
using model::Plan;

enum class Kind { fake, sqlite };

class StoreContract : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::fake) {
      store_ = std::make_unique<FakeStore>();
    } else {
      reopen();
    }
  }

  /// SQLite: closes and opens the file again, so that only what was stored is left. The fake stays.
  void reopen() {
    if (GetParam() == Kind::fake) return;
    store_.reset();
    auto opened = adapter::sqlite::open_sqlite(folder_.path() / "store.sqlite");
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }

  TemporaryFolder folder_;
  std::unique_ptr<port::Store> store_;
};

base::Instant at(std::int64_t millis) { return base::instant_from_millis(millis); }

ContactPoint email_of(const std::string& customer) {
  return {.customer_id = customer,
          .channel = "email",
          .address = fmt::format("{:a>50}@example.com", ""),
          .name = "",
          .language = ""};
}

Import draft(const std::string& fingerprint) {
  Import import;
  import.kind = model::ImportKind::products;
  import.file_name = "产品 'x'.csv";
  import.fingerprint = fingerprint;
  import.source = "shop";
  import.started_at = at(1700000000123);
  return import;
}

template <class T>
T value_of(base::Result<T>&& result) {
  EXPECT_TRUE(result) << result.error().message;
  return result ? std::move(*result) : T{};
}

void finish(port::ImportStore& imports, Import& import) {
  import.finished_at = at(1700000009999);
  import.rows_read = 100;
  import.rows_kept = 97;
  import.rows_rejected = 3;
  import.first_day = base::day_from_number(-400);
  import.last_day = base::day_from_number(19000);
  import.summary_json = R"({"a": "b'\n"})";
  const auto done = imports.finish(import);
  ASSERT_TRUE(done) << done.error().message;
}

TEST_P(StoreContract, AnImportIsKeptWhole) {
  Import import = value_of(store_->imports().begin(draft("f1")));
  EXPECT_GT(import.id, 0U);
  finish(store_->imports(), import);
  reopen();
  const auto found = value_of(store_->imports().find(import.id));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->kind, model::ImportKind::products);
  EXPECT_EQ(found->file_name, import.file_name);
  EXPECT_EQ(found->fingerprint, "f1");
  EXPECT_EQ(found->source, "shop");
  EXPECT_EQ(found->started_at, import.started_at);
  EXPECT_EQ(found->finished_at, import.finished_at);
  EXPECT_FALSE(found->undone_at);
  EXPECT_EQ(found->rows_read, 100U);
  EXPECT_EQ(found->rows_kept, 97U);
  EXPECT_EQ(found->rows_rejected, 3U);
  EXPECT_EQ(found->first_day, import.first_day);
  EXPECT_EQ(found->last_day, import.last_day);
  EXPECT_EQ(found->summary_json, import.summary_json);
}

TEST_P(StoreContract, AnUnfinishedImportIsTakenUpAgain) {
  const Import first = value_of(store_->imports().begin(draft("f1")));
  reopen();
  const Import again = value_of(store_->imports().begin(draft("f1")));
  EXPECT_EQ(again.id, first.id);
  EXPECT_NE(value_of(store_->imports().begin(draft("f2"))).id, first.id);
  EXPECT_FALSE(value_of(store_->imports().find_finished("f1")));
}

TEST_P(StoreContract, AFinishedImportIsFoundUntilItIsUndone) {
  Import import = value_of(store_->imports().begin(draft("f1")));
  finish(store_->imports(), import);
  ASSERT_TRUE(value_of(store_->imports().find_finished("f1")));
  ASSERT_TRUE(store_->imports().mark_undone(import.id, at(5)));
  ASSERT_TRUE(store_->imports().mark_undone(import.id, at(6)));
  EXPECT_FALSE(value_of(store_->imports().find_finished("f1")));
  EXPECT_EQ(value_of(store_->imports().find(import.id))->undone_at, at(5));
  const Import next = value_of(store_->imports().begin(draft("f1")));
  EXPECT_NE(next.id, import.id);
  EXPECT_EQ(value_of(store_->imports().list()).front().id, next.id);
  EXPECT_EQ(value_of(store_->imports().list()).size(), 2U);
}

TEST_P(StoreContract, AnUnknownImportIsNotFound) {
  EXPECT_FALSE(value_of(store_->imports().find(77)));
  Import import = draft("f");
  import.id = 77;
  import.finished_at = at(1);
  EXPECT_EQ(store_->imports().finish(import).error().code, Code::not_found);
  EXPECT_EQ(store_->imports().mark_undone(77, at(1)).error().code, Code::not_found);
}

std::vector<ContactPoint> all(port::ContactStore& contacts) {
  std::vector<ContactPoint> found;
  const auto done = contacts.each([&](const ContactPoint& point) -> base::Result<void> {
    found.push_back(point);
    return {};
  });
  EXPECT_TRUE(done);
  return found;
}

TEST_P(StoreContract, ContactsAreReplacedButAnOptOutStays) {
  const std::vector<ContactPoint> points{
      {.customer_id = "c2", .channel = "email", .address = "b@x", .name = "B", .language = "en"},
      {.customer_id = "c1", .channel = "phone", .address = "+86", .name = "甲", .language = "zh-CN", .opted_out = true},
      {.customer_id = "c1", .channel = "email", .address = "a@x", .name = "", .language = ""}};
  ASSERT_TRUE(store_->contacts().put(points));
  const std::vector<ContactPoint> newer{
      {.customer_id = "c1", .channel = "phone", .address = "+87", .name = "乙", .language = "", .opted_out = false},
      {.customer_id = "c2", .channel = "email", .address = "b@y", .name = "B", .language = "en", .opted_out = true}};
  ASSERT_TRUE(store_->contacts().put(newer));
  reopen();
  const auto found = all(store_->contacts());
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(value_of(store_->contacts().count()), 3U);
  EXPECT_EQ(found[0].customer_id, "c1");
  EXPECT_EQ(found[2].customer_id, "c2");
  EXPECT_EQ(found[1].channel, "phone");
  EXPECT_EQ(found[1].address, "+87");
  EXPECT_EQ(found[1].name, "乙");
  EXPECT_TRUE(found[1].opted_out);
  EXPECT_FALSE(found[0].opted_out);
  EXPECT_TRUE(found[2].opted_out);
}

TEST_P(StoreContract, ASinkMayAskTheStoreAndStopsItByAnError) {
  const std::vector<ContactPoint> points{email_of("1"), email_of("2")};
  ASSERT_TRUE(store_->contacts().put(points));
  int seen = 0;
  const auto done = store_->contacts().each([&](const ContactPoint&) -> base::Result<void> {
    ++seen;
    EXPECT_EQ(value_of(store_->contacts().count()), 2U);
    return base::fail(Code::timeout, "enough");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::timeout);
  EXPECT_EQ(seen, 1);
}

TEST_P(StoreContract, APseudonymIsStableAndSaysNothing) {
  const std::string one = value_of(store_->contacts().pseudonym("a@x.com"));
  reopen();
  EXPECT_EQ(value_of(store_->contacts().pseudonym("a@x.com")), one);
  EXPECT_NE(value_of(store_->contacts().pseudonym("b@x.com")), one);
  EXPECT_EQ(one.size(), 34U);
  EXPECT_TRUE(one.starts_with("p_"));
}

TEST_P(StoreContract, PlansAreKeptWholeNewestFirst) {
  const Plan first{.id = "p1",
                   .made_at = at(10),
                   .as_of = base::day_from_number(15318),
                   .currency = "GBP",
                   .preset = "shop",
                   .salt = 0xFFFFFFFFFFFFFFF0ULL,
                   .holdout_share = 0.05,
                   .horizon_days = 90,
                   .summary_json = "{}"};
  Plan second = first;
  second.id = "p2";
  second.made_at = at(20);
  ASSERT_TRUE(store_->plans().save(first));
  ASSERT_TRUE(store_->plans().save(second));
  second.summary_json = "[1]";
  ASSERT_TRUE(store_->plans().save(second));
  reopen();
  const auto list = value_of(store_->plans().list());
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[0].id, "p2");
  EXPECT_EQ(list[0].summary_json, "[1]");
  const auto found = value_of(store_->plans().find("p1"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->salt, first.salt);
  EXPECT_EQ(found->as_of, first.as_of);
  EXPECT_EQ(found->made_at, first.made_at);
  EXPECT_EQ(found->holdout_share, 0.05);
  EXPECT_EQ(found->horizon_days, 90U);
  EXPECT_EQ(found->currency, "GBP");
  EXPECT_EQ(found->preset, "shop");
  EXPECT_FALSE(value_of(store_->plans().find("p3")));
}

std::string kind_name(const testing::TestParamInfo<Kind>& kind) { return kind.param == Kind::fake ? "fake" : "sqlite"; }
INSTANTIATE_TEST_SUITE_P(On, StoreContract, testing::Values(Kind::fake, Kind::sqlite), kind_name);

// What can go wrong with a file: each an error of one line that names the file.

void expect_error(const base::Result<std::unique_ptr<port::Store>>& opened, Code code,
                  const std::filesystem::path& file) {
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, code) << opened.error().message;
  EXPECT_NE(opened.error().message.find(file.string()), std::string::npos) << opened.error().message;
  EXPECT_EQ(opened.error().message.find('\n'), std::string::npos) << opened.error().message;
}

void run_sql(const std::filesystem::path& file, const char* sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(handle);
  sqlite3_close(handle);
}

TEST(SqliteStore, EachWorkspaceHasItsOwnIdAndSecret) {
  TemporaryFolder folder;
  const auto one = adapter::sqlite::open_sqlite(folder.path() / "deep" / "one.sqlite");
  const auto two = adapter::sqlite::open_sqlite(folder.path() / "two.sqlite");
  ASSERT_TRUE(one && two);
  EXPECT_NE((*one)->workspace_id(), (*two)->workspace_id());
  EXPECT_NE(*(*one)->contacts().pseudonym("a"), *(*two)->contacts().pseudonym("a"));
  struct stat state {};
  ASSERT_EQ(stat((folder.path() / "two.sqlite").c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 077, 0U);
}

TEST(SqliteStore, TwoProcessesAgreeOnOneWorkspace) {
  TemporaryFolder folder;
  const auto one = adapter::sqlite::open_sqlite(folder.path() / "s");
  const auto two = adapter::sqlite::open_sqlite(folder.path() / "s");
  ASSERT_TRUE(one && two);
  EXPECT_EQ((*one)->workspace_id(), (*two)->workspace_id());
  const std::vector<ContactPoint> points{email_of("1")};
  ASSERT_TRUE((*one)->contacts().put(points));
  EXPECT_EQ(value_of((*two)->contacts().count()), 1U);
}

TEST(SqliteStore, AFileThatIsNoDatabase) {
  TemporaryFolder folder;
  const auto file = folder.path() / "s";
  write_file(file, "customer,order,amount\n" + std::string(5000, 'x'));
  expect_error(adapter::sqlite::open_sqlite(file), Code::corrupt, file);
}

TEST(SqliteStore, ADamagedPage) {
  TemporaryFolder folder;
  const auto file = folder.path() / "s";
  { ASSERT_TRUE(adapter::sqlite::open_sqlite(file)); }
  std::string bytes = read_file(file);
  for (std::size_t i = 100; i < bytes.size(); ++i) bytes[i] = '\x55';
  write_file(file, bytes);
  expect_error(adapter::sqlite::open_sqlite(file), Code::corrupt, file);
}

TEST(SqliteStore, AnotherProgramsDatabase) {
  TemporaryFolder folder;
  const auto file = folder.path() / "s";
  run_sql(file, "CREATE TABLE theirs (a)");
  expect_error(adapter::sqlite::open_sqlite(file), Code::corrupt, file);
}

TEST(SqliteStore, ANewerSchema) {
  TemporaryFolder folder;
  const auto file = folder.path() / "s";
  { ASSERT_TRUE(adapter::sqlite::open_sqlite(file)); }
  run_sql(file, "INSERT INTO schema_migration VALUES (9999, '9999_of_tomorrow.sql', 'x')");
  expect_error(adapter::sqlite::open_sqlite(file), Code::unsupported, file);
}

TEST(SqliteStore, AChangedMigration) {
  TemporaryFolder folder;
  const auto file = folder.path() / "s";
  { ASSERT_TRUE(adapter::sqlite::open_sqlite(file)); }
  run_sql(file, "UPDATE schema_migration SET checksum = 'another' WHERE number = 1");
  expect_error(adapter::sqlite::open_sqlite(file), Code::corrupt, file);
}

TEST(SqliteStore, ALockedFile) {
  TemporaryFolder folder;
  const auto file = folder.path() / "s";
  auto store = adapter::sqlite::open_sqlite(file);
  ASSERT_TRUE(store);
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const std::vector<ContactPoint> points{email_of("1")};
  const auto put = (*store)->contacts().put(points);
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().code, Code::conflict) << put.error().message;
  EXPECT_EQ(value_of((*store)->contacts().count()), 0U);  // reading goes on
  sqlite3_close(other);
  EXPECT_TRUE((*store)->contacts().put(points));
}

TEST(SqliteStore, AFullDisk) {
  if (geteuid() != 0) GTEST_SKIP() << "skipped: a small disk can be mounted by root only";
  TemporaryFolder folder;
  if (mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "skipped: this machine does not let tmpfs be mounted";
  {
    auto store = adapter::sqlite::open_sqlite(folder.path() / "s");
    ASSERT_TRUE(store) << store.error().message;
    std::uint64_t stored = 0;
    base::Result<void> put;
    for (int batch = 0; put && batch < 100; ++batch) {
      std::vector<ContactPoint> points;
      for (int i = 0; i < 500; ++i) points.push_back(email_of(fmt::format("{}-{}", batch, i)));
      put = (*store)->contacts().put(points);
      if (put) stored += points.size();
    }
    EXPECT_FALSE(put);
    if (!put) {
      EXPECT_EQ(put.error().code, Code::exhausted) << put.error().message;
      EXPECT_EQ(put.error().message.find('\n'), std::string::npos);
    }
    EXPECT_EQ(value_of((*store)->contacts().count()), stored);  // a batch is there whole or not at all
  }
  umount(folder.path().c_str());
}

}  // namespace
}  // namespace tests
