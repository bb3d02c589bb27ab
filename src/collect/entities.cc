#include <map>
#include <tuple>

#include "base/decimal.h"
#include "collect/json_text.h"
#include "collect/reading.h"

namespace collect {
namespace {

using base::Block;
using base::Column;
using base::ColumnKind;
using base::Result;

constexpr std::int32_t kNoDay = -25'567;  // 1900-01-01 stands for "not given"

/// The part every table shares: rows one after another, bad ones rejected, blocks sent when full.
class RowWise : public Converter {
 public:
  explicit RowWise(ConverterParts parts)
      : parts_(std::move(parts)), reading_(parts_.reading), row_(reading_), finder_(reading_, parts_.contacts) {}

  Result<void> add(const RowBatch& batch) override {
    if (block_.columns.empty()) start();
    for (const BadRow& bad : batch.bad) WB_TRY(parts_.rejects.add(bad));
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      cells_ = batch.row(i);
      row_.set(cells_);
      line_ = batch.lines[i];
      WB_ASSIGN(const bool good, take());
      if (!good) {
        if (order_broken) return base::fail(base::Code::internal, "the file is not in the order it was read for");
        row_.fault.line = line_;
        WB_TRY(parts_.rejects.add(row_.fault));
      }
    }
    return {};
  }

  Result<void> finish() override { return block_.rows() > 0 ? send() : Result<void>{}; }

 protected:
  virtual void columns() = 0;
  /// False: the row is rejected and row_.fault says why.
  virtual Result<bool> take() = 0;

  void column(const char* name, ColumnKind kind) { block_.columns.emplace_back(name, kind); }
  void put(std::string_view value) { next().text().push_back(value); }
  template <class T>
  void put_number(T value) {
    next().template as<T>().push_back(value);
  }
  template <class T>
  void put_optional(T value, bool given) {
    Column& target = next();
    target.template as<T>().push_back(given ? value : T{});
    target.nulls.push_back(given ? 0 : 1);
  }
  void put_list(std::string_view text) {
    auto& list = next().text_list();
    // "a, b；c": commas, semicolons and bars of both widths part tags
    while (!text.empty()) {
      std::size_t stop = text.size();
      std::size_t width = 0;
      for (const std::string_view mark : {",", ";", "|", "，", "；", "、"}) {
        if (const std::size_t at = text.find(mark); at < stop) {
          stop = at;
          width = mark.size();
        }
      }
      const std::string_view tag = clean_cell(text.substr(0, stop));
      if (!tag.empty()) list.items.push_back(tag);
      text.remove_prefix(std::min(text.size(), stop + width));
    }
    list.ends.push_back(list.items.size());
  }
  Result<void> end_row() {
    put_number<std::uint32_t>(reading_.import_id);
    put_number<std::uint64_t>(line_);
    put_number<std::uint64_t>(reading_.import_id);
    at_ = 0;
    ++totals.kept;
    return block_.rows() < kRowsOfBlock ? Result<void>{} : send();
  }

  /// The columns without a known meaning as one JSON object; cells that look like contact data are left out.
  std::string_view rest_as_json() {
    json_.assign(1, '{');
    for (const std::size_t index : reading_.columns.other) {
      const std::string_view cell = clean_cell(cells_[index]);
      if (cell.empty() || looks_like_email(cell) || (looks_like_phone(cell) && cell.starts_with('+'))) continue;
      if (json_.size() > 1) json_ += ',';
      append_json_string(json_, reading_.heading[index]);
      json_ += ':';
      append_json_string(json_, cell);
    }
    json_ += '}';
    return json_;
  }

  Result<std::string_view> customer(std::optional<bool> email = {}, std::optional<bool> sms = {}) {
    return finder_.find({.id = row_.text(Role::customer_id),
                         .email = row_.text(Role::customer_email),
                         .phone = row_.text(Role::customer_phone),
                         .wechat = row_.text(Role::customer_wechat),
                         .name = row_.text(Role::customer_name),
                         .language = row_.text(Role::language),
                         .accepts_email = email,
                         .accepts_sms = sms});
  }

  bool optional_day(Role role, std::int32_t& day) {
    day = kNoDay;
    const std::string_view text = row_.text(role);
    if (text.empty()) return true;
    Moment moment;
    if (!row_.moment(role, text, moment)) return false;
    day = moment.local_day;
    return true;
  }

  ConverterParts parts_;
  const Reading& reading_;
  RowReader row_;
  CustomerFinder finder_;
  const std::string_view* cells_ = nullptr;
  std::uint64_t line_ = 0;

 private:
  static constexpr std::size_t kRowsOfBlock = 32'768;  // these rows are few and wide

  void start() {
    block_ = Block{};
    columns();
    column("import_id", ColumnKind::u32);
    column("line", ColumnKind::u64);
    column("version", ColumnKind::u64);
    at_ = 0;
  }
  Result<void> send() {
    WB_TRY(parts_.sink(std::move(block_)));
    start();
    return {};
  }
  Column& next() { return block_.columns[at_++]; }

  Block block_;
  std::size_t at_ = 0;
  std::string json_;
};

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

class Customers : public RowWise {
 public:
  using RowWise::RowWise;

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

class Products : public RowWise {
 public:
  using RowWise::RowWise;

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

class Events : public RowWise {
 public:
  explicit Events(ConverterParts parts) : RowWise(std::move(parts)), occurrences_(parts_.way) {}

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

enum class Purpose : std::uint8_t { acquisition = 1, win_back = 2, other = 3 };

Purpose purpose_of(std::string_view text) {
  const std::string plain = plain_heading(text);
  for (const std::string_view word :
       {"acquisition", "acquire", "newcustomers", "newcustomer", "prospecting", "拉新", "获客", "獲客", "新客"}) {
    if (plain == word) return Purpose::acquisition;
  }
  for (const std::string_view word :
       {"winback", "retention", "reactivation", "retargeting", "召回", "挽回", "唤回", "老客召回", "流失挽回"}) {
    if (plain == word) return Purpose::win_back;
  }
  return Purpose::other;
}

/// Rows of one day, channel and purpose are one row of the table: their money is added up before it is stored.
class Spend : public RowWise {
 public:
  using RowWise::RowWise;

  Result<void> finish() override {
    for (const auto& [key, sum] : sums_) {
      line_ = sum.line;
      put_number(std::get<0>(key));
      put(std::get<1>(key));
      put_number(static_cast<std::uint8_t>(std::get<2>(key)));
      put_number(sum.amount);
      put_number(sum.new_customers);
      totals.net += sum.amount;
      WB_TRY(end_row());
    }
    totals.kept = rows_;  // rows of the file, not of the table
    return RowWise::finish();
  }

 private:
  struct Sum {
    std::int64_t amount = 0;
    std::uint32_t new_customers = 0;
    std::uint64_t line = 0;
  };
  void columns() override {
    column("day", ColumnKind::day);
    column("channel", ColumnKind::text);
    column("purpose", ColumnKind::u8);
    column("amount", ColumnKind::amount);
    column("new_customers", ColumnKind::u32);
  }
  Result<bool> take() override {
    Moment at;
    if (!row_.moment(Role::day, row_.text(Role::day), at)) return false;
    std::int64_t amount = 0;
    if (!row_.number(Role::amount, row_.text(Role::amount), amount)) return false;
    std::int64_t customers = 0;
    const std::string_view written = row_.text(Role::new_customers);
    if (!written.empty() && !row_.number(Role::new_customers, written, customers)) return false;
    if (customers < 0 || customers / base::kOne > UINT32_MAX) {
      row_.set_fault(Role::new_customers, written, "is no count");
      return false;
    }
    const std::string_view text = row_.text(Role::currency);
    const std::string currency = text.empty() ? reading_.file_currency : currency_code(text);
    if (currency != reading_.base_currency) {
      const auto converted = reading_.fx ? reading_.fx->convert(amount, currency, at.local_day) : std::nullopt;
      if (!converted) {
        row_.set_fault(Role::currency, text,
                       "has no rate into the workspace's currency at or before that day; give dated rates with --fx");
        return false;
      }
      amount = *converted;
      ++totals.converted.rows;
      totals.converted.money += amount;
    }
    Sum& sum = sums_[{at.local_day, std::string{row_.text(Role::channel)}, purpose_of(row_.text(Role::purpose))}];
    if (sum.line == 0) sum.line = line_;
    if (__builtin_add_overflow(sum.amount, amount, &sum.amount)) {
      row_.set_fault(Role::amount, row_.text(Role::amount), "makes the day's total too large");
      return false;
    }
    sum.new_customers += static_cast<std::uint32_t>(customers / base::kOne);
    totals.add_day(at.local_day);
    ++rows_;
    return true;
  }
  std::map<std::tuple<std::int32_t, std::string, Purpose>, Sum> sums_;
  std::uint64_t rows_ = 0;
};

}  // namespace

std::unique_ptr<Converter> customers(ConverterParts parts) { return std::make_unique<Customers>(std::move(parts)); }
std::unique_ptr<Converter> products(ConverterParts parts) { return std::make_unique<Products>(std::move(parts)); }
std::unique_ptr<Converter> events(ConverterParts parts) { return std::make_unique<Events>(std::move(parts)); }
std::unique_ptr<Converter> spend(ConverterParts parts) { return std::make_unique<Spend>(std::move(parts)); }

}  // namespace collect
