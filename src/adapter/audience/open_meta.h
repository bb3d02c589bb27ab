#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "port/audience.h"
#include "port/http_client.h"

namespace adapter::audience {

/// A custom audience at Meta and the system user's token that may change it.
struct MetaConfig {
  std::string audience_id;
  std::string token;
  std::string app_secret;  ///< where the app demands proof of it; may be empty
  std::string version = "v21.0";
  std::string server = "https://graph.facebook.com";
};

/// A custom audience by the Marketing API: hashed e-mail addresses, telephone numbers and customer ids, 10,000 a call. Token
/// and app secret go in the body, never in the address. What it is given outlives it.
base::Result<std::unique_ptr<port::Audience>> open_meta(const MetaConfig& config, port::HttpClient& web);

}  // namespace adapter::audience
