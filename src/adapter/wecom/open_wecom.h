#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "port/channel.h"
#include "port/clock.h"
#include "port/http_client.h"

namespace adapter::wecom {

/// A company at WeCom (企业微信) and the secret of its customer contact or of an app that may use it.
struct WecomConfig {
  std::string corp_id;
  std::string secret;
  std::string member;  ///< userid of the colleague who sends where the address names none
  std::string server = "https://qyapi.weixin.qq.com";
};

/// Channel "wecom": a group-send task for one customer, which a colleague confirms in WeCom before it goes. Addresses are
/// "MEMBER/EXTERNAL_USERID" or an external userid alone. `accepted` means that the task was made; its msgid is the provider's
/// id. A second call makes a second task; an attempt in doubt is looked up among the tasks of those minutes. What it is given
/// outlives it.
base::Result<std::unique_ptr<port::Channel>> open_wecom(const WecomConfig& config, port::HttpClient& web, const port::Clock& clock);

}  // namespace adapter::wecom
