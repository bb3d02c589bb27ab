#include "adapter/wechat/callback.h"

#include <charconv>
#include <map>

#include "adapter/wechat/crypt.h"
#include "adapter/wechat/xml.h"
#include "base/hash.h"

namespace adapter::wechat {
namespace {

using base::Code;
using base::fail;
using base::Result;
using model::Notice;
using model::NoticeKind;
using namespace std::chrono_literals;

constexpr std::chrono::minutes kTolerance = 10min;

int digit_of(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; }

/// The query's values, percent-decoded.
std::map<std::string, std::string, std::less<>> query_of(std::string_view url) {
  std::map<std::string, std::string, std::less<>> values;
  const std::size_t mark = url.find('?');
  std::string_view rest = mark == std::string_view::npos ? std::string_view{} : url.substr(mark + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    std::string value;
    const std::string_view raw = pair.substr(std::min(equals + 1, pair.size()));
    for (std::size_t i = 0; i < raw.size(); ++i) {
      if (raw[i] == '%' && i + 2 < raw.size() && digit_of(raw[i + 1]) >= 0 && digit_of(raw[i + 2]) >= 0) {
        value += static_cast<char>(digit_of(raw[i + 1]) * 16 + digit_of(raw[i + 2]));
        i += 2;
      } else {
        value += raw[i] == '+' ? ' ' : raw[i];
      }
    }
    values.emplace(pair.substr(0, equals), std::move(value));
  }
  return values;
}

std::optional<base::Instant> seconds_of(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (problem != std::errc{} || end != text.data() + text.size() || seconds < 0 || seconds > 100'000'000'000) return std::nullopt;
  return base::Instant{std::chrono::seconds{seconds}};
}

/// A key that names the event and nobody.
std::string key_of(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) joined.append(part).append(1, '\n');
  return base::to_hex(base::sha256(joined)).substr(0, 32);
}

class WechatCallback final : public port::Callback {
 public:
  WechatCallback(CallbackConfig config, std::string aes_key) : config_(std::move(config)), aes_key_(std::move(aes_key)) {}

  std::string_view channel() const override { return config_.channel; }
  std::string_view provider() const override { return config_.provider; }

  Result<model::Told> read(const Request& request, base::Instant now) override {
    const auto query = query_of(request.url);
    const auto value = [&](std::string_view key) -> std::string {
      const auto found = query.find(key);
      return found == query.end() ? std::string{} : found->second;
    };
    const std::string timestamp = value("timestamp"), nonce = value("nonce");
    const auto at = seconds_of(timestamp);
    if (!at || now - *at > kTolerance || *at - now > kTolerance) return fail(Code::invalid_input, "the call is not of now; its timestamp must be within ten minutes of our clock");
    if (!base::same_secret(value("signature"), signature_of({config_.token, timestamp, nonce})))
      return fail(Code::invalid_input, "the signature is not WeChat's; the token here must be the one set at mp.weixin.qq.com");
    model::Told told;
    if (request.method == "GET") {
      told.reply = value("echostr");
      return told;
    }
    told.reply = "success";
    WB_ASSIGN(XmlElement root, read_xml(request.body));
    if (!aes_key_.empty()) {
      // In plain mode the signature does not cover the body: where a key is set, nothing unencrypted is believed.
      const std::string encrypted{root.text_of("Encrypt")};
      if (encrypted.empty() || !base::same_secret(value("msg_signature"), signature_of({config_.token, timestamp, nonce, encrypted})))
        return fail(Code::invalid_input, "the message is not encrypted and signed with this account's token; choose the safe mode at mp.weixin.qq.com");
      WB_ASSIGN(const std::string plain, decrypt(aes_key_, encrypted, config_.app_id));
      WB_ASSIGN(root, read_xml(plain));
    }
    told.notices = notices_of(root, now);
    return told;
  }

 private:
  static std::vector<Notice> notices_of(const XmlElement& root, base::Instant now) {
    const std::string_view from = root.text_of("FromUserName"), created = root.text_of("CreateTime");
    const base::Instant at = seconds_of(created).value_or(now);
    const std::string_view type = root.text_of("MsgType"), event = root.text_of("Event");
    if (type == "text" && !root.text_of("Content").empty()) {
      const std::string_view id = root.text_of("MsgId");
      return {{.kind = NoticeKind::inbound,
               .key = key_of({"text", id.empty() ? from : id, id.empty() ? created : ""}),
               .from = std::string{from},
               .text = std::string{root.text_of("Content")},
               .at = at}};
    }
    if (type != "event") return {};
    const std::string key = key_of({event, from, created, root.text_of("MsgID")});
    if (event == "subscribe" || event == "unsubscribe") {
      return {{.kind = event == "subscribe" ? NoticeKind::agreed : NoticeKind::withdrew, .key = key, .from = std::string{from}, .detail = std::string{event}, .at = at}};
    }
    if (event == "TEMPLATESENDJOBFINISH") return finished(root, key, from, at);
    std::vector<Notice> notices;
    each_in(root, {"SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"}, [&](const XmlElement& one, std::size_t number) {
      const std::string_view status = one.text_of("SubscribeStatusString"), id = one.text_of("TemplateId");
      if (id.empty() || (status != "accept" && status != "reject")) return;
      // A change in the settings grants nothing by itself: only the question asked in the page does.
      if (status == "accept" && event != "subscribe_msg_popup_event") return;
      notices.push_back({.kind = status == "accept" ? NoticeKind::agreed : NoticeKind::withdrew,
                         .key = key_of({key, std::to_string(number), id}),
                         .from = std::string{from},
                         .subject = std::string{id},
                         .detail = std::string{event},
                         .at = at});
    });
    each_in(root, {"SubscribeMsgSentEvent"}, [&](const XmlElement& one, std::size_t number) {
      const std::string_view code = one.text_of("ErrorCode");
      if (one.text_of("MsgID").empty()) return;
      notices.push_back({.key = key_of({key, std::to_string(number), one.text_of("MsgID")}),
                         .event = code == "0" ? "delivered" : "bounced_soft",
                         .provider_id = std::string{one.text_of("MsgID")},
                         .detail = code == "0" ? std::string{} : fmt::format("errcode {}", code),
                         .at = at});
    });
    return notices;
  }

  /// What became of a template message. Who forbade them was not reached, and is not to be written to.
  static std::vector<Notice> finished(const XmlElement& root, const std::string& key, std::string_view from, base::Instant at) {
    const std::string_view status = root.text_of("Status");
    const std::string id{root.text_of("MsgID")};
    if (id.empty()) return {};
    std::vector<Notice> notices{{.key = key, .event = status == "success" ? "delivered" : "bounced_soft", .provider_id = id, .at = at}};
    if (status == "success") return notices;
    const bool blocked = status.find("user block") != std::string_view::npos;
    notices.front().detail = blocked ? "the customer does not accept messages of the account" : "WeChat could not deliver it";
    if (blocked) {
      notices.push_back({.kind = NoticeKind::withdrew, .key = key + ".withdrew", .provider_id = id, .from = std::string{from}, .detail = "user block", .at = at});
    }
    return notices;
  }

  template <class Work>
  static void each_in(const XmlElement& root, std::initializer_list<std::string_view> names, const Work& work) {
    std::size_t number = 0;
    for (const XmlElement& group : root.children) {
      if (std::ranges::find(names, group.name) == names.end()) continue;
      for (const XmlElement& one : group.children) {
        if (one.name == "List") work(one, number++);
      }
    }
  }

  const CallbackConfig config_;
  const std::string aes_key_;
};

}  // namespace

Result<std::unique_ptr<port::Callback>> open_callback(const CallbackConfig& config) {
  if (config.token.empty()) return fail(Code::invalid_input, "WeChat's calls need the token set at mp.weixin.qq.com");
  std::string key;
  if (!config.aes_key.empty()) {
    WB_ASSIGN(key, open_aes_key(config.aes_key));
  }
  return std::make_unique<WechatCallback>(config, std::move(key));
}

}  // namespace adapter::wechat
