#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/outgoing_url.h"
#include "port/http_client.h"

namespace adapter::web {

/// What may be called, and how long an answer is waited for.
struct WebConfig {
  base::OutgoingRules rules;
  std::string ca_file;  ///< PEM of the authorities to trust; empty: the system's
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{10'000};
  std::size_t connections = 8;  ///< at once, of `exchange`
  std::vector<std::string> resolve;  ///< "host:port:address": instead of the DNS, which is judged all the same
};

/// An HTTP client that judges an address before and the machine connected to after the DNS, follows no redirects, uses no
/// proxy, and speaks TLS 1.2 or newer with verified certificates.
base::Result<std::unique_ptr<port::HttpClient>> open_web(const WebConfig& config);

}  // namespace adapter::web
