#include "app/manners_yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/presets.h"
#include "tests/support/places.h"

namespace app {
namespace {

using testing::HasSubstr;

struct MannersYaml : testing::Test {
  base::Result<model::Manners> load(std::string_view own, Settings settings = {}) {
    tests::write_file(folder.path() / "winback.yaml", own);
    return load_manners(settings, folder.path() / "winback.yaml");
  }
  tests::TemporaryFolder folder;
};

TEST_F(MannersYaml, EveryPlaceAndBusinessLoads) {
  EXPECT_THAT(jurisdictions(), testing::ElementsAre("EU", "US", "CN", "TW"));
  for (const std::string& place : jurisdictions()) {
    for (const std::string& business : business_names()) {
      Settings settings;
      settings.business = business;
      const auto manners = load("manners: {jurisdiction: " + place + "}\n", settings);
      ASSERT_TRUE(manners) << manners.error().message;
      EXPECT_EQ(manners->name, place);
      EXPECT_GE(manners->caps.size(), 5U) << business;
      EXPECT_EQ(manners->end_months, 36);
      EXPECT_LE(manners->quiet_from, 22 * 60) << place << " " << business;
      EXPECT_GE(manners->quiet_to, 7 * 60 + 30) << place << " " << business;
      EXPECT_EQ(manners->unknown_age_is_minor, business == "game" || business == "course");
      EXPECT_EQ(manners->quiet_weekends, business == "saas");
    }
  }
}

TEST_F(MannersYaml, LawsDiffer) {
  EXPECT_TRUE(load("manners: {jurisdiction: EU}")->opt_in);
  EXPECT_TRUE(load("manners: {jurisdiction: EU}")->existing_customers);
  EXPECT_FALSE(load("manners: {jurisdiction: US}")->opt_in);
  EXPECT_THAT(load("manners: {jurisdiction: US}")->opt_in_channels, testing::ElementsAre("sms", "phone"));
  EXPECT_FALSE(load("manners: {jurisdiction: CN}")->existing_customers);
  EXPECT_TRUE(load("manners: {jurisdiction: CN}")->offers_non_personalised);
  EXPECT_FALSE(load("manners: {jurisdiction: TW}")->offers_non_personalised);
}

TEST_F(MannersYaml, TheLongerNightCounts) {
  Settings cafe;
  cafe.business = "restaurant";
  EXPECT_EQ(load("manners: {jurisdiction: EU}", cafe)->quiet_to, 7 * 60 + 30);
  EXPECT_EQ(load("manners: {jurisdiction: US}", cafe)->quiet_to, 8 * 60) << "the law's morning is later";
}

TEST_F(MannersYaml, CurrencyAndZoneNameThePlace) {
  EXPECT_EQ(usual_jurisdiction("CNY", "UTC"), "CN");
  EXPECT_EQ(usual_jurisdiction("GBP", "Asia/Taipei"), "TW");
  EXPECT_EQ(usual_jurisdiction("USD", "America/New_York"), "US");
  EXPECT_EQ(usual_jurisdiction("GBP", "Europe/London"), "EU");
  Settings settings;
  settings.currency = "CNY";
  EXPECT_EQ(load("business: shop\n", settings)->name, "CN");
  EXPECT_EQ(load_manners(settings, folder.path() / "none.yaml")->name, "CN");
}

TEST_F(MannersYaml, TheWorkspaceHasTheLastWord) {
  const auto manners = load("manners:\n  quiet_hours: never\n  caps: [{most: 1, days: 10}]\n  sunset_after: 3\n");
  ASSERT_TRUE(manners) << manners.error().message;
  EXPECT_EQ(manners->quiet_from, manners->quiet_to);
  ASSERT_EQ(manners->caps.size(), 1U);
  EXPECT_EQ(manners->caps[0].days, 10);
  EXPECT_EQ(manners->sunset_after, 3U);
  EXPECT_TRUE(load_settings(folder.path() / "winback.yaml")) << "the settings' reader leaves the section alone";
}

TEST_F(MannersYaml, SaysWhereItIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"manners: strict\n", "winback.yaml, line 1: manners has fields"},
      {"manners:\n  jurisdiction: Mars\n", "winback.yaml, line 2: jurisdiction is one of EU, US, CN, TW"},
      {"manners:\n  quiet_hours: 25:00-09:00\n", "winback.yaml, line 2: quiet_hours must be"},
      {"manners:\n  caps: 3\n", "winback.yaml, line 2: caps must be a list"},
      {"manners:\n  caps: [{most: 0, days: 7}]\n", "winback.yaml, line 2: most must be"},
      {"manners:\n  caps: [{most: 1}]\n", "winback.yaml, line 2: a cap needs most and days"},
      {"manners:\n  kindness: high\n", "winback.yaml, line 2: 'kindness' is not known here"},
  };
  for (const auto& [own, expected] : cases) {
    const auto manners = load(own);
    ASSERT_FALSE(manners) << own;
    EXPECT_THAT(manners.error().message, HasSubstr(expected));
  }
}

}  // namespace
}  // namespace app
