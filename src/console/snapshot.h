#pragma once

#include <string>

#include "console/workspace.h"

namespace console {

/// The id of the last analysis; `not_found` before the first one, saying what to do.
base::Result<std::string> last_snapshot(Workspace& at);

/// The workspace's settings as they are now.
base::Result<app::Settings> settings_now(const Workspace& at);

/// Makes every table the console reads where it is missing.
base::Result<void> ensure_tables(port::Warehouse& warehouse);

}  // namespace console
