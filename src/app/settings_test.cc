#include "app/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/places.h"

namespace app {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class SettingsFile : public testing::Test {
 protected:
  base::Result<Settings> load(std::string_view text) {
    tests::write_file(path, text);
    return load_settings(path);
  }
  std::string refused(std::string_view text) {
    const auto settings = load(text);
    EXPECT_FALSE(settings) << text;
    return settings ? "" : settings.error().message;
  }
  tests::TemporaryFolder folder;
  std::filesystem::path path = folder.path() / "winback.yaml";
};

TEST_F(SettingsFile, AMissingOrEmptyFileMeansTheDefaults) {
  const auto missing = load_settings(path);
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->business, "shop");
  EXPECT_EQ(missing->zone, "UTC");
  EXPECT_FALSE(missing->margin);
  EXPECT_EQ(missing->memory_bytes, 0u);
  EXPECT_TRUE(load(""));
  EXPECT_TRUE(load("# only comments\n"));
}

TEST_F(SettingsFile, EverySettingIsRead) {
  const auto settings = load(
      "business: grocery\nzone: Europe/London\ncurrency: GBP\nmargin: 0.25\nlanguage: zh-TW\nmemory: 1.5G\n"
      "warehouse: http://clickhouse:8123\nwarehouse_user: winback\nwarehouse_password: 'a: b'\n"
      "business_settings: {light_days: 30}\n");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->business, "grocery");
  EXPECT_EQ(settings->zone, "Europe/London");
  EXPECT_EQ(settings->currency, "GBP");
  EXPECT_EQ(settings->margin, 0.25);
  EXPECT_EQ(settings->language, text::Language::zh_tw);
  EXPECT_EQ(settings->memory_bytes, 1'500'000'000u);
  EXPECT_EQ(settings->warehouse_url, "http://clickhouse:8123");
  EXPECT_EQ(settings->warehouse_user, "winback");
  EXPECT_EQ(settings->warehouse_password, "a: b");
  EXPECT_EQ(load("memory: 800M")->memory_bytes, 800'000'000u);
}

TEST_F(SettingsFile, WrongValuesAreRefusedWithFileAndLine) {
  EXPECT_THAT(refused("zone: UTC\nmargin: 40\n"),
              AllOf(HasSubstr("winback.yaml, line 2"), HasSubstr("margin must be a share")));
  EXPECT_THAT(refused("margin: .nan\n"), HasSubstr("line 1"));
  EXPECT_THAT(refused("zone: Atlantis\n"), AllOf(HasSubstr("line 1"), HasSubstr("Atlantis")));
  EXPECT_THAT(refused("currency: pounds\n"), HasSubstr("three letters"));
  EXPECT_THAT(refused("language: klingon\n"), HasSubstr("line 1"));
  EXPECT_THAT(refused("zone: UTC\nfoo: 1\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("'foo' is no setting; known are business")));
  EXPECT_THAT(refused("zone: [UTC]\n"), HasSubstr("zone must be one value"));
  EXPECT_THAT(refused("just text\n"), HasSubstr("expected lines such as"));
  EXPECT_THAT(refused("zone: UTC: x\n"), AllOf(HasSubstr("winback.yaml, line"), HasSubstr("this is not YAML")));
  for (const std::string_view memory : {"100M", "4", "much", "-4G", "1e300G", "99999999999999G", "nan"})
    EXPECT_THAT(refused(fmt::format("memory: {}\n", memory)), HasSubstr("memory must be at least 200M")) << memory;
}

TEST_F(SettingsFile, TheCurrencyIsRememberedAndTheRestStays) {
  ASSERT_TRUE(remember_currency(path, "GBP"));
  EXPECT_EQ(load_settings(path)->currency, "GBP");
  EXPECT_THAT(tests::read_file(path), HasSubstr("# margin: 0.40")) << "a new file says what may stand in it";
  tests::write_file(path, "# mine\nzone: Asia/Shanghai");  // no line break at the end
  ASSERT_TRUE(remember_currency(path, "CNY"));
  EXPECT_EQ(tests::read_file(path), "# mine\nzone: Asia/Shanghai\ncurrency: CNY\n");
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".part"));
  EXPECT_THAT(remember_currency(folder.path() / "none" / "winback.yaml", "GBP").error().message,
              HasSubstr("cannot be written"));
}

}  // namespace
}  // namespace app
