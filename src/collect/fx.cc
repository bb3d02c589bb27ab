#include "collect/fx.h"

#include <charconv>
#include <cmath>

#include "base/time.h"
#include "collect/columns.h"
#include "collect/dates.h"
#include "collect/table.h"

namespace collect {

using base::Code;
using base::fail;
using base::Result;

std::string currency_code(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    if (c >= 'a' && c <= 'z')
      letters += static_cast<char>(c - 32);
    else if (c >= 'A' && c <= 'Z')
      letters += c;
  }
  if (letters == "RMB" ||
      (letters.empty() && (text.find("人民币") != std::string_view::npos || text == "元" || text == "人民幣")))
    return "CNY";
  if (letters.empty() && text == "€") return "EUR";
  if (letters.empty() && text == "£") return "GBP";
  if (letters == "US" || (letters.empty() && (text == "美元" || text == "$"))) return "USD";
  return letters.size() == 3 ? letters : "";
}

Result<FxRates> FxRates::open(const std::string& path, std::string into) {
  WB_ASSIGN(Table table, Table::open(path, {}, nullptr));
  std::size_t day_at = SIZE_MAX, currency_at = SIZE_MAX, rate_at = SIZE_MAX;
  for (std::size_t i = 0; i < table.heading().size(); ++i) {
    const std::string plain = plain_heading(table.heading()[i]);
    if (plain == "date" || plain == "day" || plain == "日期") day_at = i;
    if (plain == "currency" || plain == "币种" || plain == "货币") currency_at = i;
    if (plain == "rate" || plain == "汇率") rate_at = i;
  }
  if (day_at == SIZE_MAX || currency_at == SIZE_MAX || rate_at == SIZE_MAX) {
    return fail(Code::invalid_input, "{}: needs the columns date, currency and rate (one unit of currency in {})", path,
                into);
  }
  FxRates result;
  const auto take = [&](const RowBatch& batch) -> Result<bool> {
    if (!batch.bad.empty())
      return fail(Code::invalid_input, "{}: line {}: {}", path, batch.bad.front().line, batch.bad.front().reason);
    for (std::size_t i = 0; i < batch.rows(); ++i) {
      const std::string_view* const row = batch.row(i);
      const auto day = base::parse_day(row[day_at]);
      if (!day) return fail(Code::invalid_input, "{}: line {}: {}", path, batch.lines[i], day.error().message);
      const std::string currency = currency_code(row[currency_at]);
      if (currency.empty())
        return fail(Code::invalid_input, "{}: line {}: '{}' is no currency code", path, batch.lines[i],
                    row[currency_at]);
      long double rate = 0;
      const std::string_view text = row[rate_at];
      const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), rate);
      if (error != std::errc{} || stop != text.data() + text.size() || !(rate > 0) || !std::isfinite(rate)) {
        return fail(Code::invalid_input, "{}: line {}: '{}' is no exchange rate; write it as 0.8642", path,
                    batch.lines[i], text);
      }
      result.rates_[currency].push_back({base::day_number(*day), rate});
    }
    return true;
  };
  WB_TRY(table.read(take));
  for (auto& [currency, rates] : result.rates_) {
    std::stable_sort(rates.begin(), rates.end(), [](const Rate& a, const Rate& b) { return a.day < b.day; });
  }
  return result;
}

std::optional<std::int64_t> FxRates::convert(std::int64_t amount, std::string_view currency, std::int32_t day) const {
  const auto found = rates_.find(currency);
  if (found == rates_.end()) return std::nullopt;
  const std::vector<Rate>& rates = found->second;
  auto at =
      std::upper_bound(rates.begin(), rates.end(), day, [](std::int32_t d, const Rate& rate) { return d < rate.day; });
  if (at == rates.begin()) return std::nullopt;
  --at;
  const long double value = std::round(static_cast<long double>(amount) * at->rate);
  if (std::abs(value) > 9e17L) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

}  // namespace collect
