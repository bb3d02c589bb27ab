#include <algorithm>
#include <array>
#include <charconv>

#include "adapter/sms/aliyun.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/percent.h"
#include "port/provider_words.h"

namespace adapter::sms {
namespace {

using base::Code;
using base::fail;
using base::Json;
using base::Result;

/// "2017-01-01 00:00:00" or "20170901000000", in China's time.
base::Instant chinese_time(const std::string& text, base::Instant otherwise) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits += c;
  }
  if (digits.size() != 14) return otherwise;
  const auto part = [&](std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(digits.data() + at, digits.data() + at + size, value);
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year{part(0, 4)}, std::chrono::month{static_cast<unsigned>(part(4, 2))}, std::chrono::day{static_cast<unsigned>(part(6, 2))}};
  if (!day.ok()) return otherwise;
  return base::Instant{std::chrono::sys_days{day} + std::chrono::hours{part(8, 2) - 8} + std::chrono::minutes{part(10, 2)} + std::chrono::seconds{part(12, 2)}};
}

/// A number as Aliyun writes it, in E.164: eleven digits are the mainland's.
std::string e164_of(const std::string& written) {
  std::string digits;
  for (const char c : written) {
    if (c >= '0' && c <= '9') digits += c;
  }
  if (digits.empty()) return {};
  return digits.size() == 11 && digits[0] == '1' ? "+86" + digits : "+" + digits;
}

/// What a failed receipt means. The carriers' codes for numbers that do not exist are certain; everything else (switched off, out of
/// reach, suspended, filtered) may pass.
std::string_view failure_of(std::string_view code) {
  constexpr std::array<std::string_view, 6> nobody = {"MK:0001", "MI:0073", "MI:0210", "CB:0001", "CB:0053", "DB:0101"};
  return std::ranges::find(nobody, code) != nobody.end() ? "bounced_hard" : "bounced_soft";
}

class AliyunCallback final : public port::Callback {
 public:
  explicit AliyunCallback(std::string secret) : secret_(std::move(secret)) {}

  std::string_view channel() const override { return "sms"; }
  std::string_view provider() const override { return "aliyun"; }

  Result<model::Told> read(const Request& request, base::Instant now) override {
    const std::size_t mark = std::min(request.url.find('?'), request.url.size());
    const auto query = base::form_decode(std::string_view{request.url}.substr(std::min(mark + 1, request.url.size()))).value_or(port::HttpClient::Fields{});
    const auto key = std::ranges::find(query, "key", &port::HttpClient::Fields::value_type::first);
    if (key == query.end() || !base::same_secret(key->second, secret_))
      return fail(Code::invalid_input, "the address called has no key, or another than callback_secret in winback.yaml");
    const auto json = Json::parse(request.body);
    if (!json || !json->is_array()) return fail(Code::invalid_input, "Aliyun posts a JSON array; this is none");
    model::Told told{.content_type = "application/json; charset=utf-8", .reply = R"({"code":0,"msg":"接收成功"})"};
    for (const Json& entry : json->items()) {
      if (entry.has("success")) report(entry, now, told);
      else if (entry.has("content")) written(entry, now, told);
    }
    return told;
  }

 private:
  static void report(const Json& entry, base::Instant now, model::Told& told) {
    if (entry.text("biz_id").empty() && entry.text("out_id").empty()) return;  // names no message
    const std::string code = entry.text("err_code");
    const bool good = entry.text("success") == "true";
    told.notices.push_back({.key = fmt::format("{}:{}:{}", entry.text("biz_id"), entry.text("out_id"), good ? "delivered" : code),
                            .event = std::string{good ? "delivered" : failure_of(code)},
                            .reference = entry.text("out_id"),
                            .provider_id = entry.text("biz_id"),
                            .detail = good ? std::string{} : port::without_addresses("Aliyun " + code),
                            .at = chinese_time(entry.text("report_time"), now)});
  }

  static void written(const Json& entry, base::Instant now, model::Told& told) {
    const std::string from = e164_of(entry.text("phone_number"));
    if (from.empty()) return;
    const std::string sequence = entry.text("sequence_id");
    const std::string key = sequence.empty() ? base::to_hex(base::sha256(from + entry.text("send_time") + entry.text("content"))).substr(0, 32) : sequence;
    told.notices.push_back({.kind = model::NoticeKind::inbound, .key = "up:" + key, .from = from, .text = entry.text("content"), .at = chinese_time(entry.text("send_time"), now)});
  }

  const std::string secret_;
};

}  // namespace

Result<std::unique_ptr<port::Callback>> aliyun_callback(const std::string& secret) {
  if (secret.size() < 16) return fail(Code::invalid_input, "callback_secret must be at least 16 characters nobody can guess: Aliyun's calls carry no signature");
  return std::make_unique<AliyunCallback>(secret);
}

}  // namespace adapter::sms
