// What a person may get wrong, and that each mistake is answered with one sentence and the right exit status.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/program.h"

namespace {

using tests::Ran;

void expect_one_sentence(const Ran& ran, int status, const std::string& part) {
  EXPECT_EQ(ran.status, status) << ran.out << ran.err;
  EXPECT_EQ(std::count(ran.err.begin(), ran.err.end(), '\n'), 1) << ran.err;
  EXPECT_NE(ran.err.find(part), std::string::npos) << ran.err;
  EXPECT_TRUE(ran.out.empty()) << ran.out;
}

TEST(Mistakes, OfTheCommandLine) {
  const tests::Program winback;
  EXPECT_EQ(winback({"nonsense"}).status, 2);
  EXPECT_EQ(winback({"plan", "--budget", "much"}).status, 2);
  EXPECT_EQ(winback({"fit", "no_such_model", "--summary", "x"}).status, 2);
  expect_one_sentence(winback({"analyze"}), 1, "bring orders in first");
  expect_one_sentence(winback({"import", "orders", "missing.csv"}), 1, "missing.csv");
  expect_one_sentence(winback({"import", "letters", "x.csv"}), 1, "letters");
}

TEST(Mistakes, OfFilesAndSettings) {
  const tests::Program winback;
  const auto file = [&](const char* name, std::string_view text) {
    tests::write_file(winback.here() / name, text);
    return std::string{name};
  };
  expect_one_sentence(winback({"import", "orders", file("empty.csv", "")}), 1, "empty.csv");
  const std::string orders = file("orders.csv", "order_id,customer_id,date,amount\n1,a,2025-01-02,10\n2,b,2025-02-03,20\n3,a,2025-03-04,5\n");
  ASSERT_EQ(winback({"import", "orders", orders}).status, 0);
  expect_one_sentence(winback({"analyze", "--as-of", "yesterday"}), 1, "yesterday");
  expect_one_sentence(winback({"analyze", "--as-of", "2001-01-01"}), 1, "2001-01-01");
  expect_one_sentence(winback({"analyze", "--business", "bakery"}), 1, "bakery");
  expect_one_sentence(winback({"plan", "--preset", "nope"}), 1, "nope");
  expect_one_sentence(winback({"plan", "--where", "colour = red"}), 1, "colour");
  expect_one_sentence(winback({"plan", "--margin", "4"}), 1, "margin");
  expect_one_sentence(winback({"plan", "--offers", file("offers.yaml", "a:\n  kind: bribe\n")}), 1, "bribe");
  expect_one_sentence(winback({"plan", "--offers", file("broken.yaml", "a: [")}), 1, "broken.yaml, line");
  expect_one_sentence(winback({"results"}), 1, "no plan was made yet");
  expect_one_sentence(winback({"export", "plan", "--for", "pigeon"}), 1, "pigeon");
  tests::write_file(winback.data() / "winback.yaml", "margin: lots\n");
  expect_one_sentence(winback({"analyze"}), 1, "winback.yaml, line 1");
  tests::write_file(winback.data() / "winback.yaml", "colour: red\n");
  expect_one_sentence(winback({"analyze"}), 1, "colour");
}

TEST(Mistakes, ThreeOrdersStillGiveAPlan) {
  const tests::Program winback;
  tests::write_file(winback.here() / "orders.csv", "order_id,customer_id,date,amount\n1,a,2025-01-02,10\n2,b,2025-02-03,20\n3,a,2025-03-04,5\n");
  ASSERT_EQ(winback({"import", "orders", "orders.csv", "--currency", "EUR"}).status, 0);
  const Ran analyzed = winback({"analyze"});
  EXPECT_EQ(analyzed.status, 0) << analyzed.err;
  EXPECT_EQ(analyzed.out.find("nan"), std::string::npos) << analyzed.out;
  EXPECT_EQ(analyzed.out.find("inf"), std::string::npos) << analyzed.out;
  for (const char* language : {"en", "zh-CN", "zh-TW"}) {
    const Ran planned = winback({"plan", "--as-of", "2026-01-01", "--out", "out", "--lang", language});
    EXPECT_EQ(planned.status, 0) << planned.err;
    EXPECT_EQ(planned.out.find("nan"), std::string::npos) << planned.out;
  }
}

TEST(Again, AFileThatSetTheCurrencyItselfIsKnownAgain) {
  const tests::Program winback;
  tests::write_file(winback.here() / "orders.csv", "order_id,customer_id,date,amount,currency\n1,a,2025-01-02,10,EUR\n2,b,2025-02-03,20,EUR\n");
  ASSERT_EQ(winback({"import", "orders", "orders.csv"}).status, 0);
  const Ran again = winback({"import", "orders", "orders.csv"});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_NE(again.out.find("nothing changed"), std::string::npos) << again.out;
}

TEST(Fit, ReproducesThePublishedCdnowSample) {
  WB_NEED_SHARED(file, "data/cdnow/cdnow_customers_summary.csv");
  const tests::Program winback;
  const Ran ran = winback({"fit", "bg_nbd", "--summary", file.string()});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_NE(ran.out.find("-9582.4"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("2357 customers"), std::string::npos) << ran.out;
  tests::write_file(winback.here() / "bad.csv", "x,t_x,T\n1,5,4\n");
  expect_one_sentence(winback({"fit", "bg_nbd", "--summary", "bad.csv"}), 1, "bad.csv");
}

}  // namespace
