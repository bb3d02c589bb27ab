#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "act/deliver/conductor.h"
#include "base/error.h"
#include "port/act_store.h"

namespace app {

/// What came of a task: "reached", "not_reached" or "later" when its note begins with one of these or with what the console's buttons
/// say in any language; empty otherwise.
std::string_view outcome_in(std::string_view note);

/// Ends a task with a note. What the note holds beyond the outcome becomes feedback of the task's customer (kind `task_note`); their
/// journeys are told `task_done`, and the outcome by its own name. `key` names the outcome, empty = as the note begins. False when
/// there is no such open task. Within a transaction.
base::Result<bool> finish_task(std::int64_t id, const std::string& note, std::string_view key, port::ActStore& store, act::deliver::Conductor& conductor, base::Instant now);

}  // namespace app
