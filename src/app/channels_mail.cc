#include "app/channels_mail.h"

#include <algorithm>

#include "adapter/mail_api/resend.h"
#include "adapter/mail_api/sendgrid.h"
#include "adapter/mail_api/ses.h"
#include "app/act_settings.h"
#include "app/machine_clock.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;

namespace {

template <class T>
Result<T> at(const ChannelSetting& setting, Result<T> made) {
  if (!made) return fail(made.error().code, "{}: {}", setting.where, made.error().message);
  return made;
}

adapter::mail_api::MailSender sender(const ChannelSetting& setting, const ChannelTools& tools) {
  return {.address = setting["from"], .name = setting["from_name"].empty() ? tools.shop : setting["from_name"], .reply_to = setting["reply_to"]};
}

Result<std::unique_ptr<port::Channel>> ses(const ChannelSetting& setting, const ChannelTools& tools) {
  return at(setting, adapter::mail_api::open_ses({.key_id = setting["key_id"],
                                                  .key_secret = setting["key_secret"],
                                                  .region = setting["region"],
                                                  .sender = sender(setting, tools),
                                                  .configuration_set = setting["configuration_set"],
                                                  .endpoint = setting["endpoint"],
                                                  .now = [] { return machine_clock().now(); }},
                                                 tools.web));
}

Result<std::unique_ptr<port::Channel>> sendgrid(const ChannelSetting& setting, const ChannelTools& tools) {
  adapter::mail_api::SendgridConfig config{.key = setting["key"], .sender = sender(setting, tools)};
  if (!setting["endpoint"].empty()) config.endpoint = setting["endpoint"];
  return at(setting, adapter::mail_api::open_sendgrid(config, tools.web));
}

Result<std::unique_ptr<port::Channel>> resend(const ChannelSetting& setting, const ChannelTools& tools) {
  adapter::mail_api::ResendConfig config{.key = setting["key"], .sender = sender(setting, tools)};
  if (!setting["endpoint"].empty()) config.endpoint = setting["endpoint"];
  return at(setting, adapter::mail_api::open_resend(config, tools.web));
}

// Without what tells a provider's calls from others', none is read.
Result<std::unique_ptr<port::Callback>> ses_calls(const ChannelSetting& setting, const ChannelTools& tools) {
  if (setting["topic"].empty()) return nullptr;
  return at(setting, adapter::mail_api::ses_callback(setting["topic"], tools.web));
}

Result<std::unique_ptr<port::Callback>> sendgrid_calls(const ChannelSetting& setting, const ChannelTools&) {
  if (setting["public_key"].empty()) return nullptr;
  return at(setting, adapter::mail_api::sendgrid_callback(setting["public_key"]));
}

Result<std::unique_ptr<port::Callback>> resend_calls(const ChannelSetting& setting, const ChannelTools&) {
  if (setting["webhook_secret"].empty()) return nullptr;
  return at(setting, adapter::mail_api::resend_callback(setting["webhook_secret"]));
}

/// A channel together with the client it calls with.
class OwnClient final : public port::Channel {
 public:
  OwnClient(std::unique_ptr<port::HttpClient> web, std::unique_ptr<port::Channel> channel) : web_(std::move(web)), channel_(std::move(channel)) {}
  std::string_view name() const override { return channel_->name(); }
  std::vector<model::Outcome> send(std::span<const model::Delivery> deliveries) override { return channel_->send(deliveries); }
  std::chrono::seconds replay_window() const override { return channel_->replay_window(); }
  Result<void> check() override { return channel_->check(); }
  Result<void> check_template(std::string_view id) override { return channel_->check_template(id); }
  model::Outcome look_up(const model::Delivery& delivery) override { return channel_->look_up(delivery); }

 private:
  std::unique_ptr<port::HttpClient> web_;
  std::unique_ptr<port::Channel> channel_;  // after what it calls with
};

}  // namespace

void add_mail_apis(std::vector<Provider>& list) {
  list.push_back({.channel = "email",
                  .name = "ses",
                  .keys = {{"key_id", true}, {"key_secret", true, true}, {"region", true}, {"from", true}, {"from_name"}, {"reply_to"}, {"configuration_set"}, {"topic"}, {"endpoint"}},
                  .open = ses,
                  .callback = ses_calls});
  list.push_back({.channel = "email",
                  .name = "sendgrid",
                  .keys = {{"key", true, true}, {"from", true}, {"from_name"}, {"reply_to"}, {"public_key"}, {"endpoint"}},
                  .open = sendgrid,
                  .callback = sendgrid_calls});
  list.push_back({.channel = "email",
                  .name = "resend",
                  .keys = {{"key", true, true}, {"from", true}, {"from_name"}, {"reply_to"}, {"webhook_secret", false, true}, {"endpoint"}},
                  .open = resend,
                  .callback = resend_calls});
}

Result<std::unique_ptr<port::Channel>> open_mail_api(const ActSettings& settings) {
  std::vector<ChannelSetting> own;
  std::ranges::copy_if(settings.channels, std::back_inserter(own), [](const ChannelSetting& one) { return one.channel == "email"; });
  WB_ASSIGN(auto web, open_outside(settings));
  WB_ASSIGN(auto channels, open_channels(own, {.web = *web, .public_url = settings.public_url, .shop = settings.shop.name[0]}));
  if (channels.empty()) return fail(Code::not_found, "winback.yaml names no provider of e-mail");
  return std::make_unique<OwnClient>(std::move(web), std::move(channels.front()));
}

}  // namespace app
