#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "port/channel.h"
#include "port/clock.h"
#include "port/http_client.h"

namespace adapter::push {

/// A Google service account that may send, as its JSON file says it.
struct FcmConfig {
  std::string project;
  std::string client_email;
  std::string private_key;  ///< PEM, RSA
  std::string private_key_id;
  std::string token_url = "https://oauth2.googleapis.com/token";
  std::string server = "https://fcm.googleapis.com";
};

/// Reads a service account's file; the error names what is missing in it.
base::Result<FcmConfig> read_service_account(std::string_view json);

/// Push messages by Firebase Cloud Messaging, HTTP v1, to addresses "fcm:TOKEN": subject is the title, text the body, link and
/// send key go along as data. FCM does not deduplicate; the send key is the collapse key, so that a second copy would replace
/// the first on the device, and an app can drop it. 2xx is `accepted` with FCM's name; an unregistered token is `rejected` and
/// dead; 401, 403 and an unknown project are trouble; 429 and 503 throttle; other 5xx are `unknown`. What it is given
/// outlives it.
base::Result<std::unique_ptr<port::Channel>> open_fcm(const FcmConfig& config, port::HttpClient& web, const port::Clock& clock);

}  // namespace adapter::push
