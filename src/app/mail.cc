#include <charconv>
#include <fstream>
#include <sstream>

#include "adapter/smtp/open_smtp.h"
#include "app/channels_mail.h"
#include "app/engine.h"

namespace app {

using base::Code;
using base::fail;
using base::Result;

namespace {

Result<adapter::smtp::DkimKey> read_dkim(const MailSettings& mail) {
  std::ifstream in{mail.dkim_key};
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return fail(Code::not_found, "winback.yaml, mail: the DKIM key {} cannot be read", mail.dkim_key);
  const std::string domain = mail.dkim_domain.empty() ? mail.from.substr(mail.from.find('@') + 1) : mail.dkim_domain;
  return adapter::smtp::DkimKey{domain, mail.dkim_selector.empty() ? "winback" : mail.dkim_selector, text.str()};
}

}  // namespace

Result<std::unique_ptr<port::Channel>> open_mail(const ActSettings& settings) {
  if (settings.letter_provider() != nullptr) return open_mail_api(settings);
  const MailSettings& mail = settings.mail;
  if (mail.smtp.empty() || mail.from.empty()) {
    return fail(Code::invalid_input, "no mail server is set: winback.yaml needs `mail: {{from: news@shop.example, smtp: smtp://host:587}}`");
  }
  adapter::smtp::SmtpConfig config;
  std::string_view rest = mail.smtp;
  if (rest.starts_with("smtps://")) {
    config.security = adapter::smtp::Security::tls;
    config.port = 465;
    rest.remove_prefix(8);
  } else if (rest.starts_with("smtp://")) {
    rest.remove_prefix(7);
  } else {
    return fail(Code::invalid_input, "winback.yaml, mail: smtp is written as smtp://host:587 or smtps://host:465, not '{}'", mail.smtp);
  }
  if (mail.insecure) config.security = adapter::smtp::Security::none;
  if (const std::size_t colon = rest.rfind(':'); colon != rest.npos && rest.back() != ']') {
    const auto [end, problem] = std::from_chars(rest.data() + colon + 1, rest.data() + rest.size(), config.port);
    if (problem != std::errc{} || end != rest.data() + rest.size())
      return fail(Code::invalid_input, "winback.yaml, mail: '{}' has no port that is a number", mail.smtp);
    rest = rest.substr(0, colon);
  }
  config.host = rest;
  config.user = mail.user;
  config.password = mail.password;
  config.ca_file = mail.ca_file;
  config.sender = {.name = mail.from_name.empty() ? settings.shop.name[0] : mail.from_name,
                   .address = mail.from,
                   .reply_to = mail.reply_to,
                   .bounce_domain = mail.bounce_domain.empty() ? mail.from.substr(mail.from.find('@') + 1) : mail.bounce_domain};
  WB_TRY(adapter::smtp::check_sender(config.sender));
  if (!mail.dkim_key.empty()) {
    WB_ASSIGN(adapter::smtp::DkimKey key, read_dkim(mail));
    config.dkim.push_back(std::move(key));
  }
  return adapter::smtp::open_smtp(config);
}

}  // namespace app
