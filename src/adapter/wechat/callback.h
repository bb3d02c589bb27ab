#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "port/callback.h"

namespace adapter::wechat {

/// How WeChat's calls are read.
struct CallbackConfig {
  std::string channel = "wechat";             ///< or "wechat_mini"
  std::string provider = "official_account";  ///< or "mini_program"
  std::string app_id;
  std::string token;    ///< set at mp.weixin.qq.com
  std::string aes_key;  ///< EncodingAESKey; where it is set only encrypted messages are taken (safe mode)
};

/// Reads WeChat's server messages (XML): the address check, what customers write, following and unfollowing, grants of
/// subscribe messages and their refusal, and what became of template and subscribe messages. Anything signed is answered
/// "success".
base::Result<std::unique_ptr<port::Callback>> open_callback(const CallbackConfig& config);

}  // namespace adapter::wechat
