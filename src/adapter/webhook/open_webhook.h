#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/error.h"
#include "port/channel.h"
#include "port/http_client.h"

namespace adapter::webhook {

/// How webhooks are signed.
struct WebhookConfig {
  std::string secret;  ///< "whsec_…", shared with the receivers
  std::chrono::seconds replay_window{std::chrono::hours{24}};  ///< receivers deduplicate by webhook-id this long
};

/// POSTs a delivery's text as JSON to its address, signed as Standard Webhooks with the send key as webhook-id. 2xx is
/// `accepted`; 408, 425, 429 and 503 are `retryable`; 410 says that the address is dead; other 3xx and 4xx, and addresses
/// that may not be called, are `rejected`; 5xx, and no answer to a call that may have arrived, are `unknown`: the same
/// bytes may go again. `web` outlives the channel.
base::Result<std::unique_ptr<port::Channel>> open_webhook(const WebhookConfig& config, port::HttpClient& web);

}  // namespace adapter::webhook
