#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "port/callback.h"
#include "port/channel.h"
#include "port/http_client.h"

namespace adapter::sms {

/// An account at Twilio. One of `from` and `service` is set.
struct TwilioConfig {
  std::string account;       ///< "AC…"
  std::string token;         ///< the account's Auth Token: Twilio signs its calls with it
  std::string from;          ///< a number of ours in E.164, or a sender name
  std::string service;       ///< "MG…", a messaging service that picks the number
  std::string callback_url;  ///< where receipts go, "https://…/callbacks/twilio"; empty: none are asked for
  std::string endpoint = "https://api.twilio.com";
};

/// Text messages by Twilio's Messages resource (2010-04-01). Each goes once; Twilio knows no idempotency key, so an answer that does
/// not come leaves the message `unknown`. The reference travels in the address receipts are sent to. `web` outlives the channel.
///
/// `look_up` lists the messages to that number since the day of the attempt and takes the one with the same text created after
/// the attempt began. Found, it proves that Twilio took a message like ours: `accepted`. Not found proves nothing (the list may lag
/// behind), and stays `unknown`.
base::Result<std::unique_ptr<port::Channel>> open_twilio(const TwilioConfig& config, port::HttpClient& web);

/// Reads Twilio's receipts and the messages customers write, at /callbacks/twilio. X-Twilio-Signature is verified over the address
/// called and the form, or over the address with bodySHA256 for JSON.
base::Result<std::unique_ptr<port::Callback>> twilio_callback(const std::string& token);

/// X-Twilio-Signature of a call: base64 of HMAC-SHA1 with the Auth Token over the address and the sorted fields, nothing between.
std::string twilio_signature(std::string_view token, std::string_view url, port::HttpClient::Fields fields);

}  // namespace adapter::sms
