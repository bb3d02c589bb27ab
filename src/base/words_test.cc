#include "base/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace base {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

TEST(Words, EnglishInWordsAndPairsWithinASentence) {
  EXPECT_THAT(words("Never ARRIVED. Refund!"), ElementsAre("never", "arrived", "never arrived", "refund"));
  EXPECT_THAT(words("I can't", {.word_pairs = false}), ElementsAre("i", "can't"));
  EXPECT_THAT(words("a big box", {.word_pairs = false, .shortest = 2}), ElementsAre("big", "box"));
}

TEST(Words, ChineseInWordsAndCharacterPairs) {
  const auto found = words("快递太慢了，客服不理人");
  EXPECT_THAT(found, Contains("快递"));
  EXPECT_THAT(found, Contains("客服"));
  EXPECT_THAT(found, Contains("太慢"));
  EXPECT_THAT(found, Not(Contains("了客"))) << "a comma parts";
}

TEST(Words, TraditionalAndFullWidthAreTheSameWords) {
  EXPECT_EQ(words("價格太貴"), words("价格太贵"));
  EXPECT_EQ(words("ＰＲＩＣＥ"), words("price"));
  EXPECT_EQ(plain_text("Stra\xC3\x9F" "e"), "strasse");
}

TEST(Words, WhatNamesPeopleIsLeftOut) {
  const auto found = words("call 13912345678 or write anna@example.com about https://x.example/u?id=9 order 12 <b>now</b>");
  EXPECT_THAT(found, Contains("now"));
  EXPECT_THAT(found, Contains("12"));
  for (const char* gone : {"13912345678", "anna", "example.com", "x.example", "https", "b"}) EXPECT_THAT(found, Not(Contains(gone)));
}

TEST(Words, AnyBytesAreOnlyText) {
  Rng rng{7};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    const std::uint64_t size = rng.below(400);
    for (std::uint64_t i = 0; i < size; ++i) text += static_cast<char>(rng.below(256));
    for (const std::string& word : words(text)) EXPECT_FALSE(word.empty());
    EXPECT_LE(excerpt(text, 20).size(), 20U * 4 + 3);
  }
  EXPECT_TRUE(words("").empty());
  EXPECT_TRUE(words("\x01\x02 ??? \xF0\x9F\x98\xA1").empty());
  EXPECT_THAT(words("שלום עולם", {.word_pairs = false}), ElementsAre("שלום", "עולם"));
}

TEST(Words, AMegabyteIsReadAsFarAsItSaysSomething) {
  std::string text;
  while (text.size() < (1U << 20)) text += "too expensive 太贵 ";
  EXPECT_LE(words(text).size(), 20'000U);
  std::string one(1U << 20, 'x');
  EXPECT_LE(words(one).size(), 1U);
  std::string open(1U << 20, '<');
  EXPECT_TRUE(words(open).empty());
}

TEST(Excerpt, OneLineOfSoManyCharacters) {
  EXPECT_EQ(excerpt("a\n\n b\t\x01 c", 10), "a b c");
  EXPECT_EQ(excerpt("太贵了太贵了", 3), "太贵了…");
  EXPECT_EQ(excerpt("\xE2\x80\xAE" "abc", 9), "abc") << "no mark may turn the line around";
}

}  // namespace
}  // namespace base
