// A data folder as the version before accounts and streamed events left it: the store has migrations 0001 to 0003 and rows of then, the
// warehouse lacks the tables and columns that came later. This program opens it, serves it and keeps everything.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <thread>

#include "adapter/clickhouse/open_clickhouse.h"
#include "base/hash.h"
#include "tests/e2e/delivery_shop.h"
#include "tests/support/http_call.h"
#include "tests/support/kept_connection.h"
#include "tests/support/serving.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono;
using testing::HasSubstr;

constexpr const char* kMigrations[] = {"0001_workspace.sql", "0002_act.sql", "0003_keys.sql"};
const std::string kOldKey = "wb_" + std::string(64, 'a');

std::string hex(const base::Digest& digest) { return base::to_hex(digest); }

/// The store of then, written as its program wrote it.
void make_old_store(const fs::path& file) {
  sqlite3* store = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &store), SQLITE_OK);
  const auto run = [&](const std::string& sql) {
    char* problem = nullptr;
    EXPECT_EQ(sqlite3_exec(store, sql.c_str(), nullptr, nullptr, &problem), SQLITE_OK) << sql << "\n" << (problem ? problem : "");
    sqlite3_free(problem);
  };
  run("PRAGMA journal_mode = WAL; BEGIN; CREATE TABLE schema_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)");
  int number = 0;
  for (const char* name : kMigrations) {
    const std::string text = read_file(source_dir() / "sql/store/migrations" / name);
    run(text);
    run(fmt::format("INSERT INTO schema_migration VALUES ({}, '{}', '{}')", ++number, name, hex(base::sha256(text))));
  }
  run("INSERT INTO workspace VALUES ('00112233445566778899aabbccddeeff', x'" + std::string(64, '5') + "')");
  run("INSERT INTO import (kind, file_name, fingerprint, source, started_at, finished_at, rows_read, rows_kept, rows_rejected, first_day, last_day, summary_json) "
      "VALUES ('orders', 'orders.csv', 'f', '', 1767225600000, 1767225601000, 2, 2, 0, 20455, 20456, '{}')");
  run("INSERT INTO contact_point VALUES ('k1', 'email', 'ann@shop.example', 'Ann', 'en', 0), ('k2', 'email', 'bert@shop.example', 'Bert', 'de', 1)");
  run("INSERT INTO campaign VALUES ('old', 'old', 1, 'somebody paused it', 1, 'win_back', '', 7, 0.0, 1767225600000)");
  run(fmt::format("INSERT INTO api_key (name, digest, created_at) VALUES ('shop', '{}', 1767225600000)", hex(base::sha256(kOldKey))));
  run("COMMIT");
  sqlite3_close(store);
}

TEST(Upgrade, OpensServesAndKeepsWhatWasThere) {
  const Program winback;
  fs::create_directories(winback.here());
  // The warehouse: made by this program, then taken back to what it was.
  write_file(winback.here() / "orders.csv", "order_id,customer_id,date,sku,quantity,amount\no1,k1,2026-01-02,tea,1,12.50\no2,k2,2026-01-03,tea,1,12.50\n");
  ASSERT_EQ(winback({"import", "orders", "orders.csv", "--currency", "EUR"}).status, 0);
  ASSERT_EQ(winback({"doctor"}).status, 0);
  {
    auto warehouse = adapter::clickhouse::open_clickhouse({.data_dir = winback.data(), .child_executable = binary_dir() / "winback-warehouse"});
    ASSERT_TRUE(warehouse) << warehouse.error().message;
    for (const char* sql : {"ALTER TABLE decisions DROP COLUMN basket, DROP COLUMN basket_sd, DROP COLUMN orders_if_back, DROP COLUMN expected_year, DROP COLUMN silent_days, "
                            "DROP COLUMN purchases, DROP COLUMN average_basket, DROP COLUMN price_sensitivity",
                            "INSERT INTO decisions (plan_id, customer_id) VALUES ('p1', 'k1')",
                            "DROP TABLE IF EXISTS identities", "DROP TABLE IF EXISTS feedback"}) {
      const auto done = (*warehouse)->execute({"as it was", sql});
      ASSERT_TRUE(done) << done.error().message;
    }
  }
  for (const char* file : {"store.sqlite", "store.sqlite-wal", "store.sqlite-shm"}) fs::remove(winback.data() / file);
  make_old_store(winback.data() / "store.sqlite");

  const Ran well = winback({"doctor", "--lang", "en"});
  EXPECT_EQ(well.status, 0) << well.out << well.err;
  const auto store = store_of(winback);
  EXPECT_EQ(store->workspace_id(), "00112233445566778899aabbccddeeff");
  EXPECT_EQ(*store->contacts().count(), 2U);
  EXPECT_EQ(store->imports().list()->size(), 1U);
  EXPECT_EQ((*store->campaigns().find("old"))->state, model::CampaignState::paused);
  EXPECT_THAT(winback({"sql", "SELECT count() FROM v_order_lines"}).out, HasSubstr("\n2\n"));
  EXPECT_THAT(winback({"sql", "SELECT sum(basket) FROM decisions"}).out, HasSubstr("\n0\n")) << "the columns that came later are there";
  {
    Serving serving{winback};
    ASSERT_NE(serving.port(), 0) << serving.said();
    EXPECT_EQ(http_call(serving.port(), "GET", "/readyz").status, 200);
    // A key of then opens what keys opened then, and nothing that came later.
    const std::string old_key = "Authorization: Bearer " + kOldKey + "\r\n";
    EXPECT_EQ(http_call(serving.port(), "GET", "/api/inbox?customer_id=k1", {}, old_key).status, 200);
    EXPECT_EQ(http_call(serving.port(), "GET", "/metrics", {}, old_key + "Via: 1.1 proxy\r\n").status, 403);
    const Ran made = winback({"key", "new", "--name", "sdk", "--scope", "events"});
    ASSERT_NE(made.out.find("wb_"), std::string::npos) << made.err;
    KeptConnection connection{serving.port()};
    EXPECT_EQ(connection.post("/v1/track", "Authorization: Bearer " + made.out.substr(made.out.find("wb_"), 67) + "\r\n", R"({"userId":"k1","event":"Seen","messageId":"m1"})"), 200);
    std::string seen;
    for (int i = 0; i < 50 && seen.find("\n1\n") == seen.npos; ++i) {
      seen = winback({"sql", "SELECT count() FROM v_events"}).out;
      std::this_thread::sleep_for(milliseconds{100});
    }
    EXPECT_THAT(seen, HasSubstr("\n1\n"));
    EXPECT_EQ(serving.stop(), 0) << serving.said();
  }
}

TEST(Upgrade, LeavesAFolderOfANewerVersionAlone) {
  const Program winback;
  fs::create_directories(winback.data());
  make_old_store(winback.data() / "store.sqlite");
  sqlite3* store = nullptr;
  ASSERT_EQ(sqlite3_open((winback.data() / "store.sqlite").c_str(), &store), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(store, "INSERT INTO schema_migration VALUES (999, '0999_tomorrow.sql', 'x')", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(store);
  const Ran ran = winback({"tasks", "list"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.err, HasSubstr("newer winback"));
}

}  // namespace
}  // namespace tests
