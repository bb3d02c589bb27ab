#include <map>
#include <tuple>

#include "base/decimal.h"
#include "collect/table_rows.h"

namespace collect {
namespace {

using base::ColumnKind;
using base::Result;

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
class Spend : public TableRows {
 public:
  using TableRows::TableRows;

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
    return TableRows::finish();
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

std::unique_ptr<Converter> spend(ConverterParts parts) { return std::make_unique<Spend>(std::move(parts)); }

}  // namespace collect
