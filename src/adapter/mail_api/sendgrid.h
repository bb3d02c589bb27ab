#pragma once

#include <memory>
#include <string>

#include "adapter/mail_api/letter.h"
#include "port/callback.h"
#include "port/channel.h"
#include "port/http_client.h"

namespace adapter::mail_api {

/// An account at SendGrid (API v3).
struct SendgridConfig {
  std::string key;  ///< "SG.…" with the permission to send mail
  MailSender sender;
  std::string endpoint = "https://api.sendgrid.com";
};

/// Letters by /v3/mail/send. SendGrid knows no idempotency key: an answer that does not come leaves the letter `unknown` until an event
/// of it arrives, which carries reference and send_key as custom arguments. SendGrid's own rewriting of links is switched off:
/// the letter's links are counted already, and one-click unsubscription must stay as signed. `web` outlives the channel.
base::Result<std::unique_ptr<port::Channel>> open_sendgrid(const SendgridConfig& config, port::HttpClient& web);

/// Reads the Signed Event Webhook at /callbacks/sendgrid: ECDSA over timestamp and body with `public_key` (base64, from SendGrid's
/// settings), at most a day old: SendGrid tries again so long.
base::Result<std::unique_ptr<port::Callback>> sendgrid_callback(const std::string& public_key);

}  // namespace adapter::mail_api
