#include "adapter/wechat/access.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "port/outcome.h"

namespace adapter::wechat {

using model::Outcome;
using model::OutcomeKind;
using nlohmann::json;
using port::HttpClient;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds kEarly = 5min;  // WeChat keeps the old token valid so long beside a new one

struct Meaning {
  int code;
  OutcomeKind kind;
  std::string_view words;
  bool dead = false;
  bool throttled = false;
  std::chrono::seconds wait{0};
};

// From the tables of return codes of the official documentation. A code that is not here is a refusal of this message.
constexpr Meaning kMeanings[] = {
    {-1, OutcomeKind::retryable, "WeChat is busy", false, false, 30s},
    {40003, OutcomeKind::rejected, "there is no such openid of this account", true},
    {40037, OutcomeKind::rejected, "the account has no such template: name one that is in its list"},
    {41030, OutcomeKind::rejected, "the mini program has no such page"},
    {40165, OutcomeKind::rejected, "the mini program has no such page"},
    {43004, OutcomeKind::rejected, "the customer does not follow the account"},
    {43019, OutcomeKind::rejected, "the account has blocked the customer"},
    {43101, OutcomeKind::rejected, "no grant: the customer has not allowed this message, or no more of them"},
    {43107, OutcomeKind::rejected, "no grant: the customer has not allowed this message, or no more of them"},
    {43116, OutcomeKind::rejected, "WeChat has blocked the template: it was misused"},
    {45002, OutcomeKind::rejected, "the text is too long"},
    {45015, OutcomeKind::rejected, "window closed: the customer has not written within 48 hours, or follows no more"},
    {45047, OutcomeKind::rejected, "window closed: as many answers as WeChat allows went since the customer wrote"},
    {47003, OutcomeKind::rejected, "the fields do not fit the template: names, lengths and kinds are the template's"},
    {45009, OutcomeKind::retryable, "the account's calls of the day are used up", false, true, 1h},
    {45011, OutcomeKind::retryable, "too many calls a minute", false, true, 60s},
    {48001, OutcomeKind::retryable, "the account may not use this interface: apply for it at mp.weixin.qq.com"},
    {48004, OutcomeKind::retryable, "WeChat has taken this interface from the account: see the notice at mp.weixin.qq.com"},
    {50002, OutcomeKind::retryable, "WeChat has restricted the account: see the notice at mp.weixin.qq.com"},
    {40013, OutcomeKind::retryable, "the app_id is wrong: take it from mp.weixin.qq.com"},
    {40002, OutcomeKind::retryable, "the kind of grant is wrong: name another server"},
    {40125, OutcomeKind::retryable, "the secret is wrong: take it from mp.weixin.qq.com"},
    {40001, OutcomeKind::retryable, "the secret is wrong, or belongs to another app_id: take both from mp.weixin.qq.com"},
    {40164, OutcomeKind::retryable, "this machine's address is not on the account's list: add it at mp.weixin.qq.com"},
    {40243, OutcomeKind::retryable, "the secret is frozen: see mp.weixin.qq.com"},
    {61007, OutcomeKind::retryable, "the account has not given this right away: renew the authorisation"},
};

bool ends_token(int code) { return code == 40001 || code == 40014 || code == 41001 || code == 42001; }

/// Where a code stops every message and waiting does not mend it.
bool is_trouble(const Meaning& meaning) { return meaning.kind == OutcomeKind::retryable && meaning.wait == 0s; }

Outcome outcome_of(int code) {
  Outcome outcome{.kind = OutcomeKind::rejected, .detail = fmt::format("WeChat: errcode {}", code)};
  const auto* known = std::ranges::find(kMeanings, code, &Meaning::code);
  if (known == std::end(kMeanings)) return outcome;
  outcome.kind = known->kind;
  outcome.address_dead = known->dead;
  outcome.throttled = known->throttled;
  if (known->wait > 0s) outcome.retry_after = known->wait;
  outcome.detail += fmt::format(": {}", known->words);
  if (is_trouble(*known)) outcome.trouble = fmt::format("WeChat (errcode {}): {}", code, known->words);
  return outcome;
}

}  // namespace

Outcome outcome_of(const HttpClient::Exchange& exchange, bool fresh_token, bool& token_ended) {
  if (!exchange.answer) return port::outcome_without_answer(exchange);
  const HttpClient::Answer& answer = *exchange.answer;
  Outcome outcome{.detail = fmt::format("WeChat: HTTP {}", answer.status)};
  if (answer.status == 429) {
    outcome.kind = OutcomeKind::retryable;
    outcome.throttled = true;
    outcome.retry_after = port::retry_after(answer);
    return outcome;
  }
  if (answer.status >= 300 && answer.status < 500) outcome.kind = OutcomeKind::rejected;
  if (answer.status != 200) return outcome;
  const json body = json::parse(answer.body, nullptr, false);
  if (!body.is_object() || !body.contains("errcode") || !body["errcode"].is_number_integer()) {
    outcome.detail = "WeChat: an answer without errcode";
    return outcome;  // in doubt
  }
  const int code = body["errcode"].get<int>();
  if (code == 0) {
    outcome.kind = OutcomeKind::accepted;
    outcome.detail.clear();
    const auto id = body.find("msgid");
    if (id != body.end() && id->is_number_integer()) outcome.provider_id = std::to_string(id->get<std::int64_t>());
    if (id != body.end() && id->is_string()) outcome.provider_id = *id;
    return outcome;
  }
  if (ends_token(code)) {
    token_ended = true;
    if (!fresh_token) return {.kind = OutcomeKind::retryable, .detail = fmt::format("WeChat: errcode {}: the token ended early", code), .retry_after = 1s};
    return outcome_of(40001);
  }
  return outcome_of(code);
}

Outcome Access::make_ready() {
  const base::Instant now = clock_.now();
  if (!token_.empty() && now < renew_at_ && now >= fetched_at_) return {};
  const HttpClient::Request request{.method = "POST",
                                    .url = config_.server + "/cgi-bin/stable_token",
                                    .headers = {{"Content-Type", "application/json"}},
                                    .body = json{{"grant_type", "client_credential"}, {"appid", config_.app_id}, {"secret", config_.secret}}.dump()};
  const HttpClient::Exchange exchange = web_.exchange({&request, 1}).front();
  token_.clear();
  // Nothing of a message has left yet: whatever goes wrong here, it was certainly not taken.
  if (!exchange.answer) return {.kind = OutcomeKind::retryable, .detail = fmt::format("no token from WeChat: {}", exchange.problem)};
  const json body = json::parse(exchange.answer->body, nullptr, false);
  if (exchange.answer->status != 200 || !body.is_object()) return {.kind = OutcomeKind::retryable, .detail = fmt::format("no token from WeChat: HTTP {}", exchange.answer->status)};
  if (const auto token = body.find("access_token"); token != body.end() && token->is_string() && !token->get_ref<const std::string&>().empty()) {
    token_ = *token;
    const auto lasts = body.contains("expires_in") && body["expires_in"].is_number_integer() ? body["expires_in"].get<std::int64_t>() : 7200;
    fetched_at_ = now;
    renew_at_ = now + std::max(std::chrono::seconds{std::clamp<std::int64_t>(lasts, 0, 86400)} - kEarly, std::chrono::seconds{30s});
    fresh_ = true;
    return {};
  }
  const int code = body.contains("errcode") && body["errcode"].is_number_integer() ? body["errcode"].get<int>() : 0;
  Outcome outcome = outcome_of(code);
  outcome.kind = OutcomeKind::retryable;
  if (outcome.trouble.empty() && !outcome.retry_after) outcome.trouble = fmt::format("WeChat gives no token (errcode {}): check app_id and secret under channels in winback.yaml", code);
  return outcome;
}

}  // namespace adapter::wechat
