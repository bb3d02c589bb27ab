#include "app/channels_sms.h"

#include <algorithm>

#include "adapter/phone/open_phone.h"
#include "adapter/sms/aliyun.h"
#include "adapter/sms/twilio.h"
#include "app/machine_clock.h"

namespace app {

using base::Result;

namespace {

template <class T>
Result<T> at(const ChannelSetting& setting, Result<T> made) {
  if (!made) return base::fail(made.error().code, "{}: {}", setting.where, made.error().message);
  return made;
}

Result<std::unique_ptr<port::Channel>> twilio(const ChannelSetting& setting, const ChannelTools& tools) {
  adapter::sms::TwilioConfig config{.account = setting["account"], .token = setting["token"], .from = setting["from"], .service = setting["service"]};
  // Receipts are only asked for where they can arrive.
  if (tools.public_url.starts_with("https://")) config.callback_url = tools.public_url + "/callbacks/twilio";
  if (!setting["endpoint"].empty()) config.endpoint = setting["endpoint"];
  return at(setting, adapter::sms::open_twilio(config, tools.web));
}

Result<std::unique_ptr<port::Callback>> twilio_calls(const ChannelSetting& setting, const ChannelTools&) {
  return at(setting, adapter::sms::twilio_callback(setting["token"]));
}

Result<std::unique_ptr<port::Channel>> aliyun(const ChannelSetting& setting, const ChannelTools& tools) {
  adapter::sms::AliyunConfig config{.key_id = setting["key_id"], .key_secret = setting["key_secret"], .sign = setting["sign"], .now = [] { return machine_clock().now(); }};
  if (!setting["endpoint"].empty()) config.endpoint = setting["endpoint"];
  return at(setting, adapter::sms::open_aliyun(config, tools.web));
}

/// Without its secret Aliyun's calls cannot be told from others', and none is read.
Result<std::unique_ptr<port::Callback>> aliyun_calls(const ChannelSetting& setting, const ChannelTools&) {
  if (setting["callback_secret"].empty()) return nullptr;
  return at(setting, adapter::sms::aliyun_callback(setting["callback_secret"]));
}

/// Whether the number's country is one of `countries`, blank-separated ISO codes; without them every number is taken.
bool takes(const ChannelSetting& setting, std::string_view address) {
  std::string_view countries = setting["countries"];
  if (countries.empty()) return true;
  const std::string region = phone_numbers().region_of(address);
  if (region.empty()) return false;
  while (!countries.empty()) {
    const std::string_view one = countries.substr(0, countries.find(' '));
    if (std::ranges::equal(one, region, [](char a, char b) { return (a >= 'a' && a <= 'z' ? a - 'a' + 'A' : a) == b; })) return true;
    countries.remove_prefix(std::min(one.size() + 1, countries.size()));
  }
  return false;
}

}  // namespace

const port::PhoneNumbers& phone_numbers() {
  static const std::unique_ptr<port::PhoneNumbers> all = adapter::phone::open_phone();
  return *all;
}

void add_sms(std::vector<Provider>& list) {
  list.push_back({.channel = "sms",
                  .name = "twilio",
                  .keys = {{"account", true}, {"token", true, true}, {"from"}, {"service"}, {"countries"}, {"endpoint"}},
                  .open = twilio,
                  .callback = twilio_calls,
                  .takes = takes});
  list.push_back({.channel = "sms",
                  .name = "aliyun",
                  .keys = {{"key_id", true}, {"key_secret", true, true}, {"sign", true}, {"callback_secret", false, true}, {"countries"}, {"endpoint"}},
                  .open = aliyun,
                  .callback = aliyun_calls,
                  .takes = takes});
}

}  // namespace app
