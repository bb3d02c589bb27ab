#include "collect/line_kind.h"

#include <algorithm>
#include <string>

namespace collect {
namespace {

std::string lower(std::string_view text) {
  std::string result{text};
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return result;
}

bool holds_any(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

/// Words within the code or name of something that has no product's code.
constexpr std::string_view kAdjustmentWords[] = {
    "post", "carriage",   "shipping", "freight", "delivery",   "manual",  "discount", "sample", "charge",
    "fee",  "commission", "adjust",   "debt",    "correction", "voucher", "运费",     "運費",   "邮费",
    "郵費", "补差",       "補差",     "差价",    "差價",       "手续费",  "手續費",   "服务费", "服務費"};

/// Whole names that no product has.
constexpr std::string_view kAdjustmentNames[] = {"postage",
                                                 "carriage",
                                                 "shipping",
                                                 "shipping fee",
                                                 "freight",
                                                 "delivery",
                                                 "delivery fee",
                                                 "handling",
                                                 "handling fee",
                                                 "manual",
                                                 "discount",
                                                 "samples",
                                                 "bank charges",
                                                 "bank fee",
                                                 "commission",
                                                 "adjustment",
                                                 "adjust bad debt",
                                                 "bad debt",
                                                 "service fee",
                                                 "gift wrap",
                                                 "gift wrapping",
                                                 "tip",
                                                 "运费",
                                                 "運費",
                                                 "邮费",
                                                 "郵費",
                                                 "补差价",
                                                 "補差價",
                                                 "差价",
                                                 "差價",
                                                 "邮费补差",
                                                 "邮费链接",
                                                 "补邮费",
                                                 "手续费",
                                                 "手續費",
                                                 "服务费",
                                                 "服務費",
                                                 "包装费",
                                                 "配送费"};
constexpr std::size_t kLongestName = 15;

}  // namespace

StatusMeaning meaning_of_status(std::string_view status) {
  if (status.empty()) return StatusMeaning::stands;
  const std::string text = lower(status);
  if (holds_any(text, {"部分退", "partial", "partly"}))
    return holds_any(text, {"refund", "退"}) ? StatusMeaning::partly_refunded : StatusMeaning::stands;
  // a request or a failed one has not moved money
  if (holds_any(text,
                {"未退", "无退", "沒有退", "没有退", "退款中", "申请退", "申請退", "退款关闭", "退款關閉", "拒绝退",
                 "refund requested", "refund_requested", "return requested", "not refunded", "no refund"})) {
    return StatusMeaning::stands;
  }
  if (holds_any(text, {"退货", "退貨", "returned", "return complete"})) return StatusMeaning::returned;
  if (holds_any(text, {"refunded", "chargeback", "charged back", "退款", "已退"})) return StatusMeaning::refunded;
  if (text == "refund") return StatusMeaning::refunded;
  if (text == "return") return StatusMeaning::returned;
  if (holds_any(text, {"not cancel", "未取消"})) return StatusMeaning::stands;
  if (holds_any(text, {"cancel",
                       "void",
                       "fail",
                       "unpaid",
                       "expired",
                       "abandon",
                       "draft",
                       "declined",
                       "rejected",
                       "pending payment",
                       "payment pending",
                       "pending-payment",
                       "awaiting payment",
                       "取消",
                       "关闭",
                       "關閉",
                       "待付款",
                       "未付款",
                       "等待买家付款",
                       "等待買家付款",
                       "支付失败",
                       "支付失敗",
                       "已作废",
                       "已作廢"})) {
    return StatusMeaning::cancelled;
  }
  return StatusMeaning::stands;
}

bool is_adjustment(std::string_view sku, std::string_view product, bool skus_have_digits) {
  const bool sku_is_code = sku.find_first_of("0123456789") != std::string_view::npos;
  if (!sku.empty() && !sku_is_code && skus_have_digits) {
    if (sku.size() <= 3) return true;
    const std::string words = lower(sku) + " " + lower(product);
    for (const std::string_view word : kAdjustmentWords) {
      if (words.find(word) != std::string::npos) return true;
    }
  }
  if (product.empty() || product.size() > kLongestName) return false;
  const std::string name = lower(product);
  return std::find(std::begin(kAdjustmentNames), std::end(kAdjustmentNames), name) != std::end(kAdjustmentNames);
}

bool is_cancellation_id(std::string_view order_id) {
  return order_id.size() > 1 && (order_id[0] == 'C' || order_id[0] == 'c') &&
         order_id.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

}  // namespace collect
