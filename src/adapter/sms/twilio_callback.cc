#include <algorithm>
#include <array>

#include "adapter/sms/twilio.h"
#include "base/base64.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/percent.h"
#include "port/provider_words.h"

namespace adapter::sms {
namespace {

using base::Code;
using base::fail;
using base::Result;
using Fields = port::HttpClient::Fields;

std::string value(const Fields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &Fields::value_type::first);
  return found == fields.end() ? std::string{} : found->second;
}

Fields query(std::string_view url) {
  const std::size_t mark = url.find('?');
  if (mark == url.npos) return {};
  return base::form_decode(url.substr(mark + 1)).value_or(Fields{});
}

/// Twilio signs the address with or without its port, whichever it felt like: both are tried, as its own libraries do.
std::array<std::string, 2> spellings(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == url.npos) return {url, url};
  const std::size_t host = scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?", host), url.size());
  const std::size_t colon = url.find(':', host);
  if (colon != url.npos && colon < end) return {url, url.substr(0, colon) + url.substr(end)};
  return {url, url.substr(0, end) + (url.starts_with("https") ? ":443" : ":80") + url.substr(end)};
}

/// What a receipt says of the message, as our own word; empty for what says nothing new.
std::string event_of(std::string_view status, std::string_view code) {
  if (status == "queued" || status == "accepted" || status == "sending" || status == "sent") return "accepted";
  if (status == "delivered") return "delivered";
  if (status == "read") return "opened";
  if (status != "undelivered" && status != "failed") return {};
  if (code == "21610") return "opted_out";
  constexpr std::array<std::string_view, 5> hard = {"21211", "21217", "21614", "30005", "30006"};  // nobody there, or no mobile
  return std::ranges::find(hard, code) != hard.end() ? "bounced_hard" : "bounced_soft";
}

class TwilioCallback final : public port::Callback {
 public:
  explicit TwilioCallback(std::string token) : token_(std::move(token)) {}

  std::string_view channel() const override { return "sms"; }
  std::string_view provider() const override { return "twilio"; }

  Result<model::Told> read(const Request& request, base::Instant now) override {
    WB_ASSIGN(const Fields form, verified(request));
    model::Told told{.content_type = "text/xml; charset=utf-8", .reply = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>"};
    const std::string id = value(form, "MessageSid");
    if (id.empty()) return told;
    const std::string status = value(form, "MessageStatus");
    if (!status.empty()) {
      const std::string code = value(form, "ErrorCode");
      model::Notice notice{.key = id + ":" + status, .event = event_of(status, code), .reference = value(query(request.url), "ref"), .provider_id = id, .at = now};
      if (notice.event.empty()) return told;
      if (!code.empty() && code != "0") notice.detail = fmt::format("Twilio error {}", port::without_addresses(code));
      told.notices.push_back(std::move(notice));
      return told;
    }
    const std::string from = value(form, "From");
    if (from.empty()) return told;
    // Twilio keeps its own list of those who wrote STOP and refuses further messages to them; its verdict counts beside the text.
    const std::string opt = value(form, "OptOutType");
    if (opt == "STOP" || opt == "START") {
      told.notices.push_back({.kind = opt == "STOP" ? model::NoticeKind::withdrew : model::NoticeKind::agreed, .key = id + ":" + opt, .from = from, .at = now});
    }
    told.notices.push_back({.kind = model::NoticeKind::inbound, .key = id, .provider_id = id, .from = from, .text = value(form, "Body"), .at = now});
    return told;
  }

 private:
  /// The fields of a call that Twilio signed.
  Result<Fields> verified(const Request& request) const {
    const auto no = [] { return fail(Code::invalid_input, "this is not signed by Twilio with the token in winback.yaml, or came to another address than public_url"); };
    const std::string signature = port::header(request.headers, "X-Twilio-Signature");
    if (signature.empty()) return no();
    const bool is_json = port::header(request.headers, "Content-Type").starts_with("application/json");
    Fields form;
    if (is_json) {
      const std::string promised = value(query(request.url), "bodySHA256");
      if (!base::same_secret(promised, base::to_hex(base::sha256(request.body)))) return no();
    } else {
      auto read = base::form_decode(request.body);
      if (!read) return no();
      form = std::move(*read);
    }
    const auto urls = spellings(request.url);
    if (!base::same_secret(signature, twilio_signature(token_, urls[0], form)) && !base::same_secret(signature, twilio_signature(token_, urls[1], form))) return no();
    if (!is_json) return form;
    const auto json = base::Json::parse(request.body).value_or(base::Json{});
    for (const std::string_view name : {"MessageSid", "MessageStatus", "ErrorCode", "From", "Body", "OptOutType"}) form.emplace_back(name, json.text(name));
    return form;
  }

  const std::string token_;
};

}  // namespace

std::string twilio_signature(std::string_view token, std::string_view url, Fields fields) {
  std::ranges::stable_sort(fields, {}, &Fields::value_type::first);
  std::string text{url};
  for (const auto& [name, content] : fields) text += name + content;
  const auto digest = base::hmac_sha1(token, text);
  return base::to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Result<std::unique_ptr<port::Callback>> twilio_callback(const std::string& token) {
  if (token.empty()) return fail(Code::invalid_input, "token must be the account's Auth Token");
  return std::make_unique<TwilioCallback>(token);
}

}  // namespace adapter::sms
