#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "base/error.h"
#include "port/dns.h"

namespace adapter::dns {

struct DnsConfig {
  std::string server;  ///< IPv4 address; empty: the system's servers
  std::uint16_t port = 53;
  std::chrono::seconds timeout{3};  ///< for each of two tries
};

/// The machine's resolver (libresolv): UDP, TCP where the answer is long.
base::Result<std::unique_ptr<port::Dns>> open_dns(const DnsConfig& config);

}  // namespace adapter::dns
