#include "collect/dates.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace collect {
namespace {

std::string read(std::string_view text, DateOrder order = DateOrder::unknown, std::string_view zone = "UTC") {
  DateEvidence evidence;
  evidence.add(text);
  const auto format = evidence.decide("f.csv", "date", order);
  if (!format) return "ask";
  DateReader reader{*format, *base::Zone::open(zone)};
  Moment moment;
  if (!reader.read(text, moment)) return "none";
  return base::to_string(base::instant_from_millis(moment.millis));
}

TEST(Dates, WhatShopsWrite) {
  for (const std::string_view text : {"2011-12-09 08:26",
                                      "2011-12-09T08:26:00",
                                      "2011-12-09T08:26:00Z",
                                      "2011-12-09T08:26:00.000Z",
                                      "2011/12/9 8:26",
                                      "2011/12/09 08:26:00",
                                      "2011.12.09 08:26",
                                      "2011年12月9日 08:26",
                                      "2011年12月09日 8时26分",
                                      "2011年12月9日上午8:26",
                                      "9.12.2011 08:26",
                                      "09.12.2011 08:26:00",
                                      "Dec 9, 2011 8:26 AM",
                                      "December 9, 2011, 8:26 am",
                                      "9 Dec 2011 08:26",
                                      "09-Dec-2011 08:26:00",
                                      "9 December 2011 8:26 a.m.",
                                      "Fri, 09 Dec 2011 08:26:00 +0000",
                                      "2011-12-09 08:26:00 UTC",
                                      "2011-12-09 16:26:00 +0800",
                                      "2011-12-09T16:26:00+08:00",
                                      "2011-12-09 03:26:00 -05:00",
                                      "1323419160",
                                      "1323419160000",
                                      "1323419160.000",
                                      "20111209082600",
                                      "201112090826",
                                      "40886.351388889"}) {
    EXPECT_EQ(read(text), "2011-12-09T08:26:00Z") << text;
  }
  for (const std::string_view text :
       {"2011-12-09", "20111209", "2011年12月9日", "9.12.11", "40886", "Dec 9 2011", "9-Dec-11"}) {
    EXPECT_EQ(read(text), "2011-12-09T00:00:00Z") << text;
  }
  EXPECT_EQ(read("2011-12-09 下午8:26"), "2011-12-09T20:26:00Z");
  EXPECT_EQ(read("12/31/2011 12:00 AM"), "2011-12-31T00:00:00Z");
  EXPECT_EQ(read("12/31/2011 12:30 PM"), "2011-12-31T12:30:00Z");
}

TEST(Dates, AmbiguousDayAndMonthAreAskedFor) {
  EXPECT_EQ(read("09/12/2011"), "ask");
  EXPECT_EQ(read("09/12/2011", DateOrder::day_first), "2011-12-09T00:00:00Z");
  EXPECT_EQ(read("09/12/2011", DateOrder::month_first), "2011-09-12T00:00:00Z");
  EXPECT_EQ(read("05/05/2011"), "2011-05-05T00:00:00Z");
  EXPECT_EQ(read("13/12/2011"), "2011-12-13T00:00:00Z");
  EXPECT_EQ(read("12/13/11 8:26"), "2011-12-13T08:26:00Z");

  DateEvidence evidence;
  for (int i = 0; i < 1000; ++i) evidence.add("09/12/2011");
  EXPECT_TRUE(evidence.undecided());
  const auto asked = evidence.decide("orders.csv", "InvoiceDate", DateOrder::unknown);
  ASSERT_FALSE(asked);
  EXPECT_NE(asked.error().message.find("--date-format dmy"), std::string::npos);
  EXPECT_NE(asked.error().message.find("'InvoiceDate'"), std::string::npos);
  evidence.add("31/12/2011");
  EXPECT_FALSE(evidence.undecided());
  EXPECT_EQ(evidence.decide("orders.csv", "d", DateOrder::unknown)->order, DateOrder::day_first);
  evidence.add("12/31/2011");
  EXPECT_FALSE(evidence.decide("orders.csv", "d", DateOrder::unknown));
}

TEST(Dates, WhatIsNoDate) {
  for (const std::string_view text :
       {"", "2011-13-09", "2011-02-29", "31/31/2011", "soon", "12", "2011-12-09x", "2011-12-09 25:00",
        "2011-12-09 08:61", "1.5", "-5", "2011-12", "0000-00-00", "2011-12-09 08:26 CST"}) {
    const std::string got = read(text);
    EXPECT_TRUE(got == "ask" || got == "none") << text << " " << got;
  }
}

TEST(Dates, WallClocksOfTheShopAndItsDays) {
  EXPECT_EQ(read("2024-07-01 00:30", DateOrder::unknown, "Asia/Shanghai"), "2024-06-30T16:30:00Z");
  EXPECT_EQ(read("2024-03-31 02:30", DateOrder::unknown, "Europe/Berlin"), "2024-03-31T01:30:00Z");
  DateReader reader{{}, *base::Zone::open("Asia/Shanghai")};
  Moment moment;
  ASSERT_TRUE(reader.read("2024-06-30T16:30:00Z", moment));
  EXPECT_EQ(base::to_string(base::day_from_number(moment.local_day)), "2024-07-01");
  ASSERT_TRUE(reader.read("2024-07-01 00:30", moment));
  EXPECT_EQ(base::to_string(base::day_from_number(moment.local_day)), "2024-07-01");
}

TEST(Dates, TheDayCacheNeverChangesTheAnswer) {
  const base::Zone zone = *base::Zone::open("Europe/London");
  DateReader reader{{}, zone};
  base::Rng rng{4};
  for (int i = 0; i < 20'000; ++i) {
    const std::int64_t minute = static_cast<std::int64_t>(rng.below(30 * 365 * 1440LL)) + 10'000 * 1440LL;
    const std::chrono::local_time<std::chrono::milliseconds> wall{std::chrono::minutes{minute}};
    const std::string iso = base::to_string(base::Instant{wall.time_since_epoch()});
    Moment moment;
    ASSERT_TRUE(reader.read(iso.substr(0, 16), moment));
    ASSERT_EQ(moment.millis, base::millis(zone.to_utc(wall))) << iso;
    ASSERT_EQ(moment.local_day, minute / 1440);
  }
}

TEST(Dates, AnyBytesAreSafe) {
  base::Rng rng{8};
  const std::string_view alphabet = "0123456789-/.: TZ+年月日apmDec,";
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (std::size_t n = rng.below(30); n > 0; --n) text += alphabet[rng.below(alphabet.size())];
    (void)read(text, rng.chance(0.5) ? DateOrder::day_first : DateOrder::unknown);
  }
}

}  // namespace
}  // namespace collect
