#include "app/domain.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include "act/deliver/domain_check.h"
#include "adapter/dns/open_dns.h"
#include "adapter/smtp/dkim.h"
#include "app/engine.h"
#include "base/random.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;
using text::say;
using text::Word;

namespace {

std::string domain_of(const std::string& address) { return address.substr(address.find('@') + 1); }

/// A relay on this machine says nothing about the outside: its operator answers for it.
bool is_local(const std::string& smtp) {
  return smtp.find("://127.") != std::string::npos || smtp.find("://localhost") != std::string::npos || smtp.find("://[::1]") != std::string::npos;
}

}  // namespace

Result<void> need_domain(const ActSettings& settings, text::Language language) {
  const MailSettings& mail = settings.mail;
  if (mail.smtp.empty() || is_local(mail.smtp)) return {};
  act::deliver::SendingSetup setup{.from_domain = domain_of(mail.from), .bounce_domain = mail.bounce_domain};
  if (!mail.dkim_key.empty()) {
    std::ifstream in{mail.dkim_key};
    std::ostringstream key;
    key << in.rdbuf();
    if (!in) return fail(Code::not_found, "winback.yaml, mail: the DKIM key {} cannot be read", mail.dkim_key);
    const std::string domain = mail.dkim_domain.empty() ? setup.from_domain : mail.dkim_domain;
    WB_ASSIGN(const adapter::smtp::DkimSigner signer,
              adapter::smtp::DkimSigner::open({domain, mail.dkim_selector.empty() ? "winback" : mail.dkim_selector, key.str()}));
    setup.dkim.push_back({.domain = domain, .name = signer.record_name(), .record = signer.public_record()});
  }
  WB_ASSIGN(const auto dns, adapter::dns::open_dns({}));
  std::string wrong;
  for (const auto& finding : act::deliver::check_domain(*dns, setup)) {
    if (finding.ok) continue;
    wrong += "\n  " + finding.sentence;
    if (!finding.record.empty()) wrong += fmt::format("\n    {} {} \"{}\"", finding.name, finding.type, finding.record);
  }
  if (wrong.empty()) return {};
  return std::unexpected(base::Error{Code::invalid_input, say(language, Word::domain_fails, fmt::arg("list", wrong))});
}

Result<model::Outcome> send_test(Desk& desk, port::Channel& mail, const std::string& letter, const std::string& address,
                                 const act::letter::LetterData& data, base::Instant now) {
  const act::letter::Letter* found = desk.letter(letter);
  if (found == nullptr) return fail(Code::not_found, "there is no letter '{}'", letter);
  const auto reader = act::letter::parse_language(data.customer.language).value_or(act::letter::Language::en);
  const liquid::Value value = act::letter::value_of(data);
  const base::Zone& clock = desk.zone({});
  WB_ASSIGN(model::Content content,
            act::letter::render(desk.config().letters, *found, value, {.reader = reader, .shop = reader, .now = now, .zone = &clock}));
  content.subject = "[test] " + content.subject;
  // Each test is a letter of its own: nothing is deduplicated.
  const std::uint64_t lot = base::stable_hash(address + letter, static_cast<std::uint64_t>(base::millis(now)));
  const model::Delivery delivery{.send_key = fmt::format("{:016x}{:016x}", lot, base::mix(lot)),
                                 .reference = fmt::format("test{:016x}", lot),
                                 .address = address,
                                 .purpose = model::Purpose::transactional,
                                 .content = std::move(content),
                                 .at = now};
  return mail.send({&delivery, 1}).front();
}

Result<void> send_to_seeds(Desk& desk, const std::vector<std::string>& letters, base::Instant now) {
  const ActSettings& act = desk.config().act;
  if (act.seeds.empty() || !act.sends_letters()) return {};
  WB_ASSIGN(const auto mail, open_mail(act));
  const auto shop = static_cast<act::letter::Language>(desk.config().settings.language.value_or(text::Language::en));
  for (const std::string& letter : letters) {
    for (const std::string& address : act.seeds) {
      WB_ASSIGN(const model::Outcome outcome, send_test(desk, *mail, letter, address, act::letter::sample_data(shop), now));
      if (outcome.kind != model::OutcomeKind::accepted) {
        std::fputs(fmt::format("the copy of {} to a seed address was {}: {}\n", letter, model::name_of(outcome.kind), outcome.detail).c_str(), stderr);
      }
    }
  }
  return {};
}

}  // namespace app
