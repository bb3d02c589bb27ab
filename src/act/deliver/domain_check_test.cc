#include "act/deliver/domain_check.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

namespace act::deliver {
namespace {

using testing::HasSubstr;

class FakeDns final : public port::Dns {
 public:
  std::map<std::string, std::vector<std::string>> texts;
  std::map<std::string, std::vector<port::MailExchanger>> exchangers;
  std::set<std::string> silent;

  base::Result<std::vector<std::string>> txt(const std::string& name) override {
    if (silent.contains(name)) return base::fail(base::Code::unavailable, "the DNS does not answer for {}", name);
    return texts[name];
  }
  base::Result<std::vector<port::MailExchanger>> mx(const std::string& name) override {
    if (silent.contains(name)) return base::fail(base::Code::unavailable, "the DNS does not answer for {}", name);
    return exchangers[name];
  }
};

constexpr char kKey[] = "v=DKIM1; k=rsa; p=AbC+/=";

struct Shop {
  FakeDns dns;
  SendingSetup setup;
  Shop() {
    setup.from_domain = "shop.example";
    setup.bounce_domain = "b.shop.example";
    setup.dkim = {{"shop.example", "s1._domainkey.shop.example", kKey}};
    setup.spf_includes = {"spf.provider.example"};
    dns.texts["b.shop.example"] = {"site-verification=1", "v=spf1 include:spf.provider.example ~all"};
    dns.texts["s1._domainkey.shop.example"] = {"v=DKIM1; p=AbC +/="};
    dns.texts["_dmarc.shop.example"] = {"v=DMARC1; p=none"};
    dns.exchangers["b.shop.example"] = {{10, "mx.shop.example"}};
  }
  DomainFinding find(std::string_view check) {
    for (const DomainFinding& finding : check_domain(dns, setup)) {
      if (finding.check == check) return finding;
    }
    return {};
  }
  DomainProblem problem(std::string_view check) { return find(check).problem; }
};

TEST(DomainCheck, AWellSetUpDomainPasses) {
  Shop shop;
  const auto findings = check_domain(shop.dns, shop.setup);
  ASSERT_EQ(findings.size(), 4U);
  for (const DomainFinding& finding : findings) {
    EXPECT_TRUE(finding.ok) << finding.sentence;
    EXPECT_EQ(finding.problem, DomainProblem::none);
    EXPECT_FALSE(finding.sentence.empty());
  }
}

TEST(DomainCheck, Spf) {
  Shop shop;
  auto& spf = shop.dns.texts["b.shop.example"];
  spf = {"something else", "v=spf10 -all"};
  EXPECT_EQ(shop.problem("spf"), DomainProblem::spf_missing);
  EXPECT_EQ(shop.find("spf").record, "v=spf1 include:spf.provider.example -all");
  spf = {"v=spf1 -all", "v=spf1 mx -all"};
  EXPECT_EQ(shop.problem("spf"), DomainProblem::spf_twice);
  for (const char* record : {"v=spf1 include:spf.provider.example +all", "v=spf1 include:spf.provider.example all",
                             "V=SPF1 include:spf.provider.example ALL"}) {
    spf = {record};
    EXPECT_EQ(shop.problem("spf"), DomainProblem::spf_allows_all) << record;
  }
  spf = {"v=spf1 mx include:other.example -all"};
  EXPECT_EQ(shop.problem("spf"), DomainProblem::spf_without_sender);
  EXPECT_EQ(shop.find("spf").record, "v=spf1 mx include:other.example include:spf.provider.example -all");
  spf = {"v=spf1 redirect=spf.provider.example"};
  EXPECT_TRUE(shop.find("spf").ok);
  shop.setup.spf_includes.clear();
  shop.setup.spf_addresses = {"192.0.2.7", "2001:db8::7"};
  spf = {"v=spf1 ip4:192.0.2.7 -all"};
  EXPECT_EQ(shop.find("spf").record, "v=spf1 ip4:192.0.2.7 ip6:2001:db8::7 -all");
  spf = {"v=spf1 +ip4:192.0.2.7 ip6:2001:DB8::7 ?all"};
  EXPECT_TRUE(shop.find("spf").ok);
  for (const char* record : {"v=spf1 ip4:192.0.2.0/29 ip6:2001:db8::/32 -all", "v=spf1 mx -all",
                             "v=spf1 include:hosts.example -all", "v=spf1 redirect=far.example"}) {
    spf = {record};
    shop.dns.texts["hosts.example"] = {"v=spf1 ip4:192.0.0.0/16 ip6:2001::/16 -all"};
    shop.dns.texts["far.example"] = {"v=spf1 include:hosts.example -all"};
    EXPECT_TRUE(shop.find("spf").ok) << record;
  }
  for (const char* record :
       {"v=spf1 ip4:192.0.2.8/29 ip6:2001:db9::/32 -all", "v=spf1 -all", "v=spf1 ip4:192.0.2.7/99 -all",
        "v=spf1 ip6:192.0.2.7 -all", "v=spf1 include:loop.example -all", "v=spf1 ip4:192.0.2.70 -all"}) {
    spf = {record};
    shop.dns.texts["loop.example"] = {"v=spf1 include:loop.example include:loop.example -all"};
    EXPECT_EQ(shop.problem("spf"), DomainProblem::spf_without_sender) << record;
  }
  shop.setup.spf_addresses.clear();
  spf = {"v=spf1 a -all"};
  EXPECT_TRUE(shop.find("spf").ok);  // nothing is known of what sends
}

TEST(DomainCheck, Dkim) {
  Shop shop;
  auto& key = shop.dns.texts["s1._domainkey.shop.example"];
  key = {};
  EXPECT_EQ(shop.problem("dkim"), DomainProblem::dkim_missing);
  EXPECT_THAT(shop.find("dkim").sentence, HasSubstr(kKey));
  for (const char* record : {"v=DKIM1; k=rsa; p=Other", "v=DKIM1; k=rsa; p=", "v=DKIM1; k=ed25519; p=AbC+/="}) {
    key = {record};
    EXPECT_EQ(shop.problem("dkim"), DomainProblem::dkim_other_key) << record;
  }
  key = {"v=DKIM1; p=AbC+/=", "v=DKIM1; p=Other"};
  EXPECT_FALSE(shop.find("dkim").ok);
  shop.setup.dkim.clear();
  EXPECT_EQ(shop.problem("dkim"), DomainProblem::dkim_unsigned);
}

TEST(DomainCheck, Dmarc) {
  Shop shop;
  auto& dmarc = shop.dns.texts["_dmarc.shop.example"];
  dmarc = {};
  EXPECT_EQ(shop.problem("dmarc"), DomainProblem::dmarc_missing);
  EXPECT_THAT(shop.find("dmarc").record, HasSubstr("v=DMARC1; p=none"));
  dmarc = {"v=DMARC1; p=none", "v=DMARC1; p=reject"};
  EXPECT_EQ(shop.problem("dmarc"), DomainProblem::dmarc_twice);
  dmarc = {"v=DMARC1; rua=mailto:x@shop.example"};
  EXPECT_EQ(shop.problem("dmarc"), DomainProblem::dmarc_unreadable);
  for (const char* record : {"v=DMARC1; p=none", "v=DMARC1;p=Quarantine", "V=dmarc1 ; p = reject"}) {
    dmarc = {record};
    EXPECT_TRUE(shop.find("dmarc").ok) << record;
  }
}

TEST(DomainCheck, DmarcOfAParentAndAlignment) {
  Shop shop;
  shop.setup.from_domain = "news.shop.example";  // its parent has the record
  EXPECT_TRUE(shop.find("dmarc").ok);
  shop.setup.dkim[0].domain = "mail.shop.example";
  EXPECT_TRUE(shop.find("dmarc").ok);
  shop.dns.texts["_dmarc.shop.example"] = {"v=DMARC1; p=none; adkim=s; aspf=s"};
  EXPECT_EQ(shop.problem("dmarc"), DomainProblem::dmarc_not_aligned);
  shop.setup.dkim[0].domain = "news.shop.example";
  EXPECT_TRUE(shop.find("dmarc").ok);
  shop.dns.texts["_dmarc.shop.example"] = {"v=DMARC1; p=none"};
  shop.setup.dkim[0].domain = "provider.example";
  EXPECT_TRUE(shop.find("dmarc").ok);  // SPF's domain still belongs to it
  shop.setup.bounce_domain = "bounces.provider.example";
  EXPECT_EQ(shop.problem("dmarc"), DomainProblem::dmarc_not_aligned);
  shop.setup.bounce_domain = "notshop.example";  // ends alike, is another
  EXPECT_EQ(shop.problem("dmarc"), DomainProblem::dmarc_not_aligned);
}

TEST(DomainCheck, BouncesMustFindTheWayBack) {
  Shop shop;
  shop.dns.exchangers["b.shop.example"] = {{0, "."}};
  EXPECT_EQ(shop.problem("bounces"), DomainProblem::bounces_unreachable);
  shop.dns.exchangers.clear();
  EXPECT_EQ(shop.problem("bounces"), DomainProblem::bounces_unreachable);
}

TEST(DomainCheck, ASilentDnsIsNoVerdict) {
  Shop shop;
  shop.dns.silent = {"b.shop.example", "s1._domainkey.shop.example", "_dmarc.shop.example"};
  for (const DomainFinding& finding : check_domain(shop.dns, shop.setup)) {
    EXPECT_FALSE(finding.ok);
    EXPECT_EQ(finding.problem, DomainProblem::dns_silent) << finding.check;
    EXPECT_EQ(name_of(finding.problem), "dns_silent");
  }
}

}  // namespace
}  // namespace act::deliver
