#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"

namespace port {

/// A server that takes mail for a domain.
struct MailExchanger {
  std::uint16_t preference = 0;
  std::string host;  ///< lower case, without the last dot; "." says that the domain takes no mail (RFC 7505)
};

/// Questions to the DNS. A name that does not exist, or has no such record, has none: an empty list. `unavailable` =
/// the DNS itself did not answer. Used by one thread at a time.
class Dns {
 public:
  virtual ~Dns() = default;

  /// The texts of the name, each put together from its pieces.
  virtual base::Result<std::vector<std::string>> txt(const std::string& name) = 0;

  /// Lowest preference first.
  virtual base::Result<std::vector<MailExchanger>> mx(const std::string& name) = 0;
};

}  // namespace port
