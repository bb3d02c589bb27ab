#include "adapter/smtp/mime.h"

#include "adapter/smtp/body_text.h"
#include "adapter/smtp/header_text.h"
#include "base/charset.h"
#include "base/email.h"

namespace adapter::smtp {
namespace {

using base::Code;
using base::EmailAddress;
using base::fail;
using base::Result;

constexpr std::size_t kMostUrl = 900;  // List-Unsubscribe stands on one line: folding it broke signatures on relays

bool is_token(std::string_view text, std::string_view also) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           also.find(c) != std::string_view::npos;
  });
}

Result<EmailAddress> own_address(std::string_view what, std::string_view text) {
  auto address = base::parse_email(text);
  if (!address)
    return fail(Code::invalid_input, "{} '{}' is no e-mail address: {}", what, text, address.error().message);
  return address;
}

/// "Tue, 06 Jan 2026 09:00:00 +0000"
std::string date_text(base::Instant at) {
  static constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(at - day)};
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000", kDays[std::chrono::weekday{day}.c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

Result<void> check_delivery(const model::Delivery& delivery) {
  if (delivery.send_key.empty() || delivery.send_key.size() > 64 || !is_token(delivery.send_key, "_-"))
    return fail(Code::internal, "the send key of message {} is not made of letters and digits", delivery.message_id);
  if (delivery.reference.size() > 48 || !is_token(delivery.reference, "_-"))
    return fail(Code::internal, "the reference of message {} is not made of letters and digits", delivery.message_id);
  if (const auto& url = delivery.unsubscribe_url; !url.empty()) {
    if (!url.starts_with("https://") || !is_visible_ascii(url) || url.size() > kMostUrl ||
        url.find_first_of("<>\"\\,") != std::string::npos)
      return fail(Code::invalid_input, "the unsubscribe link must be https, in ASCII and shorter than {} characters",
                  kMostUrl);
  }
  if (!is_token(delivery.content.language, "-") || delivery.content.language.size() > 35)
    return fail(Code::invalid_input, "'{}' is no language tag", delivery.content.language.substr(0, 35));
  if (delivery.content.text.empty() && delivery.content.html.empty())
    return fail(Code::invalid_input, "the letter is empty: it has neither text nor HTML");
  for (const std::string* body : {&delivery.content.text, &delivery.content.html}) {
    if (!base::is_utf8(*body)) return fail(Code::invalid_input, "the body of the letter is not UTF-8");
    if (body->find('\0') != std::string::npos) return fail(Code::invalid_input, "the body holds a zero byte");
  }
  return {};
}

void append_part(std::string& out, std::string_view type, std::string_view text) {
  const EncodedBody body = encode_body(with_crlf(text));
  out += fmt::format("Content-Type: {}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n", type, body.encoding);
  out += body.bytes;
}

void append_content(std::string& out, const model::Delivery& delivery) {
  const model::Content& content = delivery.content;
  if (content.html.empty()) return append_part(out, "text/plain", content.text);
  if (content.text.empty()) return append_part(out, "text/html", content.html);
  const std::string boundary = "=_" + delivery.send_key;
  out += fmt::format("Content-Type: multipart/alternative; boundary=\"{}\"\r\n\r\n--{}\r\n", boundary, boundary);
  append_part(out, "text/plain", content.text);
  out += fmt::format("\r\n--{}\r\n", boundary);  // the line end before a boundary is the boundary's
  append_part(out, "text/html", content.html);
  out += fmt::format("\r\n--{}--\r\n", boundary);
}

}  // namespace

Result<void> check_sender(const Sender& sender) {
  WB_ASSIGN([[maybe_unused]] auto from, own_address("the sender's address", sender.address));
  WB_TRY(check_header_source("the sender's name", sender.name));
  WB_TRY(check_header_source("the name of the list", sender.list_name));
  if (!sender.reply_to.empty()) WB_TRY(own_address("the reply-to address", sender.reply_to));
  if (!sender.list_id.empty()) {
    if (const auto id = base::parse_domain(sender.list_id); !id)
      return fail(Code::invalid_input, "the list id is written like a domain (news.shop.example): {}",
                  id.error().message);
  }
  if (!sender.bounce_domain.empty()) {
    if (const auto domain = base::parse_domain(sender.bounce_domain); !domain)
      return fail(Code::invalid_input, "the bounce domain is no domain: {}", domain.error().message);
  }
  return {};
}

Result<std::string> bounce_address(const Sender& sender, const std::string& reference) {
  if (sender.bounce_domain.empty()) {
    WB_ASSIGN(const EmailAddress from, own_address("the sender's address", sender.address));
    return from.text();
  }
  WB_ASSIGN(const std::string domain, base::parse_domain(sender.bounce_domain));
  return reference.empty() ? fmt::format("bounce@{}", domain) : fmt::format("bounce+{}@{}", reference, domain);
}

Result<Letter> compose(const model::Delivery& delivery, const Sender& sender) {
  WB_TRY(check_sender(sender));
  WB_TRY(check_delivery(delivery));
  WB_ASSIGN(const EmailAddress from, own_address("the sender's address", sender.address));
  const auto to = base::parse_email(delivery.address);
  if (!to) return fail(Code::invalid_input, "the customer's address cannot be written to: {}", to.error().message);

  Letter letter;
  letter.to = to->text();
  WB_ASSIGN(letter.from, bounce_address(sender, delivery.reference));
  letter.needs_smtputf8 = to->needs_smtputf8 || from.needs_smtputf8;

  std::string& out = letter.bytes;
  WB_ASSIGN(out, phrase_header("From", sender.name, from.text()));
  WB_ASSIGN(const std::string to_line, phrase_header("To", delivery.name, letter.to));
  WB_ASSIGN(const std::string subject, text_header("Subject", delivery.content.subject));
  out += to_line;
  out += subject;
  out += fmt::format("Date: {}\r\nMessage-ID: <{}@{}>\r\n", date_text(delivery.at), delivery.send_key, from.domain);
  if (!sender.reply_to.empty()) {
    WB_ASSIGN(const EmailAddress reply_to, own_address("the reply-to address", sender.reply_to));
    letter.needs_smtputf8 = letter.needs_smtputf8 || reply_to.needs_smtputf8;
    out += fmt::format("Reply-To: <{}>\r\n", reply_to.text());
  }
  if (!sender.list_id.empty()) {
    WB_ASSIGN(const std::string list_id, base::parse_domain(sender.list_id));
    WB_ASSIGN(const std::string list, phrase_header("List-Id", sender.list_name, list_id));
    out += list;
  }
  if (!delivery.unsubscribe_url.empty()) {
    out += fmt::format("List-Unsubscribe: <{}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                       delivery.unsubscribe_url);
  }
  if (!delivery.reference.empty())
    out += fmt::format("Feedback-ID: {}:{}:email:winback\r\n", delivery.reference, model::name_of(delivery.purpose));
  if (!delivery.content.language.empty()) out += fmt::format("Content-Language: {}\r\n", delivery.content.language);
  out += "MIME-Version: 1.0\r\n";
  append_content(out, delivery);
  return letter;
}

}  // namespace adapter::smtp
