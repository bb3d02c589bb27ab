#pragma once

#include <functional>
#include <memory>
#include <string>

#include "adapter/mail_api/letter.h"
#include "port/callback.h"
#include "port/channel.h"
#include "port/http_client.h"

namespace adapter::mail_api {

/// An account at Amazon SES (API v2).
struct SesConfig {
  std::string key_id, key_secret;  ///< of a user that may call ses:SendEmail and ses:GetAccount
  std::string region;              ///< "eu-west-1"
  MailSender sender;
  std::string configuration_set;   ///< whose events are published; empty: none are
  std::string endpoint;            ///< empty: https://email.REGION.amazonaws.com
  std::function<base::Instant()> now;  ///< AWS refuses signatures older than five minutes; empty: the machine's clock
};

/// Letters by SendEmail, content "Simple" with headers. SES knows no idempotency key and lists no messages: an answer that does not
/// come leaves the letter `unknown` until an event of it arrives, which carries the reference as an e-mail tag. `web` outlives the channel.
base::Result<std::unique_ptr<port::Channel>> open_ses(const SesConfig& config, port::HttpClient& web);

/// Reads SES's events as Amazon SNS posts them to /callbacks/ses. Only messages of `topic` (its ARN: anybody may own one) are read,
/// and only with the signature of SNS: its certificate is fetched once from sns.REGION.amazonaws.com, nowhere else. A
/// subscription is confirmed by the address in Told::confirm_url, of the same host. `web` outlives the callback.
base::Result<std::unique_ptr<port::Callback>> ses_callback(const std::string& topic, port::HttpClient& web);

}  // namespace adapter::mail_api
