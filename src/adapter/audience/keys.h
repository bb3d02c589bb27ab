#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace adapter::audience {

// How Meta wants what identifies people, before it is hashed (developers.facebook.com, "Customer file custom audiences").

/// Blanks around it away, small letters; nothing where there is no @.
std::optional<std::string> normal_email(std::string_view text);

/// Digits alone with the country code, without leading zeros: "+44 (0)20 …" has its trunk zero in brackets dropped. Nothing where no
/// country code is told by a + or 00 ahead.
std::optional<std::string> normal_phone(std::string_view text);

/// Small letters of any script without blanks and punctuation.
std::string normal_name(std::string_view text);

/// A mobile advertiser's id goes unhashed, in small letters; nothing where it is no UUID, or all zeros (tracking was refused).
std::optional<std::string> normal_advertiser_id(std::string_view text);

/// SHA-256 in lower-case hexadecimal digits.
std::string hashed(std::string_view normal);

}  // namespace adapter::audience
