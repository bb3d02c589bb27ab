#include "collect/line_key.h"

#include <gtest/gtest.h>

#include <unordered_map>

#include "base/random.h"
#include "collect/line_kind.h"

namespace collect {
namespace {

std::string key_of(const LineHash& hash, std::uint32_t occurrence) {
  char text[48];
  return {text, write_line_key(hash, occurrence, text)};
}

TEST(LineKey, IsTheSameForEver) {
  LineHash hash;
  hash.add("17850");
  hash.add("536365");
  hash.add(std::uint64_t{1'291'192'000'000});
  hash.add("WHITE HANGING HEART T-LIGHT HOLDER");
  // Stored rows carry this key: when it changes, overlapping files count twice.
  EXPECT_EQ(key_of(hash, 0), "nTu3bvg4bv9UCs3lbd6b58");
  EXPECT_EQ(key_of(hash, 4'294'967'295).substr(22), ":4294967295");
}

TEST(LineKey, FieldsDoNotRunIntoEachOther) {
  const auto hash = [](std::initializer_list<std::string_view> fields) {
    LineHash result;
    for (const std::string_view field : fields) result.add(field);
    return key_of(result, 0);
  };
  EXPECT_NE(hash({"ab", "c"}), hash({"a", "bc"}));
  EXPECT_NE(hash({"", "a"}), hash({"a", ""}));
  EXPECT_NE(hash({"a"}), hash({std::string_view{"a\0", 2}}));
  EXPECT_NE(hash({"12345678"}), hash({"12345678", ""}));
}

TEST(LineKey, MillionsOfSimilarRowsDiffer) {
  std::unordered_map<std::uint64_t, std::uint64_t> seen;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    LineHash hash;
    hash.add(i / 1000);
    hash.add(i % 1000);
    ASSERT_TRUE(seen.emplace(hash.high(), hash.low()).second);
  }
}

TEST(CountTable, CountsAsAMapDoes) {
  CountTable table;
  std::unordered_map<std::uint64_t, std::uint32_t> oracle;
  base::Rng rng{1};
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t hash = base::mix(rng.chance(0.05) ? 7 : rng.below(60'000));
    ASSERT_EQ(table.count(hash), oracle[hash]++);
  }
  EXPECT_GT(oracle[base::mix(7)], 1000u) << "counts beyond one byte were reached";
  EXPECT_LE(table.bytes(), 60'000u * 14);
}

TEST(Occurrences, EveryWayGivesTheSameNumbersOrGivesUp) {
  base::Rng rng{2};
  int by_time_done = 0;
  int by_time_given_up = 0;
  for (int round = 0; round < 200; ++round) {
    struct Event {
      std::uint64_t content;
      std::int32_t day;
      std::string customer;
    };
    std::vector<Event> events;
    const bool sorted = rng.chance(0.5);
    for (int i = 0; i < 500; ++i) {
      const auto day = static_cast<std::int32_t>(rng.below(60));
      events.push_back({rng.below(3), day, fmt::format("c{}", rng.below(9))});
    }
    if (sorted)
      std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.day < b.day; });
    Occurrences whole{Occurrences::Way::whole};
    Occurrences by_time{Occurrences::Way::by_time};
    Occurrences by_customer{Occurrences::Way::by_customer};
    bool time_good = true;
    bool customer_good = true;
    for (const Event& event : events) {
      LineHash hash;
      hash.add(event.content);
      hash.add(static_cast<std::uint64_t>(event.day));
      hash.add(event.customer);
      const auto expected = whole.occurrence(hash, event.day, event.customer);
      if (time_good) {
        const auto got = by_time.occurrence(hash, event.day, event.customer);
        time_good = got.has_value();
        if (got) {
          ASSERT_EQ(got, expected);
        }
      }
      if (customer_good) {
        const auto got = by_customer.occurrence(hash, event.day, event.customer);
        customer_good = got.has_value();
        if (got) {
          ASSERT_EQ(got, expected);
        }
      }
    }
    ++(time_good ? by_time_done : by_time_given_up);
    EXPECT_EQ(time_good, sorted);
  }
  EXPECT_GT(by_time_done, 0);
  EXPECT_GT(by_time_given_up, 0);
}

TEST(LineKind, StatusesOfShops) {
  using enum StatusMeaning;
  for (const auto& [text, meaning] : {std::pair<std::string_view, StatusMeaning>{"", stands},
                                      {"paid", stands},
                                      {"Completed", stands},
                                      {"交易成功", stands},
                                      {"已发货", stands},
                                      {"退款中", stands},
                                      {"没有退款", stands},
                                      {"pending", stands},
                                      {"Cancelled", cancelled},
                                      {"canceled", cancelled},
                                      {"voided", cancelled},
                                      {"wc-failed", cancelled},
                                      {"Pending payment", cancelled},
                                      {"交易关闭", cancelled},
                                      {"等待买家付款", cancelled},
                                      {"訂單已取消", cancelled},
                                      {"refunded", refunded},
                                      {"退款成功", refunded},
                                      {"已退款", refunded},
                                      {"partially_refunded", partly_refunded},
                                      {"部分退款", partly_refunded},
                                      {"partially_paid", stands},
                                      {"Returned", returned},
                                      {"退货完成", returned}}) {
    EXPECT_EQ(meaning_of_status(text), meaning) << text;
  }
}

TEST(LineKind, PostageAndFeesAreNoProducts) {
  for (const auto& [sku, product] : {std::pair<std::string_view, std::string_view>{"POST", "POSTAGE"},
                                     {"DOT", ""},
                                     {"M", "Manual"},
                                     {"m", ""},
                                     {"BANK CHARGES", "Bank Charges"},
                                     {"AMAZONFEE", "AMAZON FEE"},
                                     {"CRUK", "CRUK Commission"},
                                     {"B", "Adjust bad debt"},
                                     {"C2", "CARRIAGE"},
                                     {"YF01", "运费"},
                                     {"", "邮费补差"}}) {
    EXPECT_TRUE(is_adjustment(sku, product, true)) << sku << " " << product;
  }
  for (const auto& [sku, product] : {std::pair<std::string_view, std::string_view>{"DCGSSGIRL", "GIRLS PARTY BAG"},
                                     {"85123A", "WHITE METAL LANTERN"},
                                     {"21155", "POST CARDS"},
                                     {"PADS", "PADS TO MATCH ALL CUSHIONS"},
                                     {"", ""},
                                     {"", "Mug"}}) {
    EXPECT_FALSE(is_adjustment(sku, product, true)) << sku << " " << product;
  }
  EXPECT_FALSE(is_adjustment("TEE", "T-shirt", false)) << "where codes have no digits, none of them tells";
}

}  // namespace
}  // namespace collect
