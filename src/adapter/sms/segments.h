#pragma once

#include <cstddef>
#include <string_view>

namespace adapter::sms {

/// How a text travels: GSM 7-bit (3GPP TS 23.038, default alphabet with its extension table) where every character is in it, else
/// UCS-2. One message holds 160 septets or 70 UTF-16 units; of a longer one each part holds 153 or 67, and no part ends
/// between an escape and its character or between two surrogates.
struct Segments {
  std::size_t count = 0;  ///< what is paid for; 0 for an empty text
  std::size_t units = 0;  ///< septets or UTF-16 units in all
  bool unicode = false;   ///< UCS-2
};

/// Counts a UTF-8 text; bytes that are not UTF-8 count as U+FFFD.
Segments segments(std::string_view text);

/// Providers take at most so many parts of one message.
inline constexpr std::size_t kMostSegments = 10;

}  // namespace adapter::sms
