#include "access/password.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <thread>

#include "tests/support/act_rows.h"

namespace entry {
namespace {

using tests::must;

constexpr HashCost kCheap{.memory_kib = 64, .passes = 1};

TEST(Password, IsKeptAsArgon2idWithItsCostAndASalt) {
  const Passwords passwords;
  const std::string one = must(passwords.hash("nine lazy herons wade")), two = must(passwords.hash("nine lazy herons wade"));
  EXPECT_TRUE(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << one;
  EXPECT_NE(one, two) << "each has a salt of its own";
  EXPECT_EQ(one.find("heron"), one.npos);
  EXPECT_TRUE(must(passwords.check("nine lazy herons wade", one)));
  EXPECT_FALSE(must(passwords.check("nine lazy herons wadE", one)));
  EXPECT_FALSE(passwords.is_outdated(one));
  EXPECT_TRUE(Passwords{kCheap}.is_outdated(one));
  EXPECT_TRUE(must(Passwords{kCheap}.check("nine lazy herons wade", one))) << "an old cost still opens";
}

TEST(Password, AnUnreadableHashOpensNothing) {
  const Passwords passwords{kCheap};
  for (const char* bad : {"", "x", "$argon2id$", "$argon2id$v=19$m=64,t=1,p=1$$", "$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAA$AAAA", "$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA"}) {
    EXPECT_FALSE(must(passwords.check("", bad))) << bad;
    EXPECT_FALSE(must(passwords.check("x", bad))) << bad;
  }
}

TEST(Password, EveryByteCountsExactlyAsTyped) {
  const Passwords passwords{kCheap};
  rc::check([&] {
    const auto password = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    const std::string hash = must(passwords.hash(password));
    RC_ASSERT(must(passwords.check(password, hash)));
    RC_ASSERT(!must(passwords.check(password + " ", hash)));
    if (!password.empty()) RC_ASSERT(!must(passwords.check(password.substr(1), hash)));
  });
}

TEST(Password, LongOnesAreNotCutShort) {
  const Passwords passwords{kCheap};
  const std::string base(128, 'q');
  const std::string hash = must(passwords.hash(base + "1"));
  EXPECT_FALSE(must(passwords.check(base + "2", hash)));
  EXPECT_FALSE(passwords.hash(std::string(513, 'x'))) << "bounded: hashing costs by length";
  EXPECT_FALSE(must(passwords.check(std::string(100'000, 'x'), hash)));
}

TEST(Password, ManyAtOnceWaitTheirTurn) {
  const Passwords passwords{{.memory_kib = 8192, .passes = 1}};
  const std::string hash = must(passwords.hash("nine lazy herons wade"));
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&] { right += must(passwords.check("nine lazy herons wade", hash)) ? 1 : 0; });
  }
  EXPECT_EQ(right, 8);
}

TEST(PasswordRules, LengthIsAllThatIsAskedOfItsForm) {
  for (const char* good : {"nine lazy herons wade", "vermilion tuba", "Kx7#pWq9!mZr", "我昨天在河邊看見七隻白鷺", "ünïcödé ëmü hörn", "tr0ub4dor&3 zebra", "ohgah4Naich1",
                           "correct mule staple jar", "pure lower letters", "8f2k9d7s1j4hq0w"}) {
    const auto judged = judge_password(good, "mary@shop.example", "Mary Byrne");
    EXPECT_TRUE(judged) << good << ": " << judged.error().message;
  }
  EXPECT_FALSE(judge_password("short words", "m@shop.example", "M")) << "eleven characters";
  EXPECT_TRUE(judge_password("short wordsz", "m@shop.example", "M"));
  EXPECT_FALSE(judge_password("我看見七隻白鷺", "m@shop.example", "M")) << "seven characters, though many bytes";
  std::string longest;
  for (int i = 0; i < 128; ++i) longest += static_cast<char>('a' + (i * 7 + i / 26 * 5) % 26);
  EXPECT_TRUE(judge_password(longest, "m@shop.example", "M"));
  EXPECT_FALSE(judge_password(longest + "a", "m@shop.example", "M"));
}

TEST(PasswordRules, WhatGuessersTryFirstIsRefused) {
  for (const char* bad : {"password1234", "Password1234!", "P@ssw0rd1234", "123456789012", "qwertyuiop12", "qwertyuiop[]", "1q2w3e4r5t6y", "aaaaaaaaaaaa",
                          "abcabcabcabc", "abcdefghijkl", "zyxwvutsrqpo", "iloveyou1234", "iloveyouforever", "letmein12345", "welcome12345", "Summer2026!!", "adminadmin12",
                          "administrator", "football1234", "superman1234", "qwerty123456", "1234567890ab", "dragondragon", "changeme1234", "winback12345", "passwordpassword",
                          "111111111111", "!!!!!!!!!!!!", "correcthorsebatterystaple", "000000000000", "987654321098", "1qaz2wsx3edc", "asdfghjkl123", "michael12345",
                          "mypassword12", "secretsecret", "princess1234", "Owner2026Owner", "Marketing2026!", "woaini1314520"}) {
    const auto judged = judge_password(bad, "mary@shop.example", "Mary Byrne");
    EXPECT_FALSE(judged) << bad;
    if (judged) continue;
    EXPECT_EQ(judged.error().message.find(bad), std::string::npos) << "the error repeats it";
  }
}

TEST(PasswordRules, OnesOwnNameAndAddressAreNoPassword) {
  EXPECT_FALSE(judge_password("maryosullivan1", "mary.osullivan@shop.example", "Mary"));
  EXPECT_FALSE(judge_password("shop.example22", "mary@shop.example", "Mary"));
  EXPECT_FALSE(judge_password("OSullivan-2026", "m@x.example", "Mary O'Sullivan Osullivan"));
  EXPECT_TRUE(judge_password("vermilion tuba", "mary.osullivan@shop.example", "Mary"));
}

TEST(PasswordRules, WhateverIsTypedIsJudged) {
  rc::check([] {
    const auto password = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    const auto email = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
    static_cast<void>(judge_password(password, email, email));
  });
}

}  // namespace
}  // namespace entry
