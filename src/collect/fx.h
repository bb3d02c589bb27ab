#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace collect {

/// Dated exchange rates into one currency.
class FxRates {
 public:
  /// Reads a table of date, currency, rate: one unit of `currency` is `rate` units of `into` from that day on.
  static base::Result<FxRates> open(const std::string& path, std::string into);

  /// The amount (millionths) in the target currency at the last rate at or before the day, rounded to millionths;
  /// nothing when there is no such rate or the result is too large.
  std::optional<std::int64_t> convert(std::int64_t amount, std::string_view currency, std::int32_t day) const;

 private:
  struct Rate {
    std::int32_t day;
    long double rate;
  };
  std::map<std::string, std::vector<Rate>, std::less<>> rates_;
};

/// "CNY" for "rmb", "人民币" or "¥ cny"; three upper-case letters, or empty when it is no currency code.
std::string currency_code(std::string_view text);

}  // namespace collect
