#include "base/time.h"

#include <gtest/gtest.h>

namespace base {
namespace {

using namespace std::chrono;

local_time<milliseconds> wall(int y, unsigned m, unsigned d, int hour, int minute) {
  return local_days{year{y} / month{m} / std::chrono::day{d}} + hours{hour} + minutes{minute};
}

TEST(Day, ReadsAndWritesIsoDates) {
  EXPECT_EQ(to_string(*parse_day("2011-12-10")), "2011-12-10");
  EXPECT_FALSE(parse_day("2011-13-10"));
  EXPECT_FALSE(parse_day("10.12.2011"));
  EXPECT_FALSE(parse_day("2011-02-29"));
}

TEST(Zone, UnknownNamesAreRefused) {
  const auto zone = Zone::open("Europe/Nowhere");
  ASSERT_FALSE(zone);
  EXPECT_NE(zone.error().message.find("Europe/Nowhere"), std::string::npos);
}

TEST(Zone, WinterAndSummer) {
  const Zone zone = *Zone::open("Europe/London");
  EXPECT_EQ(to_string(zone.to_utc(wall(2011, 1, 10, 8, 0))), "2011-01-10T08:00:00Z");
  EXPECT_EQ(to_string(zone.to_utc(wall(2011, 7, 10, 8, 0))), "2011-07-10T07:00:00Z");
}

TEST(Zone, SkippedAndDoubledHours) {
  const Zone zone = *Zone::open("Europe/Berlin");
  // 2024-03-31 02:30 does not exist: forward by the gap, to 03:30 summer time.
  EXPECT_EQ(to_string(zone.to_utc(wall(2024, 3, 31, 2, 30))), "2024-03-31T01:30:00Z");
  // 2024-10-27 02:30 occurs twice: the first.
  EXPECT_EQ(to_string(zone.to_utc(wall(2024, 10, 27, 2, 30))), "2024-10-27T00:30:00Z");
}

TEST(Zone, LocalDayTurnsAtLocalMidnight) {
  const Zone zone = *Zone::open("Asia/Shanghai");
  EXPECT_EQ(to_string(zone.local_day(sys_days{2024y / 1 / 1} + hours{15} + minutes{59})), "2024-01-01");
  EXPECT_EQ(to_string(zone.local_day(sys_days{2024y / 1 / 1} + hours{16})), "2024-01-02");
}

TEST(UsualZone, IsTheShopsWhereItLiesThereElseTheCountrysOwn) {
  EXPECT_EQ(usual_zone("France", "Europe/London"), "Europe/Paris");
  EXPECT_EQ(usual_zone("United Kingdom", "Europe/London"), "Europe/London");
  EXPECT_EQ(usual_zone("中国", "Asia/Shanghai"), "Asia/Shanghai");
  EXPECT_EQ(usual_zone("CN", "Europe/London"), "Asia/Shanghai");
  EXPECT_EQ(usual_zone("US", "America/New_York"), "America/New_York");
  EXPECT_EQ(usual_zone("Unspecified", "Europe/London"), "");
}

}  // namespace
}  // namespace base
