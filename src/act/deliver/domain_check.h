#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "port/dns.h"

namespace act::deliver {

/// How letters leave, as far as receivers judge it by the DNS. Domains are A-labels in lower case.
struct SendingSetup {
  std::string from_domain;    ///< of the From address
  std::string bounce_domain;  ///< of the envelope sender; empty: the From domain
  struct Key {
    std::string domain;  ///< d=
    std::string name;    ///< "selector._domainkey.domain"
    std::string record;  ///< what has to stand there, "v=DKIM1; k=rsa; p=…"
  };
  std::vector<Key> dkim;
  std::vector<std::string> spf_includes;   ///< what the provider asks to be included; empty: not known
  std::vector<std::string> spf_addresses;  ///< "192.0.2.1" or "2001:db8::1" of our own sending hosts; empty: not known
};

enum class DomainProblem : std::uint8_t {
  none,
  dns_silent,
  spf_missing,
  spf_twice,
  spf_allows_all,
  spf_without_sender,
  dkim_unsigned,
  dkim_missing,
  dkim_other_key,
  dmarc_missing,
  dmarc_twice,
  dmarc_unreadable,
  dmarc_not_aligned,
  bounces_unreachable,
};
std::string_view name_of(DomainProblem problem);

/// One thing receivers look at.
struct DomainFinding {
  std::string check;  ///< "spf", "dkim", "dmarc", "bounces"
  bool ok = false;
  DomainProblem problem = DomainProblem::none;
  std::string sentence;  ///< what is so, and what to publish where it is not well
  std::string name;      ///< of the record looked at
  std::string type;      ///< "TXT" or "MX"
  std::string record;    ///< to publish; empty where nothing is to do
};

/// Looks at what Gmail and Yahoo ask of senders of more than 5,000 letters a day: SPF (RFC 7208) that covers the
/// sending host and does not allow everybody, DKIM (RFC 6376) with our very key, DMARC (RFC 7489) of at least p=none
/// with SPF or DKIM aligned; and that bounces can come back. One finding for each check and key, in this order; a
/// campaign is not launched while one is not ok.
std::vector<DomainFinding> check_domain(port::Dns& dns, const SendingSetup& setup);

}  // namespace act::deliver
