#pragma once

#include <string>
#include <string_view>

#include "model/campaign.h"
#include "text/language.h"

namespace console {

// Stable names as people read them; a name nobody knows stands as it is.
std::string say_channel(text::Language language, std::string_view channel);
std::string_view say_state(text::Language language, model::MessageState state);
std::string_view say_response(text::Language language, model::ResponseKind kind);
std::string say_churn_reason(text::Language language, std::string_view reason);

/// "five-letters/memory" as "five-letters: memory".
std::string say_letter(std::string_view letter);

/// "anna.smith@example.com" as "a…@example.com", "+8613800138000" as "+86…00".
std::string masked(std::string_view address);

}  // namespace console
