#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "http/message.h"

namespace entry {

/// A JSON answer nobody stores: `body` is the JSON.
http::Response json_answer(int status, std::string body);

/// {"error": {"code", "message"}}.
http::Response refuse(int status, std::string_view code, std::string_view message);

/// The same for a failure: what the caller can mend is told, what went wrong inside goes to the log.
http::Response failed(const base::Error& error);

/// 429 with Retry-After.
http::Response too_many(int retry_after_seconds);

/// What every answer of the program carries, whoever made it: no guessing of types, no frames around it, and TLS for a year
/// where the program is reached over TLS. Headers that are there already stay.
void harden(http::Response& response, bool secure);

/// The headers of every answer with the console's files: no script but ours, no frames around it, nothing guessed, nothing
/// told to other sites. `nonce` marks the style elements we wrote; it is new with each answer.
http::Pairs console_headers(std::string_view nonce);

}  // namespace entry
