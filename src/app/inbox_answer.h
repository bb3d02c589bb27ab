#pragma once

#include <cstdint>
#include <string_view>

#include "act/deliver/conductor.h"
#include "base/error.h"
#include "model/campaign.h"
#include "port/act_store.h"

namespace app {

/// A customer read or clicked an in-app message of theirs: one reading counts, of clicks one a second. `not_found` when the message
/// is not theirs. Within a transaction.
base::Result<void> note_inbox(std::int64_t id, std::string_view customer, model::ResponseKind kind, port::ActStore& store, act::deliver::Conductor& conductor, base::Instant now);

}  // namespace app
