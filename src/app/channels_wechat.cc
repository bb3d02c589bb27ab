#include "app/channels_wechat.h"

#include <sstream>

#include "adapter/wechat/callback.h"
#include "adapter/wechat/open_wechat.h"
#include "adapter/wecom/open_wecom.h"
#include "app/machine_clock.h"

namespace app {

using base::fail;
using base::Result;

namespace {

using Opened = Result<std::unique_ptr<port::Channel>>;

/// The adapter's sentence with the place in the settings ahead of it.
template <class T>
Result<T> at_place(const ChannelSetting& setting, Result<T> made) {
  if (!made) return fail(made.error().code, "{}: {}", setting.where, made.error().message);
  return made;
}

adapter::wechat::WechatConfig wechat_config(const ChannelSetting& setting) {
  adapter::wechat::WechatConfig config{.app_id = setting["app_id"], .secret = setting["secret"]};
  if (!setting["server"].empty()) config.server = setting["server"];
  std::istringstream templates{setting["subscribe_templates"]};
  for (std::string id; templates >> id;) config.subscribe_templates.push_back(id);
  return config;
}

/// WeChat calls back only where a token is set: without one nothing is listened to.
auto callback_of(std::string_view channel, std::string_view provider) {
  return [channel, provider](const ChannelSetting& setting, const ChannelTools&) -> Result<std::unique_ptr<port::Callback>> {
    return at_place(setting, adapter::wechat::open_callback({.channel = std::string{channel},
                                                             .provider = std::string{provider},
                                                             .app_id = setting["app_id"],
                                                             .token = setting["token"],
                                                             .aes_key = setting["aes_key"]}));
  };
}

Opened wecom(const ChannelSetting& setting, const ChannelTools& tools) {
  adapter::wecom::WecomConfig config{.corp_id = setting["corp_id"], .secret = setting["secret"], .member = setting["member"]};
  if (!setting["server"].empty()) config.server = setting["server"];
  return at_place(setting, adapter::wecom::open_wecom(config, tools.web, machine_clock()));
}

}  // namespace

void add_wechat(std::vector<Provider>& list) {
  list.push_back({.channel = "wechat",
                  .name = "official_account",
                  .keys = {{"app_id", true}, {"secret", true, true}, {"token", true, true}, {"aes_key", false, true}, {"subscribe_templates"}, {"server"}},
                  .open = [](const ChannelSetting& setting, const ChannelTools& tools) {
                    return at_place(setting, adapter::wechat::open_official(wechat_config(setting), tools.web, machine_clock()));
                  },
                  .callback = callback_of("wechat", "official_account")});
  list.push_back({.channel = "wechat_reply",
                  .name = "official_account",
                  .keys = {{"app_id", true}, {"secret", true, true}, {"server"}},
                  .open = [](const ChannelSetting& setting, const ChannelTools& tools) {
                    return at_place(setting, adapter::wechat::open_reply(wechat_config(setting), tools.web, machine_clock()));
                  }});
  list.push_back({.channel = "wechat_mini",
                  .name = "mini_program",
                  .keys = {{"app_id", true}, {"secret", true, true}, {"token", true, true}, {"aes_key", false, true}, {"server"}},
                  .open = [](const ChannelSetting& setting, const ChannelTools& tools) {
                    return at_place(setting, adapter::wechat::open_mini(wechat_config(setting), tools.web, machine_clock()));
                  },
                  .callback = callback_of("wechat_mini", "mini_program")});
  list.push_back({.channel = "wecom",
                  .name = "wecom",
                  .keys = {{"corp_id", true}, {"secret", true, true}, {"member"}, {"server"}},
                  .open = wecom});
}

void add_audiences(std::vector<Provider>& list) {
  list.push_back({.channel = "ad_audience",
                  .name = "meta",
                  .keys = {{"name", true}, {"audience_id", true}, {"token", true, true}, {"app_secret", false, true}, {"version"}, {"server"}}});
}

std::optional<std::string_view> refuses_marketing(std::string_view channel) {
  if (channel == "wechat" || channel == "wechat_mini" || channel == "wechat_reply") return "wechat_service_only";
  return std::nullopt;
}

}  // namespace app
