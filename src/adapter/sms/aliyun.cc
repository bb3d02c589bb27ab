#include "adapter/sms/aliyun.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/percent.h"
#include "port/outcome.h"
#include "port/provider_words.h"

namespace adapter::sms {
namespace {

using base::Code;
using base::fail;
using base::Json;
using base::Result;
using model::Delivery;
using model::Outcome;
using model::OutcomeKind;
using port::HttpClient;

enum class Meaning : std::uint8_t { refused, dead, slower, trouble, doubt };

/// Aliyun's error codes (its pages "API错误码" and "国际/港澳台短信错误码"), without the "isv." or "isp." that those of the mainland begin
/// with; what is not here rejects the message with Aliyun's words.
struct KnownCode {
  std::string_view code;
  Meaning meaning;
  std::string_view sentence;
};
constexpr std::array kCodes = {
    KnownCode{"BUSINESS_LIMIT_CONTROL", Meaning::slower, "too many messages to this number for now"},
    KnownCode{"DAY_LIMIT_CONTROL", Meaning::slower, "the day's limit set at Aliyun is reached"},
    KnownCode{"MONTH_LIMIT_CONTROL", Meaning::trouble, "the month's limit set at Aliyun is reached: raise it there"},
    KnownCode{"QPS_LIMIT_CONTROL", Meaning::slower, "too many requests"},
    KnownCode{"Throttling", Meaning::slower, "too many requests"},
    KnownCode{"Throttling.User", Meaning::slower, "too many requests"},
    KnownCode{"Throttling.Api", Meaning::slower, "too many requests"},
    KnownCode{"MOBILE_NUMBER_ILLEGAL", Meaning::dead, "not a mobile number"},
    KnownCode{"MOBILE_COUNT_OVER_LIMIT", Meaning::refused, "more than one number"},
    KnownCode{"BLACK_KEY_CONTROL_LIMIT", Meaning::refused, "a field holds words that may not be sent, or a number that is barred"},
    KnownCode{"SMS_CONTENT_ILLEGAL", Meaning::refused, "the text holds words that may not be sent"},
    KnownCode{"PARAM_LENGTH_LIMIT", Meaning::refused, "a field is longer than the template allows"},
    KnownCode{"PARAM_NOT_SUPPORT_URL", Meaning::refused, "fields of this template may hold no addresses of pages"},
    KnownCode{"TEMPLATE_MISSING_PARAMETERS", Meaning::refused, "the template has a field that the message does not fill"},
    KnownCode{"TEMPLATE_PARAMS_ILLEGAL", Meaning::refused, "a field does not fit the template"},
    KnownCode{"INVALID_JSON_PARAM", Meaning::refused, "the fields of the template are not as Aliyun wants them"},
    KnownCode{"INVALID_PARAMETERS", Meaning::refused, "a parameter is not as Aliyun wants it"},
    KnownCode{"SMS_TEMPLATE_ILLEGAL", Meaning::refused, "Aliyun has no approved template of this name: check it in Aliyun's console"},
    KnownCode{"SMS_CONTENT_CODE_ILLEGAL", Meaning::refused, "Aliyun has no approved template of this name: check it in Aliyun's console"},
    KnownCode{"NOT_SUPPORTED_COUNTRY", Meaning::refused, "Aliyun sends nothing to this country"},
    KnownCode{"SMS_SIGNATURE_SCENE_ILLEGAL", Meaning::refused, "the signature may not be used with this template"},
    KnownCode{"SMS_SIGNATURE_ILLEGAL", Meaning::trouble, "Aliyun has no approved signature of this name: check sign in winback.yaml"},
    KnownCode{"SMS_SIGN_ILLEGAL", Meaning::trouble, "Aliyun has no approved signature of this name: check sign in winback.yaml"},
    KnownCode{"SMS_SIGN_NAME_ILLEGAL", Meaning::trouble, "Aliyun has no approved signature of this name: check sign in winback.yaml"},
    KnownCode{"AMOUNT_NOT_ENOUGH", Meaning::trouble, "the Aliyun account has no money left: top it up"},
    KnownCode{"ACCOUNT_ABNORMAL", Meaning::trouble, "the Aliyun account is not in order: look at it in Aliyun's console"},
    KnownCode{"ACCOUNT_NOT_EXISTS", Meaning::trouble, "Aliyun knows no such account: check key_id in winback.yaml"},
    KnownCode{"OUT_OF_SERVICE", Meaning::trouble, "Aliyun stopped the text message service, usually for want of money: look at it in Aliyun's console"},
    KnownCode{"PRODUCT_UN_SUBSCRIPT", Meaning::trouble, "the text message service is not opened in Aliyun's console"},
    KnownCode{"PRODUCT_NOT_SUBSCRIBED", Meaning::trouble, "the text message service is not opened in Aliyun's console"},
    KnownCode{"PRODUCT_UNSUBSCRIBE", Meaning::trouble, "the text message service is not opened in Aliyun's console"},
    KnownCode{"RAM_PERMISSION_DENY", Meaning::trouble, "the key may not send text messages: give it AliyunDysmsFullAccess"},
    KnownCode{"InvalidAccessKeyId.NotFound", Meaning::trouble, "Aliyun does not know the key: check key_id in winback.yaml"},
    KnownCode{"InvalidAccessKeyId.Inactive", Meaning::trouble, "the key is disabled at Aliyun"},
    KnownCode{"SignatureDoesNotMatch", Meaning::trouble, "Aliyun refuses the key's secret: check key_secret in winback.yaml"},
    KnownCode{"IncompleteSignature", Meaning::trouble, "Aliyun refuses the key's secret: check key_secret in winback.yaml"},
    KnownCode{"InvalidTimeStamp.Expired", Meaning::trouble, "this machine's clock is off by more than a quarter of an hour: set it right"},
    KnownCode{"Forbidden.RAM", Meaning::trouble, "the key may not send text messages: give it AliyunDysmsFullAccess"},
    // This very request arrived before, by a way that repeated it; what became of that is not said.
    KnownCode{"SignatureNonceUsed", Meaning::doubt, "an earlier copy of this request arrived"},
    KnownCode{"SYSTEM_ERROR", Meaning::doubt, "an error inside Aliyun"},
};

/// Aliyun wants numbers of the mainland without their country, and others without the plus.
std::string number_of(std::string_view e164) {
  if (e164.starts_with("+86")) return std::string{e164.substr(3)};
  return std::string{e164.starts_with('+') ? e164.substr(1) : e164};
}

/// "20261122" of a moment in China, where Aliyun counts its days.
std::string chinese_day(base::Instant at) {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(at + std::chrono::hours{8})};
  return fmt::format("{:04}{:02}{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

Outcome judge(const HttpClient::Exchange& exchange) {
  if (!exchange.answer) return port::outcome_without_answer(exchange);
  const HttpClient::Answer& answer = *exchange.answer;
  const Json json = Json::parse(answer.body).value_or(Json{});
  const std::string code = json.text("Code");
  Outcome outcome;
  if (answer.status == 200 && code == "OK") return {.kind = OutcomeKind::accepted, .provider_id = json.text("BizId")};
  outcome.detail = code.empty() ? fmt::format("Aliyun answered HTTP {}", answer.status) : port::without_addresses("Aliyun error " + code);
  std::string_view bare = code;
  if (bare.starts_with("isv.") || bare.starts_with("isp.")) bare.remove_prefix(4);
  const auto known = std::ranges::find(kCodes, bare, &KnownCode::code);
  Meaning meaning = code.empty() && answer.status == 200 ? Meaning::doubt : Meaning::refused;
  if (known != kCodes.end()) {
    meaning = known->meaning;
    outcome.detail += fmt::format(": {}", known->sentence);
  } else if (answer.status >= 500) {
    meaning = Meaning::doubt;
  } else if (answer.status == 429 || code.starts_with("Throttling")) {
    meaning = Meaning::slower;
  } else if (answer.status == 401 || answer.status == 403) {
    meaning = Meaning::trouble;
  } else if (const std::string words = port::without_addresses(json.text("Message")); !words.empty()) {
    outcome.detail += fmt::format(": {}", words);
  }
  switch (meaning) {
    case Meaning::refused: outcome.kind = OutcomeKind::rejected; break;
    case Meaning::dead:
      outcome.kind = OutcomeKind::rejected;
      outcome.address_dead = true;
      break;
    case Meaning::slower:
      outcome.kind = OutcomeKind::retryable;
      outcome.throttled = true;
      outcome.retry_after = port::retry_after(answer);
      break;
    case Meaning::trouble:
      outcome.kind = OutcomeKind::retryable;
      outcome.trouble = known != kCodes.end() ? std::string{known->sentence} : "Aliyun refuses the key: check key_id and key_secret in winback.yaml";
      break;
    case Meaning::doubt: break;
  }
  return outcome;
}

class AliyunChannel final : public port::Channel {
 public:
  AliyunChannel(const AliyunConfig& config, HttpClient& web) : config_(config), web_(web) {
    if (!config_.now) config_.now = [] { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); };
  }

  std::string_view name() const override { return "sms"; }

  std::vector<Outcome> send(std::span<const Delivery> deliveries) override {
    std::vector<Outcome> outcomes(deliveries.size());
    std::vector<HttpClient::Request> requests;
    std::vector<std::size_t> of;  // the delivery each request is for
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      const Delivery& one = deliveries[i];
      if (one.content.template_id.empty()) {
        outcomes[i] = {.kind = OutcomeKind::rejected, .detail = "Aliyun sends approved templates only: give the message a template (SMS_…) and its fields"};
        continue;
      }
      std::string fields;
      for (const auto& [name, value] : one.content.fields) fields += fmt::format("{}{}:{}", fields.empty() ? "" : ",", base::json_string(name), base::json_string(value));
      requests.push_back(signed_call({{"Action", "SendSms"},
                                      {"PhoneNumbers", number_of(one.address)},
                                      {"SignName", config_.sign},
                                      {"TemplateCode", one.content.template_id},
                                      {"TemplateParam", "{" + fields + "}"},
                                      {"OutId", one.reference}},
                                     fmt::format("{}-{}", one.send_key, one.attempt)));
      of.push_back(i);
    }
    const auto exchanges = web_.exchange(requests);
    for (std::size_t i = 0; i < exchanges.size(); ++i) outcomes[of[i]] = judge(exchanges[i]);
    return outcomes;
  }

  Result<void> check() override {
    WB_ASSIGN(const Json answer, ask({{"Action", "GetSmsSign"}, {"SignName", config_.sign}}));
    const std::string status = answer.text("SignStatus");
    if (status == "1") return {};
    return fail(Code::invalid_input, "Aliyun has not approved the signature '{}' ({}): look at it in Aliyun's console", config_.sign,
                status == "0" ? "it is still being examined" : "it was refused or taken back");
  }

  Result<void> check_template(std::string_view id) override {
    WB_ASSIGN(const Json answer, ask({{"Action", "GetSmsTemplate"}, {"TemplateCode", std::string{id}}}));
    const std::string status = answer.text("TemplateStatus");
    if (status != "AUDIT_STATE_PASS" && status != "1") {
      return fail(Code::invalid_input, "Aliyun has not approved the template {} ({}): look at it in Aliyun's console", id,
                  status == "AUDIT_STATE_INIT" || status == "0" ? "it is still being examined" : "it was refused or taken back");
    }
    constexpr std::string_view kMarketing = "2";  // 推广短信
    if (answer.text("TemplateType") == kMarketing && !ends_with_refusal(answer.text("TemplateContent")))
      return fail(Code::invalid_input, "the template {} is for marketing and does not end with 拒收请回复R: customers must be told how to refuse", id);
    return {};
  }

  Outcome look_up(const Delivery& delivery) override {
    // A message of one evening may be listed under the next day.
    for (const base::Instant at : {delivery.at, delivery.at + std::chrono::hours{1}}) {
      const auto answer = ask({{"Action", "QuerySendDetails"}, {"PhoneNumber", number_of(delivery.address)}, {"SendDate", chinese_day(at)}, {"PageSize", "50"}, {"CurrentPage", "1"}});
      if (!answer) return {};
      for (const Json& sent : answer->at("SmsSendDetailDTOs").at("SmsSendDetailDTO").items()) {
        if (sent.text("OutId") == delivery.reference) return {.kind = OutcomeKind::accepted, .detail = "found at Aliyun by its OutId"};
      }
      if (chinese_day(at) == chinese_day(delivery.at + std::chrono::hours{1})) break;
    }
    return {};
  }

 private:
  static bool ends_with_refusal(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '.'; });
    if (text.ends_with("。")) text.resize(text.size() - std::string_view{"。"}.size());
    return text.ends_with("拒收请回复R") || text.ends_with("拒收請回覆R") || text.ends_with("拒收请回复r");
  }

  HttpClient::Request signed_call(HttpClient::Fields parameters, const std::string& nonce) const {
    const auto now = std::chrono::floor<std::chrono::seconds>(config_.now());
    for (auto& common : HttpClient::Fields{{"AccessKeyId", config_.key_id},
                                           {"Format", "JSON"},
                                           {"RegionId", "cn-hangzhou"},
                                           {"SignatureMethod", "HMAC-SHA1"},
                                           {"SignatureNonce", nonce},
                                           {"SignatureVersion", "1.0"},
                                           {"Timestamp", base::to_string(base::Instant{now})},
                                           {"Version", "2017-05-25"}})
      parameters.push_back(std::move(common));
    parameters.emplace_back("Signature", aliyun_signature("POST", parameters, config_.key_secret));
    return {.method = "POST", .url = config_.endpoint + "/", .headers = {{"Content-Type", "application/x-www-form-urlencoded"}}, .body = base::form_encode(parameters)};
  }

  /// A question that reaches no customer; its answer when Aliyun says OK.
  Result<Json> ask(const HttpClient::Fields& parameters) {
    const auto request = signed_call(parameters, fmt::format("{:x}-{}", base::millis(config_.now()), ++asked_));
    const auto exchange = web_.exchange(std::span{&request, 1}).front();
    if (!exchange.answer) return fail(Code::unavailable, "Aliyun cannot be reached: {}", exchange.problem);
    Json json = Json::parse(exchange.answer->body).value_or(Json{});
    if (json.text("Code") == "OK") return json;
    const Outcome outcome = judge(exchange);
    if (!outcome.trouble.empty()) return fail(Code::invalid_input, "{}", outcome.trouble);
    return fail(outcome.kind == OutcomeKind::rejected ? Code::invalid_input : Code::unavailable, "{}", outcome.detail);
  }

  AliyunConfig config_;
  HttpClient& web_;
  std::uint64_t asked_ = 0;
};

}  // namespace

std::string aliyun_signature(std::string_view method, HttpClient::Fields parameters, std::string_view key_secret) {
  std::ranges::sort(parameters);
  const std::string text = fmt::format("{}&%2F&{}", method, base::percent_encode(base::form_encode(parameters)));
  const auto digest = base::hmac_sha1(fmt::format("{}&", key_secret), text);
  return base::to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Result<std::unique_ptr<port::Channel>> open_aliyun(const AliyunConfig& config, HttpClient& web) {
  if (config.key_id.empty() || config.key_secret.empty()) return fail(Code::invalid_input, "key_id and key_secret must be an AccessKey of Aliyun");
  if (config.sign.empty() || config.sign.starts_with("【")) return fail(Code::invalid_input, "sign must be the approved signature without 【】");
  return std::make_unique<AliyunChannel>(config, web);
}

}  // namespace adapter::sms
