#include "adapter/mail_api/resend.h"
#include "base/json.h"
#include "base/webhook_signature.h"
#include "port/provider_words.h"

namespace adapter::mail_api {
namespace {

using base::Code;
using base::fail;
using base::Json;
using base::Result;

std::string event_of(const std::string& type, const Json& data) {
  if (type == "email.sent") return "accepted";
  if (type == "email.delivered") return "delivered";
  if (type == "email.opened") return "opened";
  if (type == "email.clicked") return "clicked";
  if (type == "email.complained") return "complained";
  if (type == "email.bounced") return data.at("bounce").text("type") == "Transient" ? "bounced_soft" : "bounced_hard";
  if (type == "email.failed") return "bounced_soft";
  if (type == "email.suppressed") return "bounced_hard";  // on Resend's own list since an earlier bounce or complaint
  return {};
}

class ResendCallback final : public port::Callback {
 public:
  explicit ResendCallback(base::WebhookSecret secret) : secret_(std::move(secret)) {}

  std::string_view channel() const override { return "email"; }
  std::string_view provider() const override { return "resend"; }

  Result<model::Told> read(const Request& request, base::Instant now) override {
    const std::string id = port::header(request.headers, "svix-id");
    WB_TRY(secret_.verify(id, port::header(request.headers, "svix-timestamp"), port::header(request.headers, "svix-signature"), request.body, now));
    const auto event = Json::parse(request.body);
    if (!event || !event->is_object()) return fail(Code::invalid_input, "Resend posts a JSON object; this is none");
    model::Told told;
    const Json data = event->at("data");
    model::Notice notice{.key = id, .event = event_of(event->text("type"), data), .provider_id = data.text("email_id")};
    if (notice.event.empty()) return told;
    const Json tags = data.at("tags");
    notice.reference = tags.text("reference");  // newer webhooks give tags as an object, older ones as a list of pairs
    for (const Json& tag : tags.items()) {
      if (tag.text("name") == "reference") notice.reference = tag.text("value");
    }
    const Json bounce = data.at("bounce");
    notice.detail = port::without_addresses(bounce.has("subType") ? bounce.text("subType") + " " + bounce.text("message") : bounce.text("message"));
    notice.at = base::parse_moment(event->text("created_at")).value_or(now);
    told.notices.push_back(std::move(notice));
    return told;
  }

 private:
  const base::WebhookSecret secret_;
};

}  // namespace

Result<std::unique_ptr<port::Callback>> resend_callback(const std::string& secret) {
  WB_ASSIGN(base::WebhookSecret opened, base::WebhookSecret::open(secret));
  return std::make_unique<ResendCallback>(std::move(opened));
}

}  // namespace adapter::mail_api
