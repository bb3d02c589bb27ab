#include "app/channels.h"

#include <gmock/gmock.h>

namespace app {
namespace {

using testing::HasSubstr;

TEST(Providers, EveryProviderIsNamedOnceAndItsKeysToo) {
  for (const Provider& one : providers()) {
    EXPECT_EQ(find_provider(one.channel, one.name), &one) << one.channel << " " << one.name;
    for (const ProviderKey& key : one.keys) EXPECT_EQ(std::ranges::count(one.keys, key.name, &ProviderKey::name), 1) << one.name << " " << key.name;
  }
}

TEST(Providers, SettingsSayWhatIsMissing) {
  ChannelSetting setting{.channel = "wechat", .provider = "official_account", .values = {{"app_id", "wx1"}, {"token", "t"}}, .where = "winback.yaml, line 3"};
  const auto missing = check_setting(setting);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, "winback.yaml, line 3: official_account needs secret");
  setting.values["secret"] = "s";
  EXPECT_TRUE(check_setting(setting));
  setting.values["colour"] = "red";
  EXPECT_THAT(check_setting(setting).error().message, HasSubstr("'colour' is nothing official_account has"));
}

TEST(Providers, WechatTakesServiceNoticesOnly) {
  for (const char* channel : {"wechat", "wechat_mini", "wechat_reply"}) EXPECT_EQ(refuses_marketing(channel), "wechat_service_only") << channel;
  for (const char* channel : {"email", "sms", "push", "wecom", "in_app", "webhook"}) EXPECT_FALSE(refuses_marketing(channel)) << channel;
}

}  // namespace
}  // namespace app
