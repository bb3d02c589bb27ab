#include "adapter/audience/keys.h"

#include <algorithm>

#include "base/hash.h"
#include "base/letters.h"

namespace adapter::audience {
namespace {

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<std::string> normal_email(std::string_view text) {
  std::string normal{trimmed(text)};
  std::ranges::transform(normal, normal.begin(), lower);
  const std::size_t at = normal.find('@');
  if (at == std::string::npos || at == 0 || at + 1 == normal.size() || std::ranges::any_of(normal, blank)) return std::nullopt;
  return normal;
}

std::optional<std::string> normal_phone(std::string_view text) {
  text = trimmed(text);
  bool international = text.starts_with('+') || text.starts_with("00");
  if (text.starts_with("\xef\xbc\x8b")) {  // the full-width plus
    international = true;
    text.remove_prefix(3);
  }
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("(0)")) {
      i += 2;
    } else if (text[i] >= '0' && text[i] <= '9') {
      digits += text[i];
    } else if (!blank(text[i]) && std::string_view{"+-./()"}.find(text[i]) == std::string_view::npos) {
      return std::nullopt;
    }
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (!international || digits.size() < 7 || digits.size() > 15) return std::nullopt;
  return digits;
}

std::string normal_name(std::string_view text) { return base::small_letters(text); }

std::optional<std::string> normal_advertiser_id(std::string_view text) {
  text = trimmed(text);
  if (text.size() != 36) return std::nullopt;
  bool any = false;
  std::string normal;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = lower(text[i]);
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return std::nullopt;
    any |= !dash && c != '0';
    normal.push_back(c);
  }
  if (!any) return std::nullopt;
  return normal;
}

std::string hashed(std::string_view normal) { return base::to_hex(base::sha256(normal)); }

}  // namespace adapter::audience
