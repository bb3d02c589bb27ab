#include "simulate/texts.h"

#include <gtest/gtest.h>

#include <set>

namespace simulate {
namespace {

TEST(Texts, AreVariedInEveryLanguageAndTopic) {
  const Subject subject{"Copper Kettle", "厨房用品"};
  for (const Tongue tongue : {Tongue::en, Tongue::zh_cn, Tongue::zh_tw}) {
    base::Rng rng{5};
    for (std::size_t topic = 0; topic < kReasons; ++topic) {
      std::set<std::string> seen;
      for (int i = 0; i < 2000; ++i) {
        seen.insert(words_about(tongue, static_cast<Reason>(topic), static_cast<Occasion>(rng.below(4)), subject, rng));
      }
      EXPECT_GE(seen.size(), 1000U) << static_cast<int>(tongue) << " " << name_of(static_cast<Reason>(topic));
      for (const std::string& text : seen) {
        EXPECT_EQ(text.find_first_of("{}"), std::string::npos) << text;
        EXPECT_FALSE(text.empty());
      }
    }
  }
}

TEST(Texts, SpeakTheirLanguage) {
  base::Rng rng{6};
  const Subject subject{"Kettle", "Kitchen"};
  for (int i = 0; i < 300; ++i) {
    for (const unsigned char c : words_about(Tongue::en, Reason::price, Occasion::survey, subject, rng))
      EXPECT_LT(c, 0x80);
    // Traditional words never hold simplified ones: 们, 说, 买 are not written there.
    const std::string text = words_about(Tongue::zh_tw, Reason::price, Occasion::survey, {"壺", "廚房"}, rng);
    for (const char* simplified : {"们", "说", "买", "个", "么", "块"})
      EXPECT_EQ(text.find(simplified), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace simulate
