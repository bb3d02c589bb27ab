#include "adapter/sms/segments.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace adapter::sms {
namespace {

/// The next code point; advances `at` by what it took.
char32_t next_of(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 && first < 0xF5 ? 3 : first >= 0xE0 && first < 0xF0 ? 2 : first >= 0xC2 && first < 0xE0 ? 1 : 0;
  if (more == 0) return 0xFFFD;
  char32_t value = first & (0x3FU >> static_cast<unsigned>(more));
  std::size_t end = at;
  for (int i = 0; i < more; ++i, ++end) {
    if (end >= text.size() || (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U) return 0xFFFD;
    value = value << 6U | (static_cast<unsigned char>(text[end]) & 0x3FU);
  }
  at = end;
  return value;
}

constexpr std::u32string_view kPlain =
    U"@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::u32string_view kEscaped = U"^{}\\[~]|€\f";

/// Septets of a character; 0 when GSM 7-bit has none.
std::size_t septets(char32_t c) { return kPlain.find(c) != kPlain.npos ? 1 : kEscaped.find(c) != kEscaped.npos ? 2 : 0; }

}  // namespace

Segments segments(std::string_view text) {
  Segments all;
  std::vector<char32_t> letters;
  for (std::size_t at = 0; at < text.size();) letters.push_back(next_of(text, at));
  all.unicode = std::ranges::any_of(letters, [](char32_t c) { return septets(c) == 0; });
  const auto units_of = [&](char32_t c) -> std::size_t { return all.unicode ? (c > 0xFFFF ? 2 : 1) : septets(c); };
  for (const char32_t c : letters) all.units += units_of(c);
  if (all.units == 0) return all;
  const std::size_t alone = all.unicode ? 70 : 160;
  const std::size_t part = all.unicode ? 67 : 153;
  all.count = 1;
  if (all.units <= alone) return all;
  std::size_t used = 0;
  for (const char32_t c : letters) {
    const std::size_t needed = units_of(c);
    if (used + needed > part) {
      ++all.count;
      used = 0;
    }
    used += needed;
  }
  return all;
}

}  // namespace adapter::sms
