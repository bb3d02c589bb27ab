#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace act::letter {

/// Languages a letter can be written in.
enum class Language : std::uint8_t { en, zh_cn, zh_tw };
inline constexpr std::size_t kLanguages = 3;

/// "en", "zh-CN", "zh-TW".
std::string_view tag_of(Language language);

/// Reads a tag as customers' data hold it: "zh_TW", "zh-Hant-HK", "en-GB"; nothing for other languages.
std::optional<Language> parse_language(std::string_view tag);

/// What is tried for a reader, best first: zh-TW, then zh-CN, then en; the shop's own language before what is foreign
/// to the reader's.
std::array<Language, kLanguages> fallbacks(Language reader, Language shop);

}  // namespace act::letter
