#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "port/channel.h"
#include "port/clock.h"
#include "port/http_client.h"

namespace adapter::push {

/// An app at Apple and the key its messages are signed with.
struct ApnsConfig {
  std::string key;      ///< PEM of the .p8 file
  std::string key_id;   ///< ten characters
  std::string team_id;  ///< ten characters
  std::string topic;    ///< the app's bundle id
  std::string server = "https://api.push.apple.com";
};

/// Push messages by Apple's service (HTTP/2) to addresses "apns:TOKEN": subject is the title, text the body, link and send key
/// go along. Apple does not deduplicate; the send key is the collapse id and, as a UUID, the apns-id. 200 is `accepted`; a
/// token that is gone or wrong is `rejected` and dead; refused keys and topics are trouble; 429 and 503 throttle; 500 is
/// `unknown`. What it is given outlives it.
base::Result<std::unique_ptr<port::Channel>> open_apns(const ApnsConfig& config, port::HttpClient& web, const port::Clock& clock);

}  // namespace adapter::push
