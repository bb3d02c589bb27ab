#include "adapter/wechat/open_wechat.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "adapter/wechat/access.h"

namespace adapter::wechat {
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

constexpr std::string_view kServiceOnly =
    "WeChat lets service notices go, and blocks accounts whose templates carry advertising: give the message the purpose service or transactional, "
    "or send the offer another way";

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

bool plain(std::string_view openid) {
  return !openid.empty() && openid.size() <= 64 && std::ranges::all_of(openid, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

json data_of(const model::Content& content) {
  json data = json::object();
  for (const auto& [name, value] : content.fields) data[name] = {{"value", value}};
  return data;
}

std::string_view language_of(const model::Content& content) {
  return content.language == "zh-TW" ? "zh_TW" : content.language.starts_with("zh") ? "zh_CN" : "en_US";
}

/// What one of the interfaces is called with; all else is the same for all of them.
struct Call {
  std::string path;
  json body;
};

class WechatChannel : public port::Channel {
 public:
  WechatChannel(WechatConfig config, HttpClient& web, const port::Clock& clock) : config_(std::move(config)), web_(web), access_(config_, web, clock) {}

  std::vector<Outcome> send(std::span<const Delivery> deliveries) final {
    std::vector<Outcome> outcomes(deliveries.size());
    std::vector<std::size_t> of;  // the delivery each call is for
    std::vector<Call> calls;
    for (std::size_t i = 0; i < deliveries.size(); ++i) {
      if (auto made = judged(deliveries[i])) {
        calls.push_back(std::move(*made));
        of.push_back(i);
      } else {
        outcomes[i] = {.kind = OutcomeKind::rejected, .detail = made.error().message};
      }
    }
    if (calls.empty()) return outcomes;
    if (const Outcome problem = access_.make_ready(); !problem.detail.empty()) {
      for (const std::size_t i : of) outcomes[i] = problem;
      return outcomes;
    }
    std::vector<HttpClient::Request> requests;
    for (const Call& call : calls) requests.push_back(request(call));
    const auto exchanges = web_.exchange(requests);
    bool ended = false;
    for (std::size_t i = 0; i < exchanges.size(); ++i) outcomes[of[i]] = outcome_of(exchanges[i], access_.fresh(), ended);
    access_.used();
    if (ended) access_.expire();
    return outcomes;
  }

  Result<void> check() final {
    access_.expire();
    const Outcome problem = access_.make_ready();
    if (problem.detail.empty()) return {};
    if (problem.trouble.empty()) return fail(Code::unavailable, "{}", problem.detail);
    return fail(Code::invalid_input, "{}", problem.trouble);
  }

 protected:
  virtual Result<Call> call(const Delivery& delivery) const = 0;

  /// Whether a list of the account's templates holds the id. `key` names ids in it.
  Result<void> find_template(std::string_view path, std::string_view list, std::string_view key, std::string_view id) {
    const Outcome problem = access_.make_ready();
    if (!problem.detail.empty()) return fail(Code::unavailable, "{}", problem.trouble.empty() ? problem.detail : problem.trouble);
    WB_ASSIGN(const HttpClient::Answer answer, web_.get(fmt::format("{}{}?access_token={}", config_.server, path, access_.token())));
    const json body = json::parse(answer.body, nullptr, false);
    if (!body.is_object() || !body.contains(list) || !body[std::string{list}].is_array())
      return fail(Code::unavailable, "WeChat does not say which templates the account {} has", config_.app_id);
    for (const json& one : body[std::string{list}]) {
      if (one.is_object() && one.contains(key) && one[std::string{key}] == id) return {};
    }
    return fail(Code::not_found, "the account {} at WeChat has no template {}; add it at mp.weixin.qq.com or name another", config_.app_id, id);
  }

  const WechatConfig config_;

 private:
  Result<Call> judged(const Delivery& delivery) const {
    if (delivery.purpose == model::Purpose::marketing) return fail(Code::invalid_input, "{}", kServiceOnly);
    if (!plain(delivery.address)) return fail(Code::invalid_input, "the customer's address is no openid");
    return call(delivery);
  }

  HttpClient::Request request(const Call& of) const {
    return {.method = "POST",
            .url = fmt::format("{}{}?access_token={}", config_.server, of.path, access_.token()),
            .headers = {{"Content-Type", "application/json"}},
            .body = text_of(of.body)};
  }

  HttpClient& web_;
  Access access_;
};

class OfficialChannel final : public WechatChannel {
 public:
  using WechatChannel::WechatChannel;
  std::string_view name() const override { return "wechat"; }

  /// WeChat honours client_msg_id for ten minutes; one of them is left for the way there.
  std::chrono::seconds replay_window() const override { return config_.subscribe_templates.empty() ? 9min : 0min; }

  bool needs_grant(const model::Content& content) const override { return subscribes(content.template_id); }

  Result<void> check_template(std::string_view id) override {
    if (subscribes(id)) return find_template("/wxaapi/newtmpl/gettemplate", "data", "priTmplId", id);
    return find_template("/cgi-bin/template/get_all_private_template", "template_list", "template_id", id);
  }

 private:
  bool subscribes(std::string_view id) const { return std::ranges::find(config_.subscribe_templates, id) != config_.subscribe_templates.end(); }

  Result<Call> call(const Delivery& delivery) const override {
    const model::Content& content = delivery.content;
    if (content.template_id.empty()) return fail(Code::invalid_input, "a message by WeChat needs a template of the account");
    json body = {{"touser", delivery.address}, {"template_id", content.template_id}, {"data", data_of(content)}};
    if (subscribes(content.template_id)) {
      if (!content.link.empty()) body["page"] = content.link;
      return Call{"/cgi-bin/message/subscribe/bizsend", std::move(body)};
    }
    body["client_msg_id"] = delivery.send_key;
    if (!content.link.empty()) body["url"] = content.link;
    return Call{"/cgi-bin/message/template/send", std::move(body)};
  }
};

class MiniChannel final : public WechatChannel {
 public:
  using WechatChannel::WechatChannel;
  std::string_view name() const override { return "wechat_mini"; }
  bool needs_grant(const model::Content&) const override { return true; }
  Result<void> check_template(std::string_view id) override { return find_template("/wxaapi/newtmpl/gettemplate", "data", "priTmplId", id); }

 private:
  Result<Call> call(const Delivery& delivery) const override {
    const model::Content& content = delivery.content;
    if (content.template_id.empty()) return fail(Code::invalid_input, "a message by WeChat needs a template of the mini program");
    json body = {{"touser", delivery.address}, {"template_id", content.template_id}, {"data", data_of(content)}, {"lang", language_of(content)}};
    // A tap opens a page of the mini program; it cannot lead to the web.
    if (!content.link.empty() && content.link.find("://") == std::string::npos) body["page"] = content.link;
    return Call{"/cgi-bin/message/subscribe/send", std::move(body)};
  }
};

class ReplyChannel final : public WechatChannel {
 public:
  using WechatChannel::WechatChannel;
  std::string_view name() const override { return "wechat_reply"; }

 private:
  Result<Call> call(const Delivery& delivery) const override {
    if (delivery.content.text.empty()) return fail(Code::invalid_input, "an answer by WeChat needs a text");
    return Call{"/cgi-bin/message/custom/send", {{"touser", delivery.address}, {"msgtype", "text"}, {"text", {{"content", delivery.content.text}}}}};
  }
};

template <class Kind>
Result<std::unique_ptr<port::Channel>> open(const WechatConfig& config, HttpClient& web, const port::Clock& clock) {
  if (config.app_id.empty() || config.secret.empty()) return fail(Code::invalid_input, "WeChat needs app_id and secret, both from mp.weixin.qq.com");
  return std::make_unique<Kind>(config, web, clock);
}

}  // namespace

Result<std::unique_ptr<port::Channel>> open_official(const WechatConfig& config, HttpClient& web, const port::Clock& clock) {
  return open<OfficialChannel>(config, web, clock);
}
Result<std::unique_ptr<port::Channel>> open_mini(const WechatConfig& config, HttpClient& web, const port::Clock& clock) {
  return open<MiniChannel>(config, web, clock);
}
Result<std::unique_ptr<port::Channel>> open_reply(const WechatConfig& config, HttpClient& web, const port::Clock& clock) {
  return open<ReplyChannel>(config, web, clock);
}

}  // namespace adapter::wechat
