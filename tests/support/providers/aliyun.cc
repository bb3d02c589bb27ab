#include "tests/support/providers/aliyun.h"

#include <chrono>
#include <map>
#include <set>

#include "base/base64.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/percent.h"
#include "base/time.h"

namespace tests {
namespace {

using Verdict = ProviderPeer::Verdict;
using Parameters = std::map<std::string, std::string>;

std::string error(int status, const std::string& code, const std::string& message) {
  return ProviderPeer::json(status, fmt::format(R"({{"RequestId":"F655A8D5-B967-440B-8683-DAD6FF8DE990","Code":{},"Message":{}}})", base::json_string(code), base::json_string(message)));
}

/// Signature 1.0 as "请求结构、签名机制" of the documentation writes it, in its own steps.
std::string signature_of(const Parameters& parameters) {
  std::string canonical;
  for (const auto& [name, value] : parameters) {
    if (name == "Signature") continue;
    canonical += (canonical.empty() ? "" : "&") + base::percent_encode(name) + "=" + base::percent_encode(value);
  }
  const auto digest = base::hmac_sha1(fmt::format("{}&", kAliyunSecret), "POST&" + base::percent_encode("/") + "&" + base::percent_encode(canonical));
  return base::to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string chinese_today() {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now() + std::chrono::hours{8})};
  return fmt::format("{:04}{:02}{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

Verdict template_of(const std::string& code) {
  const auto say = [](const char* status, const char* type, const char* text) {
    return Verdict{.answer = ProviderPeer::json(200, fmt::format(R"({{"Code":"OK","TemplateStatus":"{}","TemplateType":"{}","TemplateContent":"{}"}})", status, type, text))};
  };
  if (code == "SMS_71390007") return say("AUDIT_STATE_PASS", "1", "${customer}您好，您在${shop}的订单已发货");
  if (code == "SMS_200") return say("AUDIT_STATE_PASS", "2", "${customer}，老朋友专享，拒收请回复R");
  if (code == "SMS_201") return say("AUDIT_STATE_PASS", "2", "${customer}，老朋友专享");
  if (code == "SMS_202") return say("AUDIT_STATE_INIT", "2", "${customer}，拒收请回复R");
  return {.answer = error(200, "isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板")};
}

Verdict judge(const HttpRequest& request, const std::vector<ProviderPeer::Message>& ledger, std::set<std::string>& nonces) {
  Parameters parameters;
  for (auto& [name, value] : base::form_decode(request.body).value_or(std::vector<std::pair<std::string, std::string>>{})) parameters[name] = value;
  if (parameters["AccessKeyId"] != kAliyunKeyId) return {.answer = error(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")};
  if (parameters["Signature"] != signature_of(parameters)) return {.answer = error(400, "SignatureDoesNotMatch", "Specified signature is not matched with our calculation.")};
  const std::string now = base::to_string(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
  if (parameters["Timestamp"].size() != now.size() || parameters["Timestamp"].substr(0, 10) != now.substr(0, 10)) return {.answer = error(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")};
  if (!nonces.insert(parameters["SignatureNonce"]).second) return {.answer = error(400, "SignatureNonceUsed", "Specified signature nonce was used already.")};
  if (parameters["Version"] != "2017-05-25" || parameters["SignatureMethod"] != "HMAC-SHA1") return {.answer = error(400, "InvalidVersion", "Specified parameter Version is not valid.")};
  const std::string& action = parameters["Action"];
  if (action == "GetSmsSign") {
    if (parameters["SignName"] != kAliyunSign) return {.answer = error(200, "isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名")};
    return {.answer = ProviderPeer::json(200, R"({"Code":"OK","SignStatus":1})")};
  }
  if (action == "GetSmsTemplate") return template_of(parameters["TemplateCode"]);
  if (action == "QuerySendDetails") {
    std::string list;
    if (parameters["SendDate"] == chinese_today()) {
      for (const auto& message : ledger) {
        if (message.address != parameters["PhoneNumber"]) continue;
        list += fmt::format(R"({}{{"PhoneNum":"{}","SendStatus":3,"ErrCode":"DELIVERED","OutId":"{}"}})", list.empty() ? "" : ",", message.address, message.key);
      }
    }
    return {.answer = ProviderPeer::json(200, fmt::format(R"({{"Code":"OK","SmsSendDetailDTOs":{{"SmsSendDetailDTO":[{}]}}}})", list))};
  }
  if (action != "SendSms") return {.answer = error(404, "InvalidAction.NotFound", "Specified api is not found")};
  const std::string& number = parameters["PhoneNumbers"];
  if (number.find('+') != number.npos || number.starts_with("1000")) return {.answer = error(200, "isv.MOBILE_NUMBER_ILLEGAL", number + "invalid mobile number")};
  if (number == "13800138999") return {.answer = error(200, "isv.BLACK_KEY_CONTROL_LIMIT", "黑名单管控")};
  if (parameters["SignName"] != kAliyunSign) return {.answer = error(200, "isv.SMS_SIGNATURE_ILLEGAL", "签名不合法")};
  if (template_of(parameters["TemplateCode"]).answer.find("AUDIT_STATE_PASS") == std::string::npos) return {.answer = error(200, "isv.SMS_TEMPLATE_ILLEGAL", "模板不合法")};
  const auto fields = base::Json::parse(parameters["TemplateParam"]);
  if (!fields || !fields->is_object()) return {.answer = error(200, "isv.INVALID_JSON_PARAM", "参数格式错误，请修改为字符串值")};
  if (!fields->has("customer")) return {.answer = error(200, "isv.TEMPLATE_MISSING_PARAMETERS", "模板缺少变量")};
  const std::string id = fmt::format("9006195{}^0", 10000 + ledger.size());
  return {.taken = ProviderPeer::Message{.address = number, .key = parameters["OutId"], .id = id, .text = parameters["TemplateParam"], .more = parameters["TemplateCode"]},
          .answer = ProviderPeer::json(200, fmt::format(R"({{"RequestId":"F655A8D5","Code":"OK","Message":"OK","BizId":"{}"}})", id))};
}

}  // namespace

std::unique_ptr<ProviderPeer> aliyun_peer() {
  return std::make_unique<ProviderPeer>(
      [nonces = std::set<std::string>{}](const HttpRequest& request, const std::vector<ProviderPeer::Message>& ledger) mutable { return judge(request, ledger, nonces); },
      error(200, "isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5"));
}

}  // namespace tests
