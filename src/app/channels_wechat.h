#pragma once

#include <vector>

#include "app/channels.h"

namespace app {

/// WeChat's official account ("wechat", and "wechat_reply" within 48 hours), mini program ("wechat_mini"), and WeCom.
void add_wechat(std::vector<Provider>& list);

/// Audiences at providers of advertising. They send nothing: `winback audience sync` is what uses them.
void add_audiences(std::vector<Provider>& list);

}  // namespace app
