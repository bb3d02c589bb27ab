#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "port/callback.h"
#include "port/channel.h"
#include "port/http_client.h"

namespace app {

struct ActSettings;

/// One provider as `channels:` of winback.yaml names it:
///   channels:
///     sms:
///       - {provider: twilio, account: AC…, token: …, from: "+15005550006"}
///       - {provider: aliyun, key_id: …, key_secret: …, sign: 某店, countries: [CN]}
struct ChannelSetting {
  std::string channel;   ///< "sms"
  std::string provider;  ///< "twilio"
  std::map<std::string, std::string, std::less<>> values;  ///< lists are joined by blanks
  std::string where;     ///< "winback.yaml, line 12", for errors

  /// The value, or empty.
  const std::string& operator[](std::string_view key) const;
};

/// What a provider's adapter is given. Everything outlives the channels made with it.
struct ChannelTools {
  port::HttpClient& web;
  std::string public_url;  ///< where callbacks reach us: public_url + "/callbacks/" + provider
  std::string shop;        ///< its name
};

/// One key of a provider's settings.
struct ProviderKey {
  std::string_view name;
  bool required = false;
  bool secret = false;  ///< never shown, never logged
};

/// What the program knows of one provider.
struct Provider {
  std::string_view channel;
  std::string_view name;
  std::vector<ProviderKey> keys;
  std::function<base::Result<std::unique_ptr<port::Channel>>(const ChannelSetting&, const ChannelTools&)> open;
  /// Reads what the provider tells us; empty where it tells nothing. Gives nothing where the setting lacks what its calls are known by.
  std::function<base::Result<std::unique_ptr<port::Callback>>(const ChannelSetting&, const ChannelTools&)> callback;
  /// Whether a message to this address goes by this provider; empty: every one. The first that takes it gets it.
  std::function<bool(const ChannelSetting&, std::string_view address)> takes;
};

/// Every provider there is. Each family adds its own in a file of its own: channels_sms.cc, …
const std::vector<Provider>& providers();
const Provider* find_provider(std::string_view channel, std::string_view name);

/// Whether the settings name a known channel and provider, and its required keys and no others.
base::Result<void> check_setting(const ChannelSetting& setting);

/// The channels that are set up, one for each name; several providers of one channel share its messages by address.
base::Result<std::vector<std::unique_ptr<port::Channel>>> open_channels(const std::vector<ChannelSetting>& settings,
                                                                        const ChannelTools& tools);

/// What reads the providers' calls, for those that call.
base::Result<std::vector<std::unique_ptr<port::Callback>>> open_callbacks(const std::vector<ChannelSetting>& settings,
                                                                          const ChannelTools& tools);

/// Why a channel takes no marketing message at all, as the name of a reason ("wechat_service_only"); nothing where it does.
std::optional<std::string_view> refuses_marketing(std::string_view channel);

/// The client everything outside is called with.
base::Result<std::unique_ptr<port::HttpClient>> open_outside(const ActSettings& settings);

}  // namespace app
