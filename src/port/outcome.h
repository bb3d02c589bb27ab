#pragma once

#include <chrono>
#include <optional>

#include "model/message.h"
#include "port/http_client.h"

namespace port {

/// What a message's call that brought no answer means: `rejected` where such an address is never called, `unknown` where the
/// request may have arrived, else `retryable`.
model::Outcome outcome_without_answer(const HttpClient::Exchange& exchange);

/// The seconds of Retry-After, at most a day; nothing where it is missing or a date.
std::optional<std::chrono::seconds> retry_after(const HttpClient::Answer& answer);

}  // namespace port
