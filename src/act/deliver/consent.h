#pragma once

#include <span>
#include <string_view>

#include "base/time.h"
#include "model/person.h"

namespace act::deliver {

/// What one customer's statements say at moment `at`, as far as they were known at `known_at`, for a channel and topic
/// (neither may be "*"). Of each scope (this channel or "*", this topic or "*") the statement with the latest valid_from
/// counts; of two at the same moment the withdrawal. A withdrawal stands unless a later grant of the same or a narrower
/// scope takes it back: a general tick at the checkout does not undo a "never by e-mail". Statements of unknown state say
/// nothing. Pure.
model::ConsentState in_force(std::span<const model::ConsentRecord> statements, std::string_view channel, std::string_view topic,
                             base::Instant at, base::Instant known_at);

}  // namespace act::deliver
