#include "adapter/mail_api/letter.h"

#include <algorithm>

#include "base/base64.h"
#include "base/email.h"

namespace adapter::mail_api {

using base::Code;
using base::fail;
using base::Result;

namespace {

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

Result<void> check_sender(const MailSender& sender) {
  if (!base::parse_email(sender.address)) return fail(Code::invalid_input, "from must be an e-mail address such as news@shop.example");
  if (!sender.reply_to.empty() && !base::parse_email(sender.reply_to)) return fail(Code::invalid_input, "reply_to must be an e-mail address");
  if (has_control(sender.name)) return fail(Code::invalid_input, "from_name holds a control character");
  return {};
}

Result<std::string> recipient(const model::Delivery& delivery) {
  const auto address = base::parse_email(delivery.address);
  if (!address) return fail(Code::invalid_input, "the address is no e-mail address");
  if (address->needs_smtputf8) return fail(Code::unsupported, "the address is not ASCII before the @, which this provider cannot send to");
  if (has_control(delivery.content.subject)) return fail(Code::invalid_input, "the subject holds a line break or control character");
  if (delivery.content.subject.empty()) return fail(Code::invalid_input, "the letter has no subject");
  if (delivery.content.html.empty() && delivery.content.text.empty()) return fail(Code::invalid_input, "the letter is empty");
  const std::string& link = delivery.unsubscribe_url;
  if (!link.empty() && (has_control(link) || link.find_first_of(" <>") != link.npos || !link.starts_with("https://")))
    return fail(Code::invalid_input, "the address for unsubscribing is no https address");
  return address->text();
}

std::string mailbox(std::string_view name, std::string_view address) {
  if (name.empty()) return std::string{address};
  std::string out;
  if (is_ascii(name)) {
    out = "\"";
    for (const char c : name) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  } else {
    // An encoded word has at most 75 characters (RFC 2047 §2) and ends between two characters of the name.
    constexpr std::size_t kMostBytes = 42;
    for (std::size_t at = 0; at < name.size();) {
      std::size_t end = std::min(at + kMostBytes, name.size());
      while (end < name.size() && end > at + 1 && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) --end;
      out += fmt::format("{}=?UTF-8?B?{}?=", out.empty() ? "" : " ", base::to_base64(name.substr(at, end - at)));
      at = end;
    }
  }
  return fmt::format("{} <{}>", out, address);
}

std::optional<UnsubscribeHeaders> unsubscribe_headers(const model::Delivery& delivery) {
  if (delivery.unsubscribe_url.empty()) return std::nullopt;
  return UnsubscribeHeaders{fmt::format("<{}>", delivery.unsubscribe_url), "List-Unsubscribe=One-Click"};
}

}  // namespace adapter::mail_api
