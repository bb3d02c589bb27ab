#pragma once

#include "port/clock.h"

namespace app {

/// The machine's own clock; lives as long as the program.
const port::Clock& machine_clock();

}  // namespace app
