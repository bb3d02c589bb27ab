#include <algorithm>
#include <array>
#include <map>
#include <mutex>

#include "adapter/mail_api/ses.h"
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

/// Whether the address is one of SNS itself: https://sns.REGION.amazonaws.com/… and nothing that only looks so.
bool is_sns(std::string_view url, std::string_view path) {
  constexpr std::string_view begin = "https://sns.";
  if (!url.starts_with(begin)) return false;
  url.remove_prefix(begin.size());
  const std::size_t dot = url.find('.');
  if (dot == url.npos || dot == 0) return false;
  const std::string_view region = url.substr(0, dot);
  const bool plain = std::ranges::all_of(region, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  url.remove_prefix(dot);
  const std::string_view domain = region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  return plain && url.starts_with(domain) && url.substr(domain.size()).starts_with(path);
}

/// What SNS signs of a message: names and values of these fields, a line each, those that are there.
std::string signed_text(const Json& message) {
  constexpr std::array<std::string_view, 6> notification = {"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"};
  constexpr std::array<std::string_view, 7> confirmation = {"Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"};
  std::string text;
  const auto add = [&](std::string_view field) {
    if (message.has(field)) text += fmt::format("{}\n{}\n", field, message.text(field));
  };
  if (message.text("Type") == "Notification") std::ranges::for_each(notification, add);
  else std::ranges::for_each(confirmation, add);
  return text;
}

std::string event_of(const Json& event) {
  const std::string type = event.has("eventType") ? event.text("eventType") : event.text("notificationType");
  if (type == "Send") return "accepted";
  if (type == "Delivery") return "delivered";
  if (type == "Open") return "opened";
  if (type == "Click") return "clicked";
  if (type == "Complaint") return "complained";
  if (type == "Bounce") return event.at("bounce").text("bounceType") == "Permanent" ? "bounced_hard" : "bounced_soft";
  if (type == "Reject") return "bounced_soft";  // SES took it and found it infected: nobody got it, and the address is no worse for it
  if (type == "Subscription") return event.at("subscription").at("newTopicPreferences").text("unsubscribeAll") == "true" ? "opted_out" : "";
  return {};
}

/// When it happened; the parts of an event have each their own field.
base::Instant time_of(const Json& event, base::Instant otherwise) {
  for (const std::string_view part : {"bounce", "complaint", "delivery", "open", "click", "subscription"}) {
    if (const auto at = base::parse_moment(event.at(part).text("timestamp"))) return *at;
  }
  return base::parse_moment(event.at("mail").text("timestamp")).value_or(otherwise);
}

class SesCallback final : public port::Callback {
 public:
  SesCallback(std::string topic, port::HttpClient& web) : topic_(std::move(topic)), web_(web) {}

  std::string_view channel() const override { return "email"; }
  std::string_view provider() const override { return "ses"; }

  Result<model::Told> read(const Request& request, base::Instant now) override {
    const auto message = Json::parse(request.body);
    if (!message || !message->is_object()) return fail(Code::invalid_input, "this is no message of Amazon SNS");
    if (message->text("TopicArn") != topic_) return fail(Code::invalid_input, "this is of another topic than `topic` in winback.yaml");
    WB_TRY(verify(*message));
    model::Told told;
    const std::string type = message->text("Type");
    if (type == "SubscriptionConfirmation") {
      const std::string url = message->text("SubscribeURL");
      if (!is_sns(url, "/?Action=ConfirmSubscription")) return fail(Code::invalid_input, "the subscription's address is not of Amazon SNS");
      told.confirm_url = url;
      return told;
    }
    if (type != "Notification") return told;
    const Json event = Json::parse(message->text("Message")).value_or(Json{});
    const std::string what = event_of(event);
    const Json mail = event.at("mail");
    const std::string id = mail.text("messageId");
    if (what.empty() || id.empty()) return told;
    model::Notice notice{.key = message->text("MessageId"), .event = what, .provider_id = id, .at = time_of(event, now)};
    const auto references = mail.at("tags").at("reference").items();
    if (!references.empty()) notice.reference = references.front().text();
    const auto bounced = event.at("bounce").at("bouncedRecipients").items();
    if (!bounced.empty()) notice.detail = port::without_addresses(bounced.front().text("diagnosticCode"));
    if (notice.detail.empty()) notice.detail = event.at("bounce").text("bounceSubType") + event.at("complaint").text("complaintFeedbackType") + port::without_addresses(event.at("reject").text("reason"));
    told.notices.push_back(std::move(notice));
    return told;
  }

 private:
  Result<void> verify(const Json& message) {
    const std::string version = message.text("SignatureVersion");
    if (version != "1" && version != "2") return fail(Code::invalid_input, "the message has a signature of a version that is not known");
    const auto signature = base::from_base64(message.text("Signature"));
    if (!signature) return fail(Code::invalid_input, "the message has no signature");
    const std::string url = message.text("SigningCertURL");
    WB_ASSIGN(const std::string certificate, certificate_at(url));
    const auto verified = base::verify_rsa(certificate, signed_text(message), *signature, version == "1" ? base::SignatureHash::sha1 : base::SignatureHash::sha256);
    if (!verified) return fail(Code::invalid_input, "the message is not signed by Amazon SNS");
    const std::lock_guard lock{mutex_};
    if (certificates_.size() >= kMostCertificates) certificates_.clear();
    certificates_[url] = certificate;  // it has proved to be one
    return {};
  }

  /// SNS's certificate, fetched over verified TLS from SNS's own host, or kept from an earlier message.
  Result<std::string> certificate_at(const std::string& url) {
    if (!is_sns(url, "/SimpleNotificationService-") || !url.ends_with(".pem")) return fail(Code::invalid_input, "the certificate's address is not of Amazon SNS");
    {
      const std::lock_guard lock{mutex_};
      const auto known = certificates_.find(url);
      if (known != certificates_.end()) return known->second;
    }
    WB_ASSIGN(const auto answer, web_.get(url));
    if (answer.status != 200) return fail(Code::unavailable, "Amazon SNS does not hand out its certificate: HTTP {}", answer.status);
    return answer.body;
  }

  static constexpr std::size_t kMostCertificates = 8;
  const std::string topic_;
  port::HttpClient& web_;
  std::mutex mutex_;
  std::map<std::string, std::string> certificates_;  // by address; behind mutex_
};

}  // namespace

Result<std::unique_ptr<port::Callback>> ses_callback(const std::string& topic, port::HttpClient& web) {
  if (!topic.starts_with("arn:aws")) return fail(Code::invalid_input, "topic must be the ARN of the SNS topic that SES publishes to: arn:aws:sns:…");
  return std::make_unique<SesCallback>(topic, web);
}

}  // namespace adapter::mail_api
