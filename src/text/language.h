#pragma once

#include <fmt/args.h>
#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/time.h"
#include "gen/words.h"

namespace text {

using Word = gen::Word;

/// The languages everything a user reads is written in.
enum class Language : std::uint8_t { en, zh_cn, zh_tw };

/// Reads "en", "zh-CN", "zh-TW" (also zh, zh_TW, zh-Hant, LANG forms such as zh_CN.UTF-8).
base::Result<Language> parse_language(std::string_view name);
std::string_view name_of(Language language);

/// The catalogue's text as it stands.
std::string_view say(Language language, Word word);

/// The catalogue's text with its named fields filled: say(lang, Word::x, fmt::arg("count", 3)).
template <class... Args>
std::string say(Language language, Word word, Args&&... args) {
  return fmt::vformat(say(language, word), fmt::make_format_args(args...));
}

/// 541,909 — and in Chinese the same digits.
std::string whole(Language language, double value);

/// "−29,482.9": grouped, with a real minus sign and so many digits after the point.
std::string decimal(double value, int digits);

/// At most three significant digits for running text: 12.3k, 1.23 万, 1.2 億.
std::string brief(Language language, double value);

/// An amount of money for running text or tables: "£4,180", "¥1.23 万"; `digits` after the point (0 or 2).
std::string money(Language language, std::string_view currency, double value, int digits = 0);

/// An amount for running text with at most three significant digits: "£6.10", "£96", "£4,180", "£12.3k", "￥1.23 万".
std::string money_brief(Language language, std::string_view currency, double value);

/// "74 %", with one decimal below 10 %.
std::string percent(Language language, double share);

/// "10 December 2011", "2011年12月10日".
std::string date(Language language, base::Day day);

/// "10 Dec 2011", "2011年12月10日": where there is little room.
std::string short_date(Language language, base::Day day);

/// The month a day lies in: "Dec" or "Dec 2011", "12月" or "2011年12月".
std::string month(Language language, base::Day day, bool with_year);

}  // namespace text
