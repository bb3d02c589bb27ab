// What happens when things break: the child is killed, the disk fills up, memory runs out, files are missing or
// foreign.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "base/random.h"
#include "gen/sql_warehouse.h"
#include "tests/contract/peers.h"

namespace tests {
namespace {

using adapter::clickhouse::Config;
using adapter::clickhouse::open_clickhouse;
using base::Block;
using base::Code;
using base::Column;
using base::ColumnKind;

const std::string kCreate = fmt::format(
    "CREATE TABLE IF NOT EXISTS facts (id UInt64, text String) ENGINE = ReplacingMergeTree ORDER BY id SETTINGS {}",
    gen::warehouse::durable.text);

std::unique_ptr<port::Warehouse> open_facts(const Config& config) {
  auto opened = open_clickhouse(config);
  EXPECT_TRUE(opened) << opened.error().message;
  if (!opened) return nullptr;
  const auto made = (*opened)->execute({.name = "create_facts", .sql = kCreate});
  EXPECT_TRUE(made) << made.error().message;
  return std::move(*opened);
}

Block rows(std::uint64_t first, std::uint64_t count, std::size_t text_size) {
  Block block;
  block.columns = {Column{"id", ColumnKind::u64}, Column{"text", ColumnKind::text}};
  base::Rng rng{first};
  std::string text(text_size, '\0');
  for (std::uint64_t i = first; i < first + count; ++i) {
    block.columns[0].as<std::uint64_t>().push_back(i);
    for (char& c : text) c = static_cast<char>(rng.next());  // random: nothing compresses it
    block.columns[1].text().push_back(text);
  }
  return block;
}

struct Totals {
  std::uint64_t count = 0, sum = 0;
  bool operator==(const Totals&) const = default;
};

/// Without FINAL: a row stored twice counts twice.
Totals totals(port::Warehouse& warehouse) {
  Totals found;
  const auto done =
      warehouse.select({.name = "totals", .sql = "SELECT count() AS n, sum(id) AS s FROM facts"},
                       [&](Block&& block) -> base::Result<void> {
                         found = {block.find("n")->as<std::uint64_t>()[0], block.find("s")->as<std::uint64_t>()[0]};
                         return {};
                       });
  EXPECT_TRUE(done) << done.error().message;
  return found;
}

void expect_clear(const base::Error& error, Code code, std::string_view part) {
  EXPECT_EQ(error.code, code) << error.message;
  EXPECT_NE(error.message.find(part), std::string::npos) << error.message;
  EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
}

TEST(WarehouseFaults, KillingTheChildAmidInsertsLosesAndDoublesNothing) {
  WB_NEED_ENGINE();
  LocalFolder folder;
  const auto warehouse = open_facts(local_config(folder.path()));
  ASSERT_TRUE(warehouse);
  std::atomic<bool> done{false};
  std::atomic<int> kills{0};
  std::jthread killer{[&] {
    base::Rng rng{7};
    while (!done) {
      // Mostly amid inserts, now and then while it starts.
      while (rng.chance(0.98) && !std::filesystem::exists(folder.path() / "warehouse/socket"))
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
      std::this_thread::sleep_for(std::chrono::milliseconds{static_cast<int>(rng.below(400))});
      if (const pid_t child = child_of(folder.path()); child != 0 && !done && kill(child, SIGKILL) == 0) ++kills;
    }
  }};
  constexpr std::uint64_t kRows = 30000;
  std::uint64_t batches = 0;
  int replays = 0;
  // Until the child has been killed at least a dozen times, wherever in an insert, a start or a merge that was.
  while (kills < 12) {
    const Block block = rows(batches * kRows, kRows, 40);
    const std::string token = fmt::format("batch-{}", batches);
    base::Result<void> inserted;
    for (int attempt = 0; attempt < 20; ++attempt) {
      inserted = warehouse->insert("facts", token, block);
      if (inserted) break;
      EXPECT_EQ(inserted.error().code, Code::unavailable) << inserted.error().message;
      ++replays;
    }
    ASSERT_TRUE(inserted) << inserted.error().message;
    ++batches;
  }
  done = true;
  killer.join();
  const std::uint64_t count = batches * kRows;
  EXPECT_EQ(totals(*warehouse), (Totals{count, count * (count - 1) / 2}));
  // And once more every batch by its token.
  for (std::uint64_t i = 0; i < batches; ++i) {
    ASSERT_TRUE(warehouse->insert("facts", fmt::format("batch-{}", i), rows(i * kRows, kRows, 40)));
  }
  EXPECT_EQ(totals(*warehouse).count, count);
  RecordProperty("kills", kills);
  RecordProperty("replays", replays);
  std::printf("             %d kills, %d replays by the caller, %lu batches\n", kills.load(), replays, batches);
}

TEST(WarehouseFaults, ADeadChildIsStartedAgainByTheNextCall) {
  WB_NEED_ENGINE();
  LocalFolder folder;
  const auto warehouse = open_facts(local_config(folder.path()));
  ASSERT_TRUE(warehouse);
  ASSERT_TRUE(warehouse->insert("facts", "a", rows(0, 10, 5)));
  const pid_t first = child_of(folder.path());
  end_child(folder.path(), SIGKILL);
  EXPECT_EQ(totals(*warehouse).count, 10U);
  EXPECT_NE(child_of(folder.path()), first);
  end_child(folder.path(), SIGTERM);
  ASSERT_TRUE(warehouse->insert("facts", "b", rows(10, 10, 5)));
  EXPECT_EQ(totals(*warehouse).count, 20U);
}

TEST(WarehouseFaults, SeveralProcessesShareOneChild) {
  WB_NEED_ENGINE();
  LocalFolder folder;
  std::vector<pid_t> processes;
  for (int p = 0; p < 4; ++p) {  // all start on an empty folder at the same moment
    const pid_t process = fork();
    ASSERT_GE(process, 0);
    if (process == 0) {
      auto config = local_config(folder.path());
      config.idle_seconds = 5;
      const auto warehouse = open_clickhouse(config);
      bool good = warehouse && (*warehouse)->execute({.name = "create_facts", .sql = kCreate});
      for (int i = 0; good && i < 5; ++i) {
        good =
            (*warehouse)
                ->insert("facts", fmt::format("{}-{}", p, i), rows(static_cast<std::uint64_t>(p * 100 + i * 10), 10, 5))
                .has_value();
      }
      _exit(good ? 0 : 1);
    }
    processes.push_back(process);
  }
  for (const pid_t process : processes) {
    int status = -1;
    waitpid(process, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const auto warehouse = open_facts(local_config(folder.path()));
  ASSERT_TRUE(warehouse);
  EXPECT_EQ(totals(*warehouse).count, 200U);
  std::ifstream log{folder.path() / "warehouse" / "log"};
  const std::string text{std::istreambuf_iterator<char>{log}, {}};
  std::size_t starts = 0;
  for (std::size_t at = text.find("serving"); at != text.npos; at = text.find("serving", at + 1)) ++starts;
  EXPECT_EQ(starts, 1U) << text;
}

TEST(WarehouseFaults, ASecondChildOnTheFolderIsRefused) {
  WB_NEED_ENGINE();
  LocalFolder folder;
  const auto warehouse = open_facts(local_config(folder.path()));
  ASSERT_TRUE(warehouse);
  const auto path = folder.path() / "warehouse";
  const Ran second = run_child({"--path", path.string(), "--socket", (folder.path() / "other").string()});
  EXPECT_EQ(second.status, 10 + static_cast<int>(Code::conflict));
  EXPECT_NE(second.said.find("in use by another winback-warehouse"), std::string::npos) << second.said;
  EXPECT_NE(second.said.find(path.string()), std::string::npos) << second.said;
  EXPECT_EQ(std::ranges::count(second.said, '\n'), 1) << second.said;
  EXPECT_EQ(totals(*warehouse).count, 0U);
}

TEST(WarehouseFaults, AFullDiskLosesNothingAndOpensAgain) {
  WB_NEED_ENGINE();
  if (geteuid() != 0) GTEST_SKIP() << "skipped: a small disk can be mounted by root only";
  TemporaryFolder folder;
  if (mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=120m") != 0)
    GTEST_SKIP() << "skipped: this machine does not let tmpfs be mounted";
  const auto ballast = folder.path() / "ballast";
  write_file(ballast, std::string(40 << 20, 'x'));
  {
    auto config = local_config(folder.path());
    auto warehouse = open_facts(config);
    ASSERT_TRUE(warehouse);
    std::uint64_t stored = 0;
    base::Result<void> inserted;
    while (inserted) {
      inserted = warehouse->insert("facts", fmt::format("b{}", stored), rows(stored, 2000, 1000));
      if (inserted) stored += 2000;
      ASSERT_LT(stored, 500000U);
    }
    expect_clear(inserted.error(), Code::exhausted, "disk is full");
    EXPECT_EQ(totals(*warehouse).count, stored);

    const auto created = warehouse->execute(
        {.name = "create_other", .sql = "CREATE TABLE other (a Int8) ENGINE = MergeTree ORDER BY a"});
    ASSERT_FALSE(created);
    expect_clear(created.error(), Code::exhausted, "disk is full");
    EXPECT_TRUE(warehouse->execute({.name = "create_facts", .sql = kCreate})) << "a table that is there needs no room";

    // The child starts on the full disk too, and what is stored can be read.
    end_child(folder.path(), SIGKILL);
    EXPECT_EQ(totals(*warehouse).count, stored);
    auto second = open_clickhouse(config);
    ASSERT_TRUE(second) << second.error().message;

    std::filesystem::remove(ballast);
    ASSERT_TRUE(warehouse->insert("facts", fmt::format("b{}", stored), rows(stored, 2000, 1000)));
    ASSERT_TRUE(warehouse->execute(
        {.name = "create_other", .sql = "CREATE TABLE other (a Int8) ENGINE = MergeTree ORDER BY a"}));
    end_child(folder.path(), SIGTERM);
    EXPECT_EQ(totals(*warehouse).count, stored + 2000);
  }
  end_child(folder.path(), SIGTERM);
  umount(folder.path().c_str());
}

TEST(WarehouseFaults, AnEmptyDefinitionLeftByAFullDiskIsMended) {
  WB_NEED_ENGINE();
  LocalFolder folder;
  auto warehouse = open_facts(local_config(folder.path()));
  ASSERT_TRUE(warehouse);
  ASSERT_TRUE(warehouse->insert("facts", "a", rows(0, 10, 5)));
  const auto table = std::filesystem::canonical(folder.path() / "warehouse/engine/metadata/winback");
  end_child(folder.path(), SIGTERM);
  write_file(table / "broken.sql", "");
  EXPECT_EQ(totals(*warehouse).count, 10U);
  EXPECT_FALSE(std::filesystem::exists(table / "broken.sql"));
  EXPECT_NE(read_file(folder.path() / "warehouse/log").find("broken.sql"), std::string::npos);
}

TEST(WarehouseFaults, AQueryOverItsMemoryFailsAloneAndLargeOnesSpill) {
  WB_NEED_ENGINE();
  LocalFolder folder;
  auto config = local_config(folder.path());
  config.memory_bytes = 600ULL << 20;
  const auto warehouse = open_facts(config);
  ASSERT_TRUE(warehouse);
  const pid_t child = child_of(folder.path());
  const auto ignore = [](Block&&) -> base::Result<void> { return {}; };
  const auto greedy = warehouse->select(
      {.name = "greedy", .sql = "SELECT length(groupArray(number)) AS n FROM numbers(1000000000)"}, ignore);
  ASSERT_FALSE(greedy);
  expect_clear(greedy.error(), Code::exhausted, "greedy");
  EXPECT_EQ(child_of(folder.path()), child);
  for (const char* sql :
       {"SELECT count() AS n FROM (SELECT number AS k, count() AS c FROM numbers(15000000) GROUP BY k)",
        "SELECT count() AS n FROM (SELECT number FROM numbers(15000000) ORDER BY sipHash64(number) LIMIT 14999999)",
        "SELECT count() AS n FROM (SELECT number AS k, toString(number) AS x FROM numbers(5000000)) AS a JOIN "
        "(SELECT number AS k, toString(number) AS y FROM numbers(5000000)) AS b ON a.k = b.k WHERE x = y"}) {
    const auto large = warehouse->select({.name = "large", .sql = sql}, ignore);
    EXPECT_TRUE(large) << sql << ": " << large.error().message;
  }
  EXPECT_EQ(child_of(folder.path()), child);
}

TEST(WarehouseFaults, TheChildEndsAfterItsLastClient) {
  WB_NEED_ENGINE();
  LocalFolder folder;
  auto config = local_config(folder.path());
  config.idle_seconds = 0.5;
  pid_t child = 0;
  {
    const auto warehouse = open_facts(config);
    ASSERT_TRUE(warehouse);
    child = child_of(folder.path());
    ASSERT_NE(child, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds{1500});
    EXPECT_EQ(child_of(folder.path()), child) << "it stays while a client is connected";
  }
  for (int i = 0; i < 300 && runs(child); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  EXPECT_FALSE(runs(child));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "warehouse/socket"));
}

TEST(WarehouseFaults, NothingOfTheEnginesOwnGrowsInTheFolder) {
  WB_NEED_ENGINE();
  LocalFolder folder;
  const auto warehouse = open_facts(local_config(folder.path()));
  ASSERT_TRUE(warehouse);
  for (int i = 0; i < 200; ++i) totals(*warehouse);
  std::uint64_t tables = 1;
  const auto done = warehouse->select(
      {.name = "logs",
       .sql = "SELECT count() AS n FROM system.tables WHERE database = 'system' AND engine LIKE '%MergeTree'"},
      [&](Block&& block) -> base::Result<void> {
        tables = block.find("n")->as<std::uint64_t>()[0];
        return {};
      });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(tables, 0U);
  EXPECT_LT(std::filesystem::file_size(folder.path() / "warehouse/log"), 1000U);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "warehouse/tmp"));
}

TEST(WarehouseFaults, AFolderWithALongPathWorks) {
  WB_NEED_ENGINE();
  TemporaryFolder folder;
  const auto deep = folder.path() / std::string(60, 'd') / std::string(60, 'e');
  {
    const auto warehouse = open_facts(local_config(deep));
    ASSERT_TRUE(warehouse);
    EXPECT_EQ(totals(*warehouse).count, 0U);
    EXPECT_FALSE(std::filesystem::exists(deep / "warehouse/socket"));
  }
  end_child(deep, SIGTERM);
}

TEST(WarehouseFaults, TheSocketIsForItsOwnerOnly) {
  WB_NEED_ENGINE();
  LocalFolder folder;
  const auto warehouse = open_facts(local_config(folder.path()));
  ASSERT_TRUE(warehouse);
  struct stat state {};
  ASSERT_EQ(stat((folder.path() / "warehouse/socket").c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 077, 0U);
  ASSERT_EQ(stat((folder.path() / "warehouse").c_str(), &state), 0);
  EXPECT_EQ(state.st_mode & 077, 0U);
}

base::Error error_of(const Config& config) {
  const auto opened = open_clickhouse(config);
  EXPECT_FALSE(opened);
  return opened ? base::Error{} : opened.error();
}

TEST(WarehouseFaults, AMissingLibraryIsSaid) {
  TemporaryFolder folder;
  auto config = local_config(folder.path());
  config.library = folder.path() / "libchdb.so";
  expect_clear(error_of(config), Code::unavailable, "libchdb.so is missing");
  write_file(config.library, "no library");
  expect_clear(error_of(config), Code::unavailable, "cannot be loaded");
}

TEST(WarehouseFaults, AMissingChildProgramIsSaid) {
  TemporaryFolder folder;
  auto config = local_config(folder.path());
  config.child_executable = folder.path() / "nothing-here";
  expect_clear(error_of(config), Code::unavailable, "nothing-here");
}

TEST(WarehouseFaults, AFolderOfANewerProgramIsRefused) {
  WB_NEED_ENGINE();
  TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "warehouse");
  write_file(folder.path() / "warehouse/winback-warehouse.format", "winback-warehouse 2\n");
  expect_clear(error_of(local_config(folder.path())), Code::unsupported, "newer winback");
  for (const char* text : {"", "winback-ware", "winback-warehouse x\n"}) {
    write_file(folder.path() / "warehouse/winback-warehouse.format", text);
    expect_clear(error_of(local_config(folder.path())), Code::corrupt, "winback-warehouse.format");
  }
}

TEST(WarehouseFaults, AHalfWrittenFolderIsRefused) {
  WB_NEED_ENGINE();
  LocalFolder folder;
  { ASSERT_TRUE(open_facts(local_config(folder.path()))); }
  end_child(folder.path(), SIGTERM);
  std::filesystem::remove(folder.path() / "warehouse/winback-warehouse.format");
  expect_clear(error_of(local_config(folder.path())), Code::corrupt, "half written");
}

TEST(WarehouseFaults, ADamagedEngineFolderIsSaidInOneLine) {
  WB_NEED_ENGINE();
  LocalFolder folder;
  { ASSERT_TRUE(open_facts(local_config(folder.path()))); }
  end_child(folder.path(), SIGTERM);
  write_file(folder.path() / "warehouse/engine/metadata/winback.sql", "ATTACH nonsense");
  expect_clear(error_of(local_config(folder.path())), Code::corrupt, "could not open");
}

TEST(WarehouseFaults, ARemotePeerThatIsNotThere) {
  Config config;
  config.url = "http://127.0.0.1:1";
  expect_clear(error_of(config), Code::unavailable, "http://127.0.0.1:1");
  config.url = "clickhouse:9000";
  expect_clear(error_of(config), Code::invalid_input, "clickhouse:9000");
}

TEST(WarehouseFaults, AWrongPasswordIsSaid) {
  WB_NEED_ENGINE();
  RemotePeer peer;
  auto config = peer.config();
  config.password = "wrong";
  expect_clear(error_of(config), Code::invalid_input, "password");
  config.password.clear();
  expect_clear(error_of(config), Code::invalid_input, "password");
}

}  // namespace
}  // namespace tests
