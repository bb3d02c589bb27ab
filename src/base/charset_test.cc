#include "base/charset.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace base {
namespace {

std::string decode(std::string_view bytes, std::size_t piece, Charset* found = nullptr,
                   std::uint64_t* replaced = nullptr) {
  TextDecoder decoder;
  std::string out;
  for (std::size_t at = 0; at < bytes.size() || at == 0; at += piece) {
    decoder.decode(bytes.substr(at, piece), at + piece >= bytes.size(), out);
  }
  if (found != nullptr) *found = decoder.charset();
  if (replaced != nullptr) *replaced = decoder.replaced();
  return out;
}

// "订单编号,买家昵称" and "訂單編號,買家暱稱,金額" in the bytes of their charsets
constexpr std::string_view kGb =
    "\xB6\xA9\xB5\xA5\xB1\xE0\xBA\xC5,\xC2\xF2\xBC\xD2\xEA\xC7\xB3\xC6\n1,\xD0\xA1\xC3\xF7\n";
constexpr std::string_view kGbText = "订单编号,买家昵称\n1,小明\n";
constexpr std::string_view kLatin =
    "Name,Stra\xDF"
    "e\nM\xFCller,\x80 5\n";
constexpr std::string_view kLatinText = "Name,Straße\nMüller,€ 5\n";

TEST(Charset, EveryCharsetIsRecognisedAndReadCutAnywhere) {
  using namespace std::string_view_literals;
  const struct {
    std::string_view bytes;
    std::string_view text;
    Charset charset;
  } cases[] = {
      {"plain ascii\n", "plain ascii\n", Charset::utf8},
      {"\xEF\xBB\xBFwith mark,é", "with mark,é", Charset::utf8},
      {"no mark 订单", "no mark 订单", Charset::utf8},
      {kGb, kGbText, Charset::gb18030},
      {kLatin, kLatinText, Charset::windows_1252},
      {"\xFF\xFE"
       "a\0,\0\x2D\x4E\n\0"sv,
       "a,中\n", Charset::utf16_le},
      {"\xFE\xFF\0a\0,\x4E\x2D\0\n"sv, "a,中\n", Charset::utf16_be},
  };
  for (const auto& c : cases) {
    Charset found{};
    EXPECT_EQ(decode(c.bytes, c.bytes.size(), &found), c.text);
    EXPECT_EQ(found, c.charset);
  }
  for (const auto& c : cases) {
    // Where no mark or valid UTF-8 decides, the first piece must hold enough to tell; marks and UTF-8 work bytewise.
    if (c.charset == Charset::gb18030 || c.charset == Charset::windows_1252) continue;
    for (std::size_t piece = 1; piece <= c.bytes.size(); ++piece) EXPECT_EQ(decode(c.bytes, piece), c.text) << piece;
  }
}

TEST(Charset, AsciiThenChineseIsDecidedWhenItComes) {
  std::string ascii(10'000, 'x');
  ascii += '\n';
  std::string bytes = ascii;
  bytes += kGb;
  ascii += kGbText;
  Charset found{};
  EXPECT_EQ(decode(bytes, 4096, &found), ascii);
  EXPECT_EQ(found, Charset::gb18030);
}

TEST(Charset, TraditionalChineseInBig5) {
  std::string line =
      "\xAD\x71\xB3\xE6\xBD\x73\xB8\xB9,\xB6\x52\xAE\x61\xBA\xCA\xBA\xD9,\xAA\xF7\xC3\x42\n";  // 訂單編號…
  std::string bytes;
  for (int i = 0; i < 20; ++i) bytes += line;
  Charset found{};
  const std::string text = decode(bytes, bytes.size(), &found);
  EXPECT_EQ(found, Charset::big5);
  EXPECT_TRUE(text.starts_with("訂單編號,")) << text;
}

TEST(Charset, WrongBytesAreReplacedAndCounted) {
  std::uint64_t replaced = 0;
  EXPECT_EQ(decode("abc 订\xE5\xFF!", 64, nullptr, &replaced).find("abc"), 0u);
  TextDecoder decoder{Charset::utf8};
  std::string out;
  decoder.decode(
      "a\xFF"
      "b\xC3",
      true, out);
  EXPECT_EQ(out,
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(decoder.replaced(), 2u);
}

TEST(Charset, OutputIsAlwaysUtf8WhateverComesAndHoweverItIsCut) {
  Rng rng{3};
  for (int round = 0; round < 3000; ++round) {
    std::string bytes;
    for (std::size_t n = rng.below(60); n > 0; --n) bytes += static_cast<char>(rng.below(rng.chance(0.5) ? 256 : 128));
    for (const Charset told :
         {Charset::utf8, Charset::gb18030, Charset::windows_1252, Charset::utf16_le, Charset::big5}) {
      std::string whole;
      TextDecoder one{told};
      one.decode(bytes, true, whole);
      ASSERT_TRUE(is_utf8(whole));
      std::string pieces;
      TextDecoder many{told};
      for (std::size_t at = 0; at < bytes.size(); ++at) {
        many.decode(std::string_view{bytes}.substr(at, 1), at + 1 == bytes.size(), pieces);
      }
      if (!bytes.empty()) {
        ASSERT_EQ(pieces, whole);
      }
    }
    ASSERT_TRUE(is_utf8(decode(bytes, 1 + rng.below(9))));
  }
}

TEST(Charset, NamesAndAliases) {
  EXPECT_EQ(*charset_named("GBK"), Charset::gb18030);
  EXPECT_EQ(*charset_named("Latin-1"), Charset::windows_1252);
  EXPECT_FALSE(charset_named("klingon"));
}

}  // namespace
}  // namespace base
