#include "base/log.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Log, LeavesOutWhatMayNameAPerson) {
  EXPECT_EQ(without_names("the server said no to <ann@shop.example>, twice"), "the server said no to <[address]>, twice");
  EXPECT_EQ(without_names("customer 'k 1' is gone; the store's lock stays"), "customer '…' is gone; the store's lock stays");
  EXPECT_EQ(without_names("call +441174960000 or 13800138000, port 8080, 2026-11-22"), "call [number] or [number], port 8080, 2026-11-22");
  EXPECT_EQ(without_names("an odd ' stays"), "an odd ' stays");
  EXPECT_EQ(without_names(""), "");
}

TEST(Log, WritesOneLineWhateverItIsGiven) {
  EXPECT_EQ(log_line(true, "2026-11-22T06:00:00Z", Level::warning, "request_failed", "it said \"no\"\nand more", {{"status", 503}, {"route", "/api/x"}}),
            R"({"at":"2026-11-22T06:00:00Z","level":"warning","event":"request_failed","message":"it said \"no\"\u000aand more","status":503,"route":"/api/x"})");
  EXPECT_EQ(log_line(false, "", Level::info, "x", "a\nb", {{"n", 3}}), "winback: a b n=3");
  EXPECT_EQ(log_line(true, "t", Level::info, "x", "m", {{"who", "ann@shop.example"}}), R"({"at":"t","level":"info","event":"x","message":"m","who":"[address]"})");
}

TEST(Log, KnowsItsLevels) {
  for (const Level level : {Level::debug, Level::info, Level::warning, Level::error}) EXPECT_EQ(parse_level(name_of(level)), level);
  EXPECT_FALSE(parse_level("loud"));
  set_log(false, Level::warning);
  EXPECT_FALSE(logs(Level::info));
  EXPECT_TRUE(logs(Level::error));
  set_log(false, Level::info);
}

}  // namespace
}  // namespace base
