#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/outgoing_url.h"
#include "port/channel.h"

namespace adapter::webhook {

/// How webhooks are called.
struct WebhookConfig {
  std::string secret;  ///< "whsec_…", shared with the receivers
  base::OutgoingRules rules;
  std::string ca_file;  ///< PEM of the authorities to trust; empty: the system's
  std::size_t connections = 8;
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{30'000};                   ///< for the whole call
  std::chrono::seconds replay_window{std::chrono::hours{24}};  ///< receivers deduplicate by webhook-id this long
  std::vector<std::string> resolve;  ///< "host:port:address": instead of the DNS, which is judged all the same
};

/// POSTs a delivery's text as JSON to its address, signed as Standard Webhooks with the send key as webhook-id. URLs
/// are judged before, the address connected to after the DNS; redirects are not followed. 2xx is `accepted`; 408, 425,
/// 429 and 503 are `retryable`; 410 says that the address is dead; other 3xx and 4xx are `rejected`; 5xx, and no answer
/// after anything was sent, are `unknown`: a receiver that fails may have acted, and knows the webhook-id when it comes
/// again.
base::Result<std::unique_ptr<port::Channel>> open_webhook(const WebhookConfig& config);

}  // namespace adapter::webhook
