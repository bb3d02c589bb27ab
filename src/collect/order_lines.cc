#include "base/decimal.h"
#include "collect/line_kind.h"
#include "collect/order_block.h"
#include "collect/row_converter.h"

namespace collect {
namespace {

using base::Result;

/// What an order's first line says for the others, where a system leaves it blank there (as Shopify does).
constexpr Role kOrderRoles[] = {Role::customer_id, Role::customer_email, Role::customer_phone, Role::customer_name,
                                Role::ordered_at,  Role::paid_at,        Role::cancelled_at,   Role::currency,
                                Role::status,      Role::channel,        Role::country,        Role::coupon};

class OrderLines : public RowConverter {
 public:
  explicit OrderLines(ConverterParts parts)
      : RowConverter(std::move(parts)),
        occurrences_(parts_.way),
        one_currency_(!row_.has(Role::currency) && reading_.file_currency == reading_.base_currency),
        block_(row_, parts_.sink) {
    const bool line_money = row_.has(Role::amount) || row_.has(Role::unit_price);
    by_total_ = !line_money && row_.has(Role::order_total);
    no_amounts_ = !line_money && !by_total_;
    line_level_ = row_.has(Role::unit_price) || row_.has(Role::sku) || row_.has(Role::product);
    for (const Role role : kOrderRoles) {
      if (row_.has(role)) carried_roles_.push_back(role);
    }
    when_ = row_.has(Role::ordered_at) ? Role::ordered_at : Role::paid_at;
  }

  Result<void> finish() override { return block_.finish(); }

 private:
  /// The cell, or what the order's first line said.
  std::string_view order_text(Role role) {
    const std::string_view own = row_.text(role);
    if (!own.empty() || !same_order_) return own;
    return carried_[static_cast<std::size_t>(role)];
  }

  void enter_order(std::string_view order_id) {
    same_order_ = !order_id.empty() && order_id == carried_order_;
    if (same_order_ || order_id.empty()) return;
    carried_order_ = order_id;
    for (const Role role : carried_roles_) carried_[static_cast<std::size_t>(role)] = row_.text(role);
  }

  Result<bool> take() override {
    const std::string_view order_id = row_.text(Role::order_id);
    enter_order(order_id);
    if (row_.has(Role::order_id) && order_id.empty()) {
      row_.set_fault(Role::order_id, "", "is empty");
      return false;
    }
    Moment at;
    std::string_view when = order_text(when_);
    Role when_role = when_;
    if (when.empty() && when_ == Role::ordered_at && row_.has(Role::paid_at)) {
      when_role = Role::paid_at;
      when = order_text(Role::paid_at);
    }
    if (!row_.moment(when_role, when, at)) return false;

    OrderLine line;
    line.at = at;
    line.status = status();
    if (!read_money(line)) return false;
    if (!read_currency(line)) return false;
    WB_ASSIGN(const std::string_view customer, finder_.find({.id = order_text(Role::customer_id),
                                                             .email = order_text(Role::customer_email),
                                                             .phone = order_text(Role::customer_phone),
                                                             .wechat = {},
                                                             .name = order_text(Role::customer_name),
                                                             .language = {},
                                                             .accepts_email = {},
                                                             .accepts_sms = {},
                                                             .country = order_text(Role::country)}));
    line.customer = customer;
    if (order_id.empty()) {
      made_order_id_.assign(customer);
      made_order_id_ += '@';
      made_order_id_ += base::to_string(base::instant_from_millis(at.millis));
      line.order_id = made_order_id_;
    } else {
      line.order_id = order_id;
    }
    line.sku = row_.text(Role::sku);
    line.product = row_.text(Role::product);
    line.category = row_.text(Role::category);
    line.channel = order_text(Role::channel);
    line.country = order_text(Role::country);
    line.coupon = order_text(Role::coupon);
    judge(line);
    if (!convert(line, row_)) return false;

    char key[48];
    std::string_view key_text = row_.text(Role::line_id);
    if (key_text.empty()) {
      const LineHash hash = hash_of(line);
      const auto occurrence = occurrences_.occurrence(hash, at.local_day, customer);
      if (!occurrence) {
        order_broken = true;
        return false;
      }
      if (*occurrence > 0) ++totals.repeated;
      key_text = {key, write_line_key(hash, *occurrence, key)};
    }
    line.key = key_text;
    // read before anything is stored: a row is taken whole or not at all
    OrderLine discount = line;
    OrderLine refund = line;
    bool has_discount = false;
    bool has_refund = false;
    if (!same_order_) {
      if (!order_money(Role::order_discount, discount, has_discount) ||
          !order_money(Role::refunded, refund, has_refund))
        return false;
      has_discount = has_discount && !by_total_ && !row_.has(Role::amount);
      has_refund = has_refund && line.status != StatusMeaning::refunded && line.status != StatusMeaning::cancelled;
    }
    discount.kind = LineKind::sale;
    refund.kind = LineKind::refund;
    if ((has_discount && !convert(discount, row_)) || (has_refund && !convert(refund, row_))) return false;
    WB_TRY(store(line));
    if (has_discount) {
      discount.key = "discount";
      WB_TRY(store(discount));
    }
    if (has_refund) {
      refund.key = "refund";
      WB_TRY(store(refund));
    }
    return true;
  }

  StatusMeaning status() {
    if (!row_.has(Role::status) && !row_.has(Role::cancelled_at)) return StatusMeaning::stands;
    const std::string_view text = order_text(Role::status);
    if (text != last_status_ || !status_known_) {
      last_status_ = text;
      status_known_ = true;
      last_meaning_ = meaning_of_status(text);
    }
    if (last_meaning_ == StatusMeaning::stands && !order_text(Role::cancelled_at).empty())
      return StatusMeaning::cancelled;
    return last_meaning_;
  }

  bool read_money(OrderLine& line) {
    const std::string_view quantity = row_.text(Role::quantity);
    if (!quantity.empty() && !row_.number(Role::quantity, quantity, line.quantity)) return false;
    const std::string_view price = row_.text(Role::unit_price);
    if (!price.empty() && !row_.number(Role::unit_price, price, line.unit_price)) return false;
    const std::string_view discount = row_.text(Role::discount);
    if (!discount.empty() && !row_.number(Role::discount, discount, line.discount)) return false;
    line.discount = line.discount < 0 ? -line.discount : line.discount;
    if (no_amounts_) return true;
    if (by_total_) {
      const std::string_view total = row_.text(Role::order_total);
      if (same_order_ || total.empty()) {  // the order's money stands on its first line
        if (!same_order_) {
          row_.set_fault(Role::order_total, "", "is empty");
          return false;
        }
        return true;
      }
      return row_.number(Role::order_total, total, line.original);
    }
    const std::string_view amount = row_.text(Role::amount);
    if (!amount.empty()) {
      if (!row_.number(Role::amount, amount, line.original)) return false;
      if (price.empty()) line.unit_price = base::divide_decimal(line.original, line.quantity).value_or(0);
      return true;
    }
    if (price.empty()) {
      row_.set_fault(row_.has(Role::amount) ? Role::amount : Role::unit_price, "", "is empty");
      return false;
    }
    const auto product = base::multiply_decimal(line.quantity, line.unit_price);
    if (!product || *product > kMost || *product < -kMost) {
      row_.set_fault(Role::unit_price, price, "times the quantity is too large");
      return false;
    }
    line.original = *product >= 0 ? *product - line.discount : *product + line.discount;
    return true;
  }

  bool read_currency(OrderLine& line) {
    if (one_currency_) {
      line.currency = reading_.file_currency;
      return true;
    }
    const std::string_view text = order_text(Role::currency);
    if (text.empty()) {
      line.currency = reading_.file_currency;
      if (line.currency.empty() && !reading_.base_currency.empty()) {
        row_.set_fault(Role::currency, "", "is empty and no --currency says what it is");
        return false;
      }
      return true;
    }
    if (text != last_currency_text_) {
      last_currency_text_ = text;
      last_currency_ = currency_code(text);
    }
    line.currency = last_currency_;
    if (!line.currency.empty()) return true;
    row_.set_fault(Role::currency, text, "is no currency code");
    return false;
  }

  /// Amounts in the workspace's currency.
  bool convert(OrderLine& line, RowReader& row) {
    line.value = line.original;
    if (one_currency_ || line.currency == reading_.base_currency) return true;
    const auto converted =
        reading_.fx ? reading_.fx->convert(line.original, line.currency, line.at.local_day) : std::nullopt;
    if (converted) {
      line.value = *converted;
      return true;
    }
    row.set_fault(Role::currency, line.currency,
                  reading_.fx ? fmt::format("has no rate at or before {}; add it to the fx file",
                                            base::to_string(base::day_from_number(line.at.local_day)))
                              : "is not the workspace's currency; give dated rates with --fx");
    return false;
  }

  /// The order's own discount or refund, as a line of its own, negative.
  bool order_money(Role role, OrderLine& line, bool& there) {
    const std::string_view text = row_.text(role);
    std::int64_t money = 0;
    if (text.empty()) return true;
    if (!row_.number(role, text, money)) return false;
    there = money != 0;
    line.sku = {};
    line.product = {};
    line.category = {};
    line.quantity = 0;
    line.unit_price = 0;
    line.discount = role == Role::order_discount && money > 0 ? money : 0;
    line.original = money < 0 ? money : -money;
    return true;
  }

  void judge(OrderLine& line) {
    const bool money_back = line.original < 0;
    const bool goods_back = line.quantity < 0;
    if (line.status == StatusMeaning::cancelled) {
      line.kind = LineKind::cancellation;
      line.by_status = !money_back;
    } else if (line.status == StatusMeaning::refunded || line.status == StatusMeaning::returned) {
      line.kind = line.status == StatusMeaning::refunded ? LineKind::refund : LineKind::return_;
      line.by_status = !money_back;
    } else if (reading_.ids_are_numbers && (goods_back || money_back || line.original == 0) &&
               is_cancellation_id(line.order_id)) {
      line.kind = LineKind::cancellation;
    } else if (is_adjustment(line.sku, line.product, reading_.skus_have_digits)) {
      line.kind = LineKind::adjustment;
    } else if (goods_back) {
      line.kind = money_back ? LineKind::return_ : LineKind::adjustment;  // goods without money: stock put right
    } else if (money_back) {
      line.kind = LineKind::refund;
    } else if (line.original == 0 && line_level_ && !no_amounts_ && !by_total_) {
      line.kind = LineKind::gift;
    } else {
      line.kind = LineKind::sale;
    }
  }

  Result<void> store(const OrderLine& line) {
    ++totals.kept;
    totals.add_day(line.at.local_day);
    totals.net += line.counted();
    const auto count = [&](RowsAndMoney& into) {
      ++into.rows;
      into.money += line.value;
    };
    count(totals.kinds[static_cast<std::size_t>(line.kind)]);
    if (line.by_status) count(totals.undone_by_status);
    if (line.customer.empty()) count(totals.missing_customers);
    if (line.currency != reading_.base_currency) count(totals.converted);
    return block_.add(line, line_);
  }

  static constexpr std::int64_t kMost = 999'999'999'999'999'999;

  Occurrences occurrences_;
  bool one_currency_;
  bool by_total_ = false;
  bool no_amounts_ = false;
  bool line_level_ = false;
  Role when_ = Role::ordered_at;

  std::string made_order_id_;
  std::vector<Role> carried_roles_;
  std::string carried_order_;
  bool same_order_ = false;
  std::array<std::string, kRoles> carried_;
  std::string last_status_;
  bool status_known_ = false;
  StatusMeaning last_meaning_ = StatusMeaning::stands;
  std::string last_currency_text_;
  std::string last_currency_;

  OrderBlock block_;
};

}  // namespace

std::unique_ptr<Converter> order_lines(ConverterParts parts) { return std::make_unique<OrderLines>(std::move(parts)); }

}  // namespace collect
