#include "app/channels_push.h"

#include <fstream>
#include <sstream>

#include "adapter/push/open_apns.h"
#include "adapter/push/open_fcm.h"
#include "app/machine_clock.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;

namespace {

Result<std::string> read_key(const ChannelSetting& setting, std::string_view key) {
  const std::string& file = setting[key];
  std::ifstream in{file};
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return fail(Code::not_found, "{}: the {} {} cannot be read", setting.where, key, file);
  return text.str();
}

Result<std::unique_ptr<port::Channel>> fcm(const ChannelSetting& setting, const ChannelTools& tools) {
  WB_ASSIGN(const std::string account, read_key(setting, "service_account"));
  auto config = adapter::push::read_service_account(account);
  if (!config) return fail(config.error().code, "{}: {}", setting.where, config.error().message);
  if (!setting["server"].empty()) config->server = setting["server"];
  return adapter::push::open_fcm(*config, tools.web, machine_clock());
}

Result<std::unique_ptr<port::Channel>> apns(const ChannelSetting& setting, const ChannelTools& tools) {
  adapter::push::ApnsConfig config{.key_id = setting["key_id"], .team_id = setting["team_id"], .topic = setting["topic"]};
  WB_ASSIGN(config.key, read_key(setting, "key_file"));
  if (!setting["server"].empty()) config.server = setting["server"];
  return adapter::push::open_apns(config, tools.web, machine_clock());
}

}  // namespace

void add_push(std::vector<Provider>& list) {
  list.push_back({.channel = "push",
                  .name = "fcm",
                  .keys = {{"service_account", true}, {"server"}},
                  .open = fcm,
                  .takes = [](const ChannelSetting&, std::string_view address) { return address.starts_with("fcm:"); }});
  list.push_back({.channel = "push",
                  .name = "apns",
                  .keys = {{"key_file", true}, {"key_id", true}, {"team_id", true}, {"topic", true}, {"server"}},
                  .open = apns,
                  .takes = [](const ChannelSetting&, std::string_view address) { return address.starts_with("apns:"); }});
}

}  // namespace app
