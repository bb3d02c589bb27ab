#include "text/language.h"

#include <array>
#include <cmath>

namespace text {
namespace {

std::string grouped(double value, int digits) {
  const std::string plain = fmt::format("{:.{}f}", std::abs(value), digits);
  const std::size_t point = std::min(plain.find('.'), plain.size());
  std::string result;
  for (std::size_t i = 0; i < point; ++i) {
    if (i > 0 && (point - i) % 3 == 0) result += ',';
    result += plain[i];
  }
  result += plain.substr(point);
  const bool zero = plain.find_first_not_of("0.") == std::string::npos;
  return (value < 0 && !zero ? "−" : "") + result;
}

/// Three significant digits, no trailing zeros after the point.
std::string three_digits(double value) {
  const double size = std::abs(value);
  const int digits = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : 2;
  std::string result = grouped(value, digits);
  if (result.find('.') != std::string::npos) {
    while (result.back() == '0') result.pop_back();
    if (result.back() == '.') result.pop_back();
  }
  return result;
}

struct Sign {
  std::string_view currency, before;
};
constexpr std::array kSigns = {Sign{"GBP", "£"},   Sign{"EUR", "€"}, Sign{"USD", "$"},  Sign{"CNY", "￥"},
                               Sign{"TWD", "NT$"}, Sign{"JPY", "¥"}, Sign{"HKD", "HK$"}};

std::string with_sign(std::string_view currency, std::string number) {
  const bool minus = number.starts_with("−");
  if (minus) number.erase(0, std::string_view{"−"}.size());
  std::string sign = currency.empty() ? std::string{} : std::string{currency} + " ";
  for (const Sign& known : kSigns) {
    if (known.currency == currency) sign = known.before;
  }
  return (minus ? "−" : "") + sign + number;
}

}  // namespace

base::Result<Language> parse_language(std::string_view name) {
  std::string folded;
  for (const char c : name.substr(0, name.find('.'))) folded += c == '_' ? '-' : static_cast<char>(std::tolower(c));
  if (folded.starts_with("zh-tw") || folded.starts_with("zh-hant") || folded.starts_with("zh-hk"))
    return Language::zh_tw;
  if (folded == "zh" || folded.starts_with("zh-")) return Language::zh_cn;
  if (folded == "en" || folded.starts_with("en-")) return Language::en;
  return base::fail(base::Code::invalid_input, "'{}' is no language of winback; choose en, zh-CN or zh-TW", name);
}

std::string_view name_of(Language language) {
  constexpr std::array<std::string_view, 3> names = {"en", "zh-CN", "zh-TW"};
  return names[static_cast<std::size_t>(language)];
}

std::string_view say(Language language, Word word) { return gen::word_text(word, static_cast<std::size_t>(language)); }

std::string whole(Language, double value) { return grouped(value, 0); }

std::string decimal(double value, int digits) { return grouped(value, digits); }

std::string brief(Language language, double value) {
  const double size = std::abs(value);
  if (language == Language::en) {
    if (size >= 999.5e6) return three_digits(value / 1e9) + "bn";
    if (size >= 999.5e3) return three_digits(value / 1e6) + "m";
    if (size >= 9999.5) return three_digits(value / 1e3) + "k";
    return size >= 1000 ? grouped(std::round(value / 10) * 10, 0) : three_digits(value);
  }
  const bool simplified = language == Language::zh_cn;
  if (size >= 99995000) return three_digits(value / 1e8) + (simplified ? " 亿" : " 億");
  if (size >= 9999.5) return three_digits(value / 1e4) + (simplified ? " 万" : " 萬");
  return size >= 1000 ? grouped(std::round(value / 10) * 10, 0) : three_digits(value);
}

std::string money(Language, std::string_view currency, double value, int digits) {
  return with_sign(currency, grouped(value, digits));
}

std::string money_brief(Language language, std::string_view currency, double value) {
  const double size = std::abs(value);
  if (size < 0.005) return money(language, currency, 0);
  if (size < 9.995) return money(language, currency, value, 2);
  if (size < 999.5) return money(language, currency, value);
  return with_sign(currency, brief(language, value));
}

std::string percent(Language language, double share) {
  const double value = share * 100;
  const std::string number = grouped(value, std::abs(value) < 9.95 && std::abs(value) > 0 ? 1 : 0);
  return number + (language == Language::en ? " %" : "%");
}

std::string short_date(Language language, base::Day day) {
  if (language != Language::en) return date(language, day);
  return fmt::format("{} {}", static_cast<unsigned>(std::chrono::year_month_day{day}.day()),
                     month(language, day, true));
}

std::string month(Language language, base::Day day, bool with_year) {
  const std::chrono::year_month_day d{day};
  const int year = static_cast<int>(d.year());
  const unsigned number = static_cast<unsigned>(d.month());
  if (language != Language::en) return with_year ? fmt::format("{}年{}月", year, number) : fmt::format("{}月", number);
  constexpr std::string_view names = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::string name{names.substr((number - 1) * 3, 3)};
  return with_year ? fmt::format("{} {}", name, year) : name;
}

std::string date(Language language, base::Day day) {
  const std::chrono::year_month_day d{day};
  const int year = static_cast<int>(d.year());
  const unsigned month = static_cast<unsigned>(d.month());
  const unsigned dom = static_cast<unsigned>(d.day());
  if (language != Language::en) return fmt::format("{}年{}月{}日", year, month, dom);
  constexpr std::array<std::string_view, 12> months = {"January",   "February", "March",    "April",
                                                       "May",       "June",     "July",     "August",
                                                       "September", "October",  "November", "December"};
  return fmt::format("{} {} {}", dom, months[month - 1], year);
}

}  // namespace text
