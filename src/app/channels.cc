#include "app/channels.h"

#include <algorithm>

#include "adapter/web/open_web.h"
#include "app/act_settings.h"
#include "app/channels_mail.h"
#include "app/channels_sms.h"
#include "app/channels_push.h"
#include "app/channels_wechat.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;

namespace {

/// Several providers of one channel: each message goes by the first that takes its address.
class SharedChannel final : public port::Channel {
 public:
  struct Part {
    ChannelSetting setting;
    const Provider* provider;
    std::unique_ptr<port::Channel> channel;
  };
  explicit SharedChannel(std::vector<Part> parts) : parts_(std::move(parts)) {}

  std::string_view name() const override { return parts_.front().channel->name(); }

  std::vector<model::Outcome> send(std::span<const model::Delivery> deliveries) override {
    std::vector<model::Outcome> outcomes(deliveries.size());
    std::vector<bool> taken(deliveries.size());
    for (Part& part : parts_) {
      std::vector<model::Delivery> own;
      std::vector<std::size_t> of;
      for (std::size_t i = 0; i < deliveries.size(); ++i) {
        if (taken[i] || !takes(part, deliveries[i])) continue;
        taken[i] = true;
        own.push_back(deliveries[i]);
        of.push_back(i);
      }
      if (own.empty()) continue;
      const auto told = part.channel->send(own);
      for (std::size_t i = 0; i < told.size(); ++i) outcomes[of[i]] = told[i];
    }
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      if (!taken[i]) outcomes[i] = {.kind = model::OutcomeKind::rejected, .detail = fmt::format("no provider of {} is set up for such an address", name())};
    }
    return outcomes;
  }

  /// The shortest promise of all: a replay may go by any of them.
  std::chrono::seconds replay_window() const override {
    std::chrono::seconds shortest = parts_.front().channel->replay_window();
    for (const Part& part : parts_) shortest = std::min(shortest, part.channel->replay_window());
    return shortest;
  }

  model::Outcome look_up(const model::Delivery& delivery) override {
    const auto part = std::ranges::find_if(parts_, [&](const Part& one) { return takes(one, delivery); });
    return part == parts_.end() ? model::Outcome{} : part->channel->look_up(delivery);
  }

  bool needs_grant(const model::Content& content) const override {
    return std::ranges::any_of(parts_, [&](const Part& one) { return one.channel->needs_grant(content); });
  }

  Result<void> check() override {
    for (Part& part : parts_) WB_TRY(part.channel->check());
    return {};
  }

  Result<void> check_template(std::string_view id) override {
    Result<void> last;
    for (Part& part : parts_) {
      last = part.channel->check_template(id);
      if (last) return last;
    }
    return last;
  }

 private:
  static bool takes(const Part& part, const model::Delivery& delivery) {
    return !part.provider->takes || part.provider->takes(part.setting, delivery.address);
  }

  std::vector<Part> parts_;
};

}  // namespace

const std::string& ChannelSetting::operator[](std::string_view key) const {
  static const std::string none;
  const auto found = values.find(key);
  return found == values.end() ? none : found->second;
}

const std::vector<Provider>& providers() {
  static const std::vector<Provider> all = [] {
    std::vector<Provider> list;
    add_sms(list);
    add_mail_apis(list);
    add_push(list);
    add_wechat(list);
    add_audiences(list);
    return list;
  }();
  return all;
}

const Provider* find_provider(std::string_view channel, std::string_view name) {
  const auto found = std::ranges::find_if(providers(), [&](const Provider& one) { return one.channel == channel && one.name == name; });
  return found == providers().end() ? nullptr : &*found;
}

Result<void> check_setting(const ChannelSetting& setting) {
  const Provider* provider = find_provider(setting.channel, setting.provider);
  if (provider == nullptr) {
    std::string known;
    for (const Provider& one : providers()) known += fmt::format("{}{} {}", known.empty() ? "" : ", ", one.channel, one.name);
    return fail(Code::invalid_input, "{}: there is no provider '{}' for {}; known are {}", setting.where, setting.provider, setting.channel, known);
  }
  for (const auto& [key, value] : setting.values) {
    if (std::ranges::find(provider->keys, key, &ProviderKey::name) != provider->keys.end()) continue;
    std::string known;
    for (const ProviderKey& one : provider->keys) known += fmt::format("{}{}", known.empty() ? "" : ", ", one.name);
    return fail(Code::invalid_input, "{}: '{}' is nothing {} has; known are {}", setting.where, key, provider->name, known);
  }
  for (const ProviderKey& key : provider->keys) {
    if (key.required && setting[key.name].empty())
      return fail(Code::invalid_input, "{}: {} needs {}", setting.where, provider->name, key.name);
  }
  return {};
}

Result<std::vector<std::unique_ptr<port::Channel>>> open_channels(const std::vector<ChannelSetting>& settings, const ChannelTools& tools) {
  std::map<std::string, std::vector<SharedChannel::Part>> by_name;
  for (const ChannelSetting& setting : settings) {
    WB_TRY(check_setting(setting));
    const Provider* provider = find_provider(setting.channel, setting.provider);
    if (!provider->open) continue;
    WB_ASSIGN(auto channel, provider->open(setting, tools));
    by_name[setting.channel].push_back({setting, provider, std::move(channel)});
  }
  std::vector<std::unique_ptr<port::Channel>> channels;
  for (auto& [name, parts] : by_name) {
    const bool alone = parts.size() == 1 && !parts.front().provider->takes;
    channels.push_back(alone ? std::move(parts.front().channel) : std::make_unique<SharedChannel>(std::move(parts)));
  }
  return channels;
}

Result<std::vector<std::unique_ptr<port::Callback>>> open_callbacks(const std::vector<ChannelSetting>& settings, const ChannelTools& tools) {
  std::vector<std::unique_ptr<port::Callback>> callbacks;
  for (const ChannelSetting& setting : settings) {
    WB_TRY(check_setting(setting));
    const Provider* provider = find_provider(setting.channel, setting.provider);
    if (!provider->callback) continue;
    WB_ASSIGN(auto callback, provider->callback(setting, tools));
    if (callback) callbacks.push_back(std::move(callback));
  }
  return callbacks;
}

Result<std::unique_ptr<port::HttpClient>> open_outside(const ActSettings& settings) {
  return adapter::web::open_web({.rules = {.allow_http = settings.webhook_http, .allowed_hosts = settings.webhook_hosts},
                                 .connect_timeout = std::chrono::seconds{10},
                                 .timeout = std::chrono::seconds{30}});
}

}  // namespace app
