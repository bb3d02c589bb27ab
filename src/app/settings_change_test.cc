#include "app/settings_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "app/act_settings.h"
#include "app/segments.h"
#include "app/settings.h"
#include "tests/support/places.h"

namespace app {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(SettingsChange, OtherLinesAndCommentsStay) {
  const tests::TemporaryFolder folder;
  const auto file = folder.path() / "winback.yaml";
  std::ofstream{file} << "# ours\ncurrency: GBP   # pounds\nmargin: 0.3\nmail:\n  from: a@shop.example\n  smtp: smtp://127.0.0.1:25\nshop: {name: {en: Tea, zh-CN: 茶}, address: Old}\n";
  ASSERT_TRUE(change_settings(file, {{"margin", "0.45"}, {"shop.name", "Tea & Co"}, {"shop.phone", "+44 1: \"quoted\" #1"}, {"public_url", "https://news.shop.example"}}));
  const std::string text = text_of(file);
  EXPECT_THAT(text, HasSubstr("# ours\ncurrency: GBP   # pounds\nmargin: 0.45\nmail:\n  from: a@shop.example\n"));
  const auto act = load_act_settings(file);
  ASSERT_TRUE(act) << act.error().message;
  EXPECT_EQ(act->shop.name[0], "Tea & Co");
  EXPECT_EQ(act->shop.name[1], "茶") << "the other languages stay";
  EXPECT_EQ(act->shop.phone, "+44 1: \"quoted\" #1");
  EXPECT_EQ(act->shop.address, "Old");
  ASSERT_TRUE(change_settings(file, {{"margin", ""}}));
  EXPECT_THAT(text_of(file), Not(HasSubstr("margin")));
  EXPECT_EQ(load_settings(file)->currency, "GBP");
}

TEST(SettingsChange, WhatCannotBeReadIsRefusedAndNothingChanges) {
  const tests::TemporaryFolder folder;
  const auto file = folder.path() / "winback.yaml";
  std::ofstream{file} << "currency: GBP\n";
  for (const auto& [key, value] : {std::pair<const char*, const char*>{"margin", "7"}, {"zone", "Atlantis/Port"}, {"language", "tlh"}, {"public_url", "x\nwebhook_http: true"}, {"margin", "0.4\nlisten: 0.0.0.0:1"}}) {
    EXPECT_FALSE(change_settings(file, {{key, value}})) << key;
    EXPECT_EQ(text_of(file), "currency: GBP\n");
  }
}

TEST(Segments, AreKeptByNameAndStandForTheirCondition) {
  const tests::TemporaryFolder folder;
  EXPECT_TRUE(load_segments(folder.path())->empty());
  ASSERT_TRUE(keep_segment(folder.path(), "big", "spend > 500 and country = \"O'Brien: #1\""));
  EXPECT_EQ(*segment_condition(folder.path(), "big"), "spend > 500 and country = \"O'Brien: #1\"");
  EXPECT_EQ(*segment_condition(folder.path(), "at_risk"), "at_risk");
  EXPECT_FALSE(keep_segment(folder.path(), "at_risk", "spend > 5")) << "a name that means something already";
  EXPECT_FALSE(keep_segment(folder.path(), "../x", "spend > 5"));
  EXPECT_FALSE(keep_segment(folder.path(), "broken", "spend >"));
  ASSERT_TRUE(keep_segment(folder.path(), "big", ""));
  EXPECT_FALSE(keep_segment(folder.path(), "big", ""));
}

}  // namespace
}  // namespace app
