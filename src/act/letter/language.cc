#include "act/letter/language.h"

#include <algorithm>
#include <string>

namespace act::letter {

std::string_view tag_of(Language language) {
  constexpr std::string_view kTags[] = {"en", "zh-CN", "zh-TW"};
  return kTags[static_cast<std::size_t>(language)];
}

std::optional<Language> parse_language(std::string_view tag) {
  std::string lower;
  for (const char c : tag) lower += c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const auto has = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
  if (lower == "en" || lower.starts_with("en-")) return Language::en;
  if (lower != "zh" && !lower.starts_with("zh-")) return {};
  const bool traditional = has("hant") || (!has("hans") && (has("-tw") || has("-hk") || has("-mo")));
  return traditional ? Language::zh_tw : Language::zh_cn;
}

std::array<Language, kLanguages> fallbacks(Language reader, Language shop) {
  switch (reader) {
    case Language::zh_tw: return {Language::zh_tw, Language::zh_cn, Language::en};
    case Language::zh_cn: return {Language::zh_cn, Language::zh_tw, Language::en};
    case Language::en: break;
  }
  if (shop == Language::zh_tw) return {Language::en, Language::zh_tw, Language::zh_cn};
  return {Language::en, Language::zh_cn, Language::zh_tw};
}

}  // namespace act::letter
