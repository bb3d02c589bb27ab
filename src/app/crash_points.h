#pragma once

#include "act/deliver/score.h"

namespace app {

/// For tests of the whole program: WINBACK_CRASH_AT="attempting committed:3" kills the process with SIGKILL when it passes
/// that point for the third time. Without the variable, nothing.
act::deliver::CrashPoint crash_points_from_environment();

}  // namespace app
