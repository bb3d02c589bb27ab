#include "adapter/wecom/open_wecom.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "port/outcome.h"

namespace adapter::wecom {
namespace {

using base::Code;
using base::fail;
using base::Result;
using model::Delivery;
using model::Outcome;
using model::OutcomeKind;
using nlohmann::json;
using port::HttpClient;
using namespace std::chrono_literals;

constexpr std::size_t kMostText = 4'000;      // bytes of a group-send text
constexpr std::size_t kMostTasksLooked = 50;  // of the minutes around an attempt in doubt
constexpr std::chrono::seconds kEarly = 5min;

struct Meaning {
  int code;
  OutcomeKind kind;
  std::string_view words;
  bool dead = false;
  bool throttled = false;
  std::chrono::seconds wait{0};
};

// From the table of global return codes of the official documentation. A code that is not here refuses this message.
constexpr Meaning kMeanings[] = {
    {-1, OutcomeKind::retryable, "WeCom is busy", false, false, 30s},
    {40096, OutcomeKind::rejected, "there is no such external contact", true},
    {84061, OutcomeKind::rejected, "the colleague and the customer are no contacts"},
    {41048, OutcomeKind::rejected, "there is no customer the task could go to"},
    {60111, OutcomeKind::rejected, "there is no such member: name the userid of a colleague"},
    {45002, OutcomeKind::rejected, "the text is too long"},
    {45009, OutcomeKind::retryable, "too many calls", false, true, 60s},
    {45033, OutcomeKind::retryable, "too many calls at once", false, true, 10s},
    {40001, OutcomeKind::retryable, "the secret is wrong: take it from the admin console (客户联系)"},
    {40013, OutcomeKind::retryable, "the corp_id is wrong: take it from the admin console (我的企业)"},
    {40091, OutcomeKind::retryable, "the secret is wrong: take it from the admin console (客户联系)"},
    {48002, OutcomeKind::retryable, "the app may not use customer contact: allow it in the admin console"},
    {60011, OutcomeKind::retryable, "the app may not act for this member: widen its visible range in the admin console"},
    {60020, OutcomeKind::retryable, "this machine's address is not trusted: add it to the app's list in the admin console"},
    {301002, OutcomeKind::retryable, "the app may not use customer contact: allow it in the admin console"},
};

bool ends_token(int code) { return code == 40014 || code == 42001 || code == 41001; }

Outcome outcome_of(int code) {
  Outcome outcome{.kind = OutcomeKind::rejected, .detail = fmt::format("WeCom: errcode {}", code)};
  const auto* known = std::ranges::find(kMeanings, code, &Meaning::code);
  if (known == std::end(kMeanings)) return outcome;
  outcome.kind = known->kind;
  outcome.address_dead = known->dead;
  outcome.throttled = known->throttled;
  if (known->wait > 0s) outcome.retry_after = known->wait;
  outcome.detail += fmt::format(": {}", known->words);
  if (known->kind == OutcomeKind::retryable && known->wait == 0s) outcome.trouble = fmt::format("WeCom (errcode {}): {}", code, known->words);
  return outcome;
}

int code_of(const json& body) {
  return body.is_object() && body.contains("errcode") && body["errcode"].is_number_integer() ? body["errcode"].get<int>() : -2;
}

struct Address {
  std::string member, customer;
};

bool plain(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '@';
  });
}

class WecomChannel final : public port::Channel {
 public:
  WecomChannel(WecomConfig config, HttpClient& web, const port::Clock& clock) : config_(std::move(config)), web_(web), clock_(clock) {}

  std::string_view name() const override { return "wecom"; }

  std::vector<Outcome> send(std::span<const Delivery> deliveries) override {
    std::vector<Outcome> outcomes(deliveries.size());
    std::vector<std::size_t> of;  // the delivery each body is for
    std::vector<json> bodies;
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      if (auto made = body_of(deliveries[i])) {
        bodies.push_back(std::move(*made));
        of.push_back(i);
      } else {
        outcomes[i] = {.kind = OutcomeKind::rejected, .detail = made.error().message};
      }
    }
    if (bodies.empty()) return outcomes;
    if (const Outcome problem = make_ready(); !problem.detail.empty()) {
      for (const std::size_t i : of) outcomes[i] = problem;
      return outcomes;
    }
    std::vector<HttpClient::Request> requests;
    for (const json& body : bodies) requests.push_back(request("add_msg_template", body));
    const auto exchanges = web_.exchange(requests);
    bool ended = false;
    for (std::size_t i = 0; i < exchanges.size(); ++i) outcomes[of[i]] = judge(exchanges[i], bodies[i]["external_userid"][0], ended);
    fresh_ = false;
    if (ended) token_.clear();
    return outcomes;
  }

  Result<void> check() override {
    token_.clear();
    const Outcome problem = make_ready();
    if (problem.detail.empty()) return {};
    if (problem.trouble.empty()) return fail(Code::unavailable, "{}", problem.detail);
    return fail(Code::invalid_input, "{}", problem.trouble);
  }

  /// A task of the minutes around the attempt that is meant for this customer; with two of them nobody can tell.
  Outcome look_up(const Delivery& delivery) override {
    const auto address = address_of(delivery.address);
    if (!address || !make_ready().detail.empty()) return {};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(delivery.at).time_since_epoch().count();
    const json tasks = ask("get_groupmsg_list_v2", {{"chat_type", "single"}, {"start_time", seconds - 60}, {"end_time", seconds + 300}, {"limit", 100}});
    if (code_of(tasks) != 0 || !tasks.contains("group_msg_list") || !tasks["group_msg_list"].is_array()) return {};
    const json& list = tasks["group_msg_list"];
    const auto cursor = tasks.find("next_cursor");
    if (list.size() > kMostTasksLooked || (cursor != tasks.end() && cursor->is_string() && !cursor->get_ref<const std::string&>().empty())) return {};
    Outcome found;
    std::size_t tasks_for_them = 0;
    for (const json& task : list) {
      if (!task.is_object() || !task.contains("msgid") || !task["msgid"].is_string()) continue;
      const json result = ask("get_groupmsg_send_result", {{"msgid", task["msgid"]}, {"userid", address->member}, {"limit", 500}});
      if (code_of(result) != 0 || !result.contains("send_list") || !result["send_list"].is_array()) continue;
      for (const json& one : result["send_list"]) {
        if (!one.is_object() || one.value("external_userid", "") != address->customer) continue;
        ++tasks_for_them;
        found = state_of(one.value("status", -1));
        found.provider_id = task["msgid"];
      }
    }
    return tasks_for_them == 1 ? found : Outcome{};
  }

 private:
  static Outcome state_of(int status) {
    switch (status) {
      case 0: return {.kind = OutcomeKind::accepted, .detail = "the colleague has not confirmed it yet"};
      case 1: return {.kind = OutcomeKind::accepted, .detail = "the colleague has sent it"};
      case 2: return {.kind = OutcomeKind::rejected, .detail = "WeCom: the customer is no contact of the colleague any more"};
      case 3: return {.kind = OutcomeKind::rejected, .detail = "WeCom: the customer has had as many group messages as WeCom allows"};
      default: return {};
    }
  }

  Result<Address> address_of(std::string_view text) const {
    const std::size_t slash = text.find('/');
    Address address{slash == std::string_view::npos ? config_.member : std::string{text.substr(0, slash)},
                    std::string{slash == std::string_view::npos ? text : text.substr(slash + 1)}};
    if (!plain(address.customer) || !plain(address.member))
      return fail(Code::invalid_input, "a WeCom address is MEMBER/EXTERNAL_USERID, or the external userid alone where channels names a member");
    return address;
  }

  Result<json> body_of(const Delivery& delivery) const {
    WB_ASSIGN(const Address address, address_of(delivery.address));
    const model::Content& content = delivery.content;
    if (content.text.empty()) return fail(Code::invalid_input, "a message by WeCom needs a text");
    if (content.text.size() > kMostText) return fail(Code::invalid_input, "the WeCom message has {} bytes, {} may go: shorten its text", content.text.size(), kMostText);
    json body = {{"chat_type", "single"}, {"external_userid", {address.customer}}, {"sender", address.member}, {"text", {{"content", content.text}}}};
    if (!content.link.empty()) {
      body["attachments"] = {{{"msgtype", "link"}, {"link", {{"title", content.subject.empty() ? content.link : content.subject}, {"url", content.link}}}}};
    }
    return body;
  }

  HttpClient::Request request(std::string_view path, const json& body) const {
    return {.method = "POST",
            .url = fmt::format("{}/cgi-bin/externalcontact/{}?access_token={}", config_.server, path, token_),
            .headers = {{"Content-Type", "application/json"}},
            .body = body.dump(-1, ' ', false, json::error_handler_t::replace)};
  }

  json ask(std::string_view path, const json& body) {
    const HttpClient::Request one = request(path, body);
    const auto exchange = web_.exchange({&one, 1}).front();
    return exchange.answer ? json::parse(exchange.answer->body, nullptr, false) : json{};
  }

  Outcome judge(const HttpClient::Exchange& exchange, const std::string& customer, bool& ended) const {
    if (!exchange.answer) return port::outcome_without_answer(exchange);
    Outcome outcome{.detail = fmt::format("WeCom: HTTP {}", exchange.answer->status)};
    if (exchange.answer->status == 429) {
      outcome.kind = OutcomeKind::retryable;
      outcome.throttled = true;
      outcome.retry_after = port::retry_after(*exchange.answer);
      return outcome;
    }
    if (exchange.answer->status >= 300 && exchange.answer->status < 500) outcome.kind = OutcomeKind::rejected;
    if (exchange.answer->status != 200) return outcome;
    const json body = json::parse(exchange.answer->body, nullptr, false);
    if (!body.is_object() || !body.contains("errcode")) return {.detail = "WeCom: an answer without errcode"};  // in doubt
    const int code = code_of(body);
    if (ends_token(code)) {
      ended = true;
      if (!fresh_) return {.kind = OutcomeKind::retryable, .detail = fmt::format("WeCom: errcode {}: the token ended early", code), .retry_after = 1s};
      return outcome_of(40001);
    }
    if (code != 0) return outcome_of(code);
    const auto failed = body.find("fail_list");
    if (failed != body.end() && failed->is_array() && std::ranges::find(*failed, json(customer)) != failed->end())
      return {.kind = OutcomeKind::rejected, .detail = "WeCom: the customer is no contact of the colleague, or has had as many group messages as WeCom allows"};
    outcome = {.kind = OutcomeKind::accepted, .detail = "a task for the colleague, who confirms it in WeCom"};
    if (body.contains("msgid") && body["msgid"].is_string()) outcome.provider_id = body["msgid"];
    return outcome;
  }

  Outcome make_ready() {
    const base::Instant now = clock_.now();
    if (!token_.empty() && now < renew_at_ && now >= fetched_at_) return {};
    token_.clear();
    const auto answer = web_.get(fmt::format("{}/cgi-bin/gettoken?corpid={}&corpsecret={}", config_.server, config_.corp_id, config_.secret));
    // Nothing of a message has left yet: whatever goes wrong here, it was certainly not taken.
    if (!answer) return {.kind = OutcomeKind::retryable, .detail = fmt::format("no token from WeCom: {}", answer.error().message)};
    const json body = json::parse(answer->body, nullptr, false);
    if (answer->status != 200 || !body.is_object()) return {.kind = OutcomeKind::retryable, .detail = fmt::format("no token from WeCom: HTTP {}", answer->status)};
    const auto token = body.find("access_token");
    if (code_of(body) == 0 && token != body.end() && token->is_string() && !token->get_ref<const std::string&>().empty()) {
      token_ = *token;
      const auto lasts = body.contains("expires_in") && body["expires_in"].is_number_integer() ? body["expires_in"].get<std::int64_t>() : 7200;
      fetched_at_ = now;
      renew_at_ = now + std::max(std::chrono::seconds{std::clamp<std::int64_t>(lasts, 0, 86400)} - kEarly, std::chrono::seconds{30s});
      fresh_ = true;
      return {};
    }
    Outcome outcome = outcome_of(code_of(body));
    outcome.kind = OutcomeKind::retryable;
    if (outcome.trouble.empty() && !outcome.retry_after) outcome.trouble = fmt::format("WeCom gives no token (errcode {}): check corp_id and secret under channels in winback.yaml", code_of(body));
    return outcome;
  }

  const WecomConfig config_;
  HttpClient& web_;
  const port::Clock& clock_;
  std::string token_;
  base::Instant fetched_at_{}, renew_at_{};
  bool fresh_ = false;  // fetched for the calls now on their way: then a refusal is no matter of age
};

}  // namespace

Result<std::unique_ptr<port::Channel>> open_wecom(const WecomConfig& config, HttpClient& web, const port::Clock& clock) {
  if (!plain(config.corp_id) || !plain(config.secret)) return fail(Code::invalid_input, "WeCom needs corp_id and secret, both from its admin console");
  return std::make_unique<WecomChannel>(config, web, clock);
}

}  // namespace adapter::wecom
