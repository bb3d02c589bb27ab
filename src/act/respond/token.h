#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"

namespace act::respond {

/// What a link, an address or an inbox may be used for. A token made for one is nothing for another.
/// That of a survey names its invitation where the others name a message.
enum class Use : std::uint8_t { click, open, unsubscribe, preferences, inbox, verp, survey, reveal, trial, resubscribe, restore, app };

/// HMAC-SHA256 with the workspace's secret; `purpose` keeps uses apart (port::ActStore::sign).
using Sign = std::function<base::Digest(std::string_view purpose, std::string_view bytes)>;

/// What a token says.
struct Token {
  std::int64_t message_id = 0;
  std::int64_t link_id = 0;  ///< of a click; 0 otherwise
};

/// 44 characters of [A-Za-z0-9_-]: 128 bits of the MAC, then the use and the ids, in base64url (RFC 4648 §5). It names no
/// customer, no address and no URL.
std::string make_token(const Sign& sign, Use use, const Token& token);

/// What it says when it was made with this secret for this use; nothing for any other text. The MAC is compared in
/// constant time, and first.
std::optional<Token> read_token(const Sign& sign, Use use, std::string_view text);

}  // namespace act::respond
