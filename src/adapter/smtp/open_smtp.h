#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapter/smtp/dkim.h"
#include "adapter/smtp/mime.h"
#include "adapter/smtp/pace.h"
#include "base/error.h"
#include "port/channel.h"

namespace adapter::smtp {

enum class Security : std::uint8_t {
  starttls,  ///< plain greeting, then TLS or nothing (RFC 3207)
  tls,       ///< TLS from the first byte (RFC 8314)
  none,      ///< for a relay on this machine or a private network
};

/// The server that takes our letters, and how much of it we may use.
struct SmtpConfig {
  std::string host;
  std::uint16_t port = 587;
  Security security = Security::starttls;
  std::string user;  ///< empty: no AUTH
  std::string password;
  std::string ca_file;    ///< PEM of the authorities to trust; empty: the system's
  std::string helo_name;  ///< what we call ourselves; empty: the domain of the sender
  Sender sender;
  std::vector<DkimKey> dkim;  ///< every one signs; empty: the server signs
  std::size_t connections = 8;
  DomainLimit usual_domain;
  std::map<std::string, DomainLimit> domains;  ///< exceptions, by recipient domain
  std::chrono::milliseconds connect_timeout{30'000};
  std::chrono::milliseconds reply_timeout{300'000};        ///< for every step before the final dot
  std::chrono::milliseconds final_reply_timeout{600'000};  ///< after it (RFC 5321 §4.5.3.2.6)
  std::chrono::milliseconds longest_wait{30'000};          ///< no letter of a call begins later than this
  std::chrono::milliseconds first_back_off{30'000};        ///< after a domain asked us to slow down
};

/// E-mail through one SMTP server over kept connections. Nothing is sent before the first call of `send`. A refused
/// login, connection or rate is `retryable`; only what is said of the letter or its recipient can be `rejected`. A
/// transaction that ends without answer after the whole letter was handed over is `unknown`. Details hold no addresses.
base::Result<std::unique_ptr<port::Channel>> open_smtp(const SmtpConfig& config);

}  // namespace adapter::smtp
