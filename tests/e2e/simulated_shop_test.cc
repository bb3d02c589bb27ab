// A simulated shop through the built program: everything it writes can be imported, and the same seed makes the same
// bytes.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/program.h"

namespace {

namespace fs = std::filesystem;
using tests::Ran;

TEST(SimulatedShop, IsImportedWholeAndPlanned) {
  const tests::Program winback;
  const Ran made = winback({"simulate", "--customers", "1500", "--seed", "3", "--out", "shop"});
  ASSERT_EQ(made.status, 0) << made.err;
  const fs::path shop = winback.here() / "shop";
  for (const char* kind : {"products", "customers", "orders", "events", "spend"}) {
    const std::string text = tests::read_file(shop / (std::string{kind} + ".csv"));
    const auto rows = std::count(text.begin(), text.end(), '\n') - 1;
    const Ran ran = winback({"import", kind, (shop / (std::string{kind} + ".csv")).string(), "--json"});
    ASSERT_EQ(ran.status, 0) << kind << ran.err;
    EXPECT_NE(ran.out.find("\"rows_kept\": " + std::to_string(rows)), std::string::npos) << ran.out;
    EXPECT_NE(ran.out.find("\"rows_rejected\": 0"), std::string::npos) << ran.out;
  }
  // What understand reads of events has arrived in the form it reads.
  const auto count = [&](const std::string& where) {
    const Ran ran = winback({"sql", "SELECT count() FROM v_events WHERE " + where, "--format", "TSV"});
    EXPECT_EQ(ran.status, 0) << ran.err;
    return std::stol("0" + ran.out);
  };
  EXPECT_GT(count("type = 'left_reason' AND JSONExtractString(properties, 'reason') = 'product'"), 5);
  EXPECT_GT(count("type = 'opt_out'"), 5);
  EXPECT_GT(count("type IN ('need_ended', 'account_closed')"), 5);
  EXPECT_GT(count("type = 'return_opened'"), 50);
  EXPECT_EQ(winback({"analyze"}).status, 0);
  const Ran plan = winback({"plan", "--out", "plan", "--json"});
  ASSERT_EQ(plan.status, 0) << plan.err;
  for (const char* empty : {"\"quality_leaver\": 0,", "\"natural_end\": 0,", "\"opted_out\": 0,", "\"approach\": 0,"}) {
    EXPECT_EQ(plan.out.find(empty), std::string::npos) << empty << plan.out;
  }
}

TEST(SimulatedShop, SameSeedSameFiles) {
  const tests::Program winback;
  for (const char* folder : {"a", "b"}) {
    ASSERT_EQ(winback({"simulate", "--customers", "300", "--seed", "5", "--out", folder}).status, 0);
  }
  ASSERT_EQ(winback({"simulate", "--customers", "300", "--seed", "6", "--out", "c"}).status, 0);
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator{winback.here() / "a"}) {
    if (!entry.is_regular_file()) continue;
    ++files;
    const fs::path name = fs::relative(entry.path(), winback.here() / "a");
    EXPECT_NE(name.extension(), ".part");
    const std::string bytes = tests::read_file(entry.path());
    EXPECT_TRUE(bytes == tests::read_file(winback.here() / "b" / name)) << name;
    EXPECT_FALSE(bytes == tests::read_file(winback.here() / "c" / name)) << name;
  }
  EXPECT_EQ(files, 10U);
}

TEST(SimulatedShop, MistakesAreOneSentence) {
  const tests::Program winback;
  tests::write_file(winback.here() / "world.yaml", "household: 2\n");
  const auto refused = [&](std::vector<std::string> arguments, const std::string& part) {
    const Ran ran = winback(std::move(arguments));
    EXPECT_EQ(ran.status, 1);
    EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
    EXPECT_NE(ran.err.find(part), std::string::npos) << ran.err;
  };
  refused({"simulate", "--world", "world.yaml", "--out", "x"},
          "world.yaml, line 1: household must be a number from 0 to 1");
  refused({"simulate", "--world", "none.yaml", "--out", "x"}, "none.yaml");
  refused({"simulate", "--customers", "0", "--out", "x"}, "--customers");
  refused({"simulate", "--customers", "10", "--out", "world.yaml"}, "world.yaml");
}

}  // namespace
