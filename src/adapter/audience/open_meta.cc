#include "adapter/audience/open_meta.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/hash.h"

namespace adapter::audience {
namespace {

using base::Code;
using base::fail;
using base::Result;
using nlohmann::json;
using port::AudienceKeys;
using port::HttpClient;

constexpr std::size_t kMostRows = 10'000;
// "Error codes" of the Graph API: temporary ones, and those of its limits (80003 is that of custom audiences).
constexpr int kLater[] = {1, 2, 4, 17, 32, 341, 368, 613, 80003, 80004};

std::uint64_t count_of(const json& body, const char* key) {
  return body.contains(key) && body[key].is_number_unsigned() ? body[key].get<std::uint64_t>() : 0;
}

class MetaAudience final : public port::Audience {
 public:
  MetaAudience(MetaConfig config, HttpClient& web) : config_(std::move(config)), web_(web) {}

  std::string_view name() const override { return "meta"; }
  std::size_t most_rows() const override { return kMostRows; }
  Result<Taken> add(std::span<const AudienceKeys> people) override { return call("POST", people); }
  Result<Taken> remove(std::span<const AudienceKeys> people) override { return call("DELETE", people); }

 private:
  Result<Taken> call(std::string_view method, std::span<const AudienceKeys> people) {
    if (people.empty()) return Taken{};
    if (people.size() > kMostRows) return fail(Code::invalid_input, "Meta takes {} people a call, these are {}", kMostRows, people.size());
    json rows = json::array();
    for (const AudienceKeys& one : people) rows.push_back({one.email, one.phone, one.id});
    json body = {{"payload", {{"schema", {"EMAIL", "PHONE", "EXTERN_ID"}}, {"data", std::move(rows)}}}, {"access_token", config_.token}};
    if (!config_.app_secret.empty()) body["appsecret_proof"] = base::to_hex(base::hmac_sha256(config_.app_secret, config_.token));
    const HttpClient::Request request{.method = std::string{method},
                                      .url = fmt::format("{}/{}/{}/users", config_.server, config_.version, config_.audience_id),
                                      .headers = {{"Content-Type", "application/json"}},
                                      .body = body.dump()};
    const auto exchange = web_.exchange({&request, 1}).front();
    if (!exchange.answer) return fail(exchange.forbidden ? Code::invalid_input : Code::unavailable, "Meta: {}", exchange.problem);
    return read(*exchange.answer);
  }

  Result<Taken> read(const HttpClient::Answer& answer) const {
    const json body = json::parse(answer.body, nullptr, false);
    if (answer.status == 200 && body.is_object() && body.contains("num_received")) return Taken{count_of(body, "num_received"), count_of(body, "num_invalid_entries")};
    const json error = body.is_object() ? body.value("error", json::object()) : json::object();
    const int code = error.is_object() && error.contains("code") && error["code"].is_number_integer() ? error["code"].get<int>() : 0;
    if (std::ranges::find(kLater, code) != std::end(kLater) || answer.status == 429 || answer.status >= 500 || answer.status < 300)
      return fail(Code::unavailable, "Meta is busy or limits the calls (HTTP {}, code {}); run the same command again in some minutes", answer.status, code);
    if (code == 190 || code == 102)
      return fail(Code::invalid_input, "Meta does not accept the token (code {}): make a new one for the system user, and put it under ad_audience in winback.yaml", code);
    if (code == 10 || (code >= 200 && code < 300))
      return fail(Code::invalid_input, "Meta does not let this token change the audience (code {}): give the system user the ad account and the right ads_management", code);
    if (code == 100)
      return fail(Code::invalid_input, "Meta knows no audience {} for this token, or refuses the call (code 100): check audience_id and app_secret under ad_audience in winback.yaml", config_.audience_id);
    return fail(Code::invalid_input, "Meta refuses the call (HTTP {}, code {})", answer.status, code);
  }

  const MetaConfig config_;
  HttpClient& web_;
};

}  // namespace

Result<std::unique_ptr<port::Audience>> open_meta(const MetaConfig& config, HttpClient& web) {
  const auto digits = [](std::string_view text) { return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }); };
  if (!digits(config.audience_id)) return fail(Code::invalid_input, "audience_id is the number of a custom audience, as Meta's audience manager shows it");
  if (config.token.empty()) return fail(Code::invalid_input, "Meta needs the token of a system user");
  const bool version = config.version.size() > 1 && config.version[0] == 'v' && std::ranges::all_of(config.version.substr(1), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  if (!version) return fail(Code::invalid_input, "the version of Meta's API is written as v21.0");
  return std::make_unique<MetaAudience>(config, web);
}

}  // namespace adapter::audience
