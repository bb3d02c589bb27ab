// The names of what columns mean, and what a heading or a cell looks like by itself.
#include <unordered_map>

#include "base/decimal.h"
#include "collect/columns.h"

namespace collect {
namespace {

constexpr std::string_view kRoleNames[] = {"order_id",
                                           "line_id",
                                           "customer_id",
                                           "customer_email",
                                           "customer_phone",
                                           "customer_wechat",
                                           "customer_name",
                                           "ordered_at",
                                           "paid_at",
                                           "cancelled_at",
                                           "sku",
                                           "product",
                                           "category",
                                           "quantity",
                                           "unit_price",
                                           "amount",
                                           "discount",
                                           "order_discount",
                                           "order_total",
                                           "refunded",
                                           "currency",
                                           "status",
                                           "channel",
                                           "country",
                                           "coupon",
                                           "joined_at",
                                           "birthday",
                                           "city",
                                           "language",
                                           "tags",
                                           "accepts_email",
                                           "accepts_sms",
                                           "price",
                                           "cost",
                                           "stock",
                                           "rating",
                                           "occurred_at",
                                           "type",
                                           "event_id",
                                           "day",
                                           "purpose",
                                           "new_customers",
                                           "topic",
                                           "state",
                                           "valid_from",
                                           "source",
                                           "proof",
                                           "code",
                                           "at",
                                           "feedback_id",
                                           "score",
                                           "reason",
                                           "text",
                                           "agent",
                                           "severity",
                                           "contact_detail"};
static_assert(std::size(kRoleNames) == kRoles);

/// Traditional characters that occur in headings, each followed by its simplified form.
constexpr std::string_view kSimplified =
    "訂订單单編编號号買买會会員员暱昵稱称價价數数額额時时間间狀状態态幣币種种類类別别電电話话郵邮機机國国區区優优碼码購"
    "购貨货總总計计實实級级標标題题"
    "簽签語语註注冊册來来庫库評评產产項项規规營营銷销戶户顧顾詳详細细備备額额減减萬万點点證证聯联繫系應应陸陆險险費费訊"
    "讯淨净採采進进佔占賣卖現现際际"
    "發发簡简寶宝貝贝劃划認认統统歸归屬属鋪铺動动從从開开關关訪访問问遊游轉转換换識识車车憑凭據据證证題题擇择拒拒";

}  // namespace

std::string_view name_of(Role role) { return role == Role::count_ ? "" : kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> role_named(std::string_view name) {
  for (std::size_t i = 0; i < kRoles; ++i) {
    if (kRoleNames[i] == name) return static_cast<Role>(i);
  }
  return std::nullopt;
}

std::string_view name_of(Certainty certainty) {
  switch (certainty) {
    case Certainty::told: return "told";
    case Certainty::heading: return "heading";
    case Certainty::values: return "values";
  }
  return "";
}

std::string plain_heading(std::string_view heading) {
  static const auto simplified = [] {
    std::unordered_map<std::string_view, std::string_view> map;
    for (std::size_t i = 0; i + 6 <= kSimplified.size(); i += 6)
      map.emplace(kSimplified.substr(i, 3), kSimplified.substr(i + 3, 3));
    return map;
  }();
  std::string plain;
  for (std::size_t i = 0; i < heading.size();) {
    const auto c = static_cast<unsigned char>(heading[i]);
    if (c < 0x80) {
      if (c >= 'A' && c <= 'Z')
        plain += static_cast<char>(c + 32);
      else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
        plain += static_cast<char>(c);
      ++i;
      continue;
    }
    const std::size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    const std::string_view character = heading.substr(i, length);
    i += length;
    if (const auto found = simplified.find(character); found != simplified.end()) {
      plain += found->second;
    } else if (character.starts_with("\xEF\xBC") || character.starts_with("\xE3\x80") ||
               character.starts_with("\xEF\xBB")) {
      continue;  // full-width punctuation, ideographic space, byte order mark
    } else {
      plain += character;
    }
  }
  return plain;
}

bool looks_like_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0 || text.find('@', at + 1) != std::string_view::npos) return false;
  const std::size_t point = text.rfind('.');
  return point != std::string_view::npos && point > at + 1 && point + 2 < text.size() &&
         text.find_first_of(" \t,;") == std::string_view::npos;
}

bool looks_like_phone(std::string_view text) {
  std::string digits;
  const bool international = text.starts_with('+') || text.starts_with("00");
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != '+' && c != '-' && c != ' ' && c != '(' && c != ')' && c != '.' && c != '*') {
      return false;
    }
  }
  if (international && text.starts_with('+')) return digits.size() >= 8 && digits.size() <= 15;
  return digits.size() == 11 && digits[0] == '1' && digits[1] >= '3';
}

void ColumnProfile::add(std::string_view cell) {
  if (cell.empty()) return;
  ++filled;
  if (looks_like_email(cell)) ++emails;
  if (looks_like_phone(cell)) ++phones;
  if (base::parse_decimal(cell, base::DecimalMark::unknown)) ++numbers;
  dates.add(cell);
}

}  // namespace collect
