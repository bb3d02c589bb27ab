#pragma once

#include <memory>
#include <vector>

#include "app/channels.h"

namespace app {

/// Letters by a provider's API instead of SMTP: Amazon SES, SendGrid, Resend.
void add_mail_apis(std::vector<Provider>& list);

/// The channel of `channels: email:`, with a client of its own for what it calls.
base::Result<std::unique_ptr<port::Channel>> open_mail_api(const ActSettings& settings);

}  // namespace app
