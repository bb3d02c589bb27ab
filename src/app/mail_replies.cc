#include "app/mail_replies.h"

#include "act/respond/bounce.h"
#include "act/respond/mime_read.h"
#include "base/charset.h"
#include "base/hash.h"

namespace app {

using act::respond::Mail;
using base::Result;

namespace {

/// The letter a reply names: our Message-IDs are the send key before the @.
Result<std::optional<model::Message>> letter_answered(const Mail& mail, std::string_view reference, port::ActStore& store, const act::respond::Sign& sign) {
  if (const auto token = act::respond::read_token(sign, act::respond::Use::verp, reference)) return store.outbox().find(token->message_id);
  for (const char* field : {"in-reply-to", "references"}) {
    std::string_view text = act::respond::value_of(mail.fields, field);
    // The last one is the letter answered; the others are what that one answered.
    for (std::size_t at = text.rfind('<'); at != std::string_view::npos; at = at == 0 ? std::string_view::npos : text.rfind('<', at - 1)) {
      const std::string_view id = text.substr(at + 1, text.find('>', at) - at - 1);
      const std::string_view key = id.substr(0, id.find('@'));
      if (key.size() != 32 || key.find_first_not_of("0123456789abcdef") != std::string_view::npos) continue;
      WB_ASSIGN(auto found, store.outbox().find_key(key));
      if (found) return found;
    }
  }
  return std::optional<model::Message>{};
}

std::string in_utf8(const act::respond::Part& part) {
  const std::string type = act::respond::lower_case(act::respond::value_of(part.fields, "content-type"));
  const std::size_t at = type.find("charset=");
  std::string name = at == std::string::npos ? "" : type.substr(at + 8, type.find_first_of("; \t", at + 8) - at - 8);
  std::erase(name, '"');
  const auto told = base::charset_named(name);
  base::TextDecoder decoder = told ? base::TextDecoder{*told} : base::TextDecoder{};
  std::string text;
  decoder.decode(part.body, true, text);
  return text;
}

/// What was written: the plain part, else the HTML one, whose tags go when it is read.
std::string text_of(const Mail& mail) {
  for (const char* type : {"text/plain", "text/html"}) {
    for (const act::respond::Part& part : mail.parts) {
      if (part.type == type && !part.body.empty()) return in_utf8(part);
    }
  }
  return {};
}

}  // namespace

Result<void> take_mail(std::string_view raw, const ReplyTools& tools, const act::respond::Sign& sign, base::Instant now, BounceCounts& counts) {
  const std::uint64_t before = counts.no_report;
  WB_TRY(take_bounce(raw, tools.store, sign, tools.conductor, now, counts));
  if (counts.no_report == before) return {};
  const Mail mail = act::respond::read_mail(raw);
  const std::string reference = act::respond::read_report(raw).reference;
  IncomingReply reply{.channel = "email", .at = now};
  WB_ASSIGN(reply.message, letter_answered(mail, reference, tools.store, sign));
  if (!reply.message) return {};
  // Our own Message-ID makes a copy of the same mail known; without one its bytes do.
  const std::string_view id = act::respond::trimmed(act::respond::value_of(mail.fields, "message-id"));
  reply.key = "mail/" + base::to_hex(base::sha256(id.empty() ? raw : id)).substr(0, 32);
  reply.text = {.channel = "email",
                .subject = act::respond::plain_header(act::respond::value_of(mail.fields, "subject")),
                .text = text_of(mail),
                .by_machine = act::respond::is_by_machine(mail)};
  WB_ASSIGN(const TakenReply taken, take_reply(reply, tools, now));
  --counts.no_report;
  ++(taken.read.kind == act::respond::ReplyKind::auto_reply ? counts.auto_replies : counts.replies);
  return {};
}

}  // namespace app
