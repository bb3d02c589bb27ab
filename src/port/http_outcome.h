#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "model/message.h"
#include "port/http_client.h"

namespace port {

/// What an exchange without an answer means for the message it carried: an address that is never called rejects it, a request
/// that may have arrived leaves it unknown, and one that cannot have may go again.
model::Outcome unanswered(const HttpClient::Exchange& exchange);

/// Retry-After in seconds, at most a day; nothing when the answer names none.
std::optional<std::chrono::seconds> retry_after(const HttpClient::Answer& answer);

/// The first header of this name, whatever its case; empty when there is none.
std::string header(const HttpClient::Fields& headers, std::string_view name);

/// A provider's words fit for a detail: one line of at most 200 bytes without e-mail addresses and without runs of six and more digits.
std::string without_addresses(std::string_view text);

}  // namespace port
