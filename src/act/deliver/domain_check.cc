#include "act/deliver/domain_check.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace act::deliver {
namespace {

using base::Result;

constexpr std::array<std::string_view, 14> kProblems = {
    "none",          "dns_silent",     "spf_missing",   "spf_twice",   "spf_allows_all",   "spf_without_sender",
    "dkim_unsigned", "dkim_missing",   "dkim_other_key", "dmarc_missing", "dmarc_twice",    "dmarc_unreadable",
    "dmarc_not_aligned", "bounces_unreachable"};

std::string lowered(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

template <class Each>
void each_piece(std::string_view text, char separator, const Each& each) {
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    if (const std::string_view piece = trimmed(text.substr(0, end)); !piece.empty()) each(piece);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
}

/// "k=v; k=v" (RFC 6376 §3.2). Blanks within values are dropped: long keys are often published with some.
std::map<std::string, std::string> tags_of(std::string_view text) {
  std::map<std::string, std::string> tags;
  each_piece(text, ';', [&](std::string_view tag) {
    const std::size_t equals = tag.find('=');
    if (equals == std::string_view::npos) return;
    std::string value{trimmed(tag.substr(equals + 1))};
    std::erase_if(value, [](char c) { return c == ' ' || c == '\t'; });
    tags.emplace(lowered(trimmed(tag.substr(0, equals))), std::move(value));
  });
  return tags;
}

bool is_within(std::string_view domain, std::string_view parent) {
  return domain == parent || (domain.size() > parent.size() && domain.ends_with(parent) &&
                              domain[domain.size() - parent.size() - 1] == '.');
}

DomainFinding silent(std::string check, std::string name, std::string type, const base::Error& error) {
  return {std::move(check), false, DomainProblem::dns_silent, error.message, std::move(name), std::move(type), {}};
}

// ---- SPF ----

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
  if (inet_pton(family, network.c_str(), a.data()) != 1 || inet_pton(family, address.c_str(), b.data()) != 1) return false;
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
    finding.sentence = fmt::format("{} has {} SPF records, which counts as none; put them together into one", domain,
                                   records.size());
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
    finding.sentence = fmt::format("the SPF record of {} does not name the server that sends; publish \"{}\"", domain,
                                   finding.record);
    return finding;
  }
  finding.ok = true;
  finding.sentence = fmt::format("SPF of {} is well", domain);
  return finding;
}

// ---- DKIM ----

DomainFinding check_key(port::Dns& dns, const SendingSetup::Key& key) {
  DomainFinding finding{"dkim", false, DomainProblem::none, {}, key.name, "TXT", {}};
  const auto texts = dns.txt(key.name);
  if (!texts) return silent("dkim", key.name, "TXT", texts.error());
  const auto ours = tags_of(key.record);
  const auto kind = [](const std::map<std::string, std::string>& tags) {
    const auto found = tags.find("k");
    return found == tags.end() ? std::string{"rsa"} : lowered(found->second);
  };
  bool any = false;
  for (const std::string& text : *texts) {
    const auto tags = tags_of(text);
    const auto p = tags.find("p");
    if (p == tags.end()) continue;
    any = true;
    if (p->second == ours.at("p") && kind(tags) == kind(ours) && texts->size() == 1) {
      finding.ok = true;
      finding.sentence = fmt::format("DKIM key {} is published", key.name);
      return finding;
    }
  }
  finding.record = key.record;
  finding.problem = any ? DomainProblem::dkim_other_key : DomainProblem::dkim_missing;
  finding.sentence = any ? fmt::format("{} holds another DKIM key than the one letters are signed with; publish \"{}\"",
                                       key.name, key.record)
                         : fmt::format("the DKIM key is not published; publish at {} the TXT record \"{}\"", key.name,
                                       key.record);
  return finding;
}

// ---- DMARC ----

struct DmarcFound {
  std::string domain;  // where it stands
  std::vector<std::string> records;
};

/// The record of the domain or of the nearest parent that has one (the tree walk of RFC 7489's successor: no list of
/// public suffixes is needed).
Result<DmarcFound> find_dmarc(port::Dns& dns, const std::string& domain) {
  std::string at = domain;
  for (int steps = 0; steps < 8; ++steps) {
    WB_ASSIGN(const auto texts, dns.txt("_dmarc." + at));
    DmarcFound found{at, {}};
    for (const std::string& text : texts) {
      std::string start = lowered(text.substr(0, text.find(';')));
      std::erase_if(start, [](char c) { return c == ' ' || c == '\t'; });
      if (start == "v=dmarc1") found.records.push_back(text);
    }
    if (!found.records.empty()) return found;
    const std::size_t dot = at.find('.');
    if (dot == std::string::npos || at.find('.', dot + 1) == std::string::npos) break;
    at.erase(0, dot + 1);
  }
  return DmarcFound{};
}

DomainFinding check_dmarc(port::Dns& dns, const SendingSetup& setup, const std::string& bounce_domain) {
  const std::string name = "_dmarc." + setup.from_domain;
  DomainFinding finding{"dmarc", false, DomainProblem::none, {}, name, "TXT", {}};
  const auto found = find_dmarc(dns, setup.from_domain);
  if (!found) return silent("dmarc", name, "TXT", found.error());
  const std::string wanted = "v=DMARC1; p=none; rua=mailto:postmaster@" + setup.from_domain;
  if (found->records.empty()) {
    finding.problem = DomainProblem::dmarc_missing;
    finding.record = wanted;
    finding.sentence = fmt::format("{} has no DMARC record; publish at {} the TXT record \"{}\"", setup.from_domain, name,
                                   wanted);
    return finding;
  }
  finding.name = "_dmarc." + found->domain;
  if (found->records.size() > 1) {
    finding.problem = DomainProblem::dmarc_twice;
    finding.sentence =
        fmt::format("{} has {} DMARC records, which counts as none; keep one", finding.name, found->records.size());
    return finding;
  }
  const auto tags = tags_of(found->records[0]);
  const auto value = [&](const std::string& tag) {
    const auto at = tags.find(tag);
    return at == tags.end() ? std::string{} : lowered(at->second);
  };
  const std::string policy = value("p");
  if (policy != "none" && policy != "quarantine" && policy != "reject") {
    finding.problem = DomainProblem::dmarc_unreadable;
    finding.record = wanted;
    finding.sentence = fmt::format("the DMARC record at {} has no policy (p=none, quarantine or reject); publish \"{}\"",
                                   finding.name, wanted);
    return finding;
  }
  const auto aligned = [&](const std::string& domain, bool strict) {
    if (strict) return domain == setup.from_domain;
    return is_within(domain, setup.from_domain) || is_within(setup.from_domain, domain) ||
           (is_within(domain, found->domain) && is_within(setup.from_domain, found->domain));
  };
  const bool dkim_aligned = std::ranges::any_of(
      setup.dkim, [&](const SendingSetup::Key& key) { return aligned(key.domain, value("adkim") == "s"); });
  if (!dkim_aligned && !aligned(bounce_domain, value("aspf") == "s")) {
    finding.problem = DomainProblem::dmarc_not_aligned;
    finding.sentence = fmt::format(
        "neither the DKIM domain nor the bounce domain belongs to {}, so DMARC fails; sign with a key of {}",
        setup.from_domain, setup.from_domain);
    return finding;
  }
  finding.ok = true;
  finding.sentence = fmt::format("DMARC of {} is well (p={})", setup.from_domain, policy);
  return finding;
}

DomainFinding check_bounces(port::Dns& dns, const std::string& domain) {
  DomainFinding finding{"bounces", false, DomainProblem::none, {}, domain, "MX", {}};
  const auto servers = dns.mx(domain);
  if (!servers) return silent("bounces", domain, "MX", servers.error());
  finding.ok = !servers->empty() && servers->front().host != ".";
  if (!finding.ok) {
    finding.problem = DomainProblem::bounces_unreachable;
    finding.sentence = fmt::format(
        "{} has no mail server (MX), so bounces cannot come back; publish an MX record that names the server that "
        "receives them",
        domain);
    return finding;
  }
  finding.sentence = fmt::format("bounces to {} can come back", domain);
  return finding;
}

}  // namespace

std::string_view name_of(DomainProblem problem) { return kProblems[static_cast<std::size_t>(problem)]; }

std::vector<DomainFinding> check_domain(port::Dns& dns, const SendingSetup& setup) {
  const std::string bounce_domain = setup.bounce_domain.empty() ? setup.from_domain : setup.bounce_domain;
  std::vector<DomainFinding> findings;
  findings.push_back(check_spf(dns, setup, bounce_domain));
  if (setup.dkim.empty()) {
    findings.push_back({"dkim", false, DomainProblem::dkim_unsigned,
                        "letters are not signed with DKIM; make a key and set it, large receivers refuse unsigned mail",
                        {}, "TXT", {}});
  }
  for (const SendingSetup::Key& key : setup.dkim) findings.push_back(check_key(dns, key));
  findings.push_back(check_dmarc(dns, setup, bounce_domain));
  findings.push_back(check_bounces(dns, bounce_domain));
  return findings;
}

}  // namespace act::deliver
