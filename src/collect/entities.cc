#include "base/decimal.h"
#include "collect/table_rows.h"

namespace collect {
namespace {

using base::ColumnKind;
using base::Result;

std::optional<bool> yes_or_no(std::string_view text) {
  std::string word;
  for (const char c : text) word += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  for (const std::string_view yes :
       {"yes", "true", "1", "y", "t", "subscribed", "是", "接受", "已订阅", "已訂閱", "同意"}) {
    if (word == yes) return true;
  }
  for (const std::string_view no :
       {"no", "false", "0", "n", "f", "unsubscribed", "not subscribed", "not_subscribed", "opted out", "否", "不接受",
        "未订阅", "未訂閱", "已退订", "已退訂", "拒绝", "拒絕"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

class Customers : public TableRows {
 public:
  using TableRows::TableRows;

 private:
  void columns() override {
    column("customer_id", ColumnKind::text);
    column("joined_day", ColumnKind::day);
    column("birthday", ColumnKind::day);
    column("country", ColumnKind::text);
    column("city", ColumnKind::text);
    column("language", ColumnKind::text);
    column("tags", ColumnKind::text_list);
    column("attributes", ColumnKind::text);
  }
  Result<bool> take() override {
    std::int32_t joined = kNoDay;
    std::int32_t birthday = kNoDay;
    if (!optional_day(Role::joined_at, joined) || !optional_day(Role::birthday, birthday)) return false;
    WB_ASSIGN(const std::string_view id,
              customer(yes_or_no(row_.text(Role::accepts_email)), yes_or_no(row_.text(Role::accepts_sms))));
    if (id.empty()) {
      const Role role = row_.has(Role::customer_id)      ? Role::customer_id
                        : row_.has(Role::customer_email) ? Role::customer_email
                                                         : Role::customer_phone;
      row_.set_fault(role, row_.text(role), "says not who the customer is");
      return false;
    }
    put(id);
    put_number(joined);
    put_number(birthday);
    put(row_.text(Role::country));
    put(row_.text(Role::city));
    put(row_.text(Role::language));
    put_list(row_.text(Role::tags));
    put(rest_as_json());
    if (joined != kNoDay) totals.add_day(joined);
    WB_TRY(end_row());
    return true;
  }
};

class Products : public TableRows {
 public:
  using TableRows::TableRows;

 private:
  void columns() override {
    column("sku", ColumnKind::text);
    column("product", ColumnKind::text);
    column("category", ColumnKind::text);
    column("tags", ColumnKind::text_list);
    column("price", ColumnKind::amount);
    column("cost", ColumnKind::amount);
    column("stock", ColumnKind::amount);
    column("rating", ColumnKind::f64);
  }
  Result<bool> take() override {
    const std::string_view sku = row_.text(Role::sku);
    if (sku.empty()) {
      row_.set_fault(Role::sku, "", "is empty");
      return false;
    }
    struct Given {
      Role role;
      std::int64_t value = 0;
      bool given = false;
    } numbers[] = {{Role::price}, {Role::cost}, {Role::stock}, {Role::rating}};
    for (Given& number : numbers) {
      const std::string_view text = row_.text(number.role);
      number.given = !text.empty();
      if (number.given && !row_.number(number.role, text, number.value)) return false;
    }
    put(sku);
    put(row_.text(Role::product));
    put(row_.text(Role::category));
    put_list(row_.text(Role::tags));
    for (std::size_t i = 0; i < 3; ++i) put_optional(numbers[i].value, numbers[i].given);
    put_optional(static_cast<double>(numbers[3].value) / static_cast<double>(base::kOne), numbers[3].given);
    WB_TRY(end_row());
    return true;
  }
};

class Events : public TableRows {
 public:
  explicit Events(ConverterParts parts) : TableRows(std::move(parts)), occurrences_(parts_.way) {}

 private:
  void columns() override {
    column("customer_id", ColumnKind::text);
    column("occurred_at", ColumnKind::instant);
    column("local_day", ColumnKind::day);
    column("type", ColumnKind::text);
    column("event_id", ColumnKind::text);
    column("sku", ColumnKind::text);
    column("properties", ColumnKind::text);
  }
  Result<bool> take() override {
    Moment at;
    if (!row_.moment(Role::occurred_at, row_.text(Role::occurred_at), at)) return false;
    const std::string_view type = row_.text(Role::type);
    if (type.empty()) {
      row_.set_fault(Role::type, "", "is empty");
      return false;
    }
    WB_ASSIGN(const std::string_view id, customer());
    if (id.empty()) {
      row_.set_fault(Role::customer_id, row_.text(Role::customer_id), "says not who the customer is");
      return false;
    }
    const std::string_view properties = rest_as_json();
    std::string_view event_id = row_.text(Role::event_id);
    char key[48];
    if (event_id.empty()) {
      LineHash hash;
      hash.add(id);
      hash.add(static_cast<std::uint64_t>(at.millis));
      hash.add(type);
      hash.add(row_.text(Role::sku));
      hash.add(properties);
      const auto occurrence = occurrences_.occurrence(hash, at.local_day, id);
      if (!occurrence) {
        order_broken = true;
        return false;
      }
      if (*occurrence > 0) ++totals.repeated;
      event_id = {key, write_line_key(hash, *occurrence, key)};
    }
    put(id);
    put_number(at.millis);
    put_number(at.local_day);
    put(type);
    put(event_id);
    put(row_.text(Role::sku));
    put(properties);
    totals.add_day(at.local_day);
    WB_TRY(end_row());
    return true;
  }
  Occurrences occurrences_;
};

}  // namespace

std::unique_ptr<Converter> customers(ConverterParts parts) { return std::make_unique<Customers>(std::move(parts)); }
std::unique_ptr<Converter> products(ConverterParts parts) { return std::make_unique<Products>(std::move(parts)); }
std::unique_ptr<Converter> events(ConverterParts parts) { return std::make_unique<Events>(std::move(parts)); }

}  // namespace collect
