// Rows of files whose records the Store keeps: what customers said about being written to, codes, and codes used.
#include "base/decimal.h"
#include "collect/table_rows.h"

namespace collect {
namespace {

using base::ColumnKind;
using base::Result;

std::string lower_case(std::string_view text) {
  std::string word;
  for (const char c : text) word += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return word;
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

constexpr std::uint8_t kGranted = 1;
constexpr std::uint8_t kWithdrawn = 2;

/// model::ConsentState as its number; 0 when the text says neither.
std::uint8_t consent_state(std::string_view text) {
  static constexpr std::string_view kYes[] = {"granted", "grant",  "yes",   "y",        "true",  "t",      "1",
                                              "subscribed", "opt-in", "opt in", "opted in", "optin", "accepted", "是",
                                              "同意",    "接受",   "订阅",  "訂閱",     "已订阅", "已訂閱", "授权", "授權"};
  static constexpr std::string_view kNo[] = {"withdrawn",  "withdraw", "no",        "n",         "false",  "f",    "0",
                                             "unsubscribed", "opt-out", "opt out",   "opted out", "optout", "refused", "revoked",
                                             "否",         "不同意",   "拒绝",      "拒絕",      "退订",   "退訂", "已退订",
                                             "已退訂",     "撤回",     "已撤回",    "不接受",    "取消",   "未订阅", "未訂閱"};
  const std::string word = lower_case(text);
  if (is_one_of(word, kYes)) return kGranted;
  return is_one_of(word, kNo) ? kWithdrawn : std::uint8_t{0};
}

/// The channel's own name, "*" for all of them; empty when it is none.
std::string_view channel_named(std::string_view text) {
  struct Channel {
    std::string_view name;
    std::vector<std::string_view> words;
  };
  static const std::vector<Channel> kChannels = {
      {"email", {"email", "e-mail", "mail", "邮件", "郵件", "邮箱", "郵箱", "电子邮件", "電子郵件", "电邮", "電郵"}},
      {"sms", {"sms", "text", "短信", "簡訊", "短訊", "简讯"}},
      {"phone", {"phone", "call", "telephone", "电话", "電話"}},
      {"wechat", {"wechat", "weixin", "微信"}},
      {"wechat_mini", {"wechat_mini", "小程序"}},
      {"wecom", {"wecom", "企业微信", "企業微信"}},
      {"ad_audience", {"ad_audience", "广告人群", "廣告受眾"}},
      {"in_app", {"in_app", "in-app", "app", "inbox", "站内信", "站內信"}},
      {"push", {"push", "推送", "推播"}},
      {"*", {"*", "all", "any", "全部", "所有"}}};
  const std::string word = lower_case(text);
  for (const Channel& channel : kChannels) {
    if (is_one_of(word, channel.words)) return channel.name;
  }
  return {};
}

class Consents : public TableRows {
 public:
  using TableRows::TableRows;

 private:
  void columns() override {
    column("customer_id", ColumnKind::text);
    column("email", ColumnKind::text);  // where nothing else says who the customer is
    column("channel", ColumnKind::text);
    column("topic", ColumnKind::text);
    column("state", ColumnKind::u8);
    column("valid_from", ColumnKind::instant);
    column("source", ColumnKind::text);
    column("proof", ColumnKind::text);
  }
  Result<bool> take() override {
    const std::uint8_t state = consent_state(row_.text(Role::state));
    if (state == 0) {
      row_.set_fault(Role::state, row_.text(Role::state), "says neither granted nor withdrawn");
      return false;
    }
    // Silence about the channel is read to the customer's favour: a refusal is of all of them, an agreement of e-mail.
    std::string_view channel = state == kWithdrawn ? "*" : "email";
    if (const std::string_view text = row_.text(Role::channel); !text.empty()) {
      channel = channel_named(text);
      if (channel.empty()) {
        row_.set_fault(Role::channel, text, "is no channel: email, sms, phone, wechat, wechat_mini, wecom, in_app, push, ad_audience or all");
        return false;
      }
    }
    std::string_view topic = row_.text(Role::topic);
    if (topic.empty() || topic == "all" || topic == "全部" || topic == "所有") topic = "*";
    Moment at;
    const bool dated = !row_.text(Role::valid_from).empty();
    if (dated && !row_.moment(Role::valid_from, row_.text(Role::valid_from), at)) return false;
    const bool by_address = row_.text(Role::customer_id).empty() || row_.text(Role::customer_id).find('@') != std::string_view::npos;
    const std::string email = by_address ? normal_email(row_.has(Role::customer_email) ? row_.text(Role::customer_email)
                                                                                      : row_.text(Role::customer_id))
                                         : std::string{};
    WB_ASSIGN(const std::string_view id, customer());
    if (id.empty()) {
      const Role role = row_.has(Role::customer_id) ? Role::customer_id : Role::customer_email;
      row_.set_fault(role, row_.text(role), "says not who the customer is");
      return false;
    }
    put(id);
    put(email);
    put(channel);
    put(topic);
    put_number(state);
    put_optional(at.millis, dated);
    put(row_.text(Role::origin));
    put(row_.text(Role::proof));
    WB_TRY(end_row());
    return true;
  }
};

class Redemptions : public TableRows {
 public:
  using TableRows::TableRows;

 private:
  void columns() override {
    column("code", ColumnKind::text);
    column("order_id", ColumnKind::text);
    column("amount", ColumnKind::amount);
    column("at", ColumnKind::instant);
  }
  Result<bool> take() override {
    for (const Role role : {Role::code, Role::order_id}) {
      if (!row_.text(role).empty()) continue;
      row_.set_fault(role, "", "is empty");
      return false;
    }
    std::int64_t amount = 0;
    const bool counted = !row_.text(Role::amount).empty();
    if (counted && !row_.number(Role::amount, row_.text(Role::amount), amount)) return false;
    if (amount < 0) {
      row_.set_fault(Role::amount, row_.text(Role::amount), "is below 0");
      return false;
    }
    Moment at;
    const bool dated = !row_.text(Role::redeemed_at).empty();
    if (dated && !row_.moment(Role::redeemed_at, row_.text(Role::redeemed_at), at)) return false;
    put(row_.text(Role::code));
    put(row_.text(Role::order_id));
    put_optional(amount, counted);
    put_optional(at.millis, dated);
    WB_TRY(end_row());
    return true;
  }
};

class Codes : public TableRows {
 public:
  using TableRows::TableRows;

 private:
  void columns() override { column("code", ColumnKind::text); }
  Result<bool> take() override {
    const std::string_view code = row_.text(Role::code);
    const bool blank = code.find_first_of(" \t") != std::string_view::npos;
    if (code.empty() || code.size() > 64 || blank) {
      row_.set_fault(Role::code, code, code.empty() ? "is empty" : blank ? "has blanks in it" : "is longer than 64 characters");
      return false;
    }
    put(code);
    WB_TRY(end_row());
    return true;
  }
};

}  // namespace

std::unique_ptr<Converter> consents(ConverterParts parts) { return std::make_unique<Consents>(std::move(parts)); }
std::unique_ptr<Converter> redemptions(ConverterParts parts) { return std::make_unique<Redemptions>(std::move(parts)); }
std::unique_ptr<Converter> codes(ConverterParts parts) { return std::make_unique<Codes>(std::move(parts)); }

}  // namespace collect
