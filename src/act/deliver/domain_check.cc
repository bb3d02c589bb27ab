#include "act/deliver/domain_check.h"

#include <algorithm>
#include <array>
#include <map>

#include "act/deliver/dns_text.h"
#include "act/deliver/spf.h"

namespace act::deliver {
namespace {

using base::Result;

constexpr std::array<std::string_view, 14> kProblems = {"none",
                                                        "dns_silent",
                                                        "spf_missing",
                                                        "spf_twice",
                                                        "spf_allows_all",
                                                        "spf_without_sender",
                                                        "dkim_unsigned",
                                                        "dkim_missing",
                                                        "dkim_other_key",
                                                        "dmarc_missing",
                                                        "dmarc_twice",
                                                        "dmarc_unreadable",
                                                        "dmarc_not_aligned",
                                                        "bounces_unreachable"};

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
  finding.sentence =
      any ? fmt::format("{} holds another DKIM key than the one letters are signed with; publish \"{}\"", key.name,
                        key.record)
          : fmt::format("the DKIM key is not published; publish at {} the TXT record \"{}\"", key.name, key.record);
  return finding;
}

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
    finding.sentence =
        fmt::format("{} has no DMARC record; publish at {} the TXT record \"{}\"", setup.from_domain, name, wanted);
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
    finding.sentence = fmt::format(
        "the DMARC record at {} has no policy (p=none, quarantine or reject); publish \"{}\"", finding.name, wanted);
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
    findings.push_back({"dkim",
                        false,
                        DomainProblem::dkim_unsigned,
                        "letters are not signed with DKIM; make a key and set it, large receivers refuse unsigned mail",
                        {},
                        "TXT",
                        {}});
  }
  for (const SendingSetup::Key& key : setup.dkim) findings.push_back(check_key(dns, key));
  findings.push_back(check_dmarc(dns, setup, bounce_domain));
  findings.push_back(check_bounces(dns, bounce_domain));
  return findings;
}

}  // namespace act::deliver
