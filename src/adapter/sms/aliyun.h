#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "base/time.h"
#include "port/callback.h"
#include "port/channel.h"
#include "port/http_client.h"

namespace adapter::sms {

/// An account at Aliyun's text message service (阿里云短信服务, dysmsapi 2017-05-25).
struct AliyunConfig {
  std::string key_id;
  std::string key_secret;
  std::string sign;  ///< 短信签名, the shop's name as Aliyun approved it, without 【】
  std::string endpoint = "https://dysmsapi.aliyuncs.com";
  std::function<base::Instant()> now;  ///< Aliyun refuses signatures older than 15 minutes; empty: the machine's clock
};

/// Text messages by Aliyun's SendSms. Aliyun sends approved templates only: `Content::template_id` names one, `Content::fields`
/// fill it; a message without is rejected. The reference travels as OutId. Each goes once: Aliyun knows no idempotency key, so an
/// answer that does not come leaves the message `unknown`. `web` outlives the channel.
///
/// `look_up` asks QuerySendDetails for that number and day and takes the entry with our OutId. Found, it proves that Aliyun took the
/// message: `accepted`. Not found proves nothing (details appear some time after), and stays `unknown`.
/// `check_template` wants the template approved, and one for marketing (推广短信) to end with 拒收请回复R.
base::Result<std::unique_ptr<port::Channel>> open_aliyun(const AliyunConfig& config, port::HttpClient& web);

/// Reads Aliyun's receipts (SmsReport) and the messages customers write (SmsUp), at /callbacks/aliyun?key=SECRET. Aliyun signs
/// nothing: the secret in the address is all that tells its calls from others', so the address is only given to Aliyun, over https.
base::Result<std::unique_ptr<port::Callback>> aliyun_callback(const std::string& secret);

/// Aliyun's RPC signature 1.0 of a call: base64 of HMAC-SHA1 with the key's secret and "&" over the method, "%2F" and the sorted,
/// twice encoded parameters. `parameters` holds them all but the signature.
std::string aliyun_signature(std::string_view method, port::HttpClient::Fields parameters, std::string_view key_secret);

}  // namespace adapter::sms
