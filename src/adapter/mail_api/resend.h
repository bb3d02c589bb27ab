#pragma once

#include <memory>
#include <string>

#include "adapter/mail_api/letter.h"
#include "port/callback.h"
#include "port/channel.h"
#include "port/http_client.h"

namespace adapter::mail_api {

/// An account at Resend.
struct ResendConfig {
  std::string key;  ///< "re_…"
  MailSender sender;
  std::string endpoint = "https://api.resend.com";
};

/// Letters by POST /emails with the send_key as Idempotency-Key: within a day a second call with the same bytes sends nothing and
/// gives the first one's answer. `web` outlives the channel.
base::Result<std::unique_ptr<port::Channel>> open_resend(const ResendConfig& config, port::HttpClient& web);

/// Reads Resend's webhooks at /callbacks/resend: Standard Webhooks with Svix's header names and `secret` ("whsec_…").
base::Result<std::unique_ptr<port::Callback>> resend_callback(const std::string& secret);

}  // namespace adapter::mail_api
