#include "act/respond/token.h"

#include <set>

#include <gtest/gtest.h>

namespace act::respond {
namespace {

Sign signer(std::string secret) {
  return [secret = std::move(secret)](std::string_view purpose, std::string_view bytes) {
    return base::hmac_sha256(secret, std::string{purpose} + '\0' + std::string{bytes});
  };
}

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

TEST(Token, SaysWhatItWasMadeWith) {
  const Sign sign = signer("secret");
  for (const std::int64_t id : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-5}, INT64_MAX}) {
    const std::string text = make_token(sign, Use::click, {id, 77});
    EXPECT_EQ(text.size(), 44U);
    EXPECT_EQ(text.find_first_not_of(kAlphabet), std::string::npos);
    const auto read = read_token(sign, Use::click, text);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->message_id, id);
    EXPECT_EQ(read->link_id, 77);
  }
}

TEST(Token, EveryChangedBitAndCharacterFails) {
  const Sign sign = signer("secret");
  const std::string good = make_token(sign, Use::unsubscribe, {123456789, 0});
  int tried = 0;
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char other : kAlphabet) {  // six bits a character: every pattern but the right one
      if (other == good[i]) continue;
      std::string bad = good;
      bad[i] = other;
      EXPECT_FALSE(read_token(sign, Use::unsubscribe, bad)) << i << other;
      ++tried;
    }
  }
  EXPECT_EQ(tried, 44 * 63);
}

TEST(Token, OtherUsesSecretsAndTextsFail) {
  const Sign sign = signer("secret");
  for (int made = 0; made <= static_cast<int>(Use::verp); ++made) {
    const std::string text = make_token(sign, static_cast<Use>(made), {9, 9});
    for (int read = 0; read <= static_cast<int>(Use::verp); ++read) {
      EXPECT_EQ(read_token(sign, static_cast<Use>(read), text).has_value(), made == read);
    }
    EXPECT_FALSE(read_token(signer("other tenant"), static_cast<Use>(made), text));
  }
  const std::string good = make_token(sign, Use::click, {1, 1});
  for (const std::string& bad : {std::string{}, std::string{"x"}, good + "A", good.substr(1), good + "=", std::string(44, 'A'),
                                 std::string(44, '\0'), "+" + good.substr(1), "/" + good.substr(1), std::string(1 << 20, 'A')}) {
    EXPECT_FALSE(read_token(sign, Use::click, bad));
  }
}

TEST(Token, NeighboursLookNothingAlike) {
  const Sign sign = signer("secret");
  std::set<std::string> heads;
  for (std::int64_t id = 0; id < 2000; ++id) heads.insert(make_token(sign, Use::open, {id, 0}).substr(0, 8));
  EXPECT_EQ(heads.size(), 2000U);
}

}  // namespace
}  // namespace act::respond
