#include <array>
#include <charconv>

#include "adapter/mail_api/sendgrid.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/public_key.h"
#include "port/provider_words.h"

namespace adapter::mail_api {
namespace {

using base::Code;
using base::fail;
using base::Json;
using base::Result;

std::optional<base::Instant> instant(const std::string& seconds) {
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), value);
  if (problem != std::errc{} || end != seconds.data() + seconds.size() || value < 0 || value > 99'999'999'999) return std::nullopt;
  return base::Instant{std::chrono::seconds{value}};
}

std::string event_of(const Json& event) {
  const std::string type = event.text("event");
  if (type == "processed") return "accepted";
  if (type == "delivered") return "delivered";
  if (type == "open") return "opened";
  if (type == "click") return "clicked";
  if (type == "spamreport") return "complained";
  if (type == "unsubscribe" || type == "group_unsubscribe") return "opted_out";
  // "blocked" is a refusal for now; only "bounce" says that the address is none.
  if (type == "bounce") return event.text("type") == "blocked" ? "bounced_soft" : "bounced_hard";
  if (type == "dropped") {
    // Not even tried: SendGrid has the address on a list of its own since an earlier event.
    const std::string reason = event.text("reason");
    if (reason == "Bounced Address" || reason == "Invalid") return "bounced_hard";
    if (reason == "Spam Reporting Address") return "complained";
    if (reason == "Unsubscribed Address") return "opted_out";
    return "bounced_soft";
  }
  return {};  // deferred: SendGrid goes on trying
}

class SendgridCallback final : public port::Callback {
 public:
  explicit SendgridCallback(std::string key) : key_(std::move(key)) {}

  std::string_view channel() const override { return "email"; }
  std::string_view provider() const override { return "sendgrid"; }

  Result<model::Told> read(const Request& request, base::Instant now) override {
    const std::string timestamp = port::header(request.headers, "X-Twilio-Email-Event-Webhook-Timestamp");
    const auto signature = base::from_base64(port::header(request.headers, "X-Twilio-Email-Event-Webhook-Signature"));
    const auto sent = instant(timestamp);
    if (!signature || !sent || !base::verify_p256(key_, timestamp + request.body, *signature))
      return fail(Code::invalid_input, "this is not signed by SendGrid with the key whose public part is public_key in winback.yaml");
    if (*sent < now - std::chrono::hours{25} || *sent > now + std::chrono::minutes{10}) return fail(Code::invalid_input, "this was signed more than a day ago, or this machine's clock is off");
    const auto events = Json::parse(request.body);
    if (!events || !events->is_array()) return fail(Code::invalid_input, "SendGrid posts a JSON array; this is none");
    model::Told told;
    for (const Json& event : events->items()) {
      model::Notice notice{.key = event.text("sg_event_id"), .event = event_of(event), .send_key = event.text("send_key"), .reference = event.text("reference")};
      if (notice.event.empty() || notice.key.empty()) continue;
      // Answers to sending show the part before the first dot alone.
      notice.provider_id = event.text("sg_message_id");
      notice.provider_id.resize(std::min(notice.provider_id.find('.'), notice.provider_id.size()));
      notice.detail = port::without_addresses(event.has("reason") ? event.text("reason") : event.text("response"));
      notice.at = instant(event.text("timestamp")).value_or(now);
      told.notices.push_back(std::move(notice));
    }
    return told;
  }

 private:
  const std::string key_;
};

}  // namespace

Result<std::unique_ptr<port::Callback>> sendgrid_callback(const std::string& public_key) {
  WB_TRY(base::check_p256(public_key));
  return std::make_unique<SendgridCallback>(public_key);
}

}  // namespace adapter::mail_api
