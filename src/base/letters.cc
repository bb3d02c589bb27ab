#include "base/letters.h"

#include <cstdint>

#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace base {

std::string small_letters(std::string_view text) {
  const auto whole = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  icu::UnicodeString kept;
  for (std::int32_t at = 0; at < whole.length(); at = whole.moveIndex32(at, 1)) {
    const UChar32 c = whole.char32At(at);
    const bool mark = (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
    if (mark || u_isalnum(c)) kept.append(u_tolower(c));
  }
  std::string out;
  kept.toUTF8String(out);
  return out;
}

}  // namespace base
