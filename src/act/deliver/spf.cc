#include "act/deliver/spf.h"

#include <arpa/inet.h>

#include <array>
#include <charconv>

#include "act/deliver/dns_text.h"

namespace act::deliver {
namespace {

std::string spf_record(const SendingSetup& setup) {
  std::string record = "v=spf1";
  for (const std::string& address : setup.spf_addresses)
    record += (address.find(':') == std::string::npos ? " ip4:" : " ip6:") + address;
  for (const std::string& include : setup.spf_includes) record += " include:" + include;
  if (setup.spf_addresses.empty() && setup.spf_includes.empty()) record += " mx";
  return record + " -all";
}

/// The record with the missing mechanisms put before its "all".
std::string completed(const std::string& record, const std::vector<std::string>& missing) {
  std::string out, added;
  for (const std::string& one : missing) added += " " + one;
  bool done = false;
  each_piece(record, ' ', [&](std::string_view term) {
    const bool all = lowered(term).ends_with("all") && term.size() <= 4;
    if (all && !done) {
      out += added;
      done = true;
    }
    out += (out.empty() ? "" : " ") + std::string{term};
  });
  return done ? out : out + added;
}

/// Whether "192.0.2.0/24" or "2001:db8::/32" covers the address.
bool covers(std::string network, const std::string& address) {
  const int family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
  int bits = family == AF_INET ? 32 : 128;
  if (const std::size_t slash = network.find('/'); slash != std::string::npos) {
    const char* end = network.data() + network.size();
    int told = 0;
    const auto [stop, problem] = std::from_chars(network.data() + slash + 1, end, told);
    if (problem != std::errc{} || stop != end || told < 0 || told > bits) return false;
    bits = told;
    network.resize(slash);
  }
  std::array<std::uint8_t, 16> a{}, b{};
  if (inet_pton(family, network.c_str(), a.data()) != 1 || inet_pton(family, address.c_str(), b.data()) != 1)
    return false;
  for (std::size_t i = 0; bits > 0; ++i, bits -= 8) {
    const auto mask = static_cast<std::uint8_t>(bits >= 8 ? 0xFF : 0xFF << (8 - bits));
    if (((a[i] ^ b[i]) & mask) != 0) return false;
  }
  return true;
}

enum class Covered : std::uint8_t { no, maybe, yes };

/// Whether the SPF record lets the address send; `maybe` where that depends on what is not looked up here (a, mx, ptr,
/// exists, macros). At most ten records are read (RFC 7208 §4.6.4).
Covered spf_covers(port::Dns& dns, const std::string& record, const std::string& address, int& lookups) {
  Covered covered = Covered::no;
  std::vector<std::string> others;
  each_piece(record, ' ', [&](std::string_view term) {
    std::string plain = lowered(term);
    if (plain.starts_with('+')) plain.erase(0, 1);
    if (plain.starts_with("ip4:") || plain.starts_with("ip6:")) {
      if (covers(plain.substr(4), address)) covered = Covered::yes;
    } else if (plain.starts_with("include:") && plain.find('%') == std::string::npos) {
      others.push_back(plain.substr(8));
    } else if (plain.starts_with("redirect=") && plain.find('%') == std::string::npos) {
      others.push_back(plain.substr(9));
    } else if (covered == Covered::no &&
               (plain == "a" || plain == "mx" || plain.starts_with("a:") || plain.starts_with("mx:") ||
                plain.starts_with("a/") || plain.starts_with("mx/") || plain.starts_with("ptr") ||
                plain.starts_with("exists:") || plain.find('%') != std::string::npos)) {
      covered = Covered::maybe;
    }
  });
  for (const std::string& other : others) {
    if (covered == Covered::yes || ++lookups > 10) break;
    const auto texts = dns.txt(other);
    if (!texts) {
      covered = std::max(covered, Covered::maybe);
      continue;
    }
    for (const std::string& text : *texts) {
      if (lowered(text.substr(0, 7)) == "v=spf1 ") covered = std::max(covered, spf_covers(dns, text, address, lookups));
    }
  }
  return covered;
}

}  // namespace

DomainFinding check_spf(port::Dns& dns, const SendingSetup& setup, const std::string& domain) {
  DomainFinding finding{"spf", false, DomainProblem::none, {}, domain, "TXT", {}};
  const auto texts = dns.txt(domain);
  if (!texts) return silent("spf", domain, "TXT", texts.error());
  std::vector<std::string> records;
  for (const std::string& text : *texts) {
    const std::string start = lowered(text.substr(0, 7));
    if (start == "v=spf1 " || start == "v=spf1") records.push_back(text);
  }
  if (records.empty()) {
    finding.problem = DomainProblem::spf_missing;
    finding.record = spf_record(setup);
    finding.sentence = fmt::format("{} has no SPF record; publish the TXT record \"{}\"", domain, finding.record);
    return finding;
  }
  if (records.size() > 1) {
    finding.problem = DomainProblem::spf_twice;
    finding.sentence =
        fmt::format("{} has {} SPF records, which counts as none; put them together into one", domain, records.size());
    return finding;
  }
  std::vector<std::string> missing;
  bool allows_all = false;
  const auto has = [&](const std::string& wanted) {
    bool found = false;
    each_piece(records[0], ' ', [&](std::string_view term) {
      std::string plain = lowered(term);
      if (plain.starts_with('+')) plain.erase(0, 1);
      found = found || plain == "include:" + wanted || plain == "redirect=" + wanted;
    });
    return found;
  };
  each_piece(records[0], ' ', [&](std::string_view term) {
    const std::string plain = lowered(term);
    allows_all = allows_all || plain == "all" || plain == "+all";
  });
  if (allows_all) {
    finding.problem = DomainProblem::spf_allows_all;
    finding.record = spf_record(setup);
    finding.sentence = fmt::format("the SPF record of {} allows every server in the world (+all); publish \"{}\"",
                                   domain, finding.record);
    return finding;
  }
  for (const std::string& include : setup.spf_includes) {
    if (!has(lowered(include))) missing.push_back("include:" + include);
  }
  for (const std::string& address : setup.spf_addresses) {
    int lookups = 0;
    if (spf_covers(dns, records[0], address, lookups) == Covered::no)
      missing.push_back((address.find(':') == std::string::npos ? "ip4:" : "ip6:") + address);
  }
  if (!missing.empty()) {
    finding.problem = DomainProblem::spf_without_sender;
    finding.record = completed(records[0], missing);
    finding.sentence =
        fmt::format("the SPF record of {} does not name the server that sends; publish \"{}\"", domain, finding.record);
    return finding;
  }
  finding.ok = true;
  finding.sentence = fmt::format("SPF of {} is well", domain);
  return finding;
}

}  // namespace act::deliver
