#include "base/decimal.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/random.h"

namespace base {
namespace {

std::string read(std::string_view text, DecimalMark mark = DecimalMark::unknown) {
  const auto value = parse_decimal(text, mark);
  return value ? decimal_text(*value) : "none";
}

TEST(Decimal, ReadsWhatPeopleWrite) {
  EXPECT_EQ(read("12"), "12");
  EXPECT_EQ(read("-12.50"), "-12.5");
  EXPECT_EQ(read("0.000001"), "0.000001");
  EXPECT_EQ(read("1,234.50"), "1234.5");
  EXPECT_EQ(read("1.234,50"), "1234.5");
  EXPECT_EQ(read("1 234,5"), "1234.5");
  EXPECT_EQ(read("1'234.5"), "1234.5");
  EXPECT_EQ(read("$1,234.50"), "1234.5");
  EXPECT_EQ(read("12,50 €"), "12.5");
  EXPECT_EQ(read("¥1,299.00"), "1299");
  EXPECT_EQ(read("１２．５"), "12.5");
  EXPECT_EQ(read("99元"), "99");
  EXPECT_EQ(read("CNY 99.9"), "99.9");
  EXPECT_EQ(read("(12.50)"), "-12.5");
  EXPECT_EQ(read("12.50-"), "-12.5");
  EXPECT_EQ(read("-$5"), "-5");
  EXPECT_EQ(read("+5"), "5");
  EXPECT_EQ(read(".5"), "0.5");
  EXPECT_EQ(read("1.5E-3"), "0.0015");
  EXPECT_EQ(read("2e3"), "2000");
  EXPECT_EQ(read("12,345,678"), "12345678");
}

TEST(Decimal, TheMarkDecidesWhatOneValueCannot) {
  EXPECT_EQ(read("1,234", DecimalMark::comma), "1.234");
  EXPECT_EQ(read("1,234", DecimalMark::point), "1234");
  EXPECT_EQ(read("1.234", DecimalMark::comma), "1234");
  EXPECT_EQ(read("1.234", DecimalMark::point), "1.234");
  EXPECT_EQ(read("12.50", DecimalMark::comma), "none");
  EXPECT_EQ(read("12,50", DecimalMark::point), "none");
  EXPECT_EQ(mark_evidence("1,234"), MarkEvidence::either);
  EXPECT_EQ(mark_evidence("1,23"), MarkEvidence::comma);
  EXPECT_EQ(mark_evidence("0,123"), MarkEvidence::comma);
  EXPECT_EQ(mark_evidence("1.234.567"), MarkEvidence::comma);
  EXPECT_EQ(mark_evidence("1,234.5"), MarkEvidence::point);
  EXPECT_EQ(mark_evidence("1234"), MarkEvidence::none);
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const std::string_view text : {"", "-", "abc", "3-1", "1.2.3,4,5", "1,23,456", "--5", "(5", "5)", "12a4b5c6d",
                                      "1/2", "NaN", "inf", "1e99", "@1"}) {
    EXPECT_EQ(read(text), "none") << text;
  }
}

TEST(Decimal, RoundsHalfAwayFromZeroAtTheSeventhDigit) {
  EXPECT_EQ(read("0.30000000000000004"), "0.3");
  EXPECT_EQ(read("0.0000005"), "0.000001");
  EXPECT_EQ(read("-0.0000005"), "-0.000001");
  EXPECT_EQ(read("0.0000004"), "0");
}

TEST(Decimal, OverflowIsNothing) {
  EXPECT_EQ(read("9223372036854.775807"), "9223372036854.775807");
  EXPECT_EQ(read("9223372036854.775808"), "none");
  EXPECT_EQ(read("99999999999999999999"), "none");
  EXPECT_FALSE(multiply_decimal(std::numeric_limits<std::int64_t>::max(), 2 * kOne));
  EXPECT_FALSE(divide_decimal(kOne, 0));
}

TEST(Decimal, ProductsAreExact) {
  EXPECT_EQ(decimal_text(*multiply_decimal(*parse_decimal("80995", DecimalMark::point),
                                           *parse_decimal("2.08", DecimalMark::point))),
            "168469.6");
  EXPECT_EQ(decimal_text(*multiply_decimal(-3 * kOne, 333'333)), "-0.999999");
  EXPECT_EQ(*multiply_decimal(1, kOne / 2), 1);
  EXPECT_EQ(*multiply_decimal(-1, kOne / 2), -1);
  EXPECT_EQ(*divide_decimal(kOne, 3 * kOne), 333'333);
  EXPECT_EQ(*divide_decimal(-2 * kOne, 3 * kOne), -666'667);
}

TEST(Decimal, WrittenAndReadBackIsTheSame) {
  Rng rng{7};
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<std::int64_t>(rng.next()) >> rng.below(60);
    if (value == std::numeric_limits<std::int64_t>::min()) continue;
    ASSERT_EQ(parse_decimal(decimal_text(value), DecimalMark::point), value) << decimal_text(value);
  }
}

TEST(Decimal, AnyBytesAreSafe) {
  Rng rng{11};
  const std::string_view alphabet = "0123456789.,-+()eE $'\xEF\xBC\x91\x80 x";
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (std::size_t n = rng.below(80); n > 0; --n) text += alphabet[rng.below(alphabet.size())];
    for (const DecimalMark mark : {DecimalMark::unknown, DecimalMark::point, DecimalMark::comma}) {
      (void)parse_decimal(text, mark);
    }
    (void)mark_evidence(text);
  }
}

}  // namespace
}  // namespace base
