#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "port/channel.h"
#include "port/clock.h"
#include "port/http_client.h"

namespace adapter::wechat {

/// An official account or a mini program at WeChat.
struct WechatConfig {
  std::string app_id;
  std::string secret;
  std::string server = "https://api.weixin.qq.com";
  std::vector<std::string> subscribe_templates;  ///< of an official account: ids that go as subscribe notices, which need a grant each
};

// All three send to a customer's openid. Messages whose purpose is marketing are `rejected` without a call: WeChat lets service
// notices go, nothing else. A token that ended is fetched anew and the message goes with the next attempt; wrong credentials,
// a missing right and an address outside the list of allowed ones are trouble. What they are given outlives them.

/// Channel "wechat": template messages and subscribe notices of an official account. A template message carries the send key
/// as client_msg_id, which WeChat honours for ten minutes, unless subscribe notices are set up too: they have nothing of the kind.
base::Result<std::unique_ptr<port::Channel>> open_official(const WechatConfig& config, port::HttpClient& web, const port::Clock& clock);

/// Channel "wechat_mini": subscribe messages of a mini program; each needs a grant.
base::Result<std::unique_ptr<port::Channel>> open_mini(const WechatConfig& config, port::HttpClient& web, const port::Clock& clock);

/// Channel "wechat_reply": a text to somebody who wrote to the official account within 48 hours; WeChat refuses later ones.
base::Result<std::unique_ptr<port::Channel>> open_reply(const WechatConfig& config, port::HttpClient& web, const port::Clock& clock);

}  // namespace adapter::wechat
