#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace base {

/// What the operator lets the program call besides public https addresses.
struct OutgoingRules {
  bool allow_http = false;
  std::vector<std::string> allowed_hosts;  ///< names and addresses, as in the URL, that may be private
};

/// A URL the program may call, taken apart; `text` is put together again from the parts, so that whoever reads it next
/// understands the same.
struct OutgoingUrl {
  bool https = true;
  std::string host;  ///< lower case, A-labels or an address (IPv6 without brackets)
  std::uint16_t port = 443;
  std::string target;    ///< path and query, begins with "/"
  bool allowed = false;  ///< the operator named the host: the address behind it is not judged
  std::string text;
};

/// Judges a URL that customers' settings or an operator named: https, no user and password, no port 0, a name with a
/// dot or a public address in its plain notation. Every other notation of addresses, and names that are local by
/// convention (localhost, .local, .internal, …), are refused. A name may still lead to a private address: judge the
/// address connected to with `is_public_address`.
Result<OutgoingUrl> judge_outgoing_url(std::string_view url, const OutgoingRules& rules);

/// Whether an IPv4 (4 octets) or IPv6 (16 octets) address is one of a machine on the public Internet: not private,
/// loopback, link-local, shared, documentation, multicast or reserved (RFC 6890), nor one of those inside an IPv6 form
/// (mapped, NAT64; 6to4 and Teredo are refused whole).
bool is_public_address(std::span<const std::uint8_t> octets);

/// The same of a socket address (a sockaddr_in or sockaddr_in6 of `size` bytes); every other family is not public.
bool is_public_socket_address(const void* address, std::size_t size);

}  // namespace base
